"""Events from outside: recording many at once, and what signals read of them."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..analytics.events import BASE_DAYS, FEED_DAYS, RECENT_DAYS

COLUMNS = {
    "kind": "varchar",
    "name": "varchar",
    "moment": "timestamp",
    "partner_id": "int4",
    "weight": "float8",
    "source": "varchar",
    "outside_id": "varchar",
    "sentiment": "varchar",
    "note": "text",
}
FORGOTTEN_AT_ONCE = 100_000
# What comes so often that the timeline tells it once a day.
USAGE = ("login", "feature", "page_view")
FEEDBACK = ("review", "social")  # a customer who writes one has been in touch


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- recording
    @api.model
    def _events_insert(self, company, rows, import_id=None):
        """Add events, dicts of :data:`COLUMNS`; return the set of (source, outside_id) added.

        What the company has already is left as it is: one statement for all.
        """
        events = self.env["retention.event"]
        events.flush_model()
        added = self.env.execute_query(
            SQL(
                """INSERT INTO retention_event
                       (kind, name, moment, partner_id, commercial_partner_id, weight, source,
                        outside_id, sentiment, note, company_id, import_id,
                        create_uid, create_date, write_uid, write_date)
                   SELECT v.kind, NULLIF(v.name, ''), v.moment, v.partner_id,
                          partner.commercial_partner_id, v.weight, v.source, v.outside_id,
                          NULLIF(v.sentiment, ''), NULLIF(v.note, ''), %(company)s, %(import)s,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                   FROM unnest(%(values)s) AS v (%(names)s)
                   JOIN res_partner partner ON partner.id = v.partner_id
                   ON CONFLICT (company_id, source, outside_id) DO NOTHING
                   RETURNING source, outside_id""",
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                values=self._arrays(COLUMNS, rows),
                names=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                **{"import": import_id},
            )
        )
        events.invalidate_model()
        return set(added)

    @api.model
    def _events_known(self, company, keys):
        """Return which (source, outside_id) of ``keys`` the company has."""
        self.env["retention.event"].flush_model(["company_id", "source", "outside_id"])
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT event.source, event.outside_id
                       FROM unnest(%s::varchar[], %s::varchar[]) AS v (source, outside_id)
                       JOIN retention_event event ON event.company_id = %s
                            AND event.source = v.source AND event.outside_id = v.outside_id""",
                    [source for source, _outside in keys],
                    [outside for _source, outside in keys],
                    company.id,
                )
            )
        )

    @api.model
    def _event_partners(self, company, ids):
        """Return the ids among ``ids`` of contacts that ``company`` may have events of."""
        if not ids:
            return set()
        self.env["res.partner"].flush_model(["company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                   WHERE id = ANY(%s) AND (company_id IS NULL OR company_id = ANY(%s))""",
                list(ids),
                company.sudo().parent_ids.ids,
            )
        )
        return {partner for [partner] in rows}

    @api.model
    def _events_forget(self, company, limit):
        """Delete events before ``limit``; return (how many, whether there are more).

        Each customer's latest login stays, however old: who has stopped logging in is what
        signals look for.
        """
        events = self.env["retention.event"]
        events.flush_model()
        self.env.cr.execute(
            SQL(
                """DELETE FROM retention_event WHERE id IN (
                       SELECT old.id FROM retention_event old
                       WHERE old.company_id IN %s AND old.moment < %s
                       AND (old.kind != 'login' OR EXISTS (
                           SELECT FROM retention_event later
                           WHERE later.company_id = old.company_id AND later.kind = 'login'
                           AND later.commercial_partner_id = old.commercial_partner_id
                           AND (later.moment, later.id) > (old.moment, old.id)))
                       LIMIT %s)""",
                company._retention_members(),
                limit,
                FORGOTTEN_AT_ONCE,
            )
        )
        deleted = self.env.cr.rowcount
        if deleted:
            events.invalidate_model()
        return deleted, int(deleted == FORGOTTEN_AT_ONCE)

    # ---------------------------------------------------------------- signals
    @api.model
    def _signal_fields(self):
        return {
            **super()._signal_fields(),
            "retention.event": [
                "kind",
                "name",
                "moment",
                "weight",
                "company_id",
                "commercial_partner_id",
            ],
        }

    @api.model
    def _feed_alive(self, scope, kind):
        """Say whether anybody's events of ``kind`` have come lately.

        When the other system has stopped sending, nobody's silence means anything.
        """
        since, until = self._moments(scope, FEED_DAYS, 0)
        [[alive]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM retention_event WHERE company_id IN %s
                       AND kind = %s AND moment >= %s AND moment < %s)""",
                scope.company._retention_members(),
                kind,
                since,
                until,
            )
        )
        return alive

    @api.model
    def _moments(self, scope, since, until):
        """Return SQL of the UTC moments at which two days end, counted back from ``as_of``."""

        def end_of(day):
            return SQL(
                "((%s::date + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
                day,
                scope.company._retention_timezone(),
            )

        return tuple(end_of(scope.as_of - timedelta(days=days)) for days in (since, until))

    @api.model
    def _uses(self, scope, kind, names=()):
        """Return rows (customer, uses lately, uses in the days before); see ``events.fall``.

        :param names: only events so called, in any case; empty: all of ``kind``
        """
        begun, until = self._moments(scope, RECENT_DAYS + BASE_DAYS, 0)
        recent, _until = self._moments(scope, RECENT_DAYS, 0)
        return self.env.execute_query(
            SQL(
                """SELECT commercial_partner_id,
                          COALESCE(SUM(weight) FILTER (WHERE moment >= %(recent)s), 0),
                          COALESCE(SUM(weight) FILTER (WHERE moment < %(recent)s), 0)
                   FROM retention_event event
                   WHERE company_id IN %(members)s AND kind = %(kind)s
                   AND moment >= %(begun)s AND moment < %(until)s
                   %(named)s %(only)s GROUP BY commercial_partner_id""",
                recent=recent,
                begun=begun,
                until=until,
                members=scope.company._retention_members(),
                kind=kind,
                named=SQL("AND LOWER(name) = ANY(%s)", list(names)) if names else SQL(),
                only=self._only_partners(scope, SQL("commercial_partner_id")),
            )
        )

    @api.model
    def _last_outside_logins(self, scope):
        """Return rows (customer, day of the last login that another system told of)."""
        day, known = self._local_day(scope, SQL("moment"))
        return self.env.execute_query(
            SQL(
                """SELECT commercial_partner_id, MAX(%s) FROM retention_event
                   WHERE company_id IN %s AND kind = 'login' AND %s %s
                   GROUP BY commercial_partner_id""",
                day,
                scope.company._retention_members(),
                known,
                self._only_partners(scope, SQL("commercial_partner_id")),
            )
        )

    # ---------------------------------------------------------------- contact
    @api.model
    def _interaction_fields(self):
        columns = ["kind", "moment", "company_id", "commercial_partner_id"]
        return {**super()._interaction_fields(), "retention.event": columns}

    @api.model
    def _interaction_queries(self, scope, purchases=True):
        return [
            *super()._interaction_queries(scope, purchases=purchases),
            self._feedback_interactions(scope),
        ]

    @api.model
    def _feedback_interactions(self, scope):
        """Reviews and what customers say on social media."""
        day, known = self._local_day(scope, SQL("event.moment"))
        return SQL(
            """SELECT event.commercial_partner_id AS partner_id, %s AS day,
                      'outside'::varchar AS kind, 'retention.event'::varchar AS res_model,
                      event.id AS res_id
               FROM retention_event event
               WHERE event.kind IN %s AND event.company_id IN %s AND %s %s""",
            day,
            FEEDBACK,
            scope.company._retention_members(),
            known,
            self._only_partners(scope, SQL("event.commercial_partner_id")),
        )
