from odoo import fields, models

RAISED = [("2", "High priority"), ("3", "Very high priority")]


class ResCompany(models.Model):
    """With what priority tickets begin; nothing is changed until a manager says so."""

    _inherit = "res.company"

    retention_priority_by_level = fields.Boolean(
        "Tickets begin with the customer's service level",
        help="Of customers whose tier has a raised service level: served first begins as high, "
        "served at once as very high priority.",
    )
    retention_priority_rescue = fields.Selection(
        RAISED,
        "Priority while a customer is being rescued",
        help="Tickets of customers in a rescue procedure begin with it. Empty: as usual.",
    )

    def _retention_start_priorities(self, contacts):
        """Return {contact id: priority} of those whose tickets begin with a raised one."""
        self.ensure_one()
        company = self.sudo()
        customers = contacts.sudo().commercial_partner_id
        if not customers:
            return {}
        found = {}
        if company.retention_priority_by_level:
            grants = self.env["retention.tier.grant"]
            found = grants._service_levels(company, customers._origin.ids)
        if rescue := company.retention_priority_rescue:
            running = (
                self.env["retention.enrollment"]
                .sudo()
                .search(
                    [
                        ("partner_id", "in", customers._origin.ids),
                        ("company_id", "=", company._retention_company().id),
                        ("purpose", "=", "rescue"),
                        ("arm", "=", "treated"),
                        ("live", "=", True),
                    ]
                )
            )
            for customer in running.partner_id:
                found[customer.id] = max(found.get(customer.id, rescue), rescue)
        return {
            contact._origin.id: found[contact.commercial_partner_id._origin.id]
            for contact in contacts.sudo()
            if contact.commercial_partner_id._origin.id in found
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_priority_by_level = fields.Boolean(
        related="company_id.retention_priority_by_level", readonly=False
    )
    retention_priority_rescue = fields.Selection(
        related="company_id.retention_priority_rescue", readonly=False
    )
