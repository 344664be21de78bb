from odoo import api, fields, models


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    # Of all versions, as the other numbers of a procedure.
    coupon_count = fields.Integer("Coupons Given", compute="_compute_coupon_counts")
    coupon_used_count = fields.Integer("Coupons Redeemed", compute="_compute_coupon_counts")

    @api.depends("root_id")
    def _compute_coupon_counts(self):
        counts = self.env["retention.metrics"]._coupon_counts(self.root_id.ids)
        for sop in self:
            sop.coupon_count, sop.coupon_used_count = counts.get(sop.root_id.id, (0, 0))

    def action_open_coupons(self):
        """List who was given a coupon, with the day on which it was redeemed."""
        self.ensure_one()
        title = self.env._("Coupons")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "retention.enrollment",
            "view_mode": "list,form",
            "domain": [
                ("root_id", "=", self.root_id.id),
                ("run_ids.coupon_id", "!=", False),
            ],
        }
