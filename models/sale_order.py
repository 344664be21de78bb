from odoo import api, models

ORDER_FIELDS = {
    "state",
    "partner_id",
    "date_order",
    "company_id",
    "currency_id",
    "pricelist_id",
    "order_line",
}
LINE_FIELDS = {
    "price_unit",
    "product_uom_qty",
    "discount",
    "tax_ids",
    "product_id",
    "price_subtotal",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # A first quotation makes a prospect known; an order made confirmed is a purchase.
        self.env["retention.refresh.request"]._ask("sale.order", orders.ids)
        return orders

    def write(self, vals):
        if not ORDER_FIELDS & vals.keys():
            return super().write(vals)
        request = self.env["retention.refresh.request"]
        if {"partner_id", "company_id"} & vals.keys():
            request._ask_pairs((order.partner_id.id, order.company_id.id) for order in self)
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super().write(vals)
        confirmed |= self.filtered(lambda order: order.state == "sale")
        if confirmed:
            request._ask("sale.order", confirmed.ids)
        return result

    def unlink(self):
        pairs = {(order.partner_id.id, order.company_id.id) for order in self}
        result = super().unlink()
        self.env["retention.refresh.request"]._ask_pairs(pairs)
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ask_retention_refresh()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if LINE_FIELDS & vals.keys():
            self._ask_retention_refresh()
        return result

    def unlink(self):
        confirmed = self.order_id.filtered(lambda order: order.state == "sale")
        result = super().unlink()
        if confirmed:
            self.env["retention.refresh.request"]._ask("sale.order", confirmed.ids)
        return result

    def _ask_retention_refresh(self):
        confirmed = self.order_id.filtered(lambda order: order.state == "sale")
        if confirmed:
            self.env["retention.refresh.request"]._ask("sale.order", confirmed.ids)
