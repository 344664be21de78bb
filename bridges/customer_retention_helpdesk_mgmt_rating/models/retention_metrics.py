from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """The last rating of a ticket; its stored 0 stands for none."""

    _inherit = "retention.metrics"

    @api.model
    def _ticket_columns(self):
        return super()._ticket_columns() | {"rating": SQL("NULLIF(ticket.rating_last_value, 0)")}

    @api.model
    def _request_fields(self):
        fields = super()._request_fields()
        names = [*fields["helpdesk.ticket"], "rating_last_value"]
        return fields | {"helpdesk.ticket": names}
