from odoo import models


class HelpdeskTicket(models.Model):
    """Sales hears of tickets that are solved, and that they were opened again."""

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        was_open = self.filtered(lambda ticket: not ticket.stage_id.closed)
        result = super().write(vals)
        service = self.env["retention.service"]
        closed = self.filtered("stage_id.closed")
        service._request_closed(self._name, (was_open & closed).ids)
        service._request_reopened(self._name, (self - was_open - closed).ids)
        return result
