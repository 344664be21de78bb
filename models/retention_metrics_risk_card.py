import numpy as np

from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _bought_after(self, scope, day):
        """Return (customers who bought after ``day``, up to ``scope.as_of``, as an array; the
        day of the first purchase of all, None without one)."""
        [[back, first]] = self.env.execute_query(
            SQL(
                """SELECT ARRAY_AGG(DISTINCT partner_id) FILTER (WHERE day > %s), MIN(day)
                   FROM (%s) bought WHERE documents > 0""",
                day,
                self._purchase_rows(scope),
            )
        )
        return np.array(back or (), dtype="int64"), first
