from odoo import fields, models

from ..models.res_partner import USER


class SaleReport(models.Model):
    """Sales by what customers were when they ordered, for users of Retention only."""

    _inherit = "sale.report"

    retention_order_tier_id = fields.Many2one(
        "retention.tier", "Tier When Ordered", readonly=True, groups=USER
    )
    retention_order_segment_id = fields.Many2one(
        "retention.segment", "Segment When Ordered", readonly=True, groups=USER
    )
    retention_order_stage = fields.Selection(
        "_selection_retention_stage", "Stage When Ordered", readonly=True, groups=USER
    )

    def _selection_retention_stage(self):
        return self.env["sale.order"]._selection_retention_stage()

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "retention_order_tier_id": "s.retention_order_tier_id",
            "retention_order_segment_id": "s.retention_order_segment_id",
            "retention_order_stage": "s.retention_order_stage",
        }

    def _group_by_sale(self):
        return f"""{super()._group_by_sale()},
            s.retention_order_tier_id,
            s.retention_order_segment_id,
            s.retention_order_stage"""
