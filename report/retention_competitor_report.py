from odoo import fields, models
from odoo.tools import SQL


class RetentionCompetitorReport(models.Model):
    """One row per note about a competitor at a customer: met, won against, lost to.

    A customer who is lost counts once, with the competitor that was last said to have them.
    """

    _name = "retention.competitor.report"
    _description = "Competitors: Won and Lost"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "competitor_id"
    _depends = {
        "retention.competitor.note": [
            "amount",
            "commercial_partner_id",
            "company_id",
            "competitor_id",
            "date",
            "in_use",
            "product",
            "result",
        ],
        "retention.profile": ["amount_before_last", "company_id", "partner_id", "stage", "user_id"],
        "res.company": ["currency_id"],
    }

    competitor_id = fields.Many2one("retention.competitor", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    date = fields.Date("Heard On", readonly=True)
    product = fields.Char("Their Product", readonly=True)
    result = fields.Selection(
        lambda self: (
            self.env["retention.competitor.note"]._fields["result"]._description_selection(self.env)
        ),
        readonly=True,
    )
    won = fields.Integer("Deals Won", readonly=True)
    lost = fields.Integer("Deals Lost", readonly=True)
    win_rate = fields.Float(
        "Win Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Won among what was won or lost.",
    )
    amount_won = fields.Monetary(readonly=True)
    amount_lost = fields.Monetary(readonly=True)
    in_use = fields.Integer("Customers Using It", readonly=True)
    customers_lost = fields.Integer(readonly=True)
    yearly_lost = fields.Monetary(
        "Yearly Amount Lost",
        readonly=True,
        help="What the customers lost bought in the 12 months up to their last purchase.",
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT note.id, note.competitor_id, note.commercial_partner_id AS partner_id,
                      note.company_id, company.currency_id, profile.user_id, note.date,
                      note.product, note.result,
                      (note.result = 'won')::int AS won, (note.result = 'lost')::int AS lost,
                      CASE note.result WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END AS win_rate,
                      CASE WHEN note.result = 'won' THEN note.amount END AS amount_won,
                      CASE WHEN note.result = 'lost' THEN note.amount END AS amount_lost,
                      (note.in_use AND note.latest = 1)::int AS in_use,
                      (note.holder = 1 AND note.theirs AND profile.stage = 'lost')::int
                          AS customers_lost,
                      CASE WHEN note.holder = 1 AND note.theirs AND profile.stage = 'lost'
                           THEN profile.amount_before_last END AS yearly_lost
               FROM (SELECT one.*, COALESCE(one.in_use OR one.result = 'lost', FALSE) AS theirs,
                            ROW_NUMBER() OVER (
                                PARTITION BY one.company_id, one.commercial_partner_id,
                                             one.competitor_id
                                ORDER BY one.date DESC, one.id DESC) AS latest,
                            ROW_NUMBER() OVER (
                                PARTITION BY one.company_id, one.commercial_partner_id
                                ORDER BY COALESCE(one.in_use OR one.result = 'lost', FALSE) DESC,
                                         one.date DESC, one.id DESC) AS holder
                     FROM retention_competitor_note one) note
               JOIN res_company company ON company.id = note.company_id
               LEFT JOIN retention_profile profile
                    ON profile.partner_id = note.commercial_partner_id
                    AND profile.company_id = note.company_id"""
        )
