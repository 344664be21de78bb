from odoo import api, models
from odoo.tools import SQL


class RetentionRefreshRequest(models.Model):
    _inherit = "retention.refresh.request"

    @api.model
    def _asked_rows(self, asked):
        rows = super()._asked_rows(asked)
        if tickets := sorted(asked.get("helpdesk.ticket", ())):
            tables = self.env["retention.metrics"]._ticket_tables()
            rows.append(
                SQL(
                    """SELECT ticket.partner_id, team.company_id
                       FROM %s ticket JOIN %s team ON team.id = ticket.team_id
                       WHERE ticket.id = ANY(%s)""",
                    SQL.identifier(tables.ticket),
                    SQL.identifier(tables.team),
                    tickets,
                )
            )
        return rows
