from odoo import fields, models


class RetentionCompetitor(models.Model):
    """Somebody our customers may buy from instead."""

    _name = "retention.competitor"
    _description = "Competitor"
    _order = "name, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", help="Empty: for all companies."
    )
    website = fields.Char()
    note = fields.Text("Strengths and Weaknesses")
    active = fields.Boolean(default=True)
