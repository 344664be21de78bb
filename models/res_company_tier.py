from odoo import fields, models


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
    )
    retention_tier_min_stay_days = fields.Integer("Minimum stay (days)", required=True, default=0)
    retention_tier_rule_version = fields.Integer(readonly=True, default=1, required=True)
    retention_tier_portal = fields.Boolean(
        "Customers see their tier", help="In the portal: tier, benefits and what is missing."
    )

    _retention_tier_days_check = models.Constraint(
        "CHECK (retention_tier_grace_days >= 0 AND retention_tier_min_stay_days >= 0)",
        "The days of grace and of the minimum stay are not below zero.",
    )
