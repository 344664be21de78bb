from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _next_purchases(self, scope, day):
        """Return {customer: first purchase day after ``day``, up to ``scope.as_of``}."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT partner_id, MIN(day) FROM (%s) bought
                       WHERE documents > 0 AND day > %s GROUP BY partner_id""",
                    self._purchase_rows(scope),
                    day,
                )
            )
        )
