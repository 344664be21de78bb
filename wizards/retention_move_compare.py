from odoo import models


class RetentionMoveCompare(models.TransientModel):
    """Asks for two months, and opens who moved between them from where to where."""

    _name = "retention.move.compare"
    _description = "Compare Two Months"
    _inherit = "retention.month.choice"

    def action_open(self):
        """Open the moves between the two months."""
        months, label = self._chosen()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_move_report"
        )
        return {
            # Without its address: that one always speaks of the last months.
            **{name: action[name] for name in ("type", "res_model", "view_mode", "help")},
            "name": self.env._("Moves, %s", label),
            "context": months,
        }
