from odoo import api, models
from odoo.tools import SQL

from ..analytics.rfm import METHOD_CUTS, CutPoints

# Profile column: its value in a scored row. Order matters to nobody; names are columns.
PROFILE_COLUMNS = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "revenue_total",
    "avg_order_value",
    "rfm_frequency",
    "rfm_monetary",
    "is_core",
    "rfm_r",
    "rfm_f",
    "rfm_m",
    "rfm_score",
)


class RetentionMetrics(models.AbstractModel):
    """The writing half: work tables, limits, and storing what changed."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- locks and tables
    @api.model
    def _try_lock(self, company_id):
        """Take the company's refresh lock until the end of the transaction, or say no.

        Must be the transaction's first statement: it then sees all that the lock's last
        holder committed.
        """
        [[locked]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('customer_retention'), %s)", company_id)
        )
        return locked

    @api.model
    def _work_table(self, company_id):
        return SQL.identifier(f"retention_work_{int(company_id)}")

    @api.model
    def _partner_table(self, partner_ids):
        """Put partner ids into a temporary table, which the planner knows the size of."""
        table = SQL.identifier("retention_touched")
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s AS SELECT unnest(%s::int[]) AS partner_id",
                table,
                partner_ids,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))
        return table

    @api.model
    def _work_create(self, table, scope, config, temporary=False, days=None):
        """Fill ``table`` with one row of facts per customer to look at; return the row count.

        :param days: SQL relation of purchases by day where they have been read already

        Customers whose last purchase was cancelled, and partners that only hold a quotation,
        get an empty row, so that writing treats all alike.
        """
        self.env.execute_query(SQL("DROP TABLE IF EXISTS %s", table))
        kind = SQL("TEMPORARY") if temporary else SQL("UNLOGGED")
        facts = self._facts_of_days(days, scope, config) if days else None
        # CREATE TABLE AS may use parallel workers, INSERT … SELECT may not.
        self.env.cr.execute(
            SQL("CREATE %s TABLE %s AS %s", kind, table, facts or self._facts_query(scope, config))
        )
        # Before the table is searched below: nothing else tells the planner how big it is.
        self.env.cr.execute(SQL("ALTER TABLE %s ADD PRIMARY KEY (partner_id)", table))
        known = SQL(
            """SELECT partner_id FROM retention_profile WHERE company_id = %s %s
               UNION %s""",
            scope.company.id,
            self._only_partners(scope, SQL("partner_id")),
            self._prospect_query(scope),
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (partner_id, purchase_days, documents, revenue_cents,
                                          frequency, monetary_cents)
                   SELECT known.partner_id, 0, 0, 0, 0, 0 FROM (%(known)s) known
                   WHERE NOT EXISTS (SELECT FROM %(table)s w
                                     WHERE w.partner_id = known.partner_id)""",
                table=table,
                known=known,
            )
        )
        self._leave_out_objectors(table)
        self.env.cr.execute(SQL("ANALYZE %s", table))
        [[count]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", table))
        return count

    @api.model
    def _work_drop(self, company_id):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", self._work_table(company_id)))

    @api.model
    def _work_exists(self, company_id):
        """Say whether the work table is there with rows (a server crash empties it)."""
        table = f"retention_work_{int(company_id)}"
        [[oid]] = self.env.execute_query(SQL("SELECT to_regclass(%s)", table))
        if not oid:
            return False
        [[filled]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM %s)", self._work_table(company_id))
        )
        return filled

    @api.model
    def _work_replace(self, company_id, fresh):
        """Put the rows of table ``fresh`` in place of the company's work rows.

        A customer refreshed while a nightly run is under way must not be set back to what
        the run saw when it began.
        """
        table = self._work_table(company_id)
        self.env.cr.execute(
            SQL("DELETE FROM %s w USING %s f WHERE w.partner_id = f.partner_id", table, fresh)
        )
        self.env.cr.execute(SQL("INSERT INTO %s SELECT * FROM %s", table, fresh))

    @api.model
    def _work_upper(self, table, cursor, size):
        """Return (last partner id, number of rows) of the next ``size`` rows after ``cursor``."""
        [[upper, count]] = self.env.execute_query(
            SQL(
                """SELECT MAX(partner_id), COUNT(*) FROM (
                       SELECT partner_id FROM %s WHERE partner_id > %s
                       ORDER BY partner_id LIMIT %s) chunk""",
                table,
                cursor,
                size,
            )
        )
        return upper, count

    # ---------------------------------------------------------------- limits
    @api.model
    def _work_limits(self, table, scope, config, fallback_m):
        """Return (CutPoints, whether M's cut points come from this population).

        The SQL twin of :func:`analytics.rfm.limits_in_force`; a test holds them equal.

        :param fallback_m: function without arguments that returns M's limits for a
            population too small to cut
        """
        fifths = SQL("ARRAY[0.2, 0.4, 0.6, 0.8]")

        def cuts(value, where):
            [[found, count]] = self.env.execute_query(
                SQL(
                    """SELECT PERCENTILE_DISC(%s) WITHIN GROUP (ORDER BY %s), COUNT(*)
                       FROM %s WHERE %s""",
                    fifths,
                    value,
                    table,
                    where,
                )
            )
            return tuple(found or ()), count

        r, f, m, from_data = config.r_edges, config.f_edges, config.m_edges, False
        if config.r_method == METHOD_CUTS:
            found, count = cuts(SQL("%s::date - last_day", scope.as_of), SQL("purchase_days > 0"))
            r = found if count >= config.min_population else r
        if config.f_method == METHOD_CUTS:
            found, count = cuts(SQL("frequency"), SQL("frequency > 0"))
            f = found if count >= config.min_population else f
        if config.m_method == METHOD_CUTS:
            found, count = cuts(
                SQL("monetary_cents"), SQL("purchase_days > 0 AND monetary_cents > 0")
            )
            from_data = count >= config.min_population
            m = found if from_data else fallback_m()
        [[core]] = self.env.execute_query(
            SQL(
                """SELECT MIN(cents) FROM (
                       SELECT monetary_cents AS cents,
                              SUM(monetary_cents) OVER (ORDER BY monetary_cents DESC
                                  ROWS UNBOUNDED PRECEDING) AS running,
                              SUM(monetary_cents) OVER () AS total
                       FROM %s WHERE purchase_days > 0 AND monetary_cents > 0) ranked
                   WHERE (running - cents) * 100 < total * %s""",
                table,
                config.core_share,
            )
        )
        return CutPoints(r, f, m, core), from_data

    # ---------------------------------------------------------------- scoring and storing
    @api.model
    def _scored(self, table, as_of, limits, segments, after=None, upto=None):
        """Return SQL of profile values for the work rows with ``after < partner_id <= upto``.

        :param segments: 125 segment ids in the order of analytics.segments.position
        """

        def above(value, edges):
            return SQL(" + ").join(SQL("(%s > %s)::int", value, edge) for edge in edges)

        where = (
            SQL()
            if upto is None
            else SQL("WHERE partner_id > %s AND partner_id <= %s", after, upto)
        )
        days, customer = SQL("(%s::date - last_day)", as_of), SQL("purchase_days > 0")
        return SQL(
            """SELECT facts.*,
                      CASE WHEN rfm_r > 0 THEN (%(segments)s::int[])
                          [(rfm_r - 1) * 25 + (rfm_f - 1) * 5 + rfm_m] END AS segment_id,
                      CASE WHEN rfm_r > 0 THEN CONCAT(rfm_r, rfm_f, rfm_m) END AS rfm_score
               FROM (
                   SELECT partner_id,
                          first_day AS first_order_date,
                          last_day AS last_order_date,
                          documents AS order_count,
                          revenue_cents / 100.0 AS revenue_total,
                          CASE WHEN documents > 0
                              THEN ROUND(revenue_cents / 100.0 / documents, 2) ELSE 0
                              END AS avg_order_value,
                          frequency AS rfm_frequency,
                          monetary_cents / 100.0 AS rfm_monetary,
                          %(customer)s AND monetary_cents >= %(core)s AS is_core,
                          CASE WHEN %(customer)s THEN 5 - (%(r)s) ELSE 0 END AS rfm_r,
                          CASE WHEN %(customer)s THEN 1 + (%(f)s) ELSE 0 END AS rfm_f,
                          CASE WHEN NOT %(customer)s THEN 0
                               WHEN monetary_cents > 0 THEN 1 + (%(m)s)
                               ELSE 1 END AS rfm_m
                   FROM %(table)s %(where)s) facts""",
            segments=list(segments),
            customer=customer,
            core=limits.core or 2**62,
            r=above(days, limits.r),
            f=above(SQL("frequency"), limits.f),
            m=above(SQL("monetary_cents"), limits.m),
            table=table,
            where=where,
        )

    @api.model
    def _store_scored(self, scored, company, as_of, cause, first=False):
        """Write scored rows to the profiles: changed ones updated, missing ones inserted.

        Changes of the score are also noted in ``retention.change``. A new profile's last contact
        is its last purchase until ``_store_interactions`` has looked at the others.

        :param scored: SQL of :meth:`_scored`
        :param first: the first fill, which has no history: nothing is noted, and new profiles
            get their segment at once
        :return: (inserted, updated) numbers of profiles
        """
        columns = SQL(", ").join(SQL.identifier(name) for name in PROFILE_COLUMNS)
        mine, theirs = (
            SQL(", ").join(SQL.identifier(alias, name) for name in PROFILE_COLUMNS)
            for alias in ("old", "s")
        )
        stamp = {
            "now": self.env.cr.now(),
            "uid": self.env.uid,
            "company": company.id,
            "scored": scored,
            "columns": columns,
            "mine": mine,
            "theirs": theirs,
        }
        updated = self._update_scored(stamp, company, as_of, cause, first)
        return self._insert_scored(stamp, company, as_of, cause, first), updated

    @api.model
    def _update_scored(self, stamp, company, as_of, cause, first):
        """Return how many profiles differed."""
        [[updated]] = self.env.execute_query(
            SQL(
                """WITH changed AS (
                       UPDATE retention_profile p
                       SET (%(columns)s, write_date, write_uid)
                           = (%(theirs)s, %(now)s, %(uid)s)
                       FROM (%(scored)s) s
                       JOIN retention_profile old ON old.partner_id = s.partner_id
                           AND old.company_id = %(company)s
                       WHERE p.id = old.id AND (%(mine)s) IS DISTINCT FROM (%(theirs)s)
                       RETURNING p.id, old.rfm_score AS score_before, p.rfm_score),
                   logged AS (%(log)s)
                   SELECT COUNT(*) FROM changed""",
                **stamp,
                log=self._log_scores(
                    SQL("score_before"),
                    SQL(
                        "FROM changed WHERE %s AND score_before IS DISTINCT FROM rfm_score",
                        not first,
                    ),
                    company,
                    as_of,
                    cause,
                ),
            )
        )
        return updated

    @api.model
    def _insert_scored(self, stamp, company, as_of, cause, first):
        """Return how many profiles are new."""
        [[inserted]] = self.env.execute_query(
            SQL(
                """WITH s AS (%(scored)s),
                   changed AS (
                       INSERT INTO retention_profile (partner_id, company_id, %(columns)s,
                           last_interaction_date, segment_id, segment_since,
                           create_date, create_uid, write_date, write_uid)
                       SELECT s.partner_id, %(company)s, %(theirs)s,
                              s.last_order_date, %(segment)s,
                              %(now)s, %(uid)s, %(now)s, %(uid)s
                       FROM s JOIN res_partner partner ON partner.id = s.partner_id
                       WHERE %(may)s AND NOT EXISTS (SELECT FROM retention_profile p
                                         WHERE p.partner_id = s.partner_id
                                         AND p.company_id = %(company)s)
                       ON CONFLICT DO NOTHING
                       RETURNING id, rfm_score),
                   logged AS (%(log)s)
                   SELECT COUNT(*) FROM changed""",
                **stamp,
                may=self._may_profile(SQL("s.partner_id")),
                segment=SQL(
                    "s.segment_id, CASE WHEN s.segment_id IS NOT NULL THEN %s::date END", as_of
                )
                if first
                else SQL("NULL, NULL"),
                log=self._log_scores(
                    SQL("NULL"),
                    SQL("FROM changed WHERE %s AND rfm_score IS NOT NULL", not first),
                    company,
                    as_of,
                    cause,
                ),
            )
        )
        return inserted

    @api.model
    def _log_scores(self, before, rows, company, as_of, cause):
        return SQL(
            """INSERT INTO retention_change (profile_id, company_id, date, what, old_value,
                   new_value, cause, create_date, create_uid, write_date, write_uid)
               SELECT changed.id, %(company)s, %(as_of)s, 'rfm_score', %(before)s,
                      changed.rfm_score, %(cause)s, %(now)s, %(uid)s, %(now)s, %(uid)s
               %(rows)s RETURNING id""",
            company=company.id,
            as_of=as_of,
            before=before,
            cause=cause,
            now=self.env.cr.now(),
            uid=self.env.uid,
            rows=rows,
        )

    @api.model
    def _store_first_segments(self, scored, company, as_of):
        """Give profiles that were there before the first fill their segment."""
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile p
                   SET segment_id = s.segment_id, segment_since = %s
                   FROM (%s) s WHERE s.partner_id = p.partner_id AND p.company_id = %s
                   AND s.segment_id IS NOT NULL
                   AND p.segment_id IS DISTINCT FROM s.segment_id""",
                as_of,
                scored,
                company.id,
            )
        )

    @api.model
    def _segment_moves(self, scored, company):
        """Return rows (profile id, old segment id, new segment id, score) that differ."""
        return self.env.execute_query(
            SQL(
                """SELECT p.id, p.segment_id, s.segment_id, s.rfm_score
                   FROM retention_profile p JOIN (%s) s ON s.partner_id = p.partner_id
                   WHERE p.company_id = %s AND p.segment_id IS DISTINCT FROM s.segment_id
                   ORDER BY p.id""",
                scored,
                company.id,
            )
        )
