from odoo import api, fields, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """Cases among what customers asked for."""

    _inherit = "retention.metrics"

    @api.model
    def _request_queries(self, company):
        return super()._request_queries(company) | {"retention.case": self._case_query(company)}

    @api.model
    def _case_query(self, company):
        return SQL(
            """SELECT kase.id AS request_id, kase.partner_id AS contact_id,
                      kase.opened_at AS opened_at, kase.closed_at AS closed_at,
                      kase.state = 'solved' AS solved, kase.severity::int AS severity,
                      kase.kind = 'complaint' AS complaint, kase.theme_id AS category_id,
                      kase.product_id AS product_id, kase.first_reply_at AS first_reply_at,
                      EXTRACT(EPOCH FROM kase.reply_due_at - kase.opened_at) / 3600.0
                          AS reply_hours, %s AS sla_missed,
                      COALESCE(kase.reopened_count, 0) AS reopened, NULL::float AS rating
               FROM retention_case kase
               WHERE kase.partner_id IS NOT NULL AND kase.company_id IN %s""",
            self.env["retention.case"]._missed_sql("kase", fields.Datetime.now()),
            company._retention_members(),
        )

    @api.model
    def _request_fields(self):
        return super()._request_fields() | {
            "retention.case": [
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
        }
