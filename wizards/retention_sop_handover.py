"""Procedures under way are handed over with their customers."""

from odoo import api, models

from .retention_handover import HandoverPart


class RetentionHandover(models.TransientModel):
    _inherit = "retention.handover"

    @api.model
    def _handover_parts(self):
        return [
            *super()._handover_parts(),
            HandoverPart(
                self.env._("Procedures under way"),
                "retention.enrollment",
                "user_id",
                "partner_id",
                [("live", "=", True)],
            ),
        ]
