from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.customer_retention.models.retention_sop_runner import Result
from odoo.addons.customer_retention.models.retention_sop_step import check_texts
from odoo.addons.customer_retention.models.retention_sop_step_mail import ENDABLE
from odoo.addons.customer_retention.models.retention_sop_step_types import StepType
from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS Text",
        domain=[("model", "=", "retention.enrollment")],
        ondelete="set null",
        help="Where the preferred way is SMS and this is empty, the step's text without layout.",
    )

    @api.model
    def _step_types(self):
        types = super()._step_types()
        label = self.env._("SMS to the customer")
        types["sms"] = StepType(label, "fa-mobile", ("sms_template_id",), automatic=True)
        return types

    @api.constrains("sms_template_id")
    def _check_sms_template(self):
        check_texts(self, "sms_template_id")

    @api.depends("sms_template_id")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    # ---------------------------------------------------------------- the gate
    def _channels_sms(self, runs):
        return dict.fromkeys(runs.ids, "sms")

    def _is_automatic(self, channel):
        own = channel == "sms" and self._kind().automatic
        return own or super()._is_automatic(channel)

    def _channel_works(self, channel):
        own = channel == "sms" and self._sends()
        return own or super()._channel_works(channel)

    # ---------------------------------------------------------------- sending
    def _run_sms(self, runs, now):
        self._check_there(self.sms_template_id)
        return self._send_sms(runs)

    def _contact_by(self, channel, runs, now):
        if channel == "sms":
            if not self.sms_template_id:
                self._note_news(runs, now)
            return self._send_sms(runs)
        return super()._contact_by(channel, runs, now)

    def _send_sms(self, runs):
        """Queue an SMS for each of ``runs`` in Odoo's own queue, logged on the enrollment."""
        texts = self._sms_texts(runs)
        messages = runs.enrollment_id._message_log_batch(
            {run.enrollment_id.id: sms_content_to_rendered_html(texts[run.id]) for run in runs},
            message_type="sms",
        )
        logged = dict(zip(runs.enrollment_id.ids, messages, strict=True))
        made = self.env["sms.sms"].create(
            [
                {
                    "partner_id": run.contact_id.id,
                    "number": run.contact_id._retention_sms_number(),
                    "body": texts[run.id],
                    "mail_message_id": logged[run.enrollment_id.id].id,
                }
                for run in runs
            ]
        )
        notices = self.env["mail.notification"].create([self._sms_notice(sms) for sms in made])
        text = self.env._("SMS queued")
        return {
            run.id: Result(
                text=text,
                values={
                    "sms_notification_id": notice.id,
                    "channel": "sms",
                    "touch": {"message_id": notice.mail_message_id.id},
                },
            )
            for run, notice in zip(runs, notices, strict=True)
        }

    @api.model
    def _sms_notice(self, sms):
        """Return values of the notification by which Odoo tells what became of an SMS."""
        return {
            "author_id": sms.mail_message_id.author_id.id,
            "mail_message_id": sms.mail_message_id.id,
            "res_partner_id": sms.partner_id.id,
            "sms_number": sms.number,
            "notification_type": "sms",
            "sms_id_int": sms.id,
            "sms_tracker_ids": [Command.create({"sms_uuid": sms.uuid})],
            "is_read": True,
            "notification_status": "ready",
        }

    # ---------------------------------------------------------------- texts
    def _sms_texts(self, runs):
        """Return {run id: text} of the SMS in each contact's language.

        :raises UserError: when the template was deleted or cannot be rendered
        """
        if self.sms_template_id:
            texts = {}
            for lang, mine in runs.grouped(lambda run: run.contact_id.lang).items():
                told = self.sms_template_id._render_field(
                    "body", mine.enrollment_id.ids, set_lang=lang or self.env.lang
                )
                texts |= {run.id: told[run.enrollment_id.id] for run in mine}
        else:
            rendered = self._render(runs, ("body_html",))
            texts = {key: self._words(text["body_html"]) for key, text in rendered.items()}
        return {run.id: texts[run.id].strip() + self._sms_way_out(run) for run in runs}

    def _sms_way_out(self, run):
        """Return the line by which the reader ends such messages; empty where that cannot be."""
        purpose = self._touch_purpose()
        if purpose not in ENDABLE:
            return ""
        contact = run.contact_id
        url = contact._retention_unsubscribe_url(run.company_id, purpose)
        return "\n" + self.with_context(lang=contact.lang).env._("No more of these: %s", url)
