from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    retention_plain = fields.Boolean(
        "No Complaints",
        help="Wishes and questions: its tickets do not count as complaints.",
    )
