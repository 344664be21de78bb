from odoo import api, fields, models


class RetentionHistoryPurchase(models.Model):
    """A purchase from before Odoo. Counts in the figures here and nowhere else in Odoo."""

    _name = "retention.history.purchase"
    _description = "Imported Purchase"
    _order = "day desc, id desc"
    _rec_name = "outside_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    day = fields.Date("Date", required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary("Net Amount", required=True, help="Without tax; returns negative.")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="Converted with the rate of the day, once.",
    )
    outside_id = fields.Char(
        "Outside Number", index="btree_not_null", help="The document's number where it came from."
    )
    always_counts = fields.Boolean(
        help="Counts after the cut-over date too: no such document is in Odoo."
    )

    import_id = fields.Many2one(
        "retention.history.import",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="customer_retention.group_manager",
        help="The import that added this purchase; undoing it deletes the purchase.",
    )

    _outside_uniq = models.Constraint(
        "UNIQUE (company_id, outside_id)", "This outside number has been imported already."
    )
    _day_idx = models.Index("(company_id, day)")

    @api.depends("amount", "currency_id", "company_id", "day")
    def _compute_amount_company(self):
        today = fields.Date.context_today(self)
        for company, purchases in self.grouped("company_id").items():
            own = company.currency_id
            rates = self.env["retention.metrics"]._history_rates(company, purchases.currency_id)
            for purchase in purchases:
                purchase.amount_company = rates.convert(
                    purchase.amount, purchase.currency_id, own, purchase.day or today
                )

    # ---------------------------------------------------------------- keeping figures fresh
    @api.model_create_multi
    def create(self, vals_list):
        purchases = super().create(vals_list)
        purchases._ask_retention_refresh()
        return purchases

    def write(self, vals):
        self._ask_retention_refresh()
        result = super().write(vals)
        self._ask_retention_refresh()
        return result

    def unlink(self):
        self._ask_retention_refresh()
        return super().unlink()

    def _ask_retention_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(purchase.partner_id.id, purchase.company_id.id) for purchase in self}
        )
