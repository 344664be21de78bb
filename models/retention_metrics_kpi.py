"""Key figures of a period as SQL: exact sets of customers, whatever their number.

The definitions are those of ``analytics/kpi*.py`` and :meth:`retention.kpi._kpi_definitions`;
this is their fast form for what a dashboard shows at once. Rows of the ledger are read through
``_search``, so by the caller's own rights.
"""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .retention_metrics_ledger import Month
from .retention_metrics_ledger_rollup import LENGTH, PLACES

MONTH = relativedelta(months=1)
# What is known of each customer over a period, made of its rows ``line``; %s: only of the period.
SUMS = ("purchase_days", "orders", "revenue", "nps_answers", "nps_promoters", "nps_detractors")
# Sets of customers, as conditions on those; of these is made up what analytics.kpi calls the same.
SETS = {
    "start": SQL("who.at_start"),
    "end": SQL("who.at_end"),
    "kept": SQL("who.at_start AND who.at_end"),
    "lost": SQL("who.at_start AND NOT who.at_end"),
    "new": SQL("who.at_end AND NOT who.at_start AND who.is_new"),
    "back": SQL("who.at_end AND NOT who.at_start AND NOT who.is_new AND who.is_back"),
    "buyers": SQL("who.purchase_days > 0"),
    "repeat_buyers": SQL("who.purchase_days >= 2"),
    "promoters": SQL("who.nps_promoters > 0"),
    "answered": SQL("who.nps_answers > 0"),
}
AMOUNTS = {
    "revenue": SQL("who.revenue"),
    "orders": SQL("who.orders"),
    "nps_net": SQL("100 * (who.nps_promoters - who.nps_detractors)"),
    "nps_answers": SQL("who.nps_answers"),
}
# Columns of retention.ledger.period, in the order SETS, AMOUNTS.
PERIOD_COLUMNS = (*(f"{name}_count" for name in SETS), *AMOUNTS)


class Quotient(NamedTuple):
    """``part`` / ``whole``, keys of SETS or AMOUNTS, and the sets of customers behind them.

    ``rolled``: the same two in sums of the roll-up, for one month.
    """

    part: str
    whole: str
    behind: tuple
    rolled: tuple


# Key figures that SQL knows as well; all others are computed by their definition.
QUOTIENTS = {
    "retention": Quotient(
        "kept", "start", ("kept", "start"), (SQL("SUM(kept)"), SQL("SUM(at_start)"))
    ),
    "churn": Quotient(
        "lost", "start", ("lost", "start"), (SQL("SUM(left_count)"), SQL("SUM(at_start)"))
    ),
    "repeat": Quotient(
        "repeat_buyers",
        "buyers",
        ("repeat_buyers", "buyers"),
        (SQL("SUM(repeat_buyers)"), SQL("SUM(buyers)")),
    ),
    "order_value": Quotient(
        "revenue", "orders", ("buyers", "buyers"), (SQL("SUM(revenue)"), SQL("SUM(orders)"))
    ),
    "nps": Quotient(
        "nps_net",
        "nps_answers",
        ("promoters", "answered"),
        (SQL("100 * SUM(nps_promoters - nps_detractors)"), SQL("SUM(nps_answers)")),
    ),
}
RESOLUTION_ROLLED = (SQL("SUM(resolution_hours)"), SQL("SUM(tickets_solved)"))


class Span(NamedTuple):
    """Months ``first`` to ``last`` (their first days) of a company.

    ``domain``: over the ledger, which customers are meant: those whose placing row is in it; see
    :attr:`analytics.kpi.Period.placing`. None: everybody. ``only``: of these
    customers, ids or SQL of ids.
    """

    company: object
    first: object
    last: object
    domain: Domain | None = None
    only: object = None

    @property
    def months(self):
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def before(self):
        """Return the month at whose end the period begins."""
        return self.first - MONTH

    @property
    def earlier(self):
        """Return the period of equal length before this one."""
        return self._replace(first=self.first - self.months * MONTH, last=self.before)

    @property
    def last_day(self):
        return self.last + relativedelta(months=1, days=-1)

    @property
    def by_place(self):
        """Return whether the roll-up knows all that the domain asks for."""
        conditions = self.domain.iter_conditions() if self.domain else ()
        return all(leaf.field_expr.partition(".")[0] in PLACES for leaf in conditions)


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- rows and customers
    @api.model
    def _span_window(self, span, since=None):
        window = Domain("company_id", "=", span.company.id) & Domain("month", "<=", span.last)
        if span.only is not None:
            window &= Domain("partner_id", "in", span.only)
        return window & Domain("month", ">=", since) if since else window

    @api.model
    def _span_rows(self, span, since, names):
        """Return SQL of rows (partner_id, month, active_start, names, meant) up to the end.

        ``meant`` says whether the domain has the row.
        """
        ledger = self.env["retention.ledger"]
        window = self._span_window(span, since)
        columns = dict.fromkeys(("id", "partner_id", "month", "active_start", *names))
        columns = [SQL.identifier(ledger._table, name) for name in columns]
        query, meant = ledger._search(window), SQL("TRUE")
        if span.domain:
            # A column and no second search: the ledger is not joined with itself.
            found = span.domain.optimize_full(ledger)._to_sql(ledger, ledger._table, query)
            meant = SQL("COALESCE(%s, FALSE)", found)
        return query.select(*columns, SQL("%s AS meant", meant))

    @api.model
    def _span_customers(self, span, since, names, values):
        """Return SQL (partner_id, values): a row per customer whom the span means.

        :param since: the first month read; the month before the span or earlier where there is
            a domain. None: all, so that who has no row in the span is there too.
        :param names: columns of the ledger that ``values`` reads as ``line.…``
        :param values: {name: SQL of an aggregate}
        """
        selected = [SQL(", %s AS %s", value, SQL.identifier(n)) for n, value in values.items()]
        return SQL(
            "SELECT line.partner_id %s FROM (%s) line GROUP BY line.partner_id HAVING %s",
            SQL(" ").join(selected),
            self._span_rows(span, since, names),
            self._span_meant(span),
        )

    @api.model
    def _span_meant(self, span):
        if not span.domain:
            return SQL("TRUE")
        return SQL(
            """CASE WHEN BOOL_OR(line.active_start AND line.month = %(first)s)
                         AND BOOL_OR(line.month = %(before)s)
                    THEN BOOL_OR(line.meant AND line.month = %(before)s)
                    ELSE MAX(line.month) FILTER (WHERE line.meant) = MAX(line.month) END""",
            first=span.first,
            before=span.before,
        )

    @api.model
    def _meant_customers(self, span):
        """Return SQL of the ids of all customers whom the span means, bought in it or not."""
        return self._span_customers(span, None, (), {})

    @api.model
    def _settled(self, span):
        """Return the span with the ids of the customers it means instead of its domain."""
        if not span.domain:
            return span
        rows = self.env.execute_query(self._meant_customers(span))
        return span._replace(domain=None, only=[partner_id for (partner_id,) in rows])

    @api.model
    def _domain_of_customers(self, span):
        """Return the domain on ``partner_id`` of the customers whom the span means."""
        only = self._meant_customers(span) if span.domain else span.only
        return Domain.TRUE if only is None else Domain("partner_id", "in", only)

    @api.model
    def _figure_rows(self, span):
        """Return SQL (partner_id, at_start, at_end, is_new, is_back, last_month, SUMS)."""
        inside = SQL(" FILTER (WHERE line.month >= %s)", span.first) if span.domain else SQL()
        values = {
            "at_start": SQL("BOOL_OR(line.active_start AND line.month = %s)", span.first),
            "at_end": SQL("BOOL_OR(line.active_end AND line.month = %s)", span.last),
            "is_new": SQL("BOOL_OR(line.is_new)%s", inside),
            "is_back": SQL("BOOL_OR(line.is_reactivated)%s", inside),
            "last_month": SQL("MAX(line.month)"),
        }
        for name in SUMS:
            values[name] = SQL("SUM(%s)%s", SQL.identifier("line", name), inside)
        names = ("active_end", "is_new", "is_reactivated", *SUMS)
        since = span.before if span.domain else span.first
        rows = self._span_customers(span, since, names, values)
        # Who has a row of the month before only is not in the period at all.
        return SQL("SELECT * FROM (%s) who WHERE is_new IS NOT NULL", rows)

    # ---------------------------------------------------------------- figures
    @api.model
    def _spans_totals(self, spans):
        """Return {key of SETS: how many customers, key of AMOUNTS: their sum} of each span."""
        parts = [
            SQL("SELECT %s AS place, found.* FROM (%s) found", place, self._span_sums(span))
            for place, span in enumerate(spans)
        ]
        rows = self.env.execute_query(SQL("%s ORDER BY place", SQL(" UNION ALL ").join(parts)))
        return [dict(zip((*SETS, *AMOUNTS), row[1:], strict=True)) for row in rows]

    @api.model
    def _span_sums(self, span):
        """Return SQL of one row: SETS counted, AMOUNTS summed.

        From what is kept added up where that knows the span and what its domain asks.
        """
        if span.months != LENGTH or not span.by_place or span.only is not None:
            return SQL("SELECT %s FROM (%s) who", self._figure_sums(), self._figure_rows(span))
        periods = self.env["retention.ledger.period"]
        domain = Domain("company_id", "=", span.company.id) & Domain("month", "=", span.last)
        query = periods._search(domain & (span.domain or Domain.TRUE))
        columns = (SQL.identifier(name) for name in PERIOD_COLUMNS)
        return SQL(
            "SELECT %s FROM (%s) rolled",
            SQL(", ").join(SQL("COALESCE(SUM(%s), 0) AS %s", column, column) for column in columns),
            query.select(SQL("%s.*", SQL.identifier(periods._table))),
        )

    @api.model
    def _figure_sums(self, sign=1):
        """Return SQL of the sums of rows of :meth:`_figure_rows`, as PERIOD_COLUMNS."""
        counts = [SQL("COUNT(*) FILTER (WHERE %s)", condition) for condition in SETS.values()]
        sums = [SQL("COALESCE(SUM(%s), 0)", amount) for amount in AMOUNTS.values()]
        return SQL(", ").join(
            SQL("%s * %s AS %s", sign, value, SQL.identifier(name))
            for name, value in zip(PERIOD_COLUMNS, counts + sums, strict=True)
        )

    @api.model
    def _roll_up_periods(self, company_id, months, partner_ids=None, sign=1):
        """Like :meth:`_roll_up`, for the periods of LENGTH months that end with these."""
        company, months = self.env["res.company"].browse(company_id), sorted(set(months))
        if partner_ids is None and months:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM retention_ledger_period WHERE company_id = %s AND month = ANY(%s)",
                    company_id,
                    months,
                )
            )
        only = None if partner_ids is None else list(partner_ids)
        for month in months:
            span = Span(company, month - (LENGTH - 1) * MONTH, month, None, only)
            self.env.cr.execute(
                SQL(
                    """INSERT INTO retention_ledger_period (company_id, month, %(columns)s)
                       SELECT %(company)s, %(month)s, %(places)s, %(sums)s
                       FROM %(placed)s GROUP BY 3, 4, 5, 6""",
                    columns=SQL(", ").join(map(SQL.identifier, (*PLACES, *PERIOD_COLUMNS))),
                    company=company_id,
                    month=month,
                    places=self._rolled_places(),
                    sums=self._figure_sums(sign),
                    placed=self.sudo()._placed_rows(span),
                )
            )
        self.env["retention.ledger.period"].invalidate_model(flush=False)

    @api.model
    def _placed_rows(self, span):
        """Return SQL of ``who``, :meth:`_figure_rows`, joined with the row that places each.

        That is ``prior``, else ``line``; see :attr:`analytics.kpi.Period.placing`.
        """
        return SQL(
            """(%(rows)s) who
               JOIN retention_ledger line ON line.partner_id = who.partner_id
                   AND line.company_id = %(company)s AND line.month = who.last_month
                   AND line.month BETWEEN %(first)s AND %(last)s
               LEFT JOIN retention_ledger prior ON prior.partner_id = who.partner_id
                   AND prior.company_id = %(company)s AND prior.month = %(before)s
                   AND who.at_start""",
            rows=self._figure_rows(span),
            company=span.company.id,
            first=span.first,
            last=span.last,
            before=span.before,
        )

    @api.model
    def _set_of_customers(self, span, name):
        """Return SQL of the ids of the customers in one of SETS."""
        return SQL("SELECT partner_id FROM (%s) who WHERE %s", self._figure_rows(span), SETS[name])

    @api.model
    def _solved_in_span(self, span, requests):
        """Return SQL (partner_id, hours) of ``requests`` solved in the span."""
        days = Month(span.company, span.first, span.last_day)
        solved = SQL(
            """SELECT contact.commercial_partner_id AS partner_id,
                      EXTRACT(EPOCH FROM closed_at - opened_at)::float8 / 3600.0 AS hours
               FROM (%s) request JOIN res_partner contact ON contact.id = contact_id
               WHERE solved AND %s AND opened_at IS NOT NULL""",
            requests,
            days.holds(SQL("closed_at")),
        )
        # Few customers have any: only of those it is asked whether they are meant.
        meant = self._meant_customers(
            span._replace(only=SQL("(SELECT partner_id FROM (%s) solved)", solved))
        )
        return SQL("SELECT * FROM (%s) solved WHERE partner_id IN (%s)", solved, meant)

    @api.model
    def _solved_customers(self, span):
        """Return SQL of the ids of whose requests were solved in the span; None: nobody's."""
        requests = self.sudo()._requests(span.company)
        if requests is None:
            return None
        return SQL("SELECT partner_id FROM (%s) solved", self._solved_in_span(span, requests))

    @api.model
    def _resolutions(self, spans):
        """Return (hours, number) of requests solved in each of the spans of a company."""
        requests = self.sudo()._requests(spans[0].company)
        if requests is None:
            return [(0.0, 0) for _span in spans]
        parts = [
            SQL(
                "SELECT %s AS place, COALESCE(SUM(hours), 0), COUNT(*) FROM (%s) solved",
                place,
                self._solved_in_span(span, requests),
            )
            for place, span in enumerate(spans)
        ]
        rows = self.env.execute_query(SQL("%s ORDER BY place", SQL(" UNION ALL ").join(parts)))
        return [(hours, count) for _place, hours, count in rows]

    # ---------------------------------------------------------------- month by month
    @api.model
    def _monthly_figures(self, span):
        """Return rows (month, part, whole, …) for QUOTIENTS and the time to solution.

        Each month is a period of its own. From the roll-up where it knows what the domain asks.
        """
        pairs = [quotient.rolled for quotient in QUOTIENTS.values()] + [RESOLUTION_ROLLED]
        values = [SQL("(%s)::float8", value) for pair in pairs for value in pair]
        return self.env.execute_query(
            SQL(
                "SELECT month, %s FROM (%s) rolled GROUP BY month ORDER BY month",
                SQL(", ").join(values),
                self._monthly_sums(span),
            )
        )

    @api.model
    def _monthly_sums(self, span):
        window = self._span_window(span, span.first)
        if span.by_place:
            rollup = self.env["retention.ledger.rollup"]
            query = rollup._search(window & (span.domain or Domain.TRUE))
            return query.select(SQL("%s.*", SQL.identifier(rollup._table)))
        ledger = self.env["retention.ledger"]
        wider = self._span_window(span, span.before)
        return SQL(
            """SELECT line.month, %s FROM (%s) line %s
               JOIN (%s) matching ON matching.id = COALESCE(prior.id, line.id)
               GROUP BY line.month""",
            self._rolled_sums(),
            ledger._search(window).select(SQL("%s.*", SQL.identifier(ledger._table))),
            self._rolled_prior(),
            ledger._search(wider & span.domain).select(),
        )
