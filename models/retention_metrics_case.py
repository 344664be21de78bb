from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

CASE = "retention.case"


class RetentionMetrics(models.AbstractModel):
    """Cases among what customers asked for, and what procedures and signals ask about them."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- requests
    @api.model
    def _request_queries(self, company):
        return super()._request_queries(company) | {CASE: self._case_query(company)}

    @api.model
    def _case_query(self, company):
        return SQL(
            """SELECT kase.id AS request_id, kase.partner_id AS contact_id,
                      kase.opened_at AS opened_at, kase.closed_at AS closed_at,
                      kase.state = 'solved' AS solved, kase.severity::int AS severity,
                      kase.kind = 'complaint' AS complaint, kase.theme_id AS category_id,
                      kase.product_id AS product_id, kase.first_reply_at AS first_reply_at,
                      EXTRACT(EPOCH FROM kase.reply_due_at - kase.opened_at)::float / 3600
                          AS reply_hours,
                      COALESCE(%s, FALSE) AS sla_missed,
                      COALESCE(kase.reopened_count, 0) AS reopened, NULL::float AS rating
               FROM retention_case kase
               WHERE kase.partner_id IS NOT NULL AND kase.company_id IN %s""",
            self.env[CASE]._missed_sql("kase", fields.Datetime.now()),
            company._retention_members(),
        )

    @api.model
    def _request_fields(self):
        return super()._request_fields() | {CASE: self._case_fields()}

    @api.model
    def _case_fields(self):
        return [
            "closed_at",
            "company_id",
            "first_reply_at",
            "kind",
            "opened_at",
            "partner_id",
            "product_id",
            "reopened_count",
            "reply_due_at",
            "severity",
            "state",
            "theme_id",
        ]

    # ---------------------------------------------------------------- occasions
    @api.model
    def _case_occasions(self, span, sop, moment, state):
        """Return the cases in a state whose ``moment`` (SQL of ``kase``) is in the span.

        Of several of a contact on one day the gravest.
        """
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env[CASE].flush_model(self._case_fields())
        zone = span.company._retention_timezone()
        wanted = [SQL("kase.severity >= %s", sop.trigger_case_severity or "0")]
        if sop.trigger_case_kind:
            wanted.append(SQL("kase.kind = %s", sop.trigger_case_kind))
        return SQL(
            """SELECT DISTINCT ON (kase.partner_id, anchor_date)
                      contact.commercial_partner_id AS partner_id,
                      contact.id AS contact_id, %(day)s AS anchor_date,
                      'retention.case'::varchar AS source_model, kase.id AS source_id
               FROM retention_case kase JOIN res_partner contact ON contact.id = kase.partner_id
               WHERE kase.company_id IN %(members)s AND %(state)s AND %(wanted)s
               AND %(day)s BETWEEN %(since)s AND %(as_of)s %(only)s
               ORDER BY kase.partner_id, anchor_date, kase.severity DESC, kase.id""",
            day=SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone),
            members=span.company._retention_members(),
            state=state,
            wanted=SQL(" AND ").join(wanted),
            since=span.since,
            as_of=span.as_of,
            only=self._alert_only(SQL("contact.commercial_partner_id"), span.partners),
        )

    @api.model
    def _cases_opened(self, span, sop):
        """Open cases; the anchor is the day on which they came."""
        return self._case_occasions(
            span, sop, SQL("kase.opened_at"), SQL("kase.state IN ('new', 'in_progress')")
        )

    @api.model
    def _cases_closed(self, span, sop):
        """Solved cases; the anchor is the day on which they were."""
        return self._case_occasions(span, sop, SQL("kase.closed_at"), SQL("kase.state = 'solved'"))

    # ---------------------------------------------------------------- leaving
    @api.model
    def _signal_fields(self):
        found = super()._signal_fields()
        return {**found, CASE: self._case_fields()}

    @api.model
    def _leaving_talks(self, scope, days):
        """With cases of who wants to leave, unless they are solved: then the customer stays."""
        talks = dict(super()._leaving_talks(scope, days))
        day, known = self._local_day(scope, SQL("kase.opened_at"))
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, MAX(%(day)s)
                   FROM retention_case kase JOIN res_partner partner ON partner.id = kase.partner_id
                   WHERE kase.kind = 'leave_intent' AND kase.state != 'solved'
                   AND kase.company_id IN %(members)s AND %(known)s AND %(day)s > %(since)s %(only)s
                   GROUP BY partner.commercial_partner_id""",
                day=day,
                members=scope.company._retention_members(),
                known=known,
                since=scope.as_of - timedelta(days=days),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
        for partner, last in rows:
            talks[partner] = max(last, talks.get(partner, last))
        return list(talks.items())

    # ---------------------------------------------------------------- contacts
    @api.model
    def _activity_documents(self):
        """Activities done on cases are contacts with their customers."""
        cases = SQL("SELECT id, partner_id, company_id FROM retention_case")
        return super()._activity_documents() | {CASE: cases}

    @api.model
    def _interaction_fields(self):
        return super()._interaction_fields() | {CASE: ["partner_id", "company_id"]}
