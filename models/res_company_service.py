from odoo import fields, models


class ResCompany(models.Model):
    """When sales hears of what service solved."""

    _inherit = "res.company"

    retention_cue_days = fields.Integer(
        "A request is hard when open for more than (days)",
        default=7,
        help="Hard is also a high or very high severity, and what was opened again.",
    )

    _retention_cue_days_check = models.Constraint(
        "CHECK (retention_cue_days >= 0)", "A request is not open for less than no day."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_cue_days = fields.Integer(related="company_id.retention_cue_days", readonly=False)
