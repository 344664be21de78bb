from odoo import api, models
from odoo.tools import SQL


class RetentionAudit(models.AbstractModel):
    _inherit = "retention.audit"

    @api.model
    def _sentences(self):
        return super()._sentences() | {
            "forecast": self.env._(
                "A customer's forecast is of another day than the newest fit, or is no forecast."
            )
        }


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _audit_queries(self, company):
        return super()._audit_queries(company) | {
            "forecast": SQL(
                """SELECT profile.id FROM retention_profile profile
                   WHERE profile.company_id = %(company)s AND profile.forecast_on IS NOT NULL
                   AND (profile.purchase_chance NOT BETWEEN 0 AND 1
                        OR profile.purchase_horizon < 90
                        OR profile.expected_purchases < 0
                        OR profile.forecast_on IS DISTINCT FROM (
                            SELECT MAX(as_of) FROM retention_purchase_model fit
                            WHERE fit.company_id = %(company)s AND fit.kind = 'week'
                            AND fit.state = 'fitted'))""",
                company=company.id,
            )
        }
