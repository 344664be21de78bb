"""What the judgement of health reads: purchases by day, days of contact, profiles as they are."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics import rhythm
from ..analytics.closures import DAY

EPOCH = np.datetime64(0, "D")
MISSING = int(np.iinfo("int64").min)  # numpy's number for no day
TALK_DAYS = 60  # a talk this long ago shows that a customer's talks are recorded
TALK_SHARE = 30  # percent of active customers with such a talk
# Profile columns the judgement reads besides the purchases, and those that are days.
OLD_COLUMNS = (
    "id",
    "partner_id",
    "is_core",
    "tier_id",
    "last_order_date",
    "last_interaction_date",
    "stage",
    "stage_since",
    "churned_on",
    "won_back_on",
    "is_falling",
    "expected_gap_days",
    "next_order_date",
    "expected_date",
    "expected_date_set_on",
    "risk_score",
    "risk_level",
    "risk_pending",
    "risk_pending_on",
    "risk_coverage",
    "risk_after_purchase",
    "amount_before_last",
    "value_at_stake",
    "signal_points",
)
OLD_DAYS = (
    "last_order_date",
    "last_interaction_date",
    "stage_since",
    "churned_on",
    "won_back_on",
    "next_order_date",
    "expected_date",
    "expected_date_set_on",
    "risk_pending_on",
)
OLD_AMOUNTS = ("amount_before_last", "value_at_stake")


class Reading(NamedTuple):
    """What a computation reads beyond the profiles.

    ``days``: SQL relation (partner_id, day, amount, documents), one row per customer and day;
    ``talks``: SQL relation (partner_id, day) of interactions that are no purchases;
    ``company_gap``: days or None; ``talks_known``: whether the company records its talks.
    """

    days: SQL
    talks: SQL
    company_gap: int | None
    talks_known: bool


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- tables of a computation
    @api.model
    def _days_table(self, company_id):
        return SQL.identifier(f"retention_days_{int(company_id)}")

    @api.model
    def _talks_table(self, company_id):
        return SQL.identifier(f"retention_talks_{int(company_id)}")

    @api.model
    def _create_days(self, scope, days, temporary=False):
        """Fill table ``days`` (see Reading); return the number of rows."""
        self._create_as(days, self._purchase_rows(scope), temporary)
        [[count]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", days))
        return count

    @api.model
    def _create_talks(self, scope, talks, temporary=False):
        """Fill table ``talks`` (see Reading)."""
        self._create_as(talks, self._talks_query(scope), temporary)
        self._index_days(talks)

    @api.model
    def _create_as(self, table, query, temporary):
        kind = SQL("TEMPORARY") if temporary else SQL("UNLOGGED")
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        # CREATE TABLE AS may use parallel workers, INSERT … SELECT may not.
        self.env.cr.execute(SQL("CREATE %s TABLE %s AS %s", kind, table, query))

    @api.model
    def _index_days(self, table):
        """Let a few customers' days be found quickly: nothing else tells the planner."""
        self.env.cr.execute(SQL("ALTER TABLE %s ADD PRIMARY KEY (partner_id, day)", table))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _talks_query(self, scope):
        """Return SQL (partner_id, day) of the days with an interaction that is no purchase."""
        return SQL(
            """SELECT DISTINCT partner_id, day FROM (%s) interaction
               WHERE day <= %s AND partner_id IS NOT NULL""",
            self._union(self._interaction_queries(scope, purchases=False)),
            scope.as_of,
        )

    @api.model
    def _days_exist(self, company_id):
        """Say whether the table of days is there with rows (a server crash empties it)."""
        table = self._days_table(company_id)
        [[oid]] = self.env.execute_query(
            SQL("SELECT to_regclass(%s)", f"retention_days_{int(company_id)}")
        )
        if not oid:
            return False
        [[filled]] = self.env.execute_query(SQL("SELECT EXISTS (SELECT FROM %s)", table))
        return filled

    @api.model
    def _days_replace(self, company_id, days, talks, partner_ids):
        """Put a few customers' fresh rows in place of those a run read when it began."""
        tables = {"days": days, "talks": talks}
        for name, fresh in tables.items():
            table = f"retention_{name}_{int(company_id)}"
            [[oid]] = self.env.execute_query(SQL("SELECT to_regclass(%s)", table))
            if not oid:
                continue
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE partner_id = ANY(%s)",
                    SQL.identifier(table),
                    partner_ids,
                )
            )
            self.env.cr.execute(
                SQL("INSERT INTO %s SELECT * FROM %s", SQL.identifier(table), fresh)
            )

    @api.model
    def _days_drop(self, company_id):
        self._tables_drop(self._days_table(company_id), self._talks_table(company_id))

    @api.model
    def _tables_drop(self, *tables):
        for table in tables:
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))

    # ---------------------------------------------------------------- of the whole company
    @api.model
    def _company_gap(self, days, as_of, closed):
        """Return the company's median gap in days, open gaps censored; None if unknown.

        The SQL twin of :func:`analytics.rhythm.company_gap`; a test holds them equal.

        :param days: SQL relation, see Reading
        :param closed: :class:`analytics.closures.Closures`
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT ended, gap, COUNT(*) FROM (
                       SELECT before IS NOT NULL AS ended,
                              CASE WHEN before IS NULL THEN %(open)s
                                   ELSE GREATEST(1, %(gap)s) END AS gap
                       FROM (
                           SELECT day, LEAD(day) OVER latest_first AS before,
                                  ROW_NUMBER() OVER latest_first AS back
                           FROM %(days)s bought WHERE documents > 0 AND day <= %(as_of)s
                           WINDOW latest_first AS (PARTITION BY partner_id ORDER BY day DESC)
                       ) gaps WHERE back <= %(count)s AND before IS NOT NULL
                       UNION ALL
                       SELECT FALSE, %(open)s FROM (
                           SELECT MAX(day) AS day FROM %(days)s bought
                           WHERE documents > 0 AND day <= %(as_of)s GROUP BY partner_id) last
                   ) durations GROUP BY ended, gap""",
                days=days,
                as_of=as_of,
                count=rhythm.PER_CUSTOMER,
                gap=self._open_days(SQL("before"), SQL("day"), closed),
                open=self._open_days(SQL("day"), SQL("%s::date", as_of), closed),
            )
        )
        table = pd.DataFrame(rows, columns=["ended", "gap", "count"])
        ended, running = (
            np.repeat(part["gap"].to_numpy(dtype="int64"), part["count"].to_numpy(dtype="int64"))
            for part in (table[table["ended"].astype(bool)], table[~table["ended"].astype(bool)])
        )
        return rhythm.coarse(rhythm.censored_median(ended, running))

    @api.model
    def _open_days(self, start, end, closed):
        """Return SQL of the days in (start, end] that are not closed."""
        days = SQL("%s - %s", end, start)
        for first, length in zip(closed.first, closed.length, strict=True):
            opens = (EPOCH + int(first)).item()
            days = SQL(
                "%s - GREATEST(0, LEAST(%s, %s::date) - GREATEST(%s, %s::date))",
                days,
                end,
                opens + timedelta(days=int(length) - 1),
                start,
                opens - timedelta(days=1),
            )
        return SQL("(%s)", days)

    @api.model
    def _talks_are_known(self, company, as_of, talks, customers=None):
        """Say whether enough active customers have a recent talk for silence to mean anything.

        :param customers: SQL relation (partner_id, last_day) of who had bought by a past day;
            None: those of the profiles
        """
        if customers is None:
            customers = SQL(
                """(SELECT partner_id, last_order_date AS last_day FROM retention_profile
                    WHERE company_id = %s)""",
                company.id,
            )
        [[active, talked]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE EXISTS (
                              SELECT FROM %s talk WHERE talk.partner_id = customer.partner_id
                              AND talk.day > %s AND talk.day <= %s))
                   FROM %s customer WHERE last_day > %s""",
                talks,
                as_of - timedelta(days=TALK_DAYS),
                as_of,
                customers,
                as_of - timedelta(days=company.sudo().retention_lost_days),
            )
        )
        return bool(active) and talked * 100 >= active * TALK_SHARE

    # ---------------------------------------------------------------- of a few customers
    @api.model
    def _health_upper(self, company, cursor, size):
        """Return (last partner id, number) of the next ``size`` profiles after ``cursor``."""
        [[upper, count]] = self.env.execute_query(
            SQL(
                """SELECT MAX(partner_id), COUNT(*) FROM (
                       SELECT partner_id FROM retention_profile
                       WHERE company_id = %s AND partner_id > %s
                       ORDER BY partner_id LIMIT %s) chunk""",
                company.id,
                cursor,
                size,
            )
        )
        return upper, count

    @api.model
    def _health_rows(self, company, condition):
        """Return the profiles as they are: a DataFrame indexed by partner, OLD_COLUMNS.

        :param condition: SQL on ``profile``
        """
        columns = [
            SQL("%s::float8", SQL.identifier("profile", name))
            if name in OLD_AMOUNTS
            else self._day_number(SQL.identifier("profile", name))
            if name in OLD_DAYS
            else SQL.identifier("profile", name)
            for name in OLD_COLUMNS
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT %s, NOT partner.active AS archived
                   FROM retention_profile profile
                   JOIN res_partner partner ON partner.id = profile.partner_id
                   WHERE profile.company_id = %s AND %s ORDER BY profile.partner_id""",
                SQL(", ").join(columns),
                company.id,
                condition,
            )
        )
        return self._frame(rows, (*OLD_COLUMNS, "archived"), OLD_DAYS).set_index("partner_id")

    @api.model
    def _day_number(self, column):
        """Return SQL of a day as a number that numpy takes for a datetime64[D]."""
        return SQL("COALESCE(%s - DATE '1970-01-01', %s)::int8", column, MISSING)

    @api.model
    def _day_rows(self, relation, first, last):
        """Return the days of the customers from ``first`` to ``last``, by id.

        :return: ``customer day amount documents``, ordered by customer and day
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, day - DATE '1970-01-01', amount::float8, documents
                   FROM %s days WHERE partner_id BETWEEN %s AND %s
                   ORDER BY partner_id, day""",
                relation,
                first,
                last,
            )
        )
        table = pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])
        table["day"] = table["day"].to_numpy(dtype="int64").astype(DAY).astype("datetime64[s]")
        return table.astype({"customer": "int64", "amount": "float64", "documents": "int64"})

    @api.model
    def _talk_rows(self, relation, partner_ids):
        """Return the days of contact of these customers: ``customer day``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, day - DATE '1970-01-01' FROM %s talks
                   WHERE partner_id = ANY(%s)""",
                relation,
                [int(partner) for partner in partner_ids],
            )
        )
        table = pd.DataFrame(rows, columns=["customer", "day"]).astype("int64")
        table["day"] = table["day"].to_numpy().astype(DAY).astype("datetime64[s]")
        return table

    @api.model
    def _frame(self, rows, names, days=()):
        """Return rows as a DataFrame; its columns ``days`` come as :meth:`_day_number`."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        table = {}
        for name, values in zip(names, columns, strict=True):
            if name in days:
                table[name] = np.array(values, dtype="int64").view(DAY).astype("datetime64[s]")
                continue
            # Several times as fast as a Series, which looks at each number.
            found = np.array(values, dtype=None if values else object)
            numbers = found.dtype.kind in "bif"
            table[name] = found if numbers else pd.Series(values, dtype=None if values else object)
        return pd.DataFrame(table)
