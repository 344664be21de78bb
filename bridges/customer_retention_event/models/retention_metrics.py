from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What is asked about events and registrations."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- who registered
    @api.model
    def _event_fields(self):
        return {
            "res.partner": ["active", "commercial_partner_id", "email_normalized"],
            "res.users": ["company_ids"],
            "event.event": [
                "active",
                "company_id",
                "date_begin",
                "date_end",
                "date_tz",
                "kanban_state",
                "user_id",
            ],
            "event.slot": ["end_datetime"],
            "event.registration": [
                "active",
                "company_id",
                "date_closed",
                "email",
                "event_id",
                "event_slot_id",
                "partner_id",
                "state",
            ],
        }

    @api.model
    def _registrations(self, scope):
        """Return SQL of registrations that stand, of the customers of ``scope``.

        Columns: id, partner_id (customer), contact_id, event_id, attended (whether they came),
        made_at, came_at, ends_at. One row per registration and customer: of the contact with
        the attendee's address, among the colleagues of who booked, else of who booked.
        """
        for model, names in self._event_fields().items():
            self.env[model].flush_model(names)
        return SQL(
            """SELECT DISTINCT ON (registration.id, person.partner_id)
                      registration.id, person.partner_id, person.contact_id,
                      registration.event_id, registration.state = 'done' AS attended,
                      registration.create_date AS made_at, registration.date_closed AS came_at,
                      COALESCE(slot.end_datetime, event.date_end) AS ends_at
               FROM (%(people)s) person
               JOIN event_registration registration ON registration.id = person.registration_id
               JOIN event_event event ON event.id = registration.event_id
               LEFT JOIN event_slot slot ON slot.id = registration.event_slot_id
               WHERE registration.active AND registration.state IN ('open', 'done')
               AND (registration.company_id IN %(members)s
                    OR registration.company_id IS NULL AND %(works)s)
               ORDER BY registration.id, person.partner_id, person.rank, person.contact_id""",
            people=self._registered_people(scope),
            members=scope.company._retention_members(),
            works=self._works_for(scope, SQL("event.user_id")),
        )

    @api.model
    def _registered_people(self, scope):
        """Return SQL (registration_id, partner_id, contact_id, rank): the lowest rank counts."""
        only = self._only_partners(scope, SQL("contact.commercial_partner_id"))
        return SQL(
            """SELECT registration.id AS registration_id,
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      CASE WHEN contact.id = registration.partner_id THEN 0 ELSE 1 END AS rank
               FROM event_registration registration
               JOIN res_partner contact
                    ON contact.email_normalized = LOWER(TRIM(registration.email))
               LEFT JOIN res_partner booker ON booker.id = registration.partner_id
               WHERE contact.active
               AND (booker.id IS NULL
                    OR booker.commercial_partner_id = contact.commercial_partner_id) %(only)s
               UNION ALL
               SELECT registration.id, contact.commercial_partner_id, contact.id, 2
               FROM event_registration registration
               JOIN res_partner contact ON contact.id = registration.partner_id
               WHERE TRUE %(only)s""",
            only=only,
        )

    @api.model
    def _interaction_queries(self, scope, purchases=True):
        """With registrations, and with attendance."""
        made, made_known = self._local_day(scope, SQL("registration.made_at"))
        came, came_known = self._local_day(scope, SQL("registration.came_at"))
        registrations = self._registrations(scope)
        return [
            *super()._interaction_queries(scope, purchases),
            SQL(
                """SELECT partner_id, %s AS day, 'signup'::varchar AS kind,
                          'event.registration'::varchar AS res_model, id AS res_id
                   FROM (%s) registration WHERE %s""",
                made,
                registrations,
                made_known,
            ),
            SQL(
                """SELECT partner_id, %s AS day, 'event'::varchar AS kind,
                          'event.registration'::varchar AS res_model, id AS res_id
                   FROM (%s) registration WHERE attended AND %s""",
                came,
                registrations,
                came_known,
            ),
        ]

    @api.model
    def _attendance_changes(self, company, enrollment_ids):
        """Return rows (enrollment id, registered on, attended on) of those that differ.

        Whoever is enrolled as a whole company counts as there when anybody of it is.
        """
        self.env["retention.enrollment"].flush_model()
        few = SQL(
            "(SELECT partner_id FROM retention_enrollment WHERE id = ANY(%s)) few",
            list(enrollment_ids),
        )
        zone = company._retention_timezone()
        return self.env.execute_query(
            SQL(
                """SELECT id, registered, attended FROM (
                       SELECT enrollment.id, enrollment.registered_on, enrollment.attended_on,
                              MIN((registration.made_at AT TIME ZONE 'UTC'
                                   AT TIME ZONE %(zone)s)::date) AS registered,
                              MIN((registration.came_at AT TIME ZONE 'UTC'
                                   AT TIME ZONE %(zone)s)::date)
                                  FILTER (WHERE registration.attended) AS attended
                       FROM retention_enrollment enrollment
                       LEFT JOIN (%(registrations)s) registration
                            ON registration.event_id = enrollment.event_id
                            AND registration.partner_id = enrollment.partner_id
                            AND enrollment.contact_id
                                IN (registration.contact_id, registration.partner_id)
                       WHERE enrollment.id = ANY(%(ids)s) GROUP BY enrollment.id) found
                   WHERE (registered_on, attended_on) IS DISTINCT FROM (registered, attended)""",
                zone=zone,
                registrations=self._registrations(self._scope(company, None, few)),
                ids=list(enrollment_ids),
            )
        )

    # ---------------------------------------------------------------- occasions
    @api.model
    def _event_day(self):
        """Return SQL: the first day of ``event``, where it takes place."""
        return SQL("(event.date_begin AT TIME ZONE 'UTC' AT TIME ZONE event.date_tz)::date")

    @api.model
    def _new_to_event(self, sop, contact):
        """Return SQL: the contact has not been through the procedure for this event.

        The event's day does not tell: it may be moved.
        """
        return SQL(
            """NOT EXISTS (SELECT FROM retention_enrollment past
                           WHERE past.root_id = %s AND past.company_id = %s
                           AND past.event_id = event.id AND past.contact_id = %s)""",
            sop.root_id.id,
            sop.company_id.id,
            contact,
        )

    @api.model
    def _upcoming_events(self, span, sop):
        """All customers, for the procedure's events that begin within its days from now."""
        for model, names in self._event_fields().items():
            self.env[model].flush_model(names)
        return SQL(
            """SELECT DISTINCT ON (profile.partner_id, anchor_date)
                      profile.partner_id, profile.partner_id AS contact_id,
                      %(day)s AS anchor_date, 'event.event'::varchar AS source_model,
                      event.id AS source_id
               FROM retention_profile profile CROSS JOIN event_event event
               WHERE profile.company_id = %(company)s AND profile.first_order_date IS NOT NULL
               AND event.id = ANY(%(events)s)
               AND event.active AND event.kanban_state IS DISTINCT FROM 'cancel'
               AND %(day)s BETWEEN %(as_of)s AND %(last)s AND %(new)s %(only)s
               ORDER BY profile.partner_id, anchor_date, event.id""",
            day=self._event_day(),
            company=span.company.id,
            events=sop.sudo().trigger_event_ids.ids,
            as_of=span.as_of,
            last=span.as_of - timedelta(days=sop.trigger_days),
            new=self._new_to_event(sop, SQL("profile.partner_id")),
            only=self._alert_only(SQL("profile.partner_id"), span.partners),
        )

    @api.model
    def _event_occasions(self, span, sop):
        """Registrations that were made, came about, or came to nothing within ``span``.

        The anchor is the day of the event.
        """
        few = None
        if span.partners is not None:
            few = SQL("(SELECT UNNEST(%s::int[]) AS partner_id) few", list(span.partners))
        scope = self._scope(span.company, span.as_of, few)
        made, _known = self._local_day(scope, SQL("registration.made_at"))
        came, _known = self._local_day(scope, SQL("registration.came_at"))
        over, _known = self._local_day(scope, SQL("registration.ends_at"))
        happened = {
            "registered": SQL("%s BETWEEN %s AND %s", made, span.since, span.as_of),
            "attended": SQL("attended AND %s BETWEEN %s AND %s", came, span.since, span.as_of),
            # On the last day somebody may still be marked as there.
            "missed": SQL(
                "NOT attended AND %s BETWEEN %s AND %s - 1", over, span.since, span.as_of
            ),
        }
        chosen = sop.sudo().trigger_event_ids.ids
        return SQL(
            """SELECT DISTINCT ON (registration.contact_id, anchor_date)
                      registration.partner_id, registration.contact_id, %(day)s AS anchor_date,
                      'event.registration'::varchar AS source_model,
                      registration.id AS source_id
               FROM (%(registrations)s) registration
               JOIN event_event event ON event.id = registration.event_id
               WHERE %(happened)s AND %(chosen)s AND %(new)s
               ORDER BY registration.contact_id, anchor_date, registration.id""",
            day=self._event_day(),
            registrations=self._registrations(scope),
            happened=happened[sop.trigger_event_state],
            chosen=SQL("event.id = ANY(%s)", chosen) if chosen else SQL("TRUE"),
            new=self._new_to_event(sop, SQL("registration.contact_id")),
        )
