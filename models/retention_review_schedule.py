"""When drafts come, and how a finished review reaches those who wait for it."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..analytics import review as rules
from .batches import each_company
from .joining import names_text

TEMPLATE = "customer_retention.mail_template_review"
REPORT = "customer_retention.action_report_review"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAYS_TO_FINISH = 3


class RetentionReview(models.Model):
    _inherit = "retention.review"

    sent_partner_ids = fields.Many2many(
        "res.partner",
        "retention_review_sent_rel",
        "review_id",
        "partner_id",
        "Sent To",
        readonly=True,
        copy=False,
    )

    # ---------------------------------------------------------------- drafts
    @api.model
    def _cron_reviews(self):
        """Prepare the drafts that are due."""

        def prepare(company):
            self.with_company(company)._prepare_due(company, company._retention_today())

        each_company(self.env, prepare, "The review")

    @api.model
    def _prepare_due(self, company, today):
        """Prepare the company's draft when its day has come and the ledger is closed; once.

        A draft that somebody deleted does not come again.
        """
        company = company.sudo()
        kind = company.retention_review_kind
        if kind == "off":
            return self.browse()
        span = rules.over(kind, today)
        day = span.last + relativedelta(months=1, days=company.retention_review_day - 1)
        until = self._closed_until(company)
        made = company.retention_review_until
        if today < day or not until or until < span.last or (made and made >= span.first):
            return self.browse()
        company.retention_review_until = span.first
        mine = [("company_id", "=", company.id), ("kind", "=", kind), ("first", "=", span.first)]
        if self.search_count(mine, limit=1):
            return self.browse()
        user = self._responsible(company)
        words = self.with_context(lang=user.lang or company.partner_id.lang or self.env.lang)
        review = words.create(
            {"company_id": company.id, "kind": kind, "first": span.first, "user_id": user.id}
        )
        review._ask(today)
        return review

    @api.model
    def _responsible(self, company):
        """Return who reviews: as the company says, else a manager of Retention."""
        alerts = self.env["retention.alert"]
        eligible = alerts._eligible_users(company)
        named = company.retention_review_user_id & eligible
        _rescue, leading, running, _everybody = alerts._owner_pools(company, eligible)
        return named or (leading - running)[:1] or leading[:1] or running[:1]

    def _ask(self, today):
        """Give the responsible an activity."""
        if self.user_id:
            self.activity_schedule(
                "customer_retention.activity_type_review",
                date_deadline=today + timedelta(days=DAYS_TO_FINISH),
                summary=self.env._("Read, correct and finish: %s", self.display_name),
                user_id=self.user_id.id,
            )

    # ---------------------------------------------------------------- sending
    def action_send(self):
        """Mail the finished review to everybody on the company's list who has not got it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "done":
            raise UserError(self.env._("Finish the review first: a draft still changes."))
        if not self.company_id.sudo().retention_review_partner_ids:
            raise UserError(
                self.env._("Nobody gets reviews yet. Name them in the settings of Retention.")
            )
        sent = self._send_to_all()
        if sent:
            text = self.env._("Sent to %s.", names_text(self.env, sent.mapped("display_name")))
        else:
            text = self.env._("Everybody on the list with an email address has it already.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if sent else "info",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _send_to_all(self):
        """Mail it to those on the list who have not got it; return them."""
        self.ensure_one()
        listed = self.company_id.sudo().retention_review_partner_ids
        waiting = (listed - self.sudo().sent_partner_ids).filtered("email")
        for lang, partners in waiting.grouped(lambda partner: partner.lang).items():
            self._send_in(lang or self.env.lang, partners)
        if waiting:
            self.sudo().sent_partner_ids = [Command.link(partner.id) for partner in waiting]
            names = names_text(self.env, waiting.mapped("display_name"))
            self.message_post(body=self.env._("Sent to %s.", names))
        return waiting

    def _send_in(self, lang, partners):
        """Mail it to people who read ``lang``: printed once, a mail for each."""
        review = self.with_context(lang=lang)
        files = review._make_files()
        template = self.env.ref(TEMPLATE).sudo().with_context(lang=lang)
        for partner in partners:
            template.send_mail(
                self.id,
                email_values={
                    "recipient_ids": [Command.set(partner.ids)],
                    "attachment_ids": [Command.set(files.ids)],
                },
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _make_files(self):
        """Return PDF and workbook as attachments of the review, in the language of the context."""
        name = self._file_name()
        reports = self.env["ir.actions.report"]
        pdf, _kind = reports._render_qweb_pdf(REPORT, self.ids)
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{name}.{ending}",
                        "raw": content,
                        "mimetype": kind,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                    for ending, content, kind in (
                        ("pdf", pdf, "application/pdf"),
                        ("xlsx", self._xlsx(), XLSX_TYPE),
                    )
                ]
            )
        )

    def _file_name(self):
        return f"{self.env._('Retention Review')} {self.name}"
