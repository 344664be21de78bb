"""The ledger's SQL: what a month's rows are, everybody in a few statements."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

# What documents can tell of any month, past ones included.
TOLD = (
    "profile_id",
    "cohort",
    "segment_id",
    "previous_segment_id",
    "previous_tier_id",
    "active_start",
    "active_end",
    "is_new",
    "is_lost",
    "is_reactivated",
    "purchase_days",
    "orders",
    "revenue",
    "margin",
)
PROFILE = "profile_stamp"  # whose missing values are unknown, not zero
FACTS, ROWS = SQL.identifier("retention_ledger_facts"), SQL.identifier("retention_ledger_rows")


class Month(NamedTuple):
    """A month of a company.

    ``recorded``: it was closed as it ended; ``now``: that is just happening.
    """

    company: object
    first: date
    last: date
    recorded: bool = False
    now: bool = False

    @property
    def before(self):
        return self.first - relativedelta(months=1)

    def moment(self, day):
        """Return SQL of the moment at which ``day`` begins where the company is."""
        zone = self.company._retention_timezone()
        return SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, zone)

    def holds(self, column):
        """Return SQL that says whether a moment in UTC is in the month."""
        begin, end = self.moment(self.first), self.moment(self.last + timedelta(days=1))
        return SQL("(%s >= %s AND %s < %s)", column, begin, column, end)


def month_of(company, first, recorded=False, now=False):
    """Return the :class:`Month` that begins on ``first``."""
    return Month(company, first, first + relativedelta(months=1, days=-1), recorded, now)


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- days of all purchases
    @api.model
    def _ledger_table(self, company_id):
        return SQL.identifier(f"retention_ledger_days_{int(company_id)}")

    @api.model
    def _create_ledger_days(self, company, as_of):
        """Read all days of purchase once, for all months that are to be closed.

        Rows (partner_id, day, amount, documents, refunded, margin, talk), any number for a
        customer and day. ``amount`` is what scores are made of; ``refunded`` are credit notes
        that orders know nothing of; ``margin`` is NULL where nobody keeps it.
        """
        scope, table = self._scope(company, as_of), self._ledger_table(company.id)
        bought = SQL(
            """SELECT purchase.*, 0::numeric AS refunded, NULL::numeric AS margin,
                      FALSE AS talk FROM (%s) purchase""",
            self._purchase_rows(scope),
        )
        self._create_as(table, bought, temporary=False)
        for rows in self._further_ledger_days(scope):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %s (partner_id, day, amount, documents, refunded, margin, talk)
                       %s""",
                    table,
                    rows,
                )
            )
        self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _further_ledger_days(self, scope):
        """Yield SELECTs of credit notes, margins and talks, as far as they count."""
        if scope.basis == "order":
            yield SQL(
                "SELECT partner_id, day, 0, 0, amount, NULL, FALSE FROM (%s) refund",
                self._order_refunds(scope),
            )
        if margins := self._margin_query(scope):
            yield SQL("SELECT partner_id, day, 0, 0, 0, margin, FALSE FROM (%s) earned", margins)
        if scope.company.sudo().retention_standard == "contact":
            yield SQL(
                "SELECT partner_id, day, 0, 0, 0, NULL, TRUE FROM (%s) talk",
                self._talks_query(scope),
            )

    @api.model
    def _ledger_days_exist(self, company_id):
        """Say whether the table of days is there with rows (a server crash empties it)."""
        name = f"retention_ledger_days_{int(company_id)}"
        [[oid]] = self.env.execute_query(SQL("SELECT to_regclass(%s)", name))
        if not oid:
            return False
        found = SQL("SELECT EXISTS (SELECT FROM %s)", self._ledger_table(company_id))
        return self.env.execute_query(found)[0][0]

    @api.model
    def _ledger_days_drop(self, company_id):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", self._ledger_table(company_id)))

    # ---------------------------------------------------------------- one month
    @api.model
    def _compute_month(self, month):
        """Fill the temporary table ROWS with the ledger's rows of ``month``.

        A month that has just ended also gets what today's profiles, tickets and so on say.

        :return: names of the columns that ROWS has besides partner_id
        """
        company, days = month.company, self._ledger_table(month.company.id)
        scope, config = self._scope(company, month.last), company._retention_config()
        until = SQL("(SELECT * FROM %s d WHERE day <= %s)", days, month.last)
        self._create_temporary(FACTS, self._facts_of_days(until, scope, config))
        self.env.cr.execute(SQL("ALTER TABLE %s ADD PRIMARY KEY (partner_id)", FACTS))
        self._add_prior_customers(month)
        self.env.cr.execute(SQL("ANALYZE %s", FACTS))
        limits, _own = self._work_limits(
            SQL("(SELECT * FROM %s f WHERE %s) f", FACTS, self._may_profile(SQL("f.partner_id"))),
            scope,
            config,
            lambda: self.env["retention.profile"]._fallback_m(scope, config),
        )
        mapping = company._retention_scheme()._segment_map()
        scored = self._scored(FACTS, month.last, limits, mapping)
        stamps = self._ledger_stamps(month) if month.now else {}
        self._create_temporary(ROWS, self._month_rows(month, days, scope, scored, stamps))
        return (*TOLD, *(column for columns, _sql in stamps.values() for column in columns))

    @api.model
    def _create_temporary(self, table, query):
        self._create_as(table, query, temporary=True)

    @api.model
    def _add_prior_customers(self, month):
        """Who was active a month ago has a row, even if all orders have been cancelled since."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(facts)s (partner_id, purchase_days, documents, revenue_cents,
                                          frequency, monetary_cents)
                   SELECT prior.partner_id, 0, 0, 0, 0, 0 FROM retention_ledger prior
                   WHERE prior.company_id = %(company)s AND prior.month = %(before)s
                   AND prior.active_end AND NOT EXISTS (
                       SELECT FROM %(facts)s f WHERE f.partner_id = prior.partner_id)""",
                facts=FACTS,
                company=month.company.id,
                before=month.before,
            )
        )

    @api.model
    def _month_rows(self, month, days, scope, scored, stamps):
        """Return SQL of the month's rows, columns TOLD and those of ``stamps``."""
        joins = [
            SQL(
                "LEFT JOIN (%s) %s ON %s = line.partner_id",
                query,
                SQL.identifier(name),
                SQL.identifier(name, "partner_id"),
            )
            for name, (_columns, query) in stamps.items()
        ]
        stamped = [
            SQL(", %s", SQL.identifier(name, column))
            if name == PROFILE
            else SQL(
                ", COALESCE(%s, 0) AS %s", SQL.identifier(name, column), SQL.identifier(column)
            )
            for name, (columns, _query) in stamps.items()
            for column in columns
        ]
        return SQL(
            """SELECT line.partner_id, profile.id AS profile_id, line.cohort,
                      CASE WHEN profile.id IS NOT NULL THEN line.segment_id END AS segment_id,
                      line.previous_segment_id, line.previous_tier_id,
                      line.active_start, line.active_end,
                      line.joined AND NOT line.counted AS is_new,
                      (line.active_start OR line.joined) AND NOT line.active_end AS is_lost,
                      line.joined AND line.counted AS is_reactivated,
                      line.purchase_days, line.orders, line.revenue, line.margin %(stamped)s
               FROM (%(lines)s) line
               LEFT JOIN retention_profile profile ON profile.partner_id = line.partner_id
                   AND profile.company_id = %(company)s
               %(joins)s
               WHERE (profile.id IS NOT NULL OR NOT %(may)s)
               AND (line.active_start OR line.active_end OR line.joined
                    OR line.purchase_days > 0 OR line.revenue != 0 OR line.margin != 0)""",
            # Who objects to profiling has no figures, but what they bought counts.
            may=self._may_profile(SQL("line.partner_id")),
            stamped=SQL(" ").join(stamped),
            joins=SQL(" ").join(joins),
            company=month.company.id,
            lines=self._month_lines(month, days, scope, scored),
        )

    @api.model
    def _month_lines(self, month, days, scope, scored):
        """Return SQL of all customers in the month; ``counted``: was a customer earlier."""
        joined = SQL(
            """NOT state.active_start AND (state.active_end
               OR state.purchase_days > 0 AND NOT state.by_agreement)"""
        )
        return SQL(
            """SELECT state.*, %(joined)s AS joined,
                      %(joined)s AND EXISTS (
                          SELECT FROM retention_ledger earlier
                          WHERE earlier.partner_id = state.partner_id
                          AND earlier.company_id = %(company)s
                          AND earlier.month < %(first)s AND earlier.is_new) AS counted
               FROM (%(states)s) state""",
            joined=joined,
            company=month.company.id,
            first=month.first,
            states=self._month_states(month, days, scope, scored),
        )

    @api.model
    def _month_states(self, month, days, scope, scored):
        standard = self._standard(month, days, scope)
        return SQL(
            """SELECT facts.partner_id, scored.segment_id,
                      COALESCE(prior.cohort, DATE_TRUNC('month', facts.first_day)::date) AS cohort,
                      prior.segment_id AS previous_segment_id, prior.tier_id AS previous_tier_id,
                      prior.partner_id IS NOT NULL AS active_start,
                      facts.last_day IS NOT NULL AND %(active)s AND %(present)s AS active_end,
                      %(by_agreement)s AS by_agreement,
                      COALESCE(bought.purchase_days, 0) AS purchase_days,
                      COALESCE(bought.orders, 0) AS orders,
                      ROUND(COALESCE(bought.revenue, 0), 2) AS revenue,
                      ROUND(bought.margin, 2) AS margin
               FROM %(facts)s facts
               JOIN (%(scored)s) scored USING (partner_id)
               JOIN res_partner partner ON partner.id = facts.partner_id
               LEFT JOIN retention_ledger prior ON prior.partner_id = facts.partner_id
                   AND prior.company_id = %(company)s AND prior.month = %(before)s
                   AND prior.active_end
               LEFT JOIN retention_ledger kept ON kept.partner_id = facts.partner_id
                   AND kept.company_id = %(company)s AND kept.month = %(first)s
               LEFT JOIN (%(bought)s) bought ON bought.partner_id = facts.partner_id
               %(joins)s""",
            active=standard["active"],
            by_agreement=standard["by_agreement"],
            joins=standard["joins"],
            # Since when somebody is archived nobody knows, but what was recorded stays.
            present=SQL(
                "(partner.active OR NOT COALESCE(kept.recorded AND NOT kept.active_end, %s))",
                month.recorded,
            ),
            facts=FACTS,
            scored=scored,
            company=month.company.id,
            first=month.first,
            before=month.before,
            bought=self._month_purchases(month, days),
        )

    @api.model
    def _month_purchases(self, month, days):
        return SQL(
            """SELECT partner_id, COUNT(*) FILTER (WHERE documents > 0)::int AS purchase_days,
                      SUM(documents)::int AS orders, SUM(amount + refunded) AS revenue,
                      SUM(margin) AS margin
               FROM %s d WHERE day BETWEEN %s AND %s GROUP BY partner_id""",
            days,
            month.first,
            month.last,
        )

    @api.model
    def _standard(self, month, days, scope):
        """Return the company's retention standard as SQL: who is a customer on the last day.

        The days of the setting are the same for everybody, whatever the rhythm or tier, so that
        months and groups compare.
        """
        company = month.company.sudo()
        touched, joins, agreed = SQL("facts.last_day"), SQL(), SQL("FALSE")
        if company.retention_standard == "contact":
            touched = SQL("GREATEST(facts.last_day, talked.day)")
            joins = SQL(
                """LEFT JOIN (SELECT partner_id, MAX(day) AS day FROM %s d
                              WHERE talk AND day <= %s GROUP BY partner_id) talked
                   ON talked.partner_id = facts.partner_id""",
                days,
                month.last,
            )
        gone_for = self._open_days(
            touched, SQL("%s::date", month.last), company._retention_closed()
        )
        active = SQL("%s <= %s", gone_for, company.retention_lost_days)
        if company.retention_standard == "agreement":
            joins = SQL(
                "LEFT JOIN (%s) agreement ON agreement.partner_id = facts.partner_id",
                self._agreement_query(scope),
            )
            agreed = SQL("agreement.partner_id IS NOT NULL")
            active = SQL("COALESCE(agreement.in_force, %s)", active)
        return {"active": active, "joins": joins, "by_agreement": agreed}

    @api.model
    def _first_two_purchases(self, company, as_of):
        """Return SQL (partner_id, first, second): the first two purchase days of customers."""
        return SQL(
            """SELECT partner_id, MIN(day) AS first, MIN(day) FILTER (WHERE number = 2) AS second
               FROM (
                   SELECT partner_id, day,
                          ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY day) AS number
                   FROM (%s) bought WHERE documents > 0) days
               WHERE number <= 2 GROUP BY partner_id""",
            self._purchase_rows(self._scope(company, as_of)),
        )
