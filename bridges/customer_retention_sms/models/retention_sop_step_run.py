from odoo import api, fields, models


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    sms_notification_id = fields.Many2one(
        "mail.notification",
        "SMS",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
        groups="base.group_system",
    )

    @api.model
    def _failed_sms_domain(self):
        return [
            ("sms_notification_id.notification_status", "in", ("exception", "bounce")),
            ("state", "=", "done"),
        ]

    @api.model
    def _watched_companies(self):
        found = self.sudo()._read_group(self._failed_sms_domain(), ["company_id"], [])
        mine = self.env["res.company"].sudo().browse(company.id for (company,) in found)
        return super()._watched_companies() | mine

    @api.model
    def _watch_mails(self, company, now):
        """SMS too: what the provider refused, at once or days later, has reached nobody.

        Nothing is sent again by itself: a server that does not answer may have sent it.
        """
        result = super()._watch_mails(company, now)
        engine = self.env["retention.enrollment"]._engine().env[self._name]
        domain = [("company_id", "=", company.id), *self._failed_sms_domain()]
        for run in engine.search(domain):
            run._mail_lost(run._sms_failure())
        return result

    def _sms_failure(self):
        self.ensure_one()
        notice = self.sms_notification_id
        why = notice.failure_reason or notice.format_failure_reason()
        return self.env._("The SMS did not arrive: %s", why)

    def _queued_sms(self):
        """Return the SMS of these that have not left yet."""
        ready = self.sudo().sms_notification_id.filtered(
            lambda notice: notice.notification_status == "ready"
        )
        return (
            self.env["sms.sms"]
            .sudo()
            .search([("id", "in", ready.mapped("sms_id_int")), ("state", "=", "outgoing")])
        )

    def _shown_text(self):
        title, text = super()._shown_text()
        return title, text or self.sudo().sms_notification_id.mail_message_id.body
