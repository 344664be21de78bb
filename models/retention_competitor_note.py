from odoo import api, fields, models


class RetentionCompetitorNote(models.Model):
    """What a customer buys, or was offered, elsewhere; sales compares before it quotes."""

    _name = "retention.competitor.note"
    _description = "Competitor at a Customer"
    _inherit = ["retention.file.record"]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "competitor_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(ondelete="cascade")
    competitor_id = fields.Many2one(
        "retention.competitor", required=True, index=True, ondelete="restrict"
    )
    date = fields.Date("Heard On", required=True, default=fields.Date.context_today)
    product = fields.Char("Their Product", help="What the customer buys or could buy there.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    price = fields.Monetary(
        "Their Price", aggregator=None, help="What the customer pays or was offered there."
    )
    in_use = fields.Boolean(
        "Uses It Now", help="The customer uses this competitor's product at present."
    )
    note = fields.Text()

    @api.depends("company_id")
    def _compute_currency_id(self):
        for record in self:
            record.currency_id = record.currency_id or record.company_id.currency_id

    @api.depends("competitor_id", "product")
    def _compute_display_name(self):
        for record in self:
            parts = (record.competitor_id.name, record.product)
            record.display_name = ": ".join(part for part in parts if part)


class RetentionCompetitor(models.Model):
    _inherit = "retention.competitor"

    note_ids = fields.One2many("retention.competitor.note", "competitor_id", "At Customers")
