from odoo import api, models


class RetentionRun(models.Model):
    """The nightly action also closes months, each in a step of its own."""

    _inherit = "retention.run"

    @api.model
    def _advance(self, company):
        """Close months between two runs: what is stamped on one must be of the day it ended."""
        if not self.env["retention.metrics"]._try_lock(company.id):
            return False
        months = self.env["retention.ledger.month"]
        return months._advance_safely(company) or super()._advance(company)


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _refresh_some(self, company, as_of, partner_ids):
        """Restate closed months of customers whose documents changed."""
        written = super()._refresh_some(company, as_of, partner_ids)
        partners = self.env["res.partner"].with_context(active_test=False)
        customers = partners.search([("id", "in", list(partner_ids))]).commercial_partner_id
        self.env["retention.ledger.month"]._restate_some(company, as_of, customers.ids)
        return written
