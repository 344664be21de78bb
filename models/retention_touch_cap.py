from odoo import api, fields, models

from .retention_sop_words import CHANNELS

# What a company begins with: from age, to age, count, days.
DEFAULTS = ((0, 90, 1, 7), (91, 180, 3, 30), (181, 0, 2, 30))


class RetentionTouchCap(models.Model):
    """How often customers of a kind are contacted at most; all caps that fit hold together."""

    _name = "retention.touch.cap"
    _description = "Limit of Touches"
    _order = "company_id, sequence, id"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel = fields.Selection(CHANNELS, "Only By", help="Empty: touches of every kind count.")
    stage = fields.Selection(
        "_selection_stage", "Only In Stage", help="Empty: customers in all stages."
    )
    age_from_days = fields.Integer(
        "Customer From (days)", aggregator=None, help="Days since the first purchase."
    )
    age_to_days = fields.Integer(
        "Customer To (days)", aggregator=None, help="The last day included; 0: without end."
    )
    count = fields.Integer("At Most", required=True, default=1, aggregator=None)
    days = fields.Integer("In (days)", required=True, default=30, aggregator=None)

    _count_check = models.Constraint(
        "CHECK (count >= 1)",
        "A limit allows at least one touch. To send nothing at all, note it in the contact's "
        "preferences.",
    )
    _days_check = models.Constraint(
        "CHECK (days >= 1)", "The days in which touches are counted must be at least one."
    )
    _age_check = models.Constraint(
        "CHECK (age_from_days >= 0 AND (age_to_days = 0 OR age_from_days <= age_to_days))",
        "The age at which a limit begins cannot be after the one at which it ends.",
    )

    @api.model
    def _selection_stage(self):
        return self.env["retention.profile"]._fields["stage"]._description_selection(self.env)

    @api.depends("count", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cap in self:
            cap.display_name = self.env._(
                "%(count)s in %(days)s days", count=cap.count, days=cap.days
            )

    @api.model
    def _of_company(self, company):
        """Return the company's active limits, making the usual ones where it never had any."""
        found = (
            self.sudo().with_context(active_test=False).search([("company_id", "=", company.id)])
        )
        if not found:
            found = self.sudo().create(
                [
                    {
                        "company_id": company.id,
                        "sequence": 10 * number,
                        "age_from_days": age_from,
                        "age_to_days": age_to,
                        "count": count,
                        "days": days,
                    }
                    for number, (age_from, age_to, count, days) in enumerate(DEFAULTS, 1)
                ]
            )
        return found.filtered("active")

    @api.model
    def action_of_company(self):
        """Open the limits of the current company."""
        self.check_access("read")
        self._of_company(self.env.company._retention_company())
        return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_touch_cap")
