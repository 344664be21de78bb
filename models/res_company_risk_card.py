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
