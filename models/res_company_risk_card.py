from odoo import fields, models


class ResCompany(models.Model):
    """Which card weighs the signals of a company's customers."""

    _inherit = "res.company"

    retention_risk_card_id = fields.Many2one(
        "retention.risk.card",
        "Fitted risk card",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Empty: the expert card.",
    )
    retention_risk_horizon_days = fields.Integer(
        "Leaving means no purchase for (days)",
        required=True,
        default=90,
        help="What a risk card learns to foresee. Longer than most customers usually wait.",
    )

    _retention_risk_horizon_check = models.Constraint(
        "CHECK (retention_risk_horizon_days BETWEEN 14 AND 730)",
        "The window of a risk card is between 14 and 730 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_risk_horizon_days = fields.Integer(
        related="company_id.retention_risk_horizon_days", readonly=False
    )
