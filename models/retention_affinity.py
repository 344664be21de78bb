from datetime import timedelta

from odoo import api, fields, models

from ..analytics import affinity, purchases
from .batches import each_company
from .retention_metrics_affinity import WINDOW_MONTHS

DAYS_BETWEEN = 7


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_affinity_date = fields.Date("Bought Together Computed On", readonly=True, copy=False)


class RetentionAffinity(models.Model):
    """ "Customers who bought this also bought that": written by a scheduled action only."""

    _name = "retention.affinity"
    _description = "Products Bought Together"
    _order = "company_id, product_id, strength desc, lift desc, other_product_id"
    _rec_name = "product_id"
    _rec_names_search = ["product_id", "other_product_id"]
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    product_id = fields.Many2one(
        "product.product",
        "Who Bought",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    other_product_id = fields.Many2one(
        "product.product",
        "Also Bought",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    support = fields.Integer(
        "Customers With Both", readonly=True, aggregator=None, help="In the last 24 months."
    )
    confidence = fields.Float(
        "Share of Buyers",
        readonly=True,
        aggregator=None,
        help="Of the customers of the first product, how many bought the other one, too.",
    )
    strength = fields.Float(
        "Cautious Share",
        readonly=True,
        aggregator=None,
        help="The share of buyers, pulled towards the share of all customers where only few "
        "bought the first product. The next product is chosen by it.",
    )
    lift = fields.Float(
        "Times Above Average",
        readonly=True,
        aggregator=None,
        help="The cautious share compared with the share of all customers who bought the "
        "other product.",
    )

    _pair_uniq = models.Constraint(
        "UNIQUE (company_id, product_id, other_product_id)",
        "Two products are compared once in each company.",
    )

    # ---------------------------------------------------------------- scheduled action
    @api.model
    def _cron_affinity(self):
        """Compute each company's pairs once in seven of its own days, one commit each."""

        def compute(company):
            today, last = company._retention_today(), company.retention_affinity_date
            # One of a day to come is of a clock that was ahead.
            if not last or not today - timedelta(days=DAYS_BETWEEN) < last <= today:
                self._recompute(company, today)

        each_company(self.env, compute, "Products bought together")

    @api.model
    def _recompute(self, company, as_of):
        """Compute the pairs of one company; return the number of rows changed."""
        changed = self.env["retention.metrics"]._store_affinity(company, as_of)
        company.sudo().retention_affinity_date = as_of
        return changed

    # ---------------------------------------------------------------- what customers like
    @api.model
    def _favourite_categories(self, company, partner_ids, as_of, limit=3):
        """Return {customer id: ids of categories, the favourite first}; limit None: all.

        :param partner_ids: commercial partners; who bought nothing in 24 months is left out
        """
        return self._favourites_of(self._lines(company, partner_ids, as_of), as_of, limit)

    @api.model
    def _next_products(self, company, partner_ids, as_of):
        """Return {customer id: analytics.affinity.NextProduct} of those who have one."""
        return self._next_of(company, self._lines(company, partner_ids, as_of), as_of)

    @api.model
    def _last_products(self, company, partner_ids, as_of):
        """Return {customer id: product ids of the last purchase day, largest amount first}."""
        return self._last_of(self._lines(company, partner_ids, as_of))

    @api.model
    def _favourites_of(self, lines, as_of, limit=None):
        return affinity.favourite_categories(lines, self._since(as_of), limit)

    @api.model
    def _next_of(self, company, lines, as_of):
        if lines.empty:
            return {}
        pairs = self.env["retention.metrics"]._pairs_of(
            company._retention_company(), [int(product) for product in lines["product"].unique()]
        )
        return affinity.next_products(lines, pairs, as_of, self._since(as_of))

    @api.model
    def _last_of(self, lines):
        return affinity.last_products(lines)

    @api.model
    def _lines(self, company, partner_ids, as_of):
        return self.env["retention.metrics"]._bought_lines(
            company._retention_company(), partner_ids, as_of
        )

    @api.model
    def _since(self, as_of):
        return purchases.window_start(as_of, WINDOW_MONTHS)

    @api.model
    def _reason_text(self, suggestion, names=None):
        """Return why a NextProduct is suggested, in words for the customer.

        In the language of the context; a part of a sentence that has named the product.

        :param names: what :meth:`_product_names` returned, for whoever words many
        """
        if suggestion.reason == "due":
            return self.env._(
                "ordered about every %(days)s days so far, so it may be time again",
                days=round(suggestion.figure),
            )
        product = self.env["product.product"].browse(suggestion.with_product_id)
        return self.env._(
            "goes well with %(product)s; %(count)s of 10 customers who bought that bought this, "
            "too",
            product=(names or self._product_names(product))[product.id],
            count=max(1, round(suggestion.figure * 10)),
        )

    @api.model
    def _product_names(self, products):
        """Return {product id: name as a customer would say it}, in the context's language."""
        plain = products.sudo().with_context(display_default_code=False, lang=self.env.lang)
        return {product.id: product.display_name for product in plain}
