from odoo import api, models


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.model
    def _records_of_requests(self, profile):
        return super()._records_of_requests(profile) | {
            "helpdesk.ticket": profile._action_tickets()
        }
