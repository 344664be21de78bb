"""Mails on their way: tried again after the server was down, given up after a bounce."""

from datetime import timedelta

from odoo import api, fields, models

# Minutes between tries while the mail server cannot be reached; about three days in all.
MAIL_BACK_OFF = (5, 15, 60, *[240] * 17)
# Odoo could not even connect: nothing has left. Any other failure may have.
NOT_SENT = (False, "mail_smtp")


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    mail_tries = fields.Integer(readonly=True, aggregator=None)
    mail_retry_at = fields.Datetime("Mail Tried Again At", readonly=True)

    @api.model
    def _watched_companies(self):
        found = self.sudo()._read_group(self._failed_mail_domain(), ["company_id"], [])
        return self.env["res.company"].sudo().browse(company.id for (company,) in found)

    @api.model
    def _failed_mail_domain(self):
        return [("mail_id.state", "=", "exception"), ("state", "=", "done")]

    @api.model
    def _watch_mails(self, company, now):
        """Queue mails again that could not leave; note what can never arrive."""
        engine = self.env["retention.enrollment"]._engine().env[self._name]
        runs = engine.search([("company_id", "=", company.id), *self._failed_mail_domain()])
        # Read past the mail's access rules, which follow those of the enrollment.
        lost = runs.filtered(lambda run: run.mail_id.failure_type not in NOT_SENT)
        lost |= (runs - lost).filtered(lambda run: run.mail_tries >= len(MAIL_BACK_OFF))
        for run in lost:
            run._mail_lost(run.mail_id.failure_reason or self.env._("The mail could not be sent."))
        waiting = runs - lost
        for run in waiting.filtered(lambda r: not r.mail_retry_at):
            run.mail_retry_at = now + timedelta(minutes=MAIL_BACK_OFF[run.mail_tries])
        due = waiting.filtered(lambda run: run.mail_retry_at <= now)
        for tries, mine in due.grouped("mail_tries").items():
            mine.write({"mail_tries": tries + 1, "mail_retry_at": False})
        due.mail_id.write({"state": "outgoing", "failure_reason": False, "failure_type": False})
        later = [run.mail_retry_at for run in waiting - due]
        if later:
            self.env["retention.sop"]._wake_runner(min(later))

    def _mail_lost(self, why):
        """This mail does not arrive: show it on the enrollment, count it on the procedure."""
        self.ensure_one()
        self.touch_id._touch_failed(self.touch_id, why)
        self.write({"state": "failed", "error": why})
        if self.step_id.on_failure == "stop" and self.enrollment_id.live:
            waiting = self.enrollment_id.run_ids.filtered(lambda r: r.state == "waiting")
            waiting.write({"state": "cancelled", "result": why})
            self.enrollment_id.write({"state": "stuck"})


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    def _message_receive_bounce(self, email, partner):
        """The mail came back: the gate sends no more there until somebody mends the address."""
        result = super()._message_receive_bounce(email, partner)
        why = self.env._("The mail to %s came back.", email)
        runs = self._engine().run_ids.filtered(lambda r: r.mail_id and r.state == "done")
        for run in runs.sorted("done_at")[-1:]:
            run.touch_id._touch_failed(run.touch_id, why)
            run.write({"result": why})
        return result
