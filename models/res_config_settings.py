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
    company_is_branch = fields.Boolean(compute="_compute_company_is_branch")

    def _compute_company_is_branch(self):
        for settings in self:
            settings.company_is_branch = bool(settings.company_id.parent_id)
