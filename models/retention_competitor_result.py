from odoo import fields, models


class RetentionCompetitorNote(models.Model):
    """What came of meeting a competitor at a customer."""

    _inherit = "retention.competitor.note"

    result = fields.Selection(
        [("won", "We got it"), ("lost", "They got it")],
        index=True,
        help="Empty: only heard of them, nothing is decided.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        "What It Was About",
        currency_field="company_currency_id",
        help="Net amount of the deal that was won or lost.",
    )
