from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

DAY, MONTH = timedelta(days=1), relativedelta(months=1)


def month_end(day):
    return day.replace(day=1) + MONTH - DAY


class RetentionBudget(models.Model):
    """What keeping and winning customers may cost in some months, and what it did cost."""

    _name = "retention.budget"
    _description = "Retention Budget"
    _order = "date_from desc, id desc"
    _allow_sudo_commands = False

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "Plan From",
        required=True,
        default=lambda self: self._default_year("date_from"),
        help="The first day whose cost counts.",
    )
    date_to = fields.Date(
        "Plan Until",
        required=True,
        default=lambda self: month_end(self._default_year("date_to")),
        help="The last day whose cost counts.",
    )
    state = fields.Selection(
        [("draft", "Being drawn up"), ("approved", "Approved"), ("settled", "Settled")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    actual_until = fields.Date(
        "Actual Amounts Until",
        copy=False,
        help="The last day of the month up to which all actual amounts have been entered. Cost "
        "per customer is known for the months up to it.",
    )
    line_ids = fields.One2many("retention.budget.line", "budget_id", "Lines", copy=True)
    planned = fields.Monetary(
        "Planned Amount", compute="_compute_planned", store=True, help="All lines together."
    )
    actual = fields.Monetary(
        "Actual Amount", compute="_compute_actual", help="By hand and by procedures."
    )
    difference = fields.Monetary(
        "Left of Plan", compute="_compute_actual", help="Planned less actual."
    )
    share_used = fields.Float(compute="_compute_actual", help="Actual amounts by planned ones.")
    over_count = fields.Integer("Lines over Plan", compute="_compute_actual")
    outside_cost = fields.Monetary(
        "Procedures Not Planned",
        compute="_compute_actual",
        help="What procedures cost that no line takes in; not part of the actual amounts.",
    )
    note = fields.Text("Notes")

    _dates = models.Constraint("CHECK (date_from <= date_to)", "A budget ends after it begins.")

    @api.model
    def _default_year(self, name):
        company = self.env.company._retention_company()
        day = company.compute_fiscalyear_dates(company._retention_today())[name]
        return day.replace(day=1)

    # ---------------------------------------------------------------- computed values
    @api.depends("line_ids.planned")
    def _compute_planned(self):
        for budget in self:
            budget.planned = sum(budget.line_ids.mapped("planned"))

    @api.depends("line_ids.actual", "planned")
    def _compute_actual(self):
        costs = self.env["retention.metrics"].sudo()._costs_of_budgets(self.ids)
        for budget in self:
            lines = budget.line_ids
            budget.actual = sum(lines.mapped("actual"))
            budget.difference = budget.planned - budget.actual
            budget.share_used = budget.actual / budget.planned if budget.planned else 0
            budget.over_count = len(lines.filtered("over"))
            budget.outside_cost = costs.get((budget._origin.id, None), 0)

    # ---------------------------------------------------------------- checks
    @api.onchange("date_from", "date_to", "actual_until")
    def _onchange_dates(self):
        """Whole months, whichever days were chosen."""
        if self.date_from:
            self.date_from = self.date_from.replace(day=1)
        for name in ("date_to", "actual_until"):
            if self[name]:
                self[name] = month_end(self[name])

    @api.constrains("date_from", "date_to", "actual_until")
    def _check_months(self):
        for budget in self:
            ends = [day for day in (budget.date_to, budget.actual_until) if day]
            if budget.date_from.day != 1 or any(month_end(day) != day for day in ends):
                raise ValidationError(
                    self.env._(
                        "%s has to run over whole months, from the first day of one to the last "
                        "day of one.",
                        budget.name,
                    )
                )
            if not budget.date_from <= (budget.actual_until or budget.date_to) <= budget.date_to:
                raise ValidationError(
                    self.env._("Actual amounts of %s are of months within it.", budget.name)
                )

    @api.constrains("company_id", "date_from", "date_to", "state")
    def _check_overlap(self):
        """Two budgets of a month would count what procedures cost twice; drafts may compete."""
        # Checks are made with all rights; what this one tells is for who may read it.
        mine = self.sudo(False)
        for budget in self.filtered(lambda b: b.state != "draft"):
            other = mine.search(
                [
                    ("id", "!=", budget.id),
                    ("company_id", "=", budget.company_id.id),
                    ("state", "!=", "draft"),
                    ("date_from", "<=", budget.date_to),
                    ("date_to", ">=", budget.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(budget)s and %(other)s have months in common (%(other)s runs from "
                        "%(first)s to %(last)s). Approve one of them only.",
                        budget=budget.name,
                        other=other.name,
                        first=format_date(self.env, other.date_from),
                        last=format_date(self.env, other.date_to),
                    )
                )

    @api.constrains("company_id")
    def _check_company(self):
        for budget in self:
            main = budget.company_id._retention_company()
            if main != budget.company_id:
                raise ValidationError(
                    self.env._(
                        "Customers of %(branch)s belong to %(main)s: plan for %(main)s.",
                        branch=budget.company_id.name,
                        main=main.name,
                    )
                )

    def write(self, vals):
        fixed = {"date_from", "date_to", "company_id"}
        if fixed & set(vals) and any(budget.state != "draft" for budget in self):
            raise UserError(self.env._("Take the budget back to change its months or company."))
        if "actual_until" in vals and any(budget.state == "settled" for budget in self):
            raise UserError(self.env._("A settled budget does not change any more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(budget.state != "draft" for budget in self):
            raise UserError(self.env._("Only a budget that is being drawn up can be deleted."))

    def copy_data(self, default=None):
        found = super().copy_data(default)
        for budget, values in zip(self, found, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%s (copy)", budget.name)
        return found

    # ---------------------------------------------------------------- actions
    def action_approve(self):
        """Freeze what is planned; from now on only actual amounts are entered."""
        for budget in self:
            if not budget.line_ids:
                raise UserError(self.env._("%s has no lines yet.", budget.name))
        self.write({"state": "approved"})

    def action_settle(self):
        """Close it: all actual amounts have been entered."""
        for budget in self:
            budget.write({"actual_until": budget.date_to})
            budget.write({"state": "settled"})

    def action_draft(self):
        """Take it back, to be changed."""
        self.write({"state": "draft"})

    def action_lines(self):
        """Open plan and actual amounts as a pivot."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_budget_report"
        )
        return action | {"domain": [("budget_id", "=", self.id)], "context": {}}
