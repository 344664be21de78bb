from odoo import api, models


class RetentionCase(models.Model):
    _inherit = "retention.case"

    @api.model
    def _kept_elsewhere(self):
        return True
