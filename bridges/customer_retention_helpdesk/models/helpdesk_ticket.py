from odoo import api, models

from ..adapter import show_fields, show_widget

WATCHED = {
    "active",
    "partner_id",
    "priority",
    "retention_first_reply_at",
    "retention_product_id",
    "stage_id",
    "team_id",
    "ticket_type_id",
}


class HelpdeskTicket(models.Model):
    """What happens with a ticket makes its customer be looked at again."""

    _name = "helpdesk.ticket"
    _inherit = ["retention.request.mixin", "helpdesk.ticket"]

    @api.model
    def _retention_closed_column(self):
        return "fold"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            show_fields(arch, "partner_id", ["retention_product_id"])
            show_widget(arch, "retention_service_panel")
        return arch, view

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        self.env["retention.refresh.request"]._ask("helpdesk.ticket", tickets.ids)
        return tickets

    def write(self, vals):
        if not WATCHED & vals.keys():
            return super().write(vals)
        request = self.env["retention.refresh.request"]
        if {"partner_id", "team_id"} & vals.keys():
            before = self.filtered("partner_id")
            request._ask_pairs((t.partner_id.id, t.team_id.company_id.id) for t in before)
        result = super().write(vals)
        request._ask("helpdesk.ticket", self.ids)
        return result
