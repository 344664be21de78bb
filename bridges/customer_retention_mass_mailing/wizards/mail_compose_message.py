from odoo import models


class MailComposeMessage(models.TransientModel):
    """Nobody who waits for an open severe problem to be solved gets a campaign."""

    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        values = super()._process_mail_values_state(mail_values_dict)
        mailing = self.mass_mailing_id
        if not (mailing and mailing.retention_mind_problems):
            return values
        going = {key: mail for key, mail in values.items() if mail.get("state") != "cancel"}
        recipients = self._get_recipients_data(going)
        addresses = {key: set(recipients[key]["mail_to_normalized"]) for key in going}
        held = mailing._retention_with_problem(self.model, addresses)
        for key in held:
            going[key].update(
                state="cancel", failure_type="retention_problem", is_notification=False
            )
        return values
