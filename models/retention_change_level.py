from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class RetentionChange(models.Model):
    """Which risk level a customer entered, to be counted per month."""

    _inherit = "retention.change"

    entered_level = fields.Selection(
        lambda self: self._selection_entered_level(),
        compute="_compute_entered_level",
        search="_search_entered_level",
    )

    @api.model
    def _selection_entered_level(self):
        return self.env["retention.profile"]._fields["risk_level"]._description_selection(self.env)

    @api.depends("what", "new_value")
    def _compute_entered_level(self):
        for change in self:
            change.entered_level = change.what == "risk_level" and change.new_value

    def _search_entered_level(self, operator, value):
        if operator != "in":
            return NotImplemented
        levels = [level for level in value if level]
        entered = Domain("what", "=", "risk_level")
        found = entered & Domain("new_value", "in", levels)
        return found | ~entered if False in value else found

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "entered_level":
            # Kept once, as the change's new value; as a selection it has labels.
            what, value = self._fields["what"], self._fields["new_value"]
            return SQL(
                "CASE %s WHEN 'risk_level' THEN %s END",
                SQL.identifier(alias, what.name, to_flush=what),
                SQL.identifier(alias, value.name, to_flush=value),
            )
        return super()._field_to_sql(alias, field_expr, query)
