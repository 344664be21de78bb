from odoo import api, models

COUNTED = ("paid", "done")
ORDER_FIELDS = {"partner_id", "company_id", "date_order", "session_id", "account_move", "lines"}
LINE_FIELDS = {
    "order_id",
    "price_subtotal",
    "price_unit",
    "qty",
    "sale_order_line_id",
}


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._ask_retention_refresh()
        return orders

    def write(self, vals):
        if not (ORDER_FIELDS | {"state"}) & vals.keys():
            return super().write(vals)
        before = self._retention_counted()
        moved = {"partner_id", "company_id"} & vals.keys()
        pairs = {(order.partner_id.id, order.company_id.id) for order in before if moved}
        changed = bool(ORDER_FIELDS & vals.keys())
        result = super().write(vals)
        after = self._retention_counted()
        # Closing a session moves all its orders from paid to posted: that changes no figure.
        asked = before | after if changed else (before | after) - (before & after)
        asked._ask_retention_refresh()
        if pairs:
            self.env["retention.refresh.request"]._ask_pairs(pairs)
        return result

    def _retention_counted(self):
        return self.filtered(lambda order: order.state in COUNTED)

    def _ask_retention_refresh(self):
        counted = self._retention_counted().filtered("partner_id")
        if counted:
            self.env["retention.refresh.request"]._ask("pos.order", counted.ids)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._ask_retention_refresh()
        return lines

    def write(self, vals):
        if not LINE_FIELDS & vals.keys():
            return super().write(vals)
        orders = self.order_id
        result = super().write(vals)
        (orders | self.order_id)._ask_retention_refresh()
        return result
