from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_metrics import PurchaseSource


class RetentionMetrics(models.AbstractModel):
    """Sales at the till are purchases, on both bases."""

    _inherit = "retention.metrics"

    @api.model
    def _purchase_queries(self, scope):
        return [*super()._purchase_queries(scope), *self._till_sources(scope)]

    @api.model
    def _purchase_fields(self):
        return {
            **super()._purchase_fields(),
            "pos.order": [
                "partner_id",
                "company_id",
                "state",
                "date_order",
                "currency_rate",
                "account_move",
            ],
            "pos.order.line": [
                "order_id",
                "price_subtotal",
                "price_unit",
                "qty",
                "refunded_orderline_id",
                *(["sale_order_line_id"] if self._till_settles_orders() else []),
            ],
        }

    @api.model
    def _till_sources(self, scope):
        """Return a list of one PurchaseSource; of none where no till sold anything.

        One source less is one UNION less: whoever installs the app and has not opened a till
        yet keeps PostgreSQL's parallel plans.
        """
        if not self._has_till(scope):
            return []
        bought = self._till_lines(scope)
        money = SQL("SELECT partner_id, day, amount FROM (%s) bought", bought)
        documents = SQL(
            """SELECT partner_id, day, SUM(amount) AS amount FROM (%s %s) bought
               GROUP BY order_id, partner_id, day HAVING SUM(amount) > 0""",
            bought,
            self._till_no_down_payment(),
        )
        return [PurchaseSource(money, documents)]

    @api.model
    def _has_till(self, scope):
        members = scope.company._retention_members()
        query = SQL("SELECT EXISTS (SELECT FROM pos_order WHERE company_id IN %s)", members)
        [[found]] = self.env.execute_query(query)
        return found

    @api.model
    def _till_lines(self, scope):
        """Return SQL (order_id, partner_id, day, amount, refunded) of what tills sold.

        The sign is the one that ``sale.report`` gives a line: a till may store the subtotal of
        something taken back without one. Who has an invoice is counted by it on that basis. A
        till that settles a sale order repeats the order's lines: on the basis of orders the
        order speaks for them, on that of invoices the till, as Odoo does not invoice them again.
        """
        elsewhere = SQL("AND till.account_move IS NULL") if scope.basis == "invoice" else SQL()
        if scope.basis == "order" and self._till_settles_orders():
            elsewhere = SQL("AND line.sale_order_line_id IS NULL")
        return SQL(
            """SELECT till.id AS order_id, partner.commercial_partner_id AS partner_id,
                      (till.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                      line.refunded_orderline_id AS refunded,
                      SIGN(line.qty::numeric * line.price_unit::numeric)
                          * ABS(line.price_subtotal)
                          / CASE WHEN COALESCE(till.currency_rate, 0) = 0 THEN 1
                                 ELSE till.currency_rate END AS amount
               FROM pos_order till
               JOIN res_partner partner ON partner.id = till.partner_id
               JOIN pos_order_line line ON line.order_id = till.id
               WHERE till.state IN ('paid', 'done') AND till.company_id IN %(members)s
               AND till.date_order
                   < ((%(as_of)s::date + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC')
               %(elsewhere)s %(only)s""",
            zone=scope.company._retention_timezone(),
            members=scope.company._retention_members(),
            as_of=scope.as_of,
            elsewhere=elsewhere,
            only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )

    @api.model
    def _till_settles_orders(self):
        return "sale_order_line_id" in self.env["pos.order.line"]._fields

    @api.model
    def _till_no_down_payment(self):
        """A down payment is money, but does not make a purchase day."""
        if not self._till_settles_orders():
            return SQL()
        return SQL(
            """AND NOT EXISTS (
                   SELECT FROM sale_order_line ordered
                   WHERE ordered.id = line.sale_order_line_id AND ordered.is_downpayment)"""
        )

    @api.model
    def _moved_refunds(self, scope):
        """What a till takes back belongs to the day it was sold."""
        moved = super()._moved_refunds(scope)
        if not self._has_till(scope):
            return moved
        refunds = SQL(
            """SELECT bought.partner_id, bought.day, bought.amount,
                      (till.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS origin
               FROM (%s) bought JOIN pos_order_line sold ON sold.id = bought.refunded
               JOIN pos_order till ON till.id = sold.order_id""",
            scope.company._retention_timezone(),
            self._till_lines(scope),
        )
        return SQL(
            """%(moved)s UNION ALL
               SELECT partner_id,
                      CASE WHEN origin >= DATE_TRUNC('month', day) - %(months)s * INTERVAL '1 month'
                           THEN origin ELSE day END AS day, amount
               FROM (%(refunds)s) refund
               UNION ALL SELECT partner_id, day, -amount FROM (%(refunds)s) refund""",
            moved=moved,
            months=self._lookback(),
            refunds=refunds,
        )

    @api.model
    def _cutover(self, company, basis):
        """Imported history ends where the till begins, if that was first."""
        known = super()._cutover(company, basis)
        if company.sudo().retention_cutover_date:
            return known
        [[first]] = self.env.execute_query(
            SQL(
                """SELECT (MIN(date_order) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                   FROM pos_order WHERE state IN ('paid', 'done') AND company_id IN %s""",
                company._retention_timezone(),
                company._retention_members(),
            )
        )
        return SQL("LEAST(%s, %s::date)", known, first) if first else known
