from odoo import fields, models


class RetentionFeedback(models.Model):
    _inherit = "retention.feedback"

    source = fields.Selection(
        selection_add=[("rating", "Rating")], ondelete={"rating": "set default"}
    )
