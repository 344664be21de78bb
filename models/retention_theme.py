from odoo import fields, models


class RetentionTheme(models.Model):
    """What customers talk about: delivery, quality, price; cases and answers are sorted by it."""

    _name = "retention.theme"
    _description = "Theme"
    _order = "name, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: for all companies."
    )
    active = fields.Boolean(default=True)
