from odoo import api, models


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.model
    def _records_of_requests(self, profile):
        tickets = {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "view_mode": "list,form",
            "domain": [
                ("partner_id", "child_of", profile.partner_id.id),
                ("team_id.company_id", "child_of", profile.company_id.id),
            ],
            "name": self.env._("Tickets"),
        }
        return super()._records_of_requests(profile) | {"helpdesk.ticket": tickets}
