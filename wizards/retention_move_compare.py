from odoo import models


class RetentionMoveCompare(models.TransientModel):
    """Asks for two months, and opens who moved between them from where to where."""

    _name = "retention.move.compare"
    _description = "Compare Two Months"
    _inherit = "retention.month.choice"

    def action_open(self):
        """Open the moves between the two months."""
        months, label = self._chosen()
        return self._report_action("action_move_report", self.env._("Moves, %s", label), months)
