"""Only what the documentation names: written for tests, nothing was copied."""

from odoo import fields, models


class HelpdeskTeam(models.Model):
    _name = "helpdesk.team"
    _description = "Stand-in Team"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)


class HelpdeskStage(models.Model):
    _name = "helpdesk.stage"
    _description = "Stand-in Stage"

    name = fields.Char(required=True)
    fold = fields.Boolean()


class HelpdeskTicketType(models.Model):
    _name = "helpdesk.ticket.type"
    _description = "Stand-in Type"

    name = fields.Char(required=True)


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _description = "Stand-in Ticket"
    _inherit = ["rating.mixin", "mail.activity.mixin"]

    name = fields.Char(required=True)
    ticket_ref = fields.Char()
    active = fields.Boolean(default=True)
    team_id = fields.Many2one("helpdesk.team")
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    stage_id = fields.Many2one("helpdesk.stage", tracking=True)
    fold = fields.Boolean(related="stage_id.fold")
    ticket_type_id = fields.Many2one("helpdesk.ticket.type")
    partner_id = fields.Many2one("res.partner", index=True)
    user_id = fields.Many2one("res.users")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Urgent")], default="0"
    )
    assign_date = fields.Datetime()
    close_date = fields.Datetime()
    date_last_stage_update = fields.Datetime(default=fields.Datetime.now)
    sla_status_ids = fields.One2many("helpdesk.sla.status", "ticket_id")

    def write(self, vals):
        if "stage_id" in vals:
            now = fields.Datetime.now()
            stage = self.env["helpdesk.stage"].browse(vals["stage_id"])
            vals = {
                **vals,
                "date_last_stage_update": now,
                "close_date": now if stage.fold else False,
            }
        return super().write(vals)


class HelpdeskSlaStatus(models.Model):
    _name = "helpdesk.sla.status"
    _description = "Stand-in Service Level"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    deadline = fields.Datetime()
    reached_datetime = fields.Datetime()
