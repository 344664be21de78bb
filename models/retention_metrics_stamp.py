from odoo import api, models
from odoo.tools import SQL

# What is kept on orders: its name in the history, the profile's column and since when.
STATES = {
    "segment": (SQL("profile.segment_id"), SQL("profile.segment_since")),
    "tier": (SQL("profile.tier_id"), SQL("profile.tier_since")),
    "stage": (SQL("profile.stage"), SQL("profile.stage_since")),
}
STAMPS = (
    "retention_order_day",
    "retention_order_tier_id",
    "retention_order_segment_id",
    "retention_order_stage",
)


class RetentionMetrics(models.AbstractModel):
    """What customers were when they ordered."""

    _inherit = "retention.metrics"

    @api.model
    def _stamp_orders(self, company, since, as_of, limit):
        """Note on confirmed orders what their customers were at the start of the order's day.

        Orders that somebody is writing at this moment are left for the next time.

        :param since: the day of the company's first computation: earlier ones are not known,
            and their orders are left alone
        :param as_of: orders of later days are left alone
        :param limit: how many orders at most
        :return: how many were written
        """
        self._flush_stamps()
        # Plain SQL: neither tracked nor a change by a person, so write_date stays as it is.
        self.env.cr.execute(
            SQL(
                """WITH fresh AS (%(fresh)s), known AS (%(known)s)
                   UPDATE sale_order so
                   SET retention_order_day = known.day,
                       retention_order_segment_id = (
                           SELECT id FROM retention_segment WHERE id = known.segment::int),
                       retention_order_tier_id = (
                           SELECT id FROM retention_tier WHERE id = known.tier::int),
                       retention_order_stage = known.stage
                   FROM known WHERE known.id = so.id""",
                fresh=self._fresh_orders(company, since, as_of, limit),
                known=self._known_states(company),
            )
        )
        count = self.env.cr.rowcount
        if count:
            self.env["sale.order"].invalidate_model(list(STAMPS))
        return count

    @api.model
    def _flush_stamps(self):
        for model, names in (
            ("sale.order", ["partner_id", "company_id", "state", "date_order", *STAMPS]),
            ("res.partner", ["commercial_partner_id"]),
            ("retention.change", None),
            ("retention.profile", None),
        ):
            self.env[model].flush_model(names)

    @api.model
    def _fresh_orders(self, company, since, as_of, limit):
        """Return SQL (id, customer_id, day) of orders to look at, locked."""
        zone = company._retention_timezone()
        return SQL(
            """SELECT so.id, partner.commercial_partner_id AS customer_id,
                      (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
               FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
               WHERE so.state = 'sale' AND so.retention_order_day IS NULL
               AND so.company_id IN %(members)s
               AND so.date_order >= ((%(since)s::date + 1)::timestamp
                                     AT TIME ZONE %(zone)s AT TIME ZONE 'UTC')
               AND so.date_order < ((%(as_of)s::date + 1)::timestamp
                                    AT TIME ZONE %(zone)s AT TIME ZONE 'UTC')
               ORDER BY so.date_order LIMIT %(limit)s
               FOR NO KEY UPDATE OF so SKIP LOCKED""",
            zone=zone,
            members=company._retention_members(),
            since=since,
            as_of=as_of,
            limit=limit,
        )

    @api.model
    def _known_states(self, company):
        """Return SQL: the rows of ``fresh`` with segment, tier and stage as text.

        The profile knows since when something is so. What was so before is what the last
        earlier change came to, else what the first later one began with. Who had bought nothing
        before that day was a prospect, whether or not anybody had looked.
        """
        settled = SQL(" AND ").join(
            SQL("%s IS NOT NULL AND %s < fresh.day", value, since)
            for value, since in STATES.values()
        )
        found = SQL(", ").join(
            SQL(
                """(ARRAY_AGG(change.new_value ORDER BY change.date DESC, change.id DESC)
                    FILTER (WHERE change.what = %(what)s AND change.date < fresh.day))[1]
                        AS %(before)s,
                   (ARRAY_AGG(change.old_value ORDER BY change.date, change.id)
                    FILTER (WHERE change.what = %(what)s AND change.date >= fresh.day))[1]
                        AS %(after)s,
                   COUNT(*) FILTER (WHERE change.what = %(what)s AND change.date < fresh.day)
                       AS %(changes)s""",
                what=name,
                before=SQL.identifier(f"{name}_before"),
                after=SQL.identifier(f"{name}_after"),
                changes=SQL.identifier(f"{name}_changes"),
            )
            for name in STATES
        )
        values = {
            name: SQL(
                """CASE WHEN %s IS NOT NULL AND %s < fresh.day THEN %s::text
                        WHEN past.%s > 0 THEN past.%s ELSE past.%s END""",
                value,
                since,
                value,
                SQL.identifier(f"{name}_changes"),
                SQL.identifier(f"{name}_before"),
                SQL.identifier(f"{name}_after"),
            )
            for name, (value, since) in STATES.items()
        }
        return SQL(
            """SELECT fresh.id, fresh.day, %(segment)s AS segment, %(tier)s AS tier,
                      CASE WHEN profile.first_order_date >= fresh.day THEN 'prospect'
                           ELSE %(stage)s END AS stage
               FROM fresh
               LEFT JOIN retention_profile profile ON profile.partner_id = fresh.customer_id
                    AND profile.company_id = %(company)s
               LEFT JOIN LATERAL (
                   SELECT %(found)s FROM retention_change change
                   WHERE change.profile_id = profile.id AND change.what IN %(whats)s
                   AND NOT COALESCE(%(settled)s, FALSE)) past ON TRUE""",
            **values,
            company=company.id,
            found=found,
            whats=tuple(STATES),
            settled=settled,
        )
