from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.retention_sop_cadence import HORIZON, TRIGGER

SHOWN = 20  # owners that are named in the warning


class RetentionCadencePlan(models.TransientModel):
    """The visits or contacts of the next weeks, before anything happens."""

    _name = "retention.cadence.plan"
    _description = "Plan of Visits and Contacts"

    sop_id = fields.Many2one(
        "retention.sop", "Procedure", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date("Plan From", readonly=True)
    date_to = fields.Date("Plan Until", readonly=True)
    line_ids = fields.One2many("retention.cadence.plan.line", "plan_id", readonly=True)
    contact_count = fields.Integer(
        "Planned Contacts", readonly=True, help="Visits and contacts due in the weeks shown."
    )
    customer_count = fields.Integer("Customers in the Plan", readonly=True)
    busiest_day = fields.Integer(
        "Most per Person and Day",
        readonly=True,
        help="The most contacts that anybody has on one day.",
    )
    left_out_count = fields.Integer("Customers Who Do Not Fit In", readonly=True)
    left_out_text = fields.Text("Whose Customers Do Not Fit In", readonly=True)

    @api.model
    def _prepare(self, sop, start):
        """Return the plan of ``sop`` for the days from ``start`` on."""
        if sop.trigger != TRIGGER or not sop.cadence or not sop.company_id:
            raise UserError(
                self.env._("Only a procedure that begins when a visit or contact is due has one.")
            )
        planned = sop._cadence_plan(start)
        seen, lines = set(), []
        for partner_id, user_id, day in planned.contacts:
            first = partner_id not in seen
            seen.add(partner_id)
            lines.append(
                {
                    "partner_id": partner_id,
                    "user_id": user_id,
                    "day": day,
                    "due_on": planned.due[partner_id] if first else False,
                }
            )
        loads = Counter((line["user_id"], line["day"]) for line in lines)
        plan = self.create(
            {
                "sop_id": sop.id,
                "date_from": start,
                "date_to": start + timedelta(days=HORIZON - 1),
                "contact_count": len(lines),
                "customer_count": len(seen),
                "busiest_day": max(loads.values(), default=0),
                "left_out_count": len(planned.left_out),
                "left_out_text": self._left_out_words(planned.left_out),
            }
        )
        self.env["retention.cadence.plan.line"].create(
            [{"plan_id": plan.id, **line} for line in lines]
        )
        return plan

    @api.model
    def _left_out_words(self, left_out):
        """Return one line for each owner who cannot do it all, the worst first."""
        counts = Counter(user_id for _partner_id, user_id in left_out).most_common(SHOWN)
        users = self.env["res.users"].sudo()
        return "\n".join(
            self.env._(
                "%(owner)s: %(count)s customers",
                owner=users.browse(user_id).name,
                count=count,
            )
            for user_id, count in counts
        )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan of Visits and Contacts"),
            "res_model": self._name,
            "view_mode": "form",
            "res_id": self.id,
            "target": "new",
        }

    def action_open_days(self):
        """Open the plan day by day, for each person."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_cadence_plan_line"
        )
        return {**action, "domain": [("plan_id", "=", self.id)]}


class RetentionCadencePlanLine(models.TransientModel):
    _name = "retention.cadence.plan.line"
    _description = "Planned Visit or Contact"
    _order = "day, user_id, id"
    _rec_name = "partner_id"

    plan_id = fields.Many2one(
        "retention.cadence.plan", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    day = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    due_on = fields.Date(readonly=True, help="Of the first contact in the plan.")
