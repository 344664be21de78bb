from odoo import api, models
from odoo.tools import SQL


class RetentionRefreshRequest(models.Model):
    _inherit = "retention.refresh.request"

    @api.model
    def _asked_rows(self, asked):
        rows = super()._asked_rows(asked)
        if tickets := sorted(asked.get("helpdesk.ticket", ())):
            rows.append(
                SQL(
                    "SELECT partner_id, company_id FROM helpdesk_ticket WHERE id = ANY(%s)",
                    tickets,
                )
            )
        return rows
