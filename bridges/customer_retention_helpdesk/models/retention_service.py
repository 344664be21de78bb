from odoo import api, models

from odoo.addons.customer_retention.models.retention_service import RequestModel

USER = "customer_retention.group_user"
AGENT = "helpdesk.group_helpdesk_user"


class RetentionService(models.AbstractModel):
    """Agents see the customer on the tickets that they may read."""

    _inherit = "retention.service"

    @api.model
    def _request_models(self):
        return super()._request_models() | {"helpdesk.ticket": RequestModel((AGENT, USER))}
