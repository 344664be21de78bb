from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases


class Scope(NamedTuple):
    """What a purchase query speaks of.

    ``company``: the company that keeps the customers (branches included); ``as_of``: later
    purchases do not exist yet; ``partners``: None for everybody, else an SQL relation with
    one column ``partner_id`` of commercial partners; ``basis``: "order" or "invoice".
    """

    company: object
    as_of: object
    partners: SQL | None
    basis: str


class PurchaseSource(NamedTuple):
    """One place purchases come from, as two SELECTs, or three.

    ``money``: rows (partner_id, day, amount), every amount that counts, credit notes
    negative, unrounded, in company currency. ``documents``: rows (partner_id, day, amount),
    one per document that makes its day a purchase day; amount is the document's net value.
    ``partner_id`` is the commercial partner, ``day`` a date in the company's time zone.
    ``both``: what the two say together, rows (partner_id, day, amount, documents), several for a
    day or not, where that reads less than they do one after the other.
    """

    money: SQL
    documents: SQL
    both: SQL | None = None


class RetentionMetrics(models.AbstractModel):
    """Every SQL query outside report/. Bridges extend the hooks named in the docstrings."""

    _name = "retention.metrics"
    _description = "Retention Metrics"

    # ---------------------------------------------------------------- purchases
    @api.model
    def _purchase_queries(self, scope):
        """Return the list of PurchaseSource that make up the purchases of ``scope``.

        Hook: a bridge calls super() and appends its own sources.
        """
        own = self._order_source(scope) if scope.basis == "order" else self._invoice_source(scope)
        # Without a UNION PostgreSQL knows how many customers to expect and may use its parallel
        # workers: about a third faster, for everybody who has imported nothing.
        return [own, self._history_source(scope)] if self._has_history(scope) else [own]

    @api.model
    def _scope(self, company, as_of, partners=None, basis=None):
        """Flush what the queries read and return a Scope."""
        for model, names in self._purchase_fields().items():
            self.env[model].flush_model(names)
        return Scope(company, as_of, partners, basis or company.sudo().retention_basis)

    @api.model
    def _purchase_fields(self):
        """Return {model: field names} that the purchase queries read. Hook for bridges."""
        return {
            "sale.order": [
                "partner_id",
                "company_id",
                "state",
                "date_order",
                "currency_rate",
                "amount_untaxed",
            ],
            "sale.order.line": [
                "order_id",
                "price_subtotal",
                "product_id",
                "display_type",
                "is_downpayment",
            ],
            "account.move": [
                "commercial_partner_id",
                "company_id",
                "state",
                "move_type",
                "invoice_date",
                "amount_untaxed_signed",
            ],
            "account.move.line": ["move_id", "balance", "display_type", "account_id"],
            "retention.history.purchase": [
                "partner_id",
                "company_id",
                "day",
                "amount_company",
                "always_counts",
            ],
            "res.partner": ["commercial_partner_id", "retention_no_profiling"],
        }

    @api.model
    def _order_source(self, scope):
        """Confirmed sale orders, as ``sale.report`` counts them (state "sale")."""
        day = SQL(
            "(so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            scope.company._retention_timezone(),
        )
        base = SQL(
            """FROM sale_order so
               JOIN res_partner partner ON partner.id = so.partner_id""",
        )
        where = SQL(
            "WHERE %s %s",
            self._orders_of(scope),
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )

        def converted(amount):
            # A division by one still costs, and makes all later sums of long fractions.
            return SQL(
                """CASE WHEN COALESCE(so.currency_rate, 0) IN (0, 1) THEN %(amount)s
                        ELSE %(amount)s / so.currency_rate END""",
                amount=amount,
            )

        money = SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS day, %s AS amount
               %s JOIN sale_order_line line ON line.order_id = so.id
               %s AND line.display_type IS NULL AND line.product_id IS NOT NULL""",
            day,
            converted(SQL("line.price_subtotal")),
            base,
            where,
        )
        documents = SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS day, %s AS amount
               %s %s AND so.amount_untaxed > 0""",
            day,
            converted(SQL("so.amount_untaxed")),
            base,
            where,
        )
        both = self._orders_at_once(scope, day, converted) if scope.partners is None else None
        return PurchaseSource(money, documents, both)

    @api.model
    def _orders_at_once(self, scope, day, converted):
        """Return SQL of everybody's orders with their lines' sum: see :class:`PurchaseSource`.

        Orders and lines both come in the order of the orders' ids, so that nothing is sorted or
        hashed until there is one row for each order.
        """
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, so.day, so.amount, so.documents
               FROM (SELECT so.id, so.partner_id, %(day)s AS day,
                            COALESCE(SUM(%(amount)s), 0) AS amount,
                            (so.amount_untaxed > 0)::int AS documents
                     FROM sale_order so
                     LEFT JOIN sale_order_line line ON line.order_id = so.id
                         AND line.display_type IS NULL AND line.product_id IS NOT NULL
                     WHERE %(where)s
                     GROUP BY so.id
                     HAVING so.amount_untaxed > 0 OR COUNT(line.id) > 0) so
               JOIN res_partner partner ON partner.id = so.partner_id""",
            day=day,
            amount=converted(SQL("line.price_subtotal")),
            where=self._orders_of(scope),
        )

    @api.model
    def _orders_of(self, scope):
        return SQL(
            """so.state = 'sale' AND so.company_id IN %s
               AND so.date_order
                   < ((%s::date + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')""",
            scope.company._retention_members(),
            scope.as_of,
            scope.company._retention_timezone(),
        )

    @api.model
    def _invoice_source(self, scope):
        """Posted invoices net of credit notes, as ``account.invoice.report`` counts them.

        A down payment's lines count as money but do not make a purchase day: a document is
        one when what it invoices besides down payments is positive.
        """
        where = SQL(
            """WHERE move.state = 'posted' AND move.company_id IN %s
               AND move.invoice_date <= %s %s""",
            scope.company._retention_members(),
            scope.as_of,
            self._only_partners(scope, SQL("move.commercial_partner_id")),
        )
        money = SQL(
            """SELECT move.commercial_partner_id AS partner_id, move.invoice_date AS day,
                      -line.balance AS amount
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               %s AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
               AND line.display_type = 'product' AND line.account_id IS NOT NULL
               AND move.commercial_partner_id IS NOT NULL""",
            where,
        )
        documents = SQL(
            """SELECT move.commercial_partner_id AS partner_id, move.invoice_date AS day,
                      move.amount_untaxed_signed - COALESCE(down.amount, 0) AS amount
               FROM account_move move
               LEFT JOIN (
                   SELECT line.move_id, -SUM(line.balance) AS amount
                   FROM account_move_line line
                   WHERE line.display_type = 'product' AND EXISTS (
                       SELECT FROM sale_order_line_invoice_rel rel
                       JOIN sale_order_line ordered ON ordered.id = rel.order_line_id
                       WHERE rel.invoice_line_id = line.id AND ordered.is_downpayment)
                   GROUP BY line.move_id
               ) down ON down.move_id = move.id
               %s AND move.move_type IN ('out_invoice', 'out_receipt')
               AND move.commercial_partner_id IS NOT NULL
               AND move.amount_untaxed_signed - COALESCE(down.amount, 0) > 0""",
            where,
        )
        return PurchaseSource(money, documents)

    @api.model
    def _has_history(self, scope):
        [[found]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM retention_history_purchase WHERE company_id IN %s)",
                scope.company._retention_members(),
            )
        )
        return found

    @api.model
    def _history_source(self, scope):
        """Imported purchases, before the cut-over date unless the import says otherwise."""
        rows = SQL(
            """SELECT partner.commercial_partner_id AS partner_id, history.day,
                      history.amount_company AS amount
               FROM retention_history_purchase history
               JOIN res_partner partner ON partner.id = history.partner_id
               WHERE history.company_id IN %s AND history.day <= %s
               AND (history.always_counts OR history.day < %s) %s""",
            scope.company._retention_members(),
            scope.as_of,
            self._cutover(scope.company, scope.basis),
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )
        documents = SQL("SELECT partner_id, day, amount FROM (%s) h WHERE amount > 0", rows)
        return PurchaseSource(rows, documents)

    @api.model
    def _only_partners(self, scope, column):
        if scope.partners is None:
            return SQL()
        return SQL("AND %s IN (SELECT partner_id FROM %s)", column, scope.partners)

    @api.model
    def _cutover(self, company, basis):
        """Return the SQL of the day before which imported history counts."""
        # A plain day, not a sub-query: with one PostgreSQL uses no parallel workers.
        return SQL("%s::date", self._cutover_day(company, basis) or "infinity")

    @api.model
    def _cutover_day(self, company, basis):
        """Return the day from which only Odoo's own documents count; None: there are none."""
        first = company.sudo().retention_cutover_date
        if not first and basis == "order":
            [[first]] = self.env.execute_query(
                SQL(
                    """SELECT (MIN(date_order) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                       FROM sale_order WHERE state = 'sale' AND company_id IN %s""",
                    company._retention_timezone(),
                    company._retention_members(),
                )
            )
        elif not first:
            [[first]] = self.env.execute_query(
                SQL(
                    """SELECT MIN(invoice_date) FROM account_move WHERE state = 'posted'
                       AND move_type IN ('out_invoice', 'out_receipt') AND company_id IN %s""",
                    company._retention_members(),
                )
            )
        return first or None

    @api.model
    def _union(self, queries):
        return SQL(" UNION ALL ").join(SQL("(%s)", query) for query in queries)

    @api.model
    def _purchase_rows(self, scope):
        """Return SQL rows (partner_id, day, amount, documents), one per customer and day."""
        parts = []
        for source in self._purchase_queries(scope):
            if source.both:
                parts.append(source.both)
                continue
            parts += [
                SQL("SELECT partner_id, day, amount, 0 AS documents FROM (%s) m", source.money),
                SQL(
                    "SELECT partner_id, day, 0 AS amount, 1 AS documents FROM (%s) d",
                    source.documents,
                ),
            ]
        return SQL(
            """SELECT partner_id, day, SUM(amount) AS amount, SUM(documents)::int AS documents
               FROM (%s) rows GROUP BY partner_id, day""",
            self._union(parts),
        )

    @api.model
    def _facts_query(self, scope, config):
        """Return SQL with one row per commercial partner who bought and may be judged.

        Columns: partner_id and those of :data:`analytics.purchases.FACT_COLUMNS`. Money and days
        are summed apart, so that the order lines are read once and never sorted by day.
        """
        sources = self._purchase_queries(scope)
        start = purchases.window_start(scope.as_of, config.window_months)
        return SQL(
            """SELECT money.partner_id, days.first_day, days.last_day,
                      COALESCE(days.purchase_days, 0) AS purchase_days,
                      COALESCE(days.documents, 0) AS documents,
                      (ROUND(money.revenue, 2) * 100)::bigint AS revenue_cents,
                      COALESCE(days.frequency, 0) AS frequency,
                      (ROUND(COALESCE(money.monetary, 0), 2) * 100)::bigint AS monetary_cents
               FROM (SELECT partner_id, SUM(amount) AS revenue,
                            SUM(amount) FILTER (WHERE day > %(start)s) AS monetary
                     FROM (%(money)s) m GROUP BY partner_id) money
               LEFT JOIN (SELECT partner_id, MIN(day) AS first_day, MAX(day) AS last_day,
                                 COUNT(*)::int AS purchase_days,
                                 SUM(documents)::int AS documents,
                                 COUNT(*) FILTER (WHERE day > %(start)s)::int AS frequency
                          FROM (SELECT partner_id, day, COUNT(*) AS documents
                                FROM (%(documents)s) d GROUP BY partner_id, day) by_day
                          GROUP BY partner_id) days USING (partner_id)
               WHERE %(may)s""",
            may=self._may_profile(SQL("money.partner_id")),
            start=start,
            money=self._union(source.money for source in sources),
            documents=self._union(source.documents for source in sources),
        )

    @api.model
    def _facts_of_days(self, days, scope, config):
        """Return what :meth:`_facts_query` says, from purchases already summed by day."""
        return SQL(
            """SELECT partner_id,
                      MIN(day) FILTER (WHERE documents > 0) AS first_day,
                      MAX(day) FILTER (WHERE documents > 0) AS last_day,
                      COUNT(*) FILTER (WHERE documents > 0)::int AS purchase_days,
                      SUM(documents)::int AS documents,
                      (ROUND(SUM(amount), 2) * 100)::bigint AS revenue_cents,
                      COUNT(*) FILTER (WHERE documents > 0 AND day > %(start)s)::int AS frequency,
                      (ROUND(COALESCE(SUM(amount) FILTER (WHERE day > %(start)s), 0), 2)
                          * 100)::bigint AS monetary_cents
               FROM %(days)s days GROUP BY partner_id""",
            start=purchases.window_start(scope.as_of, config.window_months),
            days=days,
        )

    @api.model
    def _median_document_query(self, scope, config):
        """Return SQL for the median net amount, in cents, of the window's documents."""
        return SQL(
            """SELECT COALESCE(PERCENTILE_DISC(0.5) WITHIN GROUP
                          (ORDER BY (ROUND(amount, 2) * 100)::bigint), 0)
               FROM (%s) d WHERE day > %s AND amount > 0""",
            self._union(source.documents for source in self._purchase_queries(scope)),
            purchases.window_start(scope.as_of, config.window_months),
        )

    @api.model
    def _prospect_query(self, scope):
        """Return SQL (partner_id) of commercial partners that hold a quotation."""
        return SQL(
            """SELECT DISTINCT partner.commercial_partner_id AS partner_id
               FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
               WHERE so.state IN ('draft', 'sent') AND so.company_id IN %s %s""",
            scope.company._retention_members(),
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )
