from odoo import fields, models

HOURS = {"0": "low", "1": "medium", "2": "high", "3": "very_high"}  # by severity


class ResCompany(models.Model):
    """Within how many hours cases are answered."""

    _inherit = "res.company"

    retention_case_hours_low = fields.Float("Hours to answer: low severity", default=24.0)
    retention_case_hours_medium = fields.Float("Hours to answer: medium severity", default=24.0)
    retention_case_hours_high = fields.Float("Hours to answer: high severity", default=8.0)
    retention_case_hours_very_high = fields.Float(
        "Hours to answer: very high severity", default=2.0
    )
    retention_case_workdays = fields.Boolean(
        "Hours pass on working days only",
        help="The clock stands still on weekends, public holidays and days off of the company.",
    )

    _retention_case_hours_check = models.Constraint(
        "CHECK (retention_case_hours_low > 0 AND retention_case_hours_medium > 0"
        " AND retention_case_hours_high > 0 AND retention_case_hours_very_high > 0)",
        "Customers are answered within more than no time at all.",
    )

    def _retention_case_hours(self, severity):
        return self.sudo()[f"retention_case_hours_{HOURS[severity]}"]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_case_hours_low = fields.Float(
        related="company_id.retention_case_hours_low", readonly=False
    )
    retention_case_hours_medium = fields.Float(
        related="company_id.retention_case_hours_medium", readonly=False
    )
    retention_case_hours_high = fields.Float(
        related="company_id.retention_case_hours_high", readonly=False
    )
    retention_case_hours_very_high = fields.Float(
        related="company_id.retention_case_hours_very_high", readonly=False
    )
    retention_case_workdays = fields.Boolean(
        related="company_id.retention_case_workdays", readonly=False
    )
