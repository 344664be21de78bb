from odoo import api, fields, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """Whether a ticket missed its service level; NULL where none applies to it."""

    _inherit = "retention.metrics"

    @api.model
    def _ticket_columns(self):
        # Like the ticket's own "SLA expired", which speaks of this moment and of no other.
        missed = SQL(
            """(SELECT BOOL_OR(sla.state = 'expired'
                               OR sla.state = 'in_progress' AND sla.deadline < %s)
                FROM helpdesk_ticket_sla sla WHERE sla.ticket_id = ticket.id)""",
            fields.Datetime.now(),
        )
        return super()._ticket_columns() | {"sla_missed": missed}

    @api.model
    def _request_fields(self):
        return super()._request_fields() | {
            "helpdesk.ticket.sla": ["deadline", "state", "ticket_id"]
        }
