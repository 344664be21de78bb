from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_voice_months = fields.Selection(
        [
            ("1", "Each month"),
            ("3", "Each quarter"),
            ("6", "Each half-year"),
            ("12", "Each year"),
        ],
        "Answers Count Once",
        default="3",
        required=True,
        help="Of each customer the latest answer of the period counts for the NPS of the company.",
    )
    retention_voice_cases = fields.Boolean(
        "A case for each unhappy answer",
        default=True,
        help="Unhappy answers of known contacts, and those that ask for it, become a case.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_voice_months = fields.Selection(
        related="company_id.retention_voice_months", readonly=False
    )
    retention_voice_cases = fields.Boolean(
        related="company_id.retention_voice_cases", readonly=False
    )
