"""Tables of the dashboard as SQL: cohorts, moves, today's customers, alerts."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics.kpi_tables import JOINED, LEFT

# Axes along which customers move, and what puts their values in order.
AXES = ("segment_id", "tier_id", "stage", "risk_level")
# How far an alert got, and the condition that says so.
FUNNEL = {
    "opened": Domain.TRUE,
    "contacted": Domain("first_touch_on", "!=", False),
    "ended": Domain("outcome", "!=", False),
    "saved": Domain("outcome", "=", "saved"),
    "verified": Domain("verification", "=", "verified"),
}


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- cohorts
    @api.model
    def _cohort_rows(self, span):
        """Return SQL of all rows of customers with a first purchase, up to the span's end."""
        ledger = self.env["retention.ledger"]
        window = self._span_window(span) & Domain("cohort", "!=", False)
        window &= self._domain_of_customers(span)
        names = ("partner_id", "cohort", "month", "purchase_days", "revenue")
        columns = (SQL.identifier(ledger._table, name) for name in names)
        return SQL(
            "SELECT * FROM (%s) row WHERE month >= cohort", ledger._search(window).select(*columns)
        )

    @api.model
    def _cohort_cells(self, span):
        """Return rows (cohort, month, customers, customers who bought in it, revenue)."""
        return self.env.execute_query(
            SQL(
                """SELECT cohort, month, COUNT(*), COUNT(*) FILTER (WHERE purchase_days > 0),
                          SUM(revenue)::float8
                   FROM (%s) line GROUP BY cohort, month""",
                self._cohort_rows(span),
            )
        )

    @api.model
    def _cohort_returns(self, span):
        """Return rows (cohort, month of the first purchase after it, customers)."""
        return self.env.execute_query(
            SQL(
                """SELECT cohort, later, COUNT(*) FROM (
                       SELECT cohort, partner_id, MIN(month) AS later FROM (%s) line
                       WHERE purchase_days > 0 AND month > cohort
                       GROUP BY cohort, partner_id) customer
                   GROUP BY cohort, later""",
                self._cohort_rows(span),
            )
        )

    @api.model
    def _cohort_customers(self, span, cohort, first, last):
        """Return SQL of the ids of who, of a cohort, bought in the months first to last.

        :param first: None: all of the cohort
        """
        bought = SQL("month = cohort")
        if first:
            bought = SQL("purchase_days > 0 AND month BETWEEN %s AND %s", first, last)
        return SQL(
            "SELECT partner_id FROM (%s) line WHERE cohort = %s AND %s",
            self._cohort_rows(span),
            cohort,
            bought,
        )

    # ---------------------------------------------------------------- moves
    @api.model
    def _moves(self, span, axis):
        """Return SQL (partner_id, was, old, stays, new, revenue) of customers at either end.

        ``was`` and ``stays`` say whether the customer was active at the end of the month before
        the span, and of its last; ``revenue`` is that of the span.
        """
        column = SQL.identifier("line", axis)
        at_start = SQL("line.active_end AND line.month = %s", span.before)
        at_end = SQL("line.active_end AND line.month = %s", span.last)
        values = {
            "was": SQL("BOOL_OR(%s)", at_start),
            "old": SQL("MAX(%s) FILTER (WHERE %s)", column, at_start),
            "stays": SQL("BOOL_OR(%s)", at_end),
            "new": SQL("MAX(%s) FILTER (WHERE %s)", column, at_end),
            "revenue": SQL("SUM(line.revenue) FILTER (WHERE line.month >= %s)", span.first),
        }
        rows = self._span_customers(span, span.before, ("active_end", "revenue", axis), values)
        return SQL("SELECT * FROM (%s) moved WHERE was OR stays", rows)

    @api.model
    def _move_counts(self, span, axis):
        """Return rows (was, old, stays, new, customers, revenue)."""
        return self.env.execute_query(
            SQL(
                """SELECT was, old, stays, new, COUNT(*), COALESCE(SUM(revenue), 0)::float8
                   FROM (%s) moved GROUP BY was, old, stays, new""",
                self._moves(span, axis),
            )
        )

    @api.model
    def _moved_customers(self, span, axis, old, new):
        """Return SQL of the ids of who moved so; None: not recorded; see :meth:`_moves`."""
        came, went = SQL("NOT was"), SQL("NOT stays")
        if old != JOINED:
            came = SQL("was AND old IS NOT DISTINCT FROM %s", old)
        if new != LEFT:
            went = SQL("stays AND new IS NOT DISTINCT FROM %s", new)
        return SQL(
            "SELECT partner_id FROM (%s) moved WHERE %s AND %s", self._moves(span, axis), came, went
        )

    # ---------------------------------------------------------------- as of today
    @api.model
    def _span_profiles(self, span, further=Domain.TRUE):
        """Return the query of today's profiles of buyers who are there and whom the span means."""
        domain = Domain("company_id", "=", span.company.id) & further
        domain &= Domain("first_order_date", "!=", False)
        # Few are archived, so leaving those out reads less than looking all others up.
        domain &= Domain("partner_id", "not any", [("active", "=", False)])
        domain &= self._domain_of_customers(span)
        return self.env["retention.profile"]._search(domain)

    @api.model
    def _profile_counts(self, span):
        """Return rows (r, f, core, risk level, lost, customers, revenue, value at stake)."""
        names = ("rfm_r", "rfm_f", "is_core", "risk_level", "stage")
        amounts = ("rfm_monetary", "value_at_stake")
        columns = (SQL.identifier("retention_profile", name) for name in (*names, *amounts))
        return self.env.execute_query(
            SQL(
                """SELECT rfm_r, rfm_f, COALESCE(is_core, FALSE), risk_level,
                          stage IS NOT DISTINCT FROM 'lost', COUNT(*),
                          SUM(rfm_monetary)::float8, SUM(value_at_stake)::float8
                   FROM (%s) profile GROUP BY 1, 2, 3, 4, 5""",
                self._span_profiles(span).select(*columns),
            )
        )

    @api.model
    def _profile_customers(self, span, further):
        query = self._span_profiles(span, further)
        return query.select(SQL.identifier("retention_profile", "partner_id"))

    # ---------------------------------------------------------------- alerts
    @api.model
    def _alerts_domain(self, span):
        """Return which alerts the span means: those opened in it."""
        domain = Domain("company_id", "=", span.company.id)
        domain &= Domain("opened_on", ">=", span.first) & Domain("opened_on", "<=", span.last_day)
        return domain & self._domain_of_customers(span)

    @api.model
    def _funnel_counts(self, span):
        """Return {key of FUNNEL: number of alerts}."""
        alerts = self.env["retention.alert"]
        query = alerts._search(self._alerts_domain(span))
        reached = (domain.optimize_full(alerts) for domain in FUNNEL.values())
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s)", domain._to_sql(alerts, alerts._table, query))
            for domain in reached
        ]
        [found] = self.env.execute_query(query.select(*counts))
        return dict(zip(FUNNEL, found, strict=True))
