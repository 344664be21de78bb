from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    retention_unsolved = fields.Boolean(
        "Closed Without a Solution",
        help="As when it is cancelled: nobody asks the customer afterwards whether all is well.",
    )
