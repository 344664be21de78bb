from odoo import api, fields, models

from .res_partner import USER

ASKED = {"partner_id", "company_id", "date_order"}


class SaleOrder(models.Model):
    """What the customer was when they ordered: at the start of the order's day.

    Written by the nightly run from the history of changes. Once written, it stays, whatever
    becomes of the customer; it is found again when the order moves to another day or customer.
    """

    _inherit = "sale.order"

    retention_order_day = fields.Date(
        "Tier and Segment As Of",
        readonly=True,
        copy=False,
        help="The day of the order where the company is; empty: not looked up yet.",
    )
    retention_order_tier_id = fields.Many2one(
        "retention.tier",
        "Tier When Ordered",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=USER,
    )
    retention_order_segment_id = fields.Many2one(
        "retention.segment",
        "Segment When Ordered",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=USER,
    )
    retention_order_stage = fields.Selection(
        "_selection_retention_stage",
        "Stage When Ordered",
        readonly=True,
        copy=False,
        groups=USER,
    )

    _retention_day_idx = models.Index(
        "(company_id, date_order) WHERE state = 'sale' AND retention_order_day IS NULL"
    )

    @api.model
    def _selection_retention_stage(self):
        return self.env["retention.profile"]._fields["stage"]._description_selection(self.env)

    def write(self, vals):
        if ASKED & vals.keys() and any(order.retention_order_day for order in self):
            vals = {**vals, "retention_order_day": False}
        return super().write(vals)
