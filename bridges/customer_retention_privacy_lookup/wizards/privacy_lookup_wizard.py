from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    """Retention's tables are dealt with as a whole: row by row would leave tasks behind."""

    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        return [
            *super()._get_query_models_blacklist(),
            *self.env["retention.privacy"]._tables(),
            "retention.trail",
        ]


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        self.ensure_one()
        if self.res_model == "res.partner" and not self.is_unlinked:
            self._erase_retention()
        return super().action_unlink()

    def _erase_retention(self):
        """Erase what Retention knows of the contact in all companies, before it is deleted.

        :raises UserError: while something must be finished first
        """
        # Checked by core's own dialog only through the rights on these lines.
        self.check_access("write")
        partner = self.env["res.partner"].sudo().with_context(active_test=False).browse(self.res_id)
        if partner.exists():
            companies = self.env["res.company"]._retention_companies()
            self.env["retention.privacy"]._erase(partner, companies)

    def action_retention_data(self):
        """Open what Retention knows of the contact; for managers of Retention."""
        self.ensure_one()
        self.check_access("read")
        return self.env["res.partner"].browse(self.res_id).action_retention_privacy()
