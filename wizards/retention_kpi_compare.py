from odoo import api, fields, models

from ..report.retention_kpi_change import CODE, DEFAULT, MADE


class RetentionKpiCompare(models.TransientModel):
    """Asks for a key figure and a period, and opens whose figure rose or fell most."""

    _name = "retention.kpi.compare"
    _description = "Change of a Key Figure"
    _inherit = "retention.month.choice"

    _back = 2

    code = fields.Selection(
        lambda self: self._codes(),
        "Key Figure",
        required=True,
        default=DEFAULT,
        help="The figure whose change is shown.",
    )
    by = fields.Selection(
        [
            ("user", "By account manager"),
            ("team", "By sales team"),
            ("segment", "By segment"),
            ("tier", "By tier"),
        ],
        "Compare",
        required=True,
        default="user",
        help="Whose figures are compared.",
    )

    @api.model
    def _codes(self):
        known = self.env["retention.kpi"]._kpi_definitions()
        totals = {
            "total_revenue": self.env._("Revenue in the Period"),
            "total_buyers": self.env._("Buying Customers"),
            "total_customers": self.env._("Customers at End"),
        }
        return [(code, totals.get(code) or known[code].label) for code in MADE]

    def action_open(self):
        """Open the figure in the period, in the one before, and the change."""
        months, label = self._chosen()
        figure = dict(self._codes())[self.code]
        return self._report_action(
            "action_kpi_change",
            self.env._("%(figure)s, %(months)s", figure=figure, months=label),
            {**months, CODE: self.code, f"search_default_group_{self.by}": 1},
        )
