from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _margin_query(self, scope):
        """Margins of confirmed orders' lines; those without a cost say nothing."""
        if scope.basis != "order":
            return super()._margin_query(scope)
        self.env["sale.order.line"].flush_model(["margin", "purchase_price"])
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                      line.margin / COALESCE(NULLIF(so.currency_rate, 0), 1) AS margin,
                      line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount
               FROM sale_order so
               JOIN res_partner partner ON partner.id = so.partner_id
               JOIN sale_order_line line ON line.order_id = so.id
               WHERE so.state = 'sale' AND so.company_id IN %(members)s
               AND so.date_order
                   < ((%(as_of)s::date + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC')
               AND line.display_type IS NULL AND line.product_id IS NOT NULL
               AND line.purchase_price > 0 %(only)s""",
            zone=scope.company._retention_timezone(),
            members=scope.company._retention_members(),
            as_of=scope.as_of,
            only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )
