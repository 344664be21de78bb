from odoo import api, fields, models

USER = "customer_retention.group_user"


class HelpdeskTicket(models.Model):
    """Who has a raised service level is seen on the ticket.

    The priority stays what it is, the gravity of the matter: it warns of customers who may leave.
    """

    _inherit = "helpdesk.ticket"

    retention_service_level = fields.Selection(
        selection="_selection_service_level",
        string="Service Level",
        compute="_compute_retention_service_level",
        compute_sudo=True,
        groups=f"{USER},helpdesk_mgmt.group_helpdesk_user_own",
        help="A benefit of the customer's tier.",
    )

    @api.model
    def _selection_service_level(self):
        benefits = self.env["retention.tier.benefit"]
        return benefits._fields["service_priority"]._description_selection(self.env)

    @api.depends("partner_id", "company_id")
    def _compute_retention_service_level(self):
        grants = self.env["retention.tier.grant"]
        self.retention_service_level = False
        for company, tickets in self.grouped("company_id").items():
            customers = tickets.partner_id.commercial_partner_id
            levels = grants._service_levels(company, customers.ids) if company else {}
            for ticket in tickets:
                customer = ticket.partner_id.commercial_partner_id
                ticket.retention_service_level = levels.get(customer.id, False)
