from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases


class RetentionMetrics(models.AbstractModel):
    """The figures of the customer page that no profile keeps: each is one query."""

    _inherit = "retention.metrics"

    @api.model
    def _purchase_days(self, scope, months):
        """Return [(day, net amount)] of the purchase days of the last ``months`` months."""
        query = SQL(
            """SELECT day, SUM(amount) FROM (%s) rows WHERE day > %s AND day <= %s
               GROUP BY day HAVING SUM(documents) > 0 ORDER BY day""",
            self._purchase_rows(scope),
            purchases.window_start(scope.as_of, months),
            scope.as_of,
        )
        return [(day, float(amount)) for day, amount in self.env.execute_query(query)]

    @api.model
    def _favourites(self, scope, months, limit):
        """Return the products bought on most days of the last ``months`` months, as dicts.

        From confirmed orders: product_id, days (purchase days with it), amount (net, company
        currency), and of the last line with it: price (net, one unit), currency_id, uom_id, day.
        Delivery costs, down payments and what was given for nothing are no favourites.
        """
        self.env["sale.order.line"].flush_model(["product_uom_qty", "product_uom_id"])
        day, known = self._local_day(scope, SQL("so.date_order"))
        delivery = SQL()
        if "is_delivery" in self.env["sale.order.line"]._fields:
            delivery = SQL("AND line.is_delivery IS NOT TRUE")
        return self.env.execute_query_dict(
            SQL(
                """SELECT product_id, COUNT(DISTINCT day) AS days, SUM(amount) AS amount,
                          (ARRAY_AGG(price ORDER BY moment DESC, id DESC))[1] AS price,
                          (ARRAY_AGG(currency_id ORDER BY moment DESC, id DESC))[1]
                              AS currency_id,
                          (ARRAY_AGG(uom_id ORDER BY moment DESC, id DESC))[1] AS uom_id,
                          MAX(day) AS day
                   FROM (SELECT line.id, line.product_id, so.date_order AS moment, %(day)s AS day,
                                line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1)
                                    AS amount,
                                line.price_subtotal / line.product_uom_qty AS price,
                                so.currency_id, line.product_uom_id AS uom_id
                         FROM sale_order_line line
                         JOIN sale_order so ON so.id = line.order_id
                         JOIN res_partner partner ON partner.id = so.partner_id
                         WHERE so.state = 'sale' AND so.company_id IN %(members)s
                         AND %(known)s AND line.display_type IS NULL
                         AND line.product_id IS NOT NULL AND line.product_uom_qty > 0
                         AND line.price_subtotal > 0 AND line.is_downpayment IS NOT TRUE
                         %(delivery)s %(only)s) bought
                   WHERE day > %(start)s
                   GROUP BY product_id ORDER BY days DESC, amount DESC, product_id LIMIT %(limit)s
                """,
                day=day,
                known=known,
                members=scope.company._retention_members(),
                delivery=delivery,
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
                start=purchases.window_start(scope.as_of, months),
                limit=limit,
            )
        )

    @api.model
    def _receivables(self, scope):
        """Return what the customers of ``scope`` owe, in company currency, as a dict.

        Of posted invoices: count, amount; of instalments past their date: overdue_count
        (invoices), overdue_amount, oldest (date); and credit, of credit notes not yet used.
        Found by contact, which account_move indexes.
        """
        for model, names in (
            ("account.move", ["partner_id", "state", "move_type", "company_id"]),
            ("account.move.line", ["amount_residual", "date_maturity", "display_type"]),
        ):
            self.env[model].flush_model(names)
        late = SQL(
            """FILTER (WHERE move_type != 'out_refund' AND residual > 0
                       AND date_maturity < %s)""",
            scope.as_of,
        )
        owed = SQL("FILTER (WHERE move_type != 'out_refund' AND residual > 0)")
        [row] = self.env.execute_query_dict(
            SQL(
                """SELECT COUNT(DISTINCT move_id) %(owed)s AS count,
                          COALESCE(SUM(residual) %(owed)s, 0) AS amount,
                          COUNT(DISTINCT move_id) %(late)s AS overdue_count,
                          COALESCE(SUM(residual) %(late)s, 0) AS overdue_amount,
                          MIN(date_maturity) %(late)s AS oldest,
                          COALESCE(-SUM(residual) FILTER (
                              WHERE move_type = 'out_refund' AND residual < 0), 0) AS credit
                   FROM (SELECT move.id AS move_id, move.move_type, line.date_maturity,
                                line.amount_residual AS residual
                         FROM account_move move
                         JOIN account_move_line line ON line.move_id = move.id
                         JOIN res_partner partner ON partner.id = move.partner_id
                         WHERE move.state = 'posted' AND line.display_type = 'payment_term'
                         AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                         AND move.invoice_date <= %(as_of)s
                         AND move.company_id IN %(members)s %(only)s) owing""",
                owed=owed,
                late=late,
                as_of=scope.as_of,
                members=scope.company._retention_members(),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
        return row

    @api.model
    def _basket(self, scope, months):
        """Return (orders, lines, net amount in company currency) of the last ``months`` months.

        From confirmed orders with at least one line of what counts as bought.
        """
        self._flush_bought()
        day, known = self._local_day(scope, SQL("so.date_order"))
        [row] = self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT so.id), COUNT(*), COALESCE(SUM(
                              line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1)), 0)
                   %s AND so.company_id IN %s AND %s AND %s > %s %s""",
                self._bought_source(),
                scope.company._retention_members(),
                known,
                day,
                purchases.window_start(scope.as_of, months),
                self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
        return row
