from odoo import api, fields, models

TICKET = "helpdesk.ticket"


class RetentionEnrollment(models.Model):
    """An enrollment may be about a ticket."""

    _inherit = "retention.enrollment"

    ticket_id = fields.Many2one(TICKET, compute="_compute_ticket", compute_sudo=True)
    ticket_number = fields.Char(compute="_compute_ticket", compute_sudo=True)
    ticket_name = fields.Char("Title of the Ticket", compute="_compute_ticket", compute_sudo=True)

    @api.depends("source_model", "source_id")
    def _compute_ticket(self):
        ids = [e.source_id for e in self if e.source_model == TICKET]
        tickets = {ticket.id: ticket for ticket in self.env[TICKET].browse(ids).exists()}
        for enrollment in self:
            found = enrollment.source_model == TICKET and tickets.get(enrollment.source_id)
            enrollment.ticket_id = found
            enrollment.ticket_number = found and found.number
            enrollment.ticket_name = found and found.name

    @api.model
    def _exit_reasons(self):
        return {
            **super()._exit_reasons(),
            "ticket_closed": self.env._("Ticket closed"),
            "ticket_reopened": self.env._("Ticket opened again"),
        }

    def _check_exits(self, company, now):
        about = self.filtered(lambda e: e.live and e.arm == "treated" and e.source_model == TICKET)
        for trigger, reason in (
            ("ticket_opened", "ticket_closed"),
            ("ticket_closed", "ticket_reopened"),
        ):
            mine = about.filtered(lambda e, trigger=trigger: e.sop_id.trigger == trigger)
            mine.filtered(lambda e: not e._ticket_calls_for_it())._leave(reason, now)
        return super()._check_exits(company, now)

    def _ticket_calls_for_it(self):
        """Return whether the ticket is still as it was when the procedure began."""
        stage = self.ticket_id.stage_id
        if self.sop_id.trigger == "ticket_opened":
            return bool(self.ticket_id) and not stage.closed
        return not self.ticket_id or stage.closed and not stage.retention_unsolved
