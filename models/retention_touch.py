from odoo import fields, models


class RetentionTouch(models.Model):
    _name = "retention.touch"
    _description = "Touch"
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    state = fields.Char()
