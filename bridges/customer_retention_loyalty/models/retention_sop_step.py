from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import schedule
from odoo.addons.customer_retention.models.retention_sop_runner import Result
from odoo.addons.customer_retention.models.retention_sop_step_types import StepType

# Programs whose cards are given to a customer and used once, with their code.
GIVEN = ("coupons", "gift_card", "next_order_coupons")


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    program_id = fields.Many2one(
        "loyalty.program",
        "Coupon Program",
        domain=[("program_type", "in", GIVEN)],
        ondelete="set null",
        help="Each customer gets a coupon of this program.",
    )
    coupon_days = fields.Integer(
        "Good For (days)", default=30, help="From the day on which it is given; 0: without end."
    )
    coupon_points = fields.Float(
        "Points or Amount", default=1, help="As the program counts: a gift card's amount."
    )
    coupon_take_back = fields.Boolean(
        "Take Back When Leaving Early",
        help="Not redeemed, it expires at once when the customer leaves the procedure for "
        "another reason than a purchase or the goal.",
    )

    _coupon_check = models.Constraint(
        "CHECK (coupon_days >= 0 AND coupon_points >= 0)",
        "The days and points of a coupon cannot be negative.",
    )

    @api.model
    def _step_types(self):
        types = super()._step_types()
        label = self.env._("Give a coupon")
        types["coupon"] = StepType(label, "fa-gift", ("program_id",))
        return types

    @api.depends("program_id", "coupon_points")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    def _problems_coupon(self):
        program, company = self.program_id, self.sop_id.company_id
        found = []
        if program and not (program.active and program.program_type in GIVEN):
            found.append(self.env._("No coupons can be given from %s.", program.name))
        if company and program.company_id and program.company_id not in company.parent_ids:
            found.append(self.env._("%s belongs to another company.", program.name))
        if program and not self.coupon_points:
            found.append(self.env._("A coupon without points is worth nothing."))
        return found

    def _run_coupon(self, runs, now):
        """Give each contact a coupon of their own. Telling it is for the steps that follow."""
        program = self.program_id
        self._check_there(program)
        company = self.sop_id.company_id
        today = schedule.local(now, company._retention_timezone()).date()
        last = self.coupon_days and today + timedelta(days=self.coupon_days)
        cards = self.env["loyalty.card"]._retention_give(
            program,
            [run.contact_id.id for run in runs],
            self.coupon_points,
            last,
            self.sop_id.name,
        )
        return {
            run.id: Result(text=self.env._("Coupon %s", card.code), values={"coupon_id": card.id})
            for run, card in zip(runs, cards, strict=True)
        }
