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
    def _enrollment_costs(self, company, ids):
        """What redeemed coupons took off orders, where coupons are redeemed on orders."""
        costs = super()._enrollment_costs(company, ids)
        lines = self.env["sale.order.line"]
        if "coupon_id" not in lines._fields:  # sale_loyalty is not there
            return costs
        self.env["loyalty.history"].flush_model()
        lines.flush_model(["order_id", "coupon_id", "price_subtotal"])
        self.env["sale.order"].flush_model(["state", "currency_rate"])
        taken_off = SQL(
            """SELECT run.enrollment_id,
                      -line.price_subtotal / COALESCE(NULLIF(orders.currency_rate, 0), 1)
                          AS amount
               FROM retention_sop_step_run run
               JOIN loyalty_history history ON history.card_id = run.coupon_id
                    AND history.used > 0 AND history.order_model = 'sale.order'
               JOIN sale_order orders ON orders.id = history.order_id AND orders.state = 'sale'
               JOIN sale_order_line line ON line.order_id = orders.id
                    AND line.coupon_id = run.coupon_id
               WHERE run.enrollment_id = ANY(%s)""",
            ids,
        )
        return [*costs, taken_off]

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

    @api.model
    def _ordering_contacts(self, company, partner_ids):
        """Return {customer: contact of the customer's latest order}: points belong to it."""
        self.env["sale.order"].flush_model(["partner_id", "company_id", "state", "date_order"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (partner.commercial_partner_id)
                              partner.commercial_partner_id, orders.partner_id
                       FROM sale_order orders
                       JOIN res_partner partner ON partner.id = orders.partner_id
                       WHERE partner.commercial_partner_id = ANY(%s)
                       AND orders.company_id IN %s AND orders.state = 'sale'
                       ORDER BY partner.commercial_partner_id, orders.date_order DESC,
                                orders.id DESC""",
                    list(partner_ids),
                    company._retention_members(),
                )
            )
        )
