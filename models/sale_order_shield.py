from odoo import api, fields, models


class SaleOrder(models.Model):
    """A quotation warns of open problems of its customer; it never blocks.

    Without groups: :class:`RetentionShield` says who is told what.
    """

    _inherit = "sale.order"

    retention_problem_title = fields.Char(
        "Warning", compute="_compute_retention_problem", export_string_translation=False
    )
    retention_problem_text = fields.Text("Open Problems", compute="_compute_retention_problem")
    retention_problem_grave = fields.Boolean(
        "Problem With a Product Quoted", compute="_compute_retention_problem"
    )

    @api.depends("partner_id", "company_id", "state", "order_line.product_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_retention_problem(self):
        asks = {
            order: (
                order.company_id,
                order.partner_id.commercial_partner_id._origin.id,
                set(order.order_line.product_id._origin.ids),
            )
            for order in self
            if order.state in ("draft", "sent") and order.partner_id and order.company_id
        }
        shields = self.env["retention.shield"]._shields(asks)
        for order in self:
            shield = shields.get(order)
            order.retention_problem_title = shield and shield.title
            order.retention_problem_text = shield and shield.text
            order.retention_problem_grave = bool(shield and shield.grave)
