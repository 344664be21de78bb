from odoo import api, models
from odoo.tools.i18n import format_list

NAMED = 5  # customers that one SMS names


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    @api.model
    def _tell_critical(self, company, as_of):
        told = super()._tell_critical(company, as_of)
        if company.sudo().retention_alert_sms:
            told._tell_by_sms()
        return told

    def _tell_by_sms(self):
        """Queue one SMS for each owner with a phone number: whom to call at once."""
        self.env["sms.sms"].sudo().create(
            [
                {
                    "partner_id": user.partner_id.id,
                    "number": user.partner_id._retention_sms_number(),
                    "body": alerts.with_context(lang=user.lang)._sms_body(),
                }
                for user, alerts in self.sudo().grouped("user_id").items()
                if user.partner_id.phone
            ]
        )

    def _sms_body(self):
        names = self.partner_id.mapped("display_name")
        listed = format_list(self.env, names[:NAMED])
        if len(names) <= NAMED:
            return self.env._("Call at once: %s", listed)
        return self.env._(
            "Call at once: %(names)s and %(count)s more",
            names=listed,
            count=len(names) - NAMED,
        )
