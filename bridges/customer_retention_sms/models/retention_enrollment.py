from odoo import fields, models


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    # By this field Odoo knows that an enrollment can be the subject of an SMS template.
    phone = fields.Char(related="contact_id.phone")

    def _leave(self, reason, now):
        """What has not left yet is called off with the rest."""
        queued = self.filtered("live").run_ids._queued_sms()
        result = super()._leave(reason, now)
        queued.action_set_canceled()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _retention_sms_number(self):
        """Return the number as it is dialled from anywhere; as it was typed if that is unclear."""
        self.ensure_one()
        return self.phone_sanitized or self.phone
