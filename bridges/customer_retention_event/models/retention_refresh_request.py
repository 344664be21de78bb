from odoo import api, models
from odoo.tools import SQL


class RetentionRefreshRequest(models.Model):
    _inherit = "retention.refresh.request"

    @api.model
    def _asked_rows(self, asked):
        """With who registered, or whose address is given; events without a company wait for
        the night."""
        rows = super()._asked_rows(asked)
        if registrations := sorted(asked.get("event.registration", ())):
            rows.append(
                SQL(
                    """SELECT contact.id AS partner_id, registration.company_id
                       FROM event_registration registration
                       JOIN res_partner contact ON contact.id = registration.partner_id
                            OR contact.email_normalized = LOWER(TRIM(registration.email))
                       WHERE registration.id = ANY(%s)""",
                    registrations,
                )
            )
        return rows
