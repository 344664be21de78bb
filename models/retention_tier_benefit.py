from odoo import api, fields, models


class RetentionTierBenefit(models.Model):
    """Something that the customers of a tier get."""

    _name = "retention.tier.benefit"
    _description = "Tier Benefit"
    _order = "tier_id, sequence, id"
    _allow_sudo_commands = False

    tier_id = fields.Many2one("retention.tier", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="tier_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    type = fields.Selection(selection="_selection_type", required=True, default="manual")

    @api.model
    def _benefit_types(self):
        """Return [(type, label)]. Hook: a bridge calls super() and appends."""
        return [("manual", self.env._("Given by a Person"))]

    @api.model
    def _selection_type(self):
        return self._benefit_types()

    @api.model
    def _follow_moves(self, company, moves, as_of, quiet):
        """Give and take back what follows from customers' changes of tier.

        :param moves: list of dicts with ``profile_id``, ``old`` and ``new`` (tier ids or
            False), ``cause`` and ``evidence``
        :param quiet: nothing goes to a customer: the first load, or changed rules
        """
