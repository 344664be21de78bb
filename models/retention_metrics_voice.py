"""What is asked of customers' answers: latest ones, falls, what counts once per period."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..analytics.voice import CLASSES

CSAT_MONTHS = 12
# Columns of the profile.
VOICE = (
    "nps_score",
    "nps_class",
    "nps_date",
    "nps_before",
    "nps_before_class",
    "csat",
    "csat_count",
)


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _signal_fields(self):
        return {**super()._signal_fields(), "retention.feedback": self._feedback_fields()}

    @api.model
    def _feedback_fields(self):
        return [
            *("partner_id", "commercial_partner_id", "company_id", "date", "kind", "score"),
            *("nps_class", "answer_class"),
        ]

    # ---------------------------------------------------------------- figures of customers
    @api.model
    def _voice_figures(self, company, as_of, partner_ids=None):
        """Return SQL of one row per customer who answered.

        Columns: partner_id; nps_score, nps_class, nps_date of the latest answer; nps_before and
        nps_before_class of the one before it; csat and csat_count of the last 12 months.
        """
        self.env["retention.feedback"].flush_model(self._feedback_fields())
        own = SQL(
            "answer.company_id = %s AND answer.date <= %s %s",
            company.id,
            as_of,
            SQL("AND answer.commercial_partner_id = ANY(%s)", list(partner_ids))
            if partner_ids
            else SQL("AND answer.commercial_partner_id IS NOT NULL"),
        )
        return SQL(
            """SELECT COALESCE(nps.partner_id, csat.partner_id) AS partner_id,
                      nps.score AS nps_score, nps.nps_class, nps.date AS nps_date,
                      nps.before AS nps_before, nps.before_class AS nps_before_class,
                      csat.average AS csat, csat.answers AS csat_count
               FROM (SELECT answer.commercial_partner_id AS partner_id, answer.score,
                            answer.nps_class, answer.date,
                            LEAD(answer.score) OVER latest AS before,
                            LEAD(answer.nps_class) OVER latest AS before_class,
                            ROW_NUMBER() OVER latest AS place
                     FROM retention_feedback answer WHERE answer.kind = 'nps' AND %(own)s
                     WINDOW latest AS (PARTITION BY answer.commercial_partner_id
                                       ORDER BY answer.date DESC, answer.id DESC)) nps
               FULL JOIN (SELECT answer.commercial_partner_id AS partner_id,
                                 ROUND(AVG(answer.score), 2)::float8 AS average,
                                 COUNT(*)::int AS answers
                          FROM retention_feedback answer
                          WHERE answer.kind = 'csat' AND answer.date > %(since)s AND %(own)s
                          GROUP BY answer.commercial_partner_id) csat
                    ON csat.partner_id = nps.partner_id
               WHERE nps.place = 1 OR nps.place IS NULL""",
            own=own,
            since=as_of - relativedelta(months=CSAT_MONTHS),
        )

    # ---------------------------------------------------------------- signals
    @api.model
    def _nps_drops(self, scope, days):
        """Return rows (customer, classes lost): the worst of any of its contacts.

        A contact is measured against its own answer before, when the latest is at most
        ``days`` old; customers without two answers of one contact have no row.
        """
        rank = SQL("ARRAY_POSITION(%s::varchar[], answer.nps_class)", list(CLASSES))
        return self.env.execute_query(
            SQL(
                """SELECT customer, MAX(GREATEST(now - before, 0)) FROM (
                       SELECT answer.commercial_partner_id AS customer, answer.date,
                              %(rank)s AS now, LEAD(%(rank)s) OVER latest AS before,
                              ROW_NUMBER() OVER latest AS place
                       FROM retention_feedback answer
                       WHERE answer.kind = 'nps' AND answer.company_id = %(company)s
                       AND answer.partner_id IS NOT NULL AND answer.date <= %(as_of)s %(only)s
                       WINDOW latest AS (PARTITION BY answer.partner_id
                                         ORDER BY answer.date DESC, answer.id DESC)) contact
                   WHERE place = 1 AND before IS NOT NULL AND date > %(since)s
                   GROUP BY customer""",
                rank=rank,
                company=scope.company.id,
                as_of=scope.as_of,
                since=scope.as_of - timedelta(days=days),
                only=self._only_partners(scope, SQL("answer.commercial_partner_id")),
            )
        )

    @api.model
    def _bad_answers(self, scope, days):
        """Return rows (customer, 1 or 0): whether any contact's latest answer is bad.

        Recommendation and satisfaction are looked at apart; answers older than ``days`` do
        not count, and who has none has no row.
        """
        return self.env.execute_query(
            SQL(
                """SELECT customer, MAX((answer_class = 'bad')::int) FROM (
                       SELECT DISTINCT ON (answer.partner_id, answer.kind)
                              answer.commercial_partner_id AS customer, answer.answer_class
                       FROM retention_feedback answer
                       WHERE answer.answer_class IS NOT NULL AND answer.company_id = %(company)s
                       AND answer.partner_id IS NOT NULL AND answer.date <= %(as_of)s
                       AND answer.date > %(since)s %(only)s
                       ORDER BY answer.partner_id, answer.kind, answer.date DESC,
                                answer.id DESC) latest
                   GROUP BY customer""",
                company=scope.company.id,
                as_of=scope.as_of,
                since=scope.as_of - timedelta(days=days),
                only=self._only_partners(scope, SQL("answer.commercial_partner_id")),
            )
        )

    # ---------------------------------------------------------------- occasions
    @api.model
    def _feedback_occasions(self, span, kind, answer_class):
        """Answers of contacts, of this kind and class where given; the anchor is their date."""
        self.env["retention.feedback"].flush_model(self._feedback_fields())
        conditions = [SQL("answer.company_id = %s", span.company.id)]
        if kind:
            conditions.append(SQL("answer.kind = %s", kind))
        if answer_class:
            conditions.append(SQL("answer.answer_class = %s", answer_class))
        return SQL(
            """SELECT DISTINCT ON (answer.partner_id, answer.date)
                      answer.commercial_partner_id AS partner_id,
                      answer.partner_id AS contact_id, answer.date AS anchor_date,
                      'retention.feedback'::varchar AS source_model, answer.id AS source_id
               FROM retention_feedback answer
               WHERE answer.partner_id IS NOT NULL AND %s
               AND answer.date BETWEEN %s AND %s %s
               ORDER BY answer.partner_id, answer.date, answer.id""",
            SQL(" AND ").join(conditions),
            span.since,
            span.as_of,
            self._alert_only(SQL("answer.commercial_partner_id"), span.partners),
        )

    @api.model
    def _store_voice(self, company, as_of, partner_ids=None):
        """Write what customers last said to their profiles where it differs, in one statement.

        :return: the number of profiles that changed
        """
        columns = [SQL.identifier(name) for name in VOICE]
        only = SQL("AND known.partner_id = ANY(%s)", list(partner_ids)) if partner_ids else SQL()
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile profile
                   SET (%(columns)s) = ROW(%(found)s), write_date = %(now)s, write_uid = %(uid)s
                   FROM (SELECT known.id, voice.* FROM retention_profile known
                         LEFT JOIN (%(answers)s) voice ON voice.partner_id = known.partner_id
                         WHERE known.company_id = %(company)s %(only)s) found
                   WHERE found.id = profile.id
                   AND (%(profile)s) IS DISTINCT FROM (%(found)s)""",
                columns=SQL(", ").join(columns),
                found=SQL(", ").join(SQL("found.%s", column) for column in columns),
                profile=SQL(", ").join(SQL("profile.%s", column) for column in columns),
                now=self.env.cr.now(),
                uid=self.env.uid,
                answers=self._voice_figures(company, as_of, partner_ids),
                company=company.id,
                only=only,
            )
        )
        return self.env.cr.rowcount
