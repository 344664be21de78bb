from odoo import api, fields, models

WATCHED = {
    "active",
    "category_id",
    "company_id",
    "duplicate_id",
    "partner_id",
    "priority",
    "retention_first_reply_at",
    "retention_product_id",
    "stage_id",
}


class HelpdeskTicket(models.Model):
    """What happens with a ticket makes its customer be looked at again."""

    _name = "helpdesk.ticket"
    _inherit = ["retention.request.mixin", "helpdesk.ticket"]

    partner_id = fields.Many2one(index="btree_not_null")

    @api.model
    def _retention_closed_column(self):
        return "closed"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        self.env["retention.refresh.request"]._ask("helpdesk.ticket", tickets.ids)
        return tickets

    def write(self, vals):
        if not WATCHED & vals.keys():
            return super().write(vals)
        request = self.env["retention.refresh.request"]
        if "partner_id" in vals:
            before = self.filtered("partner_id")
            request._ask_pairs((t.partner_id.id, t.company_id.id) for t in before)
        result = super().write(vals)
        request._ask("helpdesk.ticket", self.ids)
        return result
