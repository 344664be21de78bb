from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics.tier import Level

MATCH = [("any", "Any of them is enough"), ("all", "All of them together")]


class RetentionTier(models.Model):
    """A level that customers earn, with what they get for it. The lowest one is everybody's."""

    _name = "retention.tier"
    _description = "Customer Tier"
    _order = "company_id, level, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    level = fields.Integer(
        required=True,
        aggregator=None,
        help="0 is the lowest, which every customer with a purchase has.",
    )
    color = fields.Integer()
    min_amount = fields.Monetary(
        "From Amount", help="Net amount bought in the window, without tax. 0: no condition."
    )
    min_count = fields.Integer(
        "From Purchases",
        aggregator=None,
        help="Days with a purchase in the window. 0: no condition.",
    )
    segment_ids = fields.Many2many(
        "retention.segment",
        "retention_tier_segment_rel",
        string="Segments",
        help="Being in one of these segments for two nights. Empty: no condition.",
    )
    match = fields.Selection(MATCH, "Conditions", required=True, default="any")
    manual_only = fields.Boolean(
        "Given by Hand Only", help="Nobody earns it; people give it and take it back."
    )
    is_high_value = fields.Boolean(
        "High Value", help="Its customers count as high-value in warnings and procedures."
    )
    benefit_ids = fields.One2many("retention.tier.benefit", "tier_id", "Benefits")
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _level_uniq = models.Constraint(
        "UNIQUE (company_id, level)", "Each level has one tier in a company."
    )
    _level_check = models.Constraint("CHECK (level >= 0)", "The lowest level is 0.")
    _limits_check = models.Constraint(
        "CHECK (min_amount >= 0 AND min_count >= 0)", "What a tier asks for is not below zero."
    )

    @api.constrains("level", "min_amount", "min_count", "segment_ids", "manual_only")
    def _check_can_be_earned(self):
        for tier in self:
            asks = tier.min_amount or tier.min_count or tier.segment_ids
            if tier.level and not tier.manual_only and not asks:
                raise ValidationError(
                    self.env._(
                        "Say what %(tier)s asks for: an amount, purchases or segments; or let it "
                        "be given by hand only.",
                        tier=tier.name,
                    )
                )

    def _level_of(self):
        """Return what the tier asks for as :class:`analytics.tier.Level`; the key is the id."""
        self.ensure_one()
        return Level(
            self.id,
            cents=round(self.min_amount * 100),
            count=self.min_count,
            segments=frozenset(self.segment_ids.ids),
            match=self.match,
            manual_only=self.manual_only,
        )

    def _compute_customer_count(self):
        counts = dict(
            self.env["retention.profile"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.customer_count = counts.get(tier, 0)
