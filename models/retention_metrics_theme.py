from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _theme_queries(self, company):
        """Return SELECTs of what names themes. Hook for further ones.

        Columns: theme_id, partner_id (customer, may be NULL), day, what (answer or case),
        unhappy (boolean).
        """
        self.env["retention.feedback"].flush_model([*self._feedback_fields(), "theme_ids"])
        return [
            SQL(
                """SELECT link.theme_id, answer.commercial_partner_id AS partner_id,
                          answer.date AS day, 'answer'::varchar AS what,
                          answer.answer_class = 'bad' AS unhappy
                   FROM retention_feedback_theme_rel link
                   JOIN retention_feedback answer ON answer.id = link.feedback_id
                   WHERE answer.company_id = %s""",
                company.id,
            ),
            self._case_themes(company),
        ]

    @api.model
    def _case_themes(self, company):
        self.env["retention.case"].flush_model(self._request_fields()["retention.case"])
        return SQL(
            """SELECT kase.theme_id, kase.commercial_partner_id AS partner_id,
                      (kase.opened_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day,
                      'case'::varchar AS what, FALSE AS unhappy
               FROM retention_case kase
               WHERE kase.theme_id IS NOT NULL AND kase.company_id = %s""",
            company._retention_timezone(),
            company.id,
        )

    @api.model
    def _theme_counts(self, company, as_of, theme_ids):
        """Return {theme id: (answers, unhappy ones, cases, customers, value)}.

        Of the 12 months up to ``as_of``; value: net amount of these customers in the window.
        """
        self.env["retention.profile"].flush_model(["partner_id", "company_id", "rfm_monetary"])
        rows = self.env.execute_query(
            SQL(
                """WITH said AS (
                       SELECT * FROM (%(said)s) source WHERE theme_id = ANY(%(themes)s)
                       AND day <= %(as_of)s AND day > %(as_of)s::date - INTERVAL '12 months'),
                   worth AS (
                       SELECT theme_id, COUNT(*) AS customers,
                              COALESCE(SUM(profile.rfm_monetary), 0) AS value
                       FROM (SELECT DISTINCT theme_id, partner_id FROM said
                             WHERE partner_id IS NOT NULL) customer
                       LEFT JOIN retention_profile profile
                            ON profile.partner_id = customer.partner_id
                            AND profile.company_id = %(company)s
                       GROUP BY theme_id)
                   SELECT said.theme_id, COUNT(*) FILTER (WHERE said.what = 'answer'),
                          COUNT(*) FILTER (WHERE said.what = 'answer' AND said.unhappy),
                          COUNT(*) FILTER (WHERE said.what = 'case'),
                          COALESCE(MAX(worth.customers), 0), COALESCE(MAX(worth.value), 0)
                   FROM said LEFT JOIN worth ON worth.theme_id = said.theme_id
                   GROUP BY said.theme_id""",
                said=self._union(self._theme_queries(company)),
                themes=list(theme_ids),
                as_of=as_of,
                company=company.id,
            )
        )
        return {row[0]: row[1:] for row in rows}
