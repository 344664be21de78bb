from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _bought_after(self, scope, day):
        """Return {customer: whether it bought after ``day``, up to ``scope.as_of``}, and the
        day of the first purchase of all (None without one)."""
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, MIN(day), BOOL_OR(day > %s) FROM (%s) bought
                   WHERE documents > 0 GROUP BY partner_id""",
                day,
                self._purchase_rows(scope),
            )
        )
        first = min((first for _partner, first, _back in rows), default=None)
        return {partner: back for partner, _first, back in rows}, first
