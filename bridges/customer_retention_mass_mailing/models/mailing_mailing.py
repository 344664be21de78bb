from odoo import models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _get_opt_out_list(self):
        found = super()._get_opt_out_list()
        if self.mailing_model_real != "res.partner":
            return found
        return set(found) | self._retention_optouts()

    def _retention_optouts(self):
        """Return the addresses of contacts who opted out of promotion where we work."""
        companies = self.env["res.company"]
        for company in (self.user_id or self.env.user).sudo().company_ids:
            companies |= company._retention_company()
        refused = (
            self.env["retention.optout"]
            .sudo()
            .search([("purpose", "=", "promotion"), ("company_id", "in", companies.ids)])
        )
        return set(filter(None, refused.partner_id.mapped("email_normalized")))
