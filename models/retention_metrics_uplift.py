from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What customers did after entering procedures, each customer once."""

    _inherit = "retention.metrics"

    @api.model
    def _first_passes(self, company):
        """Return what became of each customer's first pass, for all procedures of a company.

        A customer counts once for a procedure and a share held out: later passes depend on
        what the first one did, so they prove nothing. Rows (first version, share in percent,
        arm, window over, revenue, customers, answered, bought, bought before, cost).
        """
        for model in ("retention.enrollment", "retention.sop"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT root_id, share, arm, over, revenue, COUNT(*), COUNT(responded_on),
                          COUNT(purchased_on), COUNT(bought_before_on), SUM(cost)::float8
                   FROM (SELECT DISTINCT ON (enrollment.root_id, share, enrollment.partner_id)
                                enrollment.root_id, share, enrollment.arm,
                                enrollment.window_over IS TRUE AS over,
                                COALESCE(enrollment.revenue, 0)::float8 AS revenue,
                                enrollment.responded_on, enrollment.purchased_on,
                                enrollment.bought_before_on,
                                COALESCE(enrollment.cost, 0) AS cost
                         FROM retention_enrollment enrollment
                         JOIN retention_sop sop ON sop.id = enrollment.sop_id
                         CROSS JOIN LATERAL (
                             SELECT COALESCE(enrollment.holdout, sop.holdout, 0) AS share) drawn
                         WHERE enrollment.company_id = %s
                         ORDER BY enrollment.root_id, share, enrollment.partner_id,
                                  enrollment.entered_on, enrollment.id) pass
                   GROUP BY root_id, share, arm, over, revenue
                   ORDER BY root_id, share, arm, over, revenue""",
                company.id,
            )
        )
