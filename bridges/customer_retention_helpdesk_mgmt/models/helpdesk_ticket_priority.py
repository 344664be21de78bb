from odoo import api, models

DEFAULT = "1"  # with what priority the Helpdesk has tickets begin


class HelpdeskTicket(models.Model):
    """With what priority a ticket begins; what a person chooses is never changed."""

    _inherit = "helpdesk.ticket"

    @api.onchange("partner_id", "company_id")
    def _onchange_start_priority(self):
        """Raise the priority in front of the person who opens the ticket, who may lower it."""
        if self._origin or self.priority not in (False, DEFAULT):
            return
        company, contact = self.company_id or self.env.company, self.partner_id
        priorities = company._retention_start_priorities(contact)
        self.priority = priorities.get(contact._origin.id, self.priority)

    @api.model_create_multi
    def create(self, vals_list):
        self._raise_start_priorities(vals_list)
        return super().create(vals_list)

    @api.model
    def _raise_start_priorities(self, vals_list):
        """Fill in where nobody chose: tickets by mail, from the portal, from other programs."""
        silent = {}
        for vals in vals_list:
            if vals.get("partner_id") and not vals.get("priority"):
                company_id = vals.get("company_id") or self.env.company.id
                silent.setdefault(company_id, []).append(vals)
        for company_id, mine in silent.items():
            contacts = self.env["res.partner"].browse({vals["partner_id"] for vals in mine})
            company = self.env["res.company"].browse(company_id)
            priorities = company._retention_start_priorities(contacts)
            for vals in mine:
                if priority := priorities.get(vals["partner_id"]):
                    vals["priority"] = priority
