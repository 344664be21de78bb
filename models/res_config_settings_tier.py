from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The rules are shown only: they change in the dialog that shows what follows."""

    _inherit = "res.config.settings"

    retention_tiers_started = fields.Boolean(related="company_id.retention_tiers_started")
    retention_tier_window = fields.Selection(related="company_id.retention_tier_window")
    retention_tier_grace_days = fields.Integer(related="company_id.retention_tier_grace_days")
    retention_tier_down = fields.Selection(related="company_id.retention_tier_down")
    retention_tier_portal = fields.Boolean(
        related="company_id.retention_tier_portal", readonly=False
    )
