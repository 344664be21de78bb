from odoo import api, fields, models

from .res_partner import USER


class SaleOrder(models.Model):
    """Tier, segment and health of an order's customer, for who may see customers' figures."""

    _name = "sale.order"
    _inherit = ["sale.order", "retention.badge.mixin"]

    retention_tier_tip = fields.Char(
        "About the Tier", compute="_compute_retention_tier_tip", groups=USER
    )

    @api.depends("retention_profile_id")
    @api.depends_context("lang")
    def _compute_retention_tier_tip(self):
        for order in self:
            profile = order.retention_profile_id
            order.retention_tier_tip = bool(profile.tier_id) and profile._tier_tip()
