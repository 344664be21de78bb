from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _coupon_uses(self):
        """Return SQL (card_id, moment): when each coupon was first redeemed, wherever that was.

        Odoo writes the history as an order is confirmed, and removes it with a cancelled one.
        """
        self.env["loyalty.history"].flush_model()
        self.env["sale.order"].flush_model(["date_order"])
        return SQL(
            """SELECT history.card_id,
                      MIN(COALESCE(orders.date_order, history.create_date)) AS moment
               FROM loyalty_history history
               LEFT JOIN sale_order orders ON history.order_model = 'sale.order'
                    AND orders.id = history.order_id
               WHERE history.used > 0 GROUP BY history.card_id"""
        )

    @api.model
    def _coupons_used(self, card_ids):
        """Return {card id: moment} of those that were redeemed."""
        if not card_ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT card_id, moment FROM (%s) uses WHERE card_id = ANY(%s)",
                    self._coupon_uses(),
                    list(card_ids),
                )
            )
        )

    @api.model
    def _coupon_counts(self, root_ids):
        """Return {first version: (coupons given, redeemed)} of procedures, all versions."""
        self.env["retention.sop.step.run"].flush_model(["enrollment_id", "coupon_id"])
        self.env["retention.enrollment"].flush_model(["root_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT enrollment.root_id, COUNT(*), COUNT(uses.card_id)
                   FROM retention_sop_step_run run
                   JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
                   LEFT JOIN (%s) uses ON uses.card_id = run.coupon_id
                   WHERE run.coupon_id IS NOT NULL AND enrollment.root_id = ANY(%s)
                   GROUP BY enrollment.root_id""",
                self._coupon_uses(),
                list(root_ids),
            )
        )
        return {root_id: (given, used) for root_id, given, used in rows}
