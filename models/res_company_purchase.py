from odoo import fields, models

DEFAULT_RATE = 10.0


class ResCompany(models.Model):
    """How the purchase model values money to come, and how far its forecasts have got."""

    _inherit = "res.company"

    retention_discount_rate = fields.Float(
        "Discount rate (% a year)",
        required=True,
        default=DEFAULT_RATE,
        help="What money costs the company: revenue expected in a year counts as this much less.",
    )
    retention_forecast_month = fields.Date(
        readonly=True, help="The newest month at whose end a forecast was made or refused."
    )

    _retention_discount_rate_check = models.Constraint(
        "CHECK (retention_discount_rate >= 0 AND retention_discount_rate <= 100)",
        "The discount rate is a percentage from 0 to 100.",
    )

    def _retention_monthly_rate(self):
        """Return the discount of one month, as 0.008."""
        return (1 + self.sudo().retention_discount_rate / 100) ** (1 / 12) - 1


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_discount_rate = fields.Float(
        related="company_id.retention_discount_rate", readonly=False
    )
