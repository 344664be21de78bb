from odoo import fields, models


class RetentionProfile(models.Model):
    """Tier of a customer: fields. The engine's part is retention_tier_engine.py."""

    _inherit = "retention.profile"

    tier_id = fields.Many2one(
        "retention.tier",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        group_expand="_group_expand_tier_id",
    )
    tier_color = fields.Integer("Tier Color", related="tier_id.color")
    tier_since = fields.Date("In Tier Since", readonly=True)
    tier_valid_until = fields.Date(readonly=True, help="The last day before the tier's review.")
    tier_grace_until = fields.Date(
        readonly=True, help="Below the mark: the last day to make up for it."
    )
    tier_locked_until = fields.Date(readonly=True, help="Until then the tier changes by hand only.")
    tier_lock_reason = fields.Char(readonly=True)
    tier_spend = fields.Monetary(
        "Amount for the Tier", readonly=True, help="Net amount of the window that counts."
    )
    tier_orders = fields.Integer(
        "Purchases for the Tier",
        readonly=True,
        help="Days with a purchase in the window that counts.",
    )
    tier_pending = fields.Many2one(
        "retention.tier",
        readonly=True,
        ondelete="set null",
        help="Earned by the segment last night; given if it still is next night.",
    )
    tier_pending_on = fields.Date(readonly=True)
    tier_earned_on = fields.Date(
        readonly=True, help="The end of the window whose purchases last earned the tier."
    )
    tier_missed_on = fields.Date(
        readonly=True, help="The end of the window that missed the mark, made up for in the grace."
    )
    tier_rule_version = fields.Integer(
        readonly=True, aggregator=None, help="The rules by which the tier was earned."
    )
    tier_before_id = fields.Many2one("retention.tier", readonly=True, ondelete="set null")
    tier_before_until = fields.Date("Tier Before Was Valid Until", readonly=True)
    tier_before_on = fields.Date("Tier Before Was Earned On", readonly=True)
    tier_notice = fields.Integer(
        "Last Notice (days)",
        readonly=True,
        aggregator=None,
        help="How many days before the end of the grace the owner was last told.",
    )
    grant_ids = fields.One2many("retention.tier.grant", "profile_id", "Granted Benefits")

    def _group_expand_tier_id(self, tiers, domain):
        companies = self.env.companies.ids
        return self.env["retention.tier"].search([("company_id", "in", companies)])
