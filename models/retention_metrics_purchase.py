"""What the purchase model reads and writes: everybody in one statement, only groups leave."""

from typing import NamedTuple

import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics import clv, clv_spend

REPEATS, FORECASTS = "retention_repeats", "retention_repeat_forecasts"
KEYS = {"x": "int4", "tx": "int4", "t": "int4"}
# Column of a profile: its type in PostgreSQL.
COLUMNS = {
    "forecast_on": "date",
    "purchase_horizon": "int4",
    "purchase_chance": "float8",
    "expected_purchases": "numeric",
    "clv_expected": "numeric",
}


class Fitted(NamedTuple):
    """What a forecast is made of: :class:`clv.Fit` and :class:`clv_spend.Spend`, in days."""

    purchases: clv.Fit
    spend: clv_spend.Spend


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- reading
    @api.model
    def _create_repeats(self, days, as_of):
        """Fill the temporary table of customers as the purchase model sees them; return it.

        Rows (partner_id, x, tx, t, cents), days everywhere. ``cents`` is what the ``x`` purchase
        days after the first one brought; a credit note belongs to the purchase day before it.

        :param days: SQL relation of purchases by day, see :class:`Reading`
        """
        table = SQL.identifier(REPEATS)
        self._create_as(
            table,
            SQL(
                """SELECT partner_id, (count - 1)::int AS x, last - first AS tx,
                          %(as_of)s::date - first AS t, (ROUND(amount, 2) * 100)::bigint AS cents
                   FROM (
                       SELECT partner_id, MAX(number) AS count,
                              MIN(day) FILTER (WHERE documents > 0) AS first,
                              MAX(day) FILTER (WHERE documents > 0) AS last,
                              COALESCE(SUM(amount) FILTER (WHERE number > 1), 0) AS amount
                       FROM (
                           SELECT partner_id, day, amount, documents,
                                  COUNT(*) FILTER (WHERE documents > 0)
                                      OVER (PARTITION BY partner_id ORDER BY day) AS number
                           FROM %(days)s bought WHERE day <= %(as_of)s) numbered
                       GROUP BY partner_id) customer
                   WHERE count > 0""",
                as_of=as_of,
                days=days,
            ),
            temporary=True,
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))
        return table

    @api.model
    def _repeat_groups(self, repeats):
        """Return equal customers together: a DataFrame ``x tx t weight``."""
        return self._table_of(
            SQL("SELECT x, tx, t, COUNT(*) FROM %s GROUP BY x, tx, t ORDER BY x, tx, t", repeats),
            dict.fromkeys(("x", "tx", "t", "weight"), "float64"),
        )

    @api.model
    def _spend_groups(self, repeats):
        """Return what equal repeat buyers spent: ``x m weight``, m in company currency."""
        return self._table_of(
            SQL(
                """SELECT x, cents::float8 / 100 / x, COUNT(*) FROM %s WHERE x > 0
                   GROUP BY x, cents ORDER BY x, cents""",
                repeats,
            ),
            dict.fromkeys(("x", "m", "weight"), "float64"),
        )

    @api.model
    def _fit_repeats(self, repeats):
        """Return (DataFrame of :meth:`_repeat_groups`, Fitted) of all customers in ``repeats``.

        :raises TooLittle, ModelUnavailable: see :func:`clv.fit`
        """
        groups = self._repeat_groups(repeats)
        columns = (groups[name].to_numpy() for name in ("x", "tx", "t", "weight"))
        purchases = clv.fit(clv.Customers.of(*columns))
        spends = self._spend_groups(repeats)
        return groups, Fitted(
            purchases, clv_spend.fit(*(spends[name].to_numpy() for name in ("x", "m", "weight")))
        )

    @api.model
    def _buyer_counts(self, company, as_of):
        """Return (customers, repeat buyers) before ``as_of``, by their profiles of today."""
        self.env["retention.profile"].flush_model(["first_order_date", "last_order_date"])
        [counts] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE last_order_date > first_order_date)
                   FROM retention_profile WHERE company_id = %s AND first_order_date < %s""",
                company.id,
                as_of,
            )
        )
        return counts

    @api.model
    def _read_days(self, company, as_of):
        """Read all purchases by day into a temporary table; return it."""
        days = SQL.identifier("retention_purchase_days")
        self._create_days(self._scope(company, as_of), days, temporary=True)
        return days

    # ---------------------------------------------------------------- forecasts
    @api.model
    def _stage_forecasts(self, groups, columns):
        """Put forecasts of groups into a temporary table to join customers with; return it.

        :param groups: DataFrame of :meth:`_repeat_groups`
        :param columns: {name: array of one number for each group}
        """
        rows = groups[list(KEYS)].astype("int64").assign(**columns)
        return self._stage_rows(FORECASTS, KEYS | dict.fromkeys(columns, "float8"), rows)

    @api.model
    def _spend_sql(self, spend):
        """Return SQL of the expected spend of a row of repeats ``c``; see ``expected_spend``."""
        known = SQL("c.x > 0 AND c.cents > 0")
        if spend.p is None:
            return SQL(
                "CASE WHEN %s THEN LEAST(c.cents / 100.0::float8 / c.x, %s::float8) "
                "ELSE %s::float8 END",
                known,
                spend.cap,
                spend.mean,
            )
        return SQL(
            """%(p)s::float8 * (%(v)s::float8 + CASE WHEN %(known)s THEN c.cents / 100.0::float8
                                                    ELSE 0 END)
               / (%(p)s::float8 * CASE WHEN %(known)s THEN c.x ELSE 0 END + %(q)s::float8 - 1)""",
            p=spend.p,
            q=spend.q,
            v=spend.v,
            known=known,
        )

    @api.model
    def _chance_sql(self, model, horizon):
        """Return SQL of the chance of a purchase within ``horizon`` days of a row of repeats ``c``.

        The SQL twin of :func:`analytics.clv.chance`; a test holds them equal. Exponents are
        held within what PostgreSQL's exp() takes.
        """
        values = {name: SQL("%s::float8", value) for name, value in model._asdict().items()}
        return SQL(
            """(CASE WHEN c.x = 0 THEN 1 ELSE
                    1 / (1 + EXP(GREATEST(-700, LEAST(700, LN(%(a)s / (%(b)s + c.x - 1))
                        + (%(r)s + c.x) * LN((%(alpha)s + c.t) / (%(alpha)s + c.tx)))))) END)
               * (1 - EXP(GREATEST(-700, (%(r)s + c.x)
                     * LN((%(alpha)s + c.t) / (%(alpha)s + c.t + %(horizon)s)))))""",
            **values,
            horizon=horizon,
        )

    @api.model
    def _store_forecasts(self, company, as_of, fitted, repeats, forecasts):
        """Write everybody's forecast to the profiles, only where it differs; return how many.

        :param forecasts: table of :meth:`_stage_forecasts` with the columns ``horizon``,
            ``expected`` and ``discounted``
        """
        values = SQL(
            """SELECT old.id,
                      CASE WHEN c.partner_id IS NOT NULL THEN %(as_of)s::date END AS forecast_on,
                      f.horizon::int AS purchase_horizon,
                      ROUND((%(chance)s)::numeric, 4)::float8 AS purchase_chance,
                      ROUND(f.expected::numeric, 2) AS expected_purchases,
                      ROUND((f.discounted * (%(spend)s))::numeric, 2) AS clv_expected
               FROM retention_profile old
               LEFT JOIN (%(repeats)s c JOIN %(forecasts)s f USING (x, tx, t))
                   ON c.partner_id = old.partner_id
               WHERE old.company_id = %(company)s""",
            as_of=as_of,
            chance=self._chance_sql(fitted.purchases.model, SQL("f.horizon")),
            spend=self._spend_sql(fitted.spend),
            repeats=repeats,
            forecasts=forecasts,
            company=company.id,
        )
        return self._write_forecasts(values)

    @api.model
    def _clear_forecasts(self, company):
        """Take back all forecasts of a company; return how many there were."""
        nothing = SQL(", ").join(
            SQL("NULL::%s AS %s", SQL.identifier(kind), SQL.identifier(name))
            for name, kind in COLUMNS.items()
        )
        return self._write_forecasts(
            SQL(
                """SELECT id, %s FROM retention_profile
                   WHERE company_id = %s AND forecast_on IS NOT NULL""",
                nothing,
                company.id,
            )
        )

    @api.model
    def _write_forecasts(self, values):
        self.env["retention.profile"].flush_model()
        mine, theirs = (
            SQL(", ").join(SQL.identifier(alias, name) for name in COLUMNS) for alias in ("p", "s")
        )
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile p SET (%(columns)s, write_date, write_uid)
                       = (%(theirs)s, %(now)s, %(uid)s)
                   FROM (%(values)s) s
                   WHERE p.id = s.id AND (%(mine)s) IS DISTINCT FROM (%(theirs)s)""",
                columns=SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                mine=mine,
                theirs=theirs,
                now=self.env.cr.now(),
                uid=self.env.uid,
                values=values,
            )
        )
        written = self.env.cr.rowcount
        if written:
            self.env["retention.profile"]._forget_profiles()
        return written

    @api.model
    def _forecast_totals(self, fitted, repeats, forecasts, names):
        """Return (customers, {name: (purchases, revenue)}) over everybody.

        :param names: columns of ``forecasts``, numbers of purchases
        """
        spend = self._spend_sql(fitted.spend)
        sums = SQL(", ").join(
            SQL("SUM(%(f)s), SUM(%(f)s * (%(spend)s))", f=SQL.identifier("f", name), spend=spend)
            for name in names
        )
        [[count, *totals]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), %s FROM %s c JOIN %s f USING (x, tx, t)",
                sums,
                repeats,
                forecasts,
            )
        )
        pairs = zip(totals[::2], totals[1::2], strict=True)
        return count, dict(zip(names, pairs, strict=True))

    # ---------------------------------------------------------------- what came
    @api.model
    def _forecast_days_table(self, company_id):
        return SQL.identifier(f"retention_forecast_days_{int(company_id)}")

    @api.model
    def _forecast_days_exist(self, company_id):
        """Say whether the table is there with rows (a server crash empties it)."""
        [[oid]] = self.env.execute_query(
            SQL("SELECT to_regclass(%s)", f"retention_forecast_days_{int(company_id)}")
        )
        if not oid:
            return False
        table = self._forecast_days_table(company_id)
        [[filled]] = self.env.execute_query(SQL("SELECT EXISTS (SELECT FROM %s)", table))
        return filled

    @api.model
    def _forecast_days_drop(self, company_id):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", self._forecast_days_table(company_id)))

    @api.model
    def _forecast_actuals(self, days, spans):
        """Return rows (id, purchases, revenue) of what customers known at the start brought.

        :param days: SQL relation of purchases by day
        :param spans: (id, last day before the span, last day of the span), both ends of months
        """
        rows = pd.DataFrame(spans, columns=["id", "start", "stop"])
        table = self._stage_rows(
            "retention_forecast_spans", {"id": "int4", "start": "date", "stop": "date"}, rows
        )
        return self.env.execute_query(
            SQL(
                """WITH months AS (
                       SELECT first, DATE_TRUNC('month', day)::date AS month,
                              COUNT(*) FILTER (WHERE documents > 0) AS purchases,
                              SUM(amount) AS amount
                       FROM (SELECT day, amount, documents,
                                    DATE_TRUNC('month', MIN(day) FILTER (WHERE documents > 0)
                                        OVER (PARTITION BY partner_id))::date AS first
                             FROM %s bought) days
                       GROUP BY 1, 2)
                   SELECT span.id, COALESCE(SUM(months.purchases), 0)::int,
                          COALESCE(ROUND(SUM(months.amount), 2), 0)
                   FROM %s span LEFT JOIN months ON months.first <= span.start
                        AND months.month > span.start AND months.month <= span.stop
                   GROUP BY span.id""",
                days,
                table,
            )
        )
