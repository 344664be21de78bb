from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_retention_advanced = fields.Boolean(
        "Advanced analysis",
        implied_group="customer_retention.group_advanced",
        help="Shows score edges, grids, cut points and runs.",
    )
    retention_tz = fields.Selection(related="company_id.retention_tz", readonly=False)
    retention_cutover_date = fields.Date(
        related="company_id.retention_cutover_date", readonly=False
    )
    retention_separate_branch = fields.Boolean(
        related="company_id.retention_separate_branch", readonly=False
    )
    retention_scheme_id = fields.Many2one(related="company_id.retention_scheme_id")
    retention_basis = fields.Selection(related="company_id.retention_basis")
    retention_window_months = fields.Integer(related="company_id.retention_window_months")
    retention_standard = fields.Selection(related="company_id.retention_standard", readonly=False)
    retention_silent_days = fields.Integer(
        related="company_id.retention_silent_days", readonly=False
    )
    retention_at_risk_days = fields.Integer(
        related="company_id.retention_at_risk_days", readonly=False
    )
    retention_lost_days = fields.Integer(related="company_id.retention_lost_days", readonly=False)
    retention_new_days = fields.Integer(related="company_id.retention_new_days", readonly=False)
    retention_won_back_days = fields.Integer(
        related="company_id.retention_won_back_days", readonly=False
    )
    retention_silent_gaps = fields.Float(related="company_id.retention_silent_gaps", readonly=False)
    retention_at_risk_gaps = fields.Float(
        related="company_id.retention_at_risk_gaps", readonly=False
    )
    retention_lost_gaps = fields.Float(related="company_id.retention_lost_gaps", readonly=False)
    company_is_branch = fields.Boolean(compute="_compute_company_is_branch")

    def _compute_company_is_branch(self):
        for settings in self:
            settings.company_is_branch = bool(settings.company_id.parent_id)

    def action_retention_retail(self):
        """Set the retention standard of retail: lost after 90 days without a purchase."""
        self.ensure_one()
        self.company_id.action_retention_retail()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
