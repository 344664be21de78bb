from odoo import api, models


class RetentionRun(models.Model):
    """The nightly action also fits the purchase model, weekly, and forecasts at each month end."""

    _inherit = "retention.run"

    def _step_read(self, size):
        """Fit while the days of purchase are at hand: reading them is most of the work."""
        result = super()._step_read(size)
        if self.phase != "aggregate":
            days = self.env["retention.metrics"]._days_table(self.company_id.id)
            self.env["retention.purchase.model"]._fit_weekly(self.company_id, self.as_of, days)
        return result

    @api.model
    def _advance(self, company):
        """Forecast between two runs, one month after the other."""
        if not self.env["retention.metrics"]._try_lock(company.id):
            return False
        return super()._advance(company) or self.env["retention.purchase.forecast"]._advance(
            company
        )
