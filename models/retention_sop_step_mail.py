"""Messages to the customer: mail, or whatever way the contact prefers."""

import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, html2plaintext, plaintext2html

from .retention_sop_runner import Result

BOLD = re.compile(r"</?(?:b|strong)\b[^>]*>", re.IGNORECASE)
# Mails of these purposes can be ended by the reader with one click.
ENDABLE = {"care", "promotion"}


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    # ---------------------------------------------------------------- by mail
    def _run_mail(self, runs, now):
        return self._send_mails(runs, now)

    def _channels_mail(self, runs):
        return dict.fromkeys(runs.ids, "mail")

    def _problems_mail(self):
        if self.sop_id.company_id and not self._mail_works():
            return [self.env._("No outgoing mail server is set up.")]
        return []

    def _send_mails(self, runs, now):
        """Queue the mail of this step for each of ``runs``: records of Odoo's own mail queue."""
        rendered = self._render(runs, ("subject", "body_html", "email_from", "reply_to"))
        authors = {run.enrollment_id.id: self._sender(run) for run in runs}
        replies = runs.enrollment_id._notify_get_reply_to_batch(
            defaults={key: sender.email_formatted for key, sender in authors.items()},
            author_ids={key: sender.id for key, sender in authors.items()},
        )
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    self._mail_values(
                        run,
                        rendered[run.id],
                        authors[run.enrollment_id.id],
                        replies[run.enrollment_id.id],
                    )
                    for run in runs
                ]
            )
        )
        self._note_news(runs, now)
        text = self.env._("Mail queued")
        return {
            run.id: Result(
                text=text,
                values={
                    "mail_id": mail.id,
                    "channel": "mail",
                    "touch": {"mail_id": mail.id, "message_id": mail.mail_message_id.id},
                },
            )
            for run, mail in zip(runs, mails)
        }

    def _sender(self, run):
        """Return the partner in whose name the customer is written to."""
        return run.enrollment_id.user_id.partner_id or run.company_id.partner_id

    def _mail_values(self, run, text, sender, reply_to):
        enrollment, contact = run.enrollment_id, run.contact_id
        company, purpose = enrollment.company_id, self._touch_purpose()
        values = {
            "subject": text["subject"],
            "body_html": text["body_html"],
            "email_from": text.get("email_from")
            or sender.email_formatted
            or company.email_formatted,
            "author_id": sender.id,
            "reply_to": text.get("reply_to") or reply_to,
            "recipient_ids": [(4, contact.id)],
            "model": enrollment._name,
            "res_id": enrollment.id,
            "message_type": "email_outgoing",
            "auto_delete": False,
            "state": "outgoing",
        }
        if purpose in ENDABLE:
            url = contact._retention_unsubscribe_url(company, purpose)
            values["body_html"] += self._unsubscribe_footer(contact, company, url)
            one_click = contact._retention_unsubscribe_headers(company, purpose)
            values["headers"] = repr(one_click | {"Precedence": "bulk"})
        return values

    @api.model
    def _unsubscribe_footer(self, contact, company, url):
        env = self.with_context(lang=contact.lang).env
        words = env._("You get this because you are a customer of %s.", company.name)
        return Markup(
            '<p style="margin-top:32px;font-size:12px;color:#777777">%s <a href="%s">%s</a></p>'
        ) % (words, url, env._("I do not want such messages"))

    def _render(self, runs, names):
        """Return {run id: {name: text}} of the step's template in each contact's language.

        :raises UserError: when the template was deleted or cannot be rendered
        """
        template = self.template_id.sudo()
        self._check_there(template)
        found = {}
        for lang, mine in runs.grouped(lambda run: run.contact_id.lang).items():
            worded = template.with_context(
                template_preview_lang=lang or self.env.lang, retention_to_customer=True
            )
            texts = worded._generate_template(mine.enrollment_id.ids, names)
            found |= {run.id: texts[run.enrollment_id.id] for run in mine}
        return found

    def _note_news(self, runs, now):
        """Remember the news that the text brought: nobody gets the same twice."""
        if "news_html" not in (self.template_id.body_html or ""):
            return
        pieces = [
            (enrollment.news_id.id, enrollment.partner_id.id, enrollment.contact_id.id)
            for enrollment in runs.enrollment_id
            if enrollment.news_id
        ]
        sent = self.env["retention.content.sent"]
        sent._note_sent(self.sop_id.company_id, pieces, now.date())

    def _texts(self, runs, plain=False):
        """Return {run id: the step's text for the customer}, as plain paragraphs if asked."""
        rendered = self._render(runs, ("body_html",))
        return {
            key: plaintext2html(self._words(text["body_html"])) if plain else text["body_html"]
            for key, text in rendered.items()
        }

    @api.model
    def _words(self, text):
        """Return the words of HTML, without the stars that would stand around bold ones."""
        return html2plaintext(BOLD.sub("", text or "")).strip()

    # ---------------------------------------------------------------- by the preferred way
    def _run_contact(self, runs, now):
        ways = self._channels(runs)
        found = {}
        for channel in sorted(set(ways.values())):
            mine = runs.filtered(lambda run, c=channel: ways[run.id] == c)
            found |= self._contact_by(channel, mine, now)
        return found

    def _contact_by(self, channel, runs, now):
        """Contact the customers of ``runs`` by one channel. Hook for bridges with another."""
        if channel == "mail":
            return self._send_mails(runs, now)
        kind, texts = self._contact_kind(channel), self._texts(runs, plain=True)
        found = self._give_tasks(runs, now, kind, texts)
        self._note_news(runs, now)
        return {
            key: result._replace(values=result.values | {"channel": channel})
            for key, result in found.items()
        }

    def _channels_contact(self, runs):
        """Return {run id: channel}: what the contact prefers, if that is possible here."""
        company = self.sop_id.company_id
        wishes = {
            preference.partner_id.id: preference.channel
            for preference in self.env["retention.preference"].search(
                [
                    ("partner_id", "in", (runs.contact_id | runs.partner_id).ids),
                    ("company_id", "=", company.id),
                    ("channel", "!=", False),
                ]
            )
        }
        works = {channel for channel in ("mail", "sms") if self._channel_works(channel)}
        found = {}
        for run in runs:
            wish = wishes.get(run.contact_id.id) or wishes.get(run.partner_id.id)
            ways = (wish, company.sudo().retention_channel, "mail", "wechat")
            found[run.id] = next(
                way for way in ways if way and self._reaches(run.contact_id, way, works)
            )
        return found

    @api.model
    def _channel_works(self, channel):
        """Return whether messages can be sent by ``channel`` here. Hook for bridges."""
        return channel == "mail" and self._sends() and self._mail_works()

    def _sends(self):
        return self.sop_id.company_id.sudo().retention_send

    @api.model
    def _mail_works(self):
        """Return whether there is an outgoing mail server."""
        servers = self.env["ir.mail_server"].sudo()
        return bool(servers.search_count([], limit=1)) or config["smtp_server"] != "localhost"

    @api.model
    def _reaches(self, contact, channel, works):
        """Return whether ``contact`` can be reached; ``works``: channels of the machine's own."""
        if channel in ("mail", "sms") and channel not in works:
            return False
        if channel == "mail":
            return bool(contact.email)
        if channel in ("sms", "call"):
            return bool(contact.phone)
        return True

    # ---------------------------------------------------------------- try-out
    def action_test_on_me(self):
        """Send this step's message to the user who presses the button, as of some customer."""
        self.ensure_one()
        self.check_access("write")
        if not self.template_id:
            raise UserError(self.env._("This step has no text."))
        text = self._sample_text(self.env.user.lang)
        subject = self.env._("[Test] %s", text["subject"])
        self.env["mail.thread"].sudo().with_context(mail_notify_author=True).message_notify(
            partner_ids=self.env.user.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subject=subject,
            body=Markup(text["body_html"]),
            email_layout_xmlid="mail.mail_notification_light",
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("Sent to you: %s", subject)},
        }

    def _sample_text(self, lang):
        """Return {name: text} of this step's message to some customer; nothing of it stays."""
        step = self.with_env(self.sop_id._engine_env().env)
        with step.env.cr.savepoint() as savepoint:
            enrollment = step._sample_enrollment()
            template = step.template_id.with_context(template_preview_lang=lang)
            texts = template._generate_template(enrollment.ids, ("subject", "body_html"))
            savepoint.rollback()
        return texts[enrollment.id]

    def _sample_enrollment(self):
        """Return an enrollment to try texts on: a real one, else one of a good customer."""
        company, now = self.env.company, fields.Datetime.now()
        found = self.env["retention.enrollment"].search(
            [("root_id", "=", self.sop_id.root_id.id), ("company_id", "=", company.id)], limit=1
        )
        if found:
            return found
        profile = self.env["retention.profile"].search([("company_id", "=", company.id)], limit=1)
        partner = profile.partner_id or company.partner_id
        return found.create(
            {
                "sop_id": self.sop_id.id,
                "root_id": self.sop_id.root_id.id,
                "company_id": company.id,
                "partner_id": partner.id,
                "contact_id": partner.id,
                "profile_id": profile.id,
                "anchor_date": now.date(),
                "entered_at": now,
                "entered_on": now.date(),
                "user_id": self.env.uid,
            }
        )
