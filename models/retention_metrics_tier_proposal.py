from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases


class RetentionMetrics(models.AbstractModel):
    """Amounts of the last 12 months, from which the first tiers are proposed."""

    _inherit = "retention.metrics"

    @api.model
    def _margin_query(self, scope):
        """Return SQL (partner_id, day, margin, amount) of purchases whose cost is known. Hook.

        None where nobody knows costs. In company currency; ``amount`` is the net amount of what
        has a cost.
        """
        return

    @api.model
    def _tier_amounts(self, company, as_of):
        """Return (net cents, margins) of each customer who bought for more than nothing.

        Ascending by amount. Credit notes for what was ordered count on the order basis too, as
        they do in tiers. The margins are cents in the same order, or None unless the cost is
        known of what makes half of the revenue.
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
        margin = self._margin_query(scope)
        known = margin is not None
        nobody = SQL("SELECT 0 AS partner_id, NULL::date AS day, 0 AS margin, 0 AS amount")
        rows = self.env.execute_query(
            SQL(
                """SELECT summed.cents, COALESCE(earned.cents, 0), COALESCE(earned.costed, 0)
                   FROM (SELECT partner_id, %(cents)s AS cents
                         FROM (%(bought)s) bought WHERE day > %(start)s
                         GROUP BY partner_id) summed
                   LEFT JOIN (SELECT partner_id, %(margin)s AS cents, %(cents)s AS costed
                              FROM (%(earned)s) costed WHERE day > %(start)s
                              GROUP BY partner_id) earned USING (partner_id)
                   WHERE summed.cents > 0 ORDER BY summed.cents, partner_id""",
                cents=SQL("(ROUND(SUM(amount)::numeric, 2) * 100)::bigint"),
                margin=SQL("(ROUND(SUM(margin)::numeric, 2) * 100)::bigint"),
                bought=bought,
                earned=margin if known else nobody,
                start=purchases.window_start(as_of, 12),
            )
        )
        amounts, margins, costed = zip(*rows, strict=True) if rows else ((), (), ())
        known = known and sum(costed) * 2 >= sum(amounts)
        return list(amounts), list(margins) if known else None
