import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .res_partner import USER


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_figure = fields.Char(
        "Behind a Key Figure",
        compute="_compute_retention_figure",
        search="_search_retention_figure",
        groups=USER,
        exportable=False,
        help="Only for filters: the customers behind a number of the dashboard.",
    )

    # Whoever counts customers leaves out the archived ones: few, and found without a scan.
    _retention_archived_idx = models.Index("(id) WHERE active IS NOT TRUE")

    def _compute_retention_figure(self):
        self.retention_figure = False

    @api.model
    def _search_retention_figure(self, operator, value):
        # Here, because a domain that asks for nobody asks for nothing that core would check.
        self._check_field_access(self._fields["retention_figure"], "read")
        if operator not in ("in", "="):
            return NotImplemented
        dashboard, found = self.env["retention.dashboard"], Domain.FALSE
        # Core asks again with "=" after an error, and tells the first one.
        for text in [value] if operator == "=" else value:
            if text:
                behind = dashboard._behind(self._told_figure(text))
                found |= Domain("id", "in", behind() if callable(behind) else behind)
        return found

    @api.model
    def _told_figure(self, text):
        try:
            told = json.loads(text)
        except (TypeError, ValueError) as error:
            message = self.env._("This is no part of the dashboard: %s", text)
            raise UserError(message) from error
        return told
