"""The ledger's SQL: what became of closed months since."""

from collections import Counter

from odoo import api, models
from odoo.tools import SQL

LOOKBACK = 24  # months
LOOKBACK_PARAMETER = "customer_retention.ledger_lookback"
MANY = 1000  # new rows the planner has to hear of
RESTATED = SQL.identifier("retention_ledger_restated")


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _lookback(self):
        """Return how many months back closed months are restated."""
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param(LOOKBACK_PARAMETER, LOOKBACK))

    @api.model
    def _restate(self, scope, first, last, days=None):
        """Say beside the frozen revenue of the months ``first`` to ``last`` what it is by now.

        A credit note moves from its own date to the date of what it takes back, unless that was
        more months ago than the company looks back. Frozen and restated revenue of all months
        together are equal then, but for documents that were changed or came too late.

        :param scope: of whom and until when
        :param days: SQL relation of days as :meth:`_create_ledger_days` makes it; None: read
        :return: the number of rows that changed
        """
        self.env["account.move"].flush_model(["reversed_entry_id"])
        self._create_as(RESTATED, self._restated_rows(scope, first, last, days), temporary=True)
        self.env.cr.execute(SQL("ANALYZE %s", RESTATED))
        values = {
            "restated": RESTATED,
            "company": scope.company.id,
            "first": first,
            "last": last,
            "only": self._only_partners(scope, SQL("ledger.partner_id")),
            "may": self._may_profile(SQL("fresh.partner_id")),
        }
        late = self._add_late_rows(values)
        if sum(late.values()) > MANY:
            self._learn_ledger()
        changed = Counter(self._restate_rows(values)) + Counter(late)
        self.env.cr.execute(SQL("DROP TABLE %s", RESTATED))
        self._roll_up(scope.company.id, changed)
        self._roll_up_periods(scope.company.id, self._ends_after(scope.company.id, late))
        return changed.total()

    @api.model
    def _restated_rows(self, scope, first, last, days):
        """Return SQL (partner_id, month, revenue) of the months, from documents as they are."""
        if days is None:
            days = SQL("(%s)", self._purchase_rows(scope))
        return SQL(
            """SELECT partner_id, DATE_TRUNC('month', day)::date AS month,
                      ROUND(SUM(amount), 2) AS revenue
               FROM (SELECT partner_id, day, amount FROM %s d
                     UNION ALL %s UNION ALL %s) rows
               WHERE day >= %s AND day < %s::date + INTERVAL '1 month'
               GROUP BY 1, 2""",
            days,
            self._moved_refunds(scope),
            self._erased_rows(scope),
            first,
            last,
        )

    @api.model
    def _restate_rows(self, values):
        """Write what differs; return {month: number of rows written}."""
        return self._count_by_month(
            SQL(
                """UPDATE retention_ledger ledger
                   SET revenue_restated = COALESCE(fresh.revenue, 0)
                   FROM retention_ledger old LEFT JOIN %(restated)s fresh
                       ON fresh.partner_id = old.partner_id AND fresh.month = old.month
                   WHERE ledger.id = old.id AND ledger.company_id = %(company)s
                   AND ledger.month BETWEEN %(first)s AND %(last)s %(only)s
                   AND ledger.revenue_restated IS DISTINCT FROM COALESCE(fresh.revenue, 0)
                   RETURNING ledger.month""",
                **values,
            )
        )

    @api.model
    def _add_late_rows(self, values):
        """Who had no row in a closed month and has revenue in it by now gets one, inactive.

        Of who was erased that is what documents changed by since: the months belong to nobody.

        Return {month: number of rows written}.
        """
        return self._count_by_month(
            SQL(
                """INSERT INTO retention_ledger (partner_id, company_id, profile_id, month, cohort,
                       recorded, active_start, active_end, is_new, is_lost, is_reactivated,
                       purchase_days, orders, revenue, revenue_restated)
                   SELECT fresh.partner_id, %(company)s, profile.id, fresh.month,
                          DATE_TRUNC('month', profile.first_order_date)::date, FALSE,
                          FALSE, FALSE, FALSE, FALSE, FALSE, 0, 0, 0, fresh.revenue
                   FROM %(restated)s fresh
                   LEFT JOIN retention_profile profile ON profile.partner_id = fresh.partner_id
                       AND profile.company_id = %(company)s
                   WHERE (profile.id IS NOT NULL OR NOT %(may)s)
                   AND fresh.revenue != 0 AND NOT EXISTS (
                       SELECT FROM retention_ledger ledger
                       WHERE ledger.partner_id = fresh.partner_id
                       AND ledger.company_id = %(company)s AND ledger.month = fresh.month)
                   RETURNING month""",
                **values,
            )
        )

    @api.model
    def _count_by_month(self, statement):
        return dict(
            self.env.execute_query(
                SQL(
                    "WITH changed AS (%s) SELECT month, COUNT(*) FROM changed GROUP BY month",
                    statement,
                )
            )
        )

    @api.model
    def _moved_refunds(self, scope):
        """Return SQL (partner_id, day, amount) that moves credit notes to what they take back.

        On the basis of orders, credit notes are no purchases and come in on that day; on that of
        invoices they are taken out on their own date besides.
        """
        by_order = scope.basis == "order"
        refunds = self._linked_order_refunds(scope) if by_order else self._linked_refunds(scope)
        day = SQL(
            """CASE WHEN origin >= DATE_TRUNC('month', day) - %s * INTERVAL '1 month'
                    THEN origin ELSE day END""",
            self._lookback(),
        )
        moved = SQL("SELECT partner_id, %s AS day, amount FROM (%s) refund", day, refunds)
        if by_order:
            return moved
        back = SQL("SELECT partner_id, day, -amount FROM (%s) refund", refunds)
        return SQL("%s UNION ALL %s", moved, back)

    @api.model
    def _linked_order_refunds(self, scope):
        """Credit notes as :meth:`_order_refunds` has them, with the day of the order."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, move.invoice_date AS day,
                      -line.balance AS amount,
                      (ordered.at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS origin
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               JOIN res_partner partner ON partner.id = move.partner_id
               JOIN LATERAL (
                   SELECT MIN(so.date_order) AS at FROM sale_order_line_invoice_rel rel
                   JOIN sale_order_line bought ON bought.id = rel.order_line_id
                   JOIN sale_order so ON so.id = bought.order_id
                   WHERE rel.invoice_line_id = line.id
                   AND bought.is_downpayment IS NOT TRUE) ordered ON ordered.at IS NOT NULL
               WHERE move.state = 'posted' AND move.move_type = 'out_refund'
               AND move.company_id IN %s AND move.invoice_date <= %s
               AND line.display_type = 'product' %s""",
            scope.company._retention_timezone(),
            scope.company._retention_members(),
            scope.as_of,
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )

    @api.model
    def _linked_refunds(self, scope):
        """Credit notes of invoices, with the date of the invoice."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, move.invoice_date AS day,
                      -line.balance AS amount, invoice.invoice_date AS origin
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               JOIN account_move invoice ON invoice.id = move.reversed_entry_id
               WHERE move.state = 'posted' AND move.move_type = 'out_refund'
               AND invoice.state = 'posted' AND invoice.invoice_date IS NOT NULL
               AND move.company_id IN %s AND move.invoice_date <= %s
               AND line.display_type = 'product' AND line.account_id IS NOT NULL %s""",
            scope.company._retention_members(),
            scope.as_of,
            self._only_partners(scope, SQL("move.commercial_partner_id")),
        )
