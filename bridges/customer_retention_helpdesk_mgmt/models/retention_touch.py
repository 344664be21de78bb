from odoo import api, models


class RetentionTouch(models.Model):
    _inherit = "retention.touch"

    @api.model
    def _problem_partners(self, company, partner_ids):
        """With customers who have an open ticket of high or very high priority."""
        return super()._problem_partners(company, partner_ids) | self.env[
            "retention.metrics"
        ]._with_severe_ticket(company, partner_ids)
