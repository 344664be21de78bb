from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics import closures, stage

DAY_FIELDS = (
    "retention_silent_days",
    "retention_at_risk_days",
    "retention_lost_days",
    "retention_new_days",
    "retention_won_back_days",
)
GAP_FIELDS = ("retention_silent_gaps", "retention_at_risk_gaps", "retention_lost_gaps")
STANDARD_FIELDS = ("retention_standard", *DAY_FIELDS, *GAP_FIELDS)


class ResCompany(models.Model):
    """When a customer is silent, at risk or lost: the company's retention standard."""

    _inherit = "res.company"

    retention_standard = fields.Selection(
        [
            ("days", "Buys again in time"),
            ("contact", "Buys or stays in touch"),
            ("agreement", "Has an agreement in force"),
        ],
        "What keeps a customer",
        required=True,
        default="days",
        help="Lost is who has not bought for the days below; or had no contact of any kind for "
        "as long; or whose agreement has ended (customers without one are judged by days).",
    )
    retention_silent_days = fields.Integer(
        "Silent after (days)",
        required=True,
        default=90,
        help="Without a purchase for longer than this a customer is silent, unless an own rhythm"
        " says otherwise.",
    )
    retention_at_risk_days = fields.Integer(
        "At risk after (days)",
        required=True,
        default=180,
        help="Without any contact for longer than this a customer is at risk, unless an own "
        "rhythm says otherwise.",
    )
    retention_lost_days = fields.Integer(
        "Lost after (days)",
        required=True,
        default=365,
        help="Without a purchase for longer than this a customer counts as lost, unless an own "
        "rhythm says otherwise.",
    )
    retention_new_days = fields.Integer("Onboarding lasts (days)", required=True, default=90)
    retention_won_back_days = fields.Integer("Won back lasts (days)", required=True, default=90)
    retention_silent_gaps = fields.Float("Silent after (usual gaps)", required=True, default=1.5)
    retention_at_risk_gaps = fields.Float("At risk after (usual gaps)", required=True, default=2)
    retention_lost_gaps = fields.Float("Lost after (usual gaps)", required=True, default=3)
    retention_closure_ids = fields.One2many("retention.closure", "company_id", "Closures")

    @api.constrains(*STANDARD_FIELDS)
    def _check_retention_standard(self):
        for company in self:
            if problem := company._retention_standard_problem():
                raise ValidationError(problem)

    def _retention_standard_problem(self):
        """Return a sentence that says what is wrong with this standard, or False."""
        self.ensure_one()
        if any(self[name] < 1 for name in DAY_FIELDS):
            return self.env._("The days of the retention standard must be above zero.")
        silent, at_risk, lost = (self[name] for name in DAY_FIELDS[:3])
        few, more, most = (self[name] for name in GAP_FIELDS)
        if not (silent < lost and at_risk <= lost and 0 < few <= more <= most):
            return self.env._(
                "A customer must be silent before being lost, and at risk no later than "
                "lost: now %(silent)s, %(at_risk)s and %(lost)s days.",
                silent=silent,
                at_risk=at_risk,
                lost=lost,
            )
        return False

    def _retention_limits(self):
        """Return the standard as :class:`analytics.stage.Limits`."""
        company = self.sudo()
        return stage.Limits(
            silent=company.retention_silent_days,
            at_risk=company.retention_at_risk_days,
            lost=company.retention_lost_days,
            new=company.retention_new_days,
            won_back=company.retention_won_back_days,
            silent_gaps=company.retention_silent_gaps,
            at_risk_gaps=company.retention_at_risk_gaps,
            lost_gaps=company.retention_lost_gaps,
        )

    def _retention_tier_limits(self, limits=None):
        """Return {tier id: :class:`analytics.stage.Limits`} of tiers with days of their own.

        :param limits: those of the company to try instead of its own
        """
        company = self.sudo()
        if not company.retention_tiers_started:
            return {}
        tiers = self.env["retention.tier"].sudo().search([("company_id", "=", company.id)])
        limits = limits or company._retention_limits()
        return {tier.id: tier._limits(limits) for tier in tiers if tier._own_days()}

    def _retention_closed(self):
        """Return the company's closures as :class:`analytics.closures.Closures`."""
        ranges = self.sudo().retention_closure_ids
        return closures.closures((closure.date_from, closure.date_to) for closure in ranges)

    def action_retention_retail(self):
        """Set the standard of retail: lost is who has not bought for 90 days."""
        self.check_access("write")
        self.write(
            {
                "retention_standard": "days",
                "retention_silent_days": 45,
                "retention_at_risk_days": 60,
                "retention_lost_days": 90,
            }
        )
        return True


class RetentionClosure(models.Model):
    """Days on which the whole company is closed: no clock runs, nobody is late."""

    _name = "retention.closure"
    _description = "Company Closure"
    _order = "date_from desc, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)

    _in_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A closure cannot end before it begins."
    )

    @api.model_create_multi
    def create(self, vals_list):
        closures_made = super().create(vals_list)
        self.env["retention.run"].sudo()._request_rescore(closures_made.company_id)
        return closures_made

    def write(self, vals):
        companies = self.company_id
        result = super().write(vals)
        self.env["retention.run"].sudo()._request_rescore(companies | self.company_id)
        return result

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        self.env["retention.run"].sudo()._request_rescore(companies)
        return result
