from odoo import fields, models

from .own_fields import ProfileInteger, ProfileMonetary
from .res_partner import _of_profile


class ResPartner(models.Model):
    """Tier of the customer in the current company."""

    _inherit = "res.partner"

    retention_tier_id = _of_profile(fields.Many2one, "tier_id", "Tier")
    retention_tier_color = _of_profile(ProfileInteger, "tier_color", "Tier Color")
    retention_tier_since = _of_profile(fields.Date, "tier_since")
    retention_tier_valid_until = _of_profile(fields.Date, "tier_valid_until")
    retention_tier_grace_until = _of_profile(fields.Date, "tier_grace_until")
    retention_tier_locked_until = _of_profile(fields.Date, "tier_locked_until")
    retention_tier_lock_reason = _of_profile(fields.Char, "tier_lock_reason")
    retention_tier_spend = _of_profile(
        ProfileMonetary, "tier_spend", currency_field="retention_currency_id"
    )
    retention_tier_orders = _of_profile(ProfileInteger, "tier_orders")
