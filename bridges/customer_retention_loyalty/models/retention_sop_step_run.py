from odoo import fields, models


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    coupon_id = fields.Many2one(
        "loyalty.card", readonly=True, index="btree_not_null", ondelete="set null"
    )
