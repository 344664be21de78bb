from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What counts as contact with a customer, wherever it is recorded; nothing is copied."""

    _inherit = "retention.metrics"

    @api.model
    def _interaction_queries(self, scope, purchases=True):
        """Return SELECTs whose rows are the interactions of ``scope``.

        Columns, in this order: partner_id (commercial), day (in the company's time zone),
        kind, res_model, res_id (the record that shows it; empty for purchases). Hook: a
        bridge calls super(), appends its own, and flushes what that reads.

        :param purchases: False leaves purchases out, for who knows their last day already
        """
        for model, names in self._interaction_fields().items():
            self.env[model].flush_model(names)
        queries = [
            self._record_interactions(scope),
            *self._activity_interactions(scope),
            self._message_interactions(scope),
            self._meeting_interactions(scope),
        ]
        if purchases:
            queries += [
                SQL(
                    """SELECT partner_id, day, 'purchase'::varchar AS kind,
                              NULL::varchar AS res_model, NULL::int AS res_id
                       FROM (%s) document""",
                    source.documents,
                )
                for source in self._purchase_queries(scope)
            ]
        return queries

    @api.model
    def _interaction_fields(self):
        """Return {model: field names} that the interaction queries read."""
        return {
            "res.partner": ["commercial_partner_id", "company_id", "partner_share"],
            "res.users": ["company_ids", "partner_id", "share"],
            "sale.order": ["partner_id", "company_id"],
            "retention.interaction": ["partner_id", "company_id", "date", "kind", "outcome"],
            "retention.alert": ["partner_id", "company_id"],
            "mail.activity": [
                "res_model",
                "res_id",
                "user_id",
                "active",
                "date_done",
                "retention_no_contact",
            ],
            "mail.message": ["message_type", "author_id", "date", "record_company_id", "model"],
            "calendar.event": ["start", "start_date", "allday", "stop", "active", "user_id"],
            "calendar.attendee": ["event_id", "partner_id", "state"],
        }

    @api.model
    def _last_interaction_query(self, scope, purchases=True):
        """Return SQL (partner_id, day): each customer's last interaction up to ``as_of``."""
        return SQL(
            """SELECT partner_id, MAX(day) AS day FROM (%s) interaction
               WHERE day <= %s GROUP BY partner_id""",
            self._union(self._interaction_queries(scope, purchases)),
            scope.as_of,
        )

    # ---------------------------------------------------------------- sources
    @api.model
    def _local_day(self, scope, column):
        """Return (day of a UTC timestamp where the company is, condition: not after as_of)."""
        zone = scope.company._retention_timezone()
        day = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)
        known = SQL(
            "%s < ((%s::date + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
            column,
            scope.as_of,
            zone,
        )
        return day, known

    @api.model
    def _works_for(self, scope, user):
        """Return SQL: the user belongs to one of the companies of ``scope``.

        Tells whose interaction it is where the record, as most contacts, has no company.
        """
        return SQL(
            """EXISTS (SELECT FROM res_company_users_rel works
                       WHERE works.user_id = %s AND works.cid IN %s)""",
            user,
            scope.company._retention_members(),
        )

    @api.model
    def _record_interactions(self, scope, attempts=False):
        """Follow-up records. An attempt that was not answered is no contact.

        :param attempts: those attempts instead
        """
        day, known = self._local_day(scope, SQL("record.date"))
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS day, record.kind,
                      'retention.interaction'::varchar AS res_model, record.id AS res_id
               FROM retention_interaction record
               JOIN res_partner partner ON partner.id = record.partner_id
               WHERE (record.outcome = 'no_answer') = %s AND record.company_id IN %s
               AND %s %s""",
            day,
            attempts,
            scope.company._retention_members(),
            known,
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )

    @api.model
    def _activity_documents(self):
        """Return {model: SELECT id, partner_id, company_id} whose done activities count.

        Hook for further models of customers' documents.
        """
        return {
            "res.partner": SQL("SELECT id, id AS partner_id, company_id FROM res_partner"),
            "sale.order": SQL("SELECT id, partner_id, company_id FROM sale_order"),
            "retention.interaction": SQL(
                "SELECT id, partner_id, company_id FROM retention_interaction"
            ),
            "retention.alert": SQL("SELECT id, partner_id, company_id FROM retention_alert"),
        }

    @api.model
    def _activity_interactions(self, scope):
        """Done activities of any type. They are kept as archived rows.

        Not those of alerts that were closed without a contact.
        """
        return [
            SQL(
                """SELECT partner.commercial_partner_id AS partner_id,
                          activity.date_done AS day, 'activity'::varchar AS kind,
                          'mail.activity'::varchar AS res_model, activity.id AS res_id
                   FROM mail_activity activity
                   JOIN (%(documents)s) document ON document.id = activity.res_id
                   JOIN res_partner partner ON partner.id = document.partner_id
                   WHERE activity.res_model = %(model)s AND activity.active = FALSE
                   AND activity.date_done <= %(as_of)s
                   AND activity.retention_no_contact IS NOT TRUE
                   AND (document.company_id IN %(members)s
                        OR document.company_id IS NULL AND %(works)s) %(only)s""",
                documents=documents,
                model=model,
                as_of=scope.as_of,
                members=scope.company._retention_members(),
                works=self._works_for(
                    scope, SQL("COALESCE(activity.user_id, activity.create_uid)")
                ),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
            for model, documents in self._activity_documents().items()
        ]

    @api.model
    def _message_interactions(self, scope):
        """Messages written by the customer: mail that came in, comments on the portal.

        Messages from before Odoo noted a company count only where there is one company.
        """
        day, known = self._local_day(scope, SQL("message.date"))
        alone = len(self.env["res.company"]._retention_companies()) == 1
        return SQL(
            """SELECT author.commercial_partner_id AS partner_id, %s AS day,
                      'message'::varchar AS kind, 'mail.message'::varchar AS res_model,
                      message.id AS res_id
               FROM mail_message message
               JOIN res_partner author ON author.id = message.author_id
               WHERE message.message_type IN ('email', 'comment') AND author.partner_share
               AND message.model IS NOT NULL AND %s
               AND (message.record_company_id IN %s
                    OR message.record_company_id IS NULL AND %s) %s""",
            day,
            known,
            scope.company._retention_members(),
            alone,
            self._only_partners(scope, SQL("author.commercial_partner_id")),
        )

    @api.model
    def _meeting_interactions(self, scope):
        """Meetings that are over, with the customer and one of us among the attendees."""
        started, _known = self._local_day(scope, SQL("event.start"))
        _day, over = self._local_day(scope, SQL("event.stop"))
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      CASE WHEN event.allday THEN COALESCE(event.start_date, event.start::date)
                           ELSE %(started)s END AS day,
                      'meeting'::varchar AS kind, 'calendar.event'::varchar AS res_model,
                      event.id AS res_id
               FROM calendar_event event
               JOIN calendar_attendee attendee ON attendee.event_id = event.id
               JOIN res_partner partner ON partner.id = attendee.partner_id
               WHERE event.active AND attendee.state != 'declined' AND partner.partner_share
               AND %(over)s %(only)s
               AND (%(organised)s OR EXISTS (
                   SELECT FROM calendar_attendee colleague
                   JOIN res_users member ON member.partner_id = colleague.partner_id
                   WHERE colleague.event_id = event.id AND NOT member.share AND %(attended)s))""",
            started=started,
            over=over,
            only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            organised=self._works_for(scope, SQL("event.user_id")),
            attended=self._works_for(scope, SQL("member.id")),
        )

    @api.model
    def _store_last_contact(self, scope, talks=None):
        """Store the day of the last contact or purchase; return how many profiles changed.

        :param talks: SQL relation (partner_id, day) of interactions already read
        """
        last = (
            SQL("SELECT partner_id, MAX(day) AS day FROM %s talk GROUP BY partner_id", talks)
            if talks
            else self._last_interaction_query(scope, purchases=False)
        )
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile profile
                   SET last_interaction_date = found.day, write_date = %(now)s,
                       write_uid = %(uid)s
                   FROM (SELECT known.id, GREATEST(known.last_order_date, last.day) AS day
                         FROM retention_profile known
                         LEFT JOIN (%(last)s) last ON last.partner_id = known.partner_id
                         WHERE known.company_id = %(company)s %(only)s) found
                   WHERE found.id = profile.id
                   AND profile.last_interaction_date IS DISTINCT FROM found.day""",
                now=self.env.cr.now(),
                uid=self.env.uid,
                last=last,
                company=scope.company.id,
                only=self._only_partners(scope, SQL("known.partner_id")),
            )
        )
        return self.env.cr.rowcount
