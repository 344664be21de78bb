from odoo import fields, models


class RetentionFeedback(models.Model):
    _inherit = "retention.feedback"

    source = fields.Selection(
        selection_add=[("survey", "Survey in Odoo")], ondelete={"survey": "set default"}
    )
