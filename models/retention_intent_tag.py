from random import randint

from odoo import api, fields, models


class RetentionIntentTag(models.Model):
    """What a customer said they want: a word to pick while noting a talk."""

    _name = "retention.intent.tag"
    _description = "Intent Tag"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: self._default_color())
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    leaving = fields.Boolean(
        "Means Leaving", help="A talk with this tag warns that the customer wants to leave."
    )
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", help="Empty: for all companies."
    )

    @api.model
    def _default_color(self):
        return randint(1, 11)
