from odoo import models


class HelpdeskTicket(models.Model):
    """A ticket may be about a product pain, which then counts its customer."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "retention.pain.source"]
