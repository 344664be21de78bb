from odoo import api, fields, models

from ..adapter import show_fields


class HelpdeskStage(models.Model):
    _inherit = "helpdesk.stage"

    retention_unsolved = fields.Boolean(
        "Closed Without a Solution",
        help="As when it is cancelled: nobody asks the customer afterwards whether all is well.",
    )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            show_fields(arch, "fold", ["retention_unsolved"])
        return arch, view
