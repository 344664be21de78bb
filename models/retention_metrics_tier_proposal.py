from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases


class RetentionMetrics(models.AbstractModel):
    """Amounts of the last 12 months, from which the first tiers are proposed."""

    _inherit = "retention.metrics"

    @api.model
    def _tier_amounts(self, company, as_of):
        """Return the net cents of each customer who bought for more than nothing, ascending.

        Credit notes for what was ordered count on the order basis too, as they do in tiers.
        """
        scope = self._scope(company, as_of)
        bought = self._union(source.money for source in self._purchase_queries(scope))
        if scope.basis == "order":
            bought = SQL(
                """SELECT partner_id, day, amount FROM (%s) ordered UNION ALL
                   SELECT partner_id, day, amount FROM (%s) refunded""",
                bought,
                self._order_refunds(scope),
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT cents FROM (
                       SELECT (ROUND(SUM(amount)::numeric, 2) * 100)::bigint AS cents
                       FROM (%s) bought WHERE day > %s GROUP BY partner_id) summed
                   WHERE cents > 0 ORDER BY cents""",
                bought,
                purchases.window_start(as_of, 12),
            )
        )
        return [cents for (cents,) in rows]
