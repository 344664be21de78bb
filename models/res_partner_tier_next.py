from odoo import fields, models

from .own_fields import ProfileInteger
from .res_partner import _of_profile


class ResPartner(models.Model):
    """What a contact's customer lacks for the next tier, and the dialogs about the tier."""

    _inherit = "res.partner"

    retention_tier_gap_text = _of_profile(fields.Char, "tier_gap_text")
    retention_tier_progress = _of_profile(
        ProfileInteger, "tier_progress", "Tier Progress (%)", aggregator=None
    )
    retention_won_back_on = _of_profile(fields.Date, "won_back_on")

    def action_retention_tier_lock(self):
        """Ask for the tier to give or lock, until when and why."""
        self.check_access("read")
        return self.retention_profile_id.action_lock_tier()

    def action_retention_tier_unlock(self):
        """Let this customer's tier follow the rules again."""
        self.check_access("read")
        return self.retention_profile_id.action_unlock_tier()
