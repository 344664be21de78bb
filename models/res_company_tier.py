from odoo import api, fields, models

from ..analytics import tier

COMPANY_RULE_FIELDS = (
    "retention_tier_window",
    "retention_tier_grace_days",
    "retention_tier_down",
    "retention_tier_min_stay_days",
)
# In the context: several rules are written, and whoever does so says at the end that they changed.
RULES_TOGETHER = "retention_tier_rules_together"


class ResCompany(models.Model):
    """How customers earn tiers, keep them and lose them again."""

    _inherit = "res.company"

    retention_tiers_started = fields.Boolean(
        "Customer tiers", help="Customers move between tiers by themselves from then on."
    )
    retention_tier_window = fields.Selection(
        [("rolling", "The last 12 months"), ("calendar", "The calendar year")],
        "Purchases count of",
        required=True,
        default="rolling",
        help="Over which time purchases are added up when a tier is earned or kept.",
    )
    retention_tier_grace_days = fields.Integer(
        "Grace (days)",
        required=True,
        default=60,
        help="How long a customer who missed the mark keeps the tier and may still make up.",
    )
    retention_tier_down = fields.Selection(
        [("one", "One tier down"), ("earned", "Down to the tier earned")],
        "After the grace",
        required=True,
        default="one",
        help="What becomes of a customer who missed the tier also in the grace.",
    )
    retention_tier_min_stay_days = fields.Integer(
        "Minimum stay (days)",
        required=True,
        default=0,
        help="A tier once earned is kept at least so long.",
    )
    retention_tier_rule_version = fields.Integer(readonly=True, default=1, required=True)
    retention_tier_regrade = fields.Boolean(
        readonly=True, help="The next run gives everybody what the new rules say, quietly."
    )
    retention_tier_portal = fields.Boolean(
        "Customers see their tier", help="In the portal: tier, benefits and what is missing."
    )

    _retention_tier_days_check = models.Constraint(
        "CHECK (retention_tier_grace_days >= 0 AND retention_tier_min_stay_days >= 0)",
        "The days of grace and of the minimum stay are not below zero.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("retention_tiers_started")._retention_regrade_tiers()
        return companies

    def write(self, vals):
        off = self.filtered(lambda company: not company.retention_tiers_started)
        before = {company: company._retention_own_rules() for company in self - off}
        result = super().write(vals)
        off.filtered("retention_tiers_started")._retention_regrade_tiers()
        changed = [c.id for c, rules in before.items() if c._retention_own_rules() != rules]
        self.browse(changed)._retention_rules_changed()
        return result

    def _retention_own_rules(self):
        return tuple(self.sudo()[name] for name in COMPANY_RULE_FIELDS)

    def _retention_rules_changed(self):
        """Have everybody get what changed rules of tiers say, where tiers have begun."""
        if not self.env.context.get(RULES_TOGETHER):
            self.sudo().filtered("retention_tiers_started")._retention_regrade_tiers()

    def _retention_tier_rules(self):
        """Return the company's tiers as :class:`analytics.tier.Rules`; each key is an id."""
        company = self.sudo()
        tiers = self.env["retention.tier"].sudo().search([("company_id", "=", self.id)])
        return tier.Rules(
            tuple(found._level_of() for found in tiers.sorted("level")),
            window=company.retention_tier_window,
            grace_days=company.retention_tier_grace_days,
            down=company.retention_tier_down,
            min_stay_days=company.retention_tier_min_stay_days,
        )

    def _retention_regrade_tiers(self):
        """Have everybody get what the present rules say, soon and quietly.

        To be called whenever rules of tiers have changed: an earlier version's marks prove
        nothing by the new ones.
        """
        for company in self.sudo():
            company.write(
                {
                    "retention_tier_rule_version": company.retention_tier_rule_version + 1,
                    "retention_tier_regrade": True,
                }
            )
        started = self.filtered("retention_tiers_started")
        if started:
            self.env["retention.run"].sudo()._request_rescore(started)
