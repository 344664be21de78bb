"""What is older than a company keeps it is deleted, in small committed steps."""

import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
BATCH = 1000  # rows deleted between two commits
LATER = timedelta(hours=1)  # when another worker is at the figures


class RetentionStorage(models.AbstractModel):
    """Deletes by kind. Outside events have a period of their own (``retention.event``)."""

    _name = "retention.storage"
    _description = "Periods of Keeping"

    @api.model
    def _kinds(self):
        """Return {kind: field of the company with its months}.

        Hook: a bridge adds a kind and ``_forget_<kind>(company, limit, count)``, which deletes up
        to ``count`` rows from before ``limit`` (a moment in UTC) and returns how many.
        """
        return {
            "touches": "retention_keep_touches",
            "mails": "retention_keep_mails",
            "scores": "retention_keep_scores",
            "imports": "retention_keep_imports",
        }

    # ---------------------------------------------------------------- scheduled action
    @api.model
    def _cron_storage(self):
        """Delete everywhere what is too old; killed at any point, the next call goes on.

        What cannot be deleted is logged and raised at the end; the other kinds go on.
        """
        cron, now, failed = self.env["ir.cron"], fields.Datetime.now(), None
        due = [
            (company, kind, now - relativedelta(months=company[name]))
            for company in self.env["res.company"]._retention_companies()
            for kind, name in self._kinds().items()
            if company[name]
        ]
        if not cron._commit_progress(remaining=len(due)):
            return
        for left, (company, kind, limit) in zip(range(len(due), 0, -1), due, strict=True):
            try:
                while count := self._forget(company, kind, limit):
                    if not cron._commit_progress(count, remaining=left):
                        return
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Old %s of company %s could not be deleted", kind, company.id)
                failed = error
            if not cron._commit_progress(remaining=left - 1):
                return
        if failed:
            raise failed

    @api.model
    def _forget(self, company, kind, limit, count=BATCH):
        """Delete up to ``count`` rows of one kind; return how many. The lock comes first."""
        if not self.env["retention.metrics"]._try_lock(company.id):
            self.env.ref("customer_retention.cron_storage").sudo()._trigger(
                fields.Datetime.now() + LATER
            )
            return 0
        done = getattr(self.sudo(), f"_forget_{kind}")(company, limit, count)
        if done:
            _logger.info("%s old %s of company %s deleted", done, kind, company.id)
        return done

    # ---------------------------------------------------------------- kinds
    @api.model
    def _forget_touches(self, company, limit, count):
        """Delete touches that no limit, no open alert and no procedure under way looks at.

        Months that are not closed yet still count them.
        """
        caps = self.env["retention.touch.cap"].search([("company_id", "=", company.id)])
        wishes = self.env["retention.preference"]._read_group(
            [("company_id", "=", company.id)], [], ["contact_every_days:max"]
        )[0][0]
        longest = max([*caps.mapped("days"), wishes or 0], default=0)
        limit = min(limit, fields.Datetime.now() - timedelta(days=longest))
        closed = self.env["retention.ledger.month"].search(
            [("company_id", "=", company.id), ("state", "=", "closed")], limit=1
        )
        if closed:
            # A day to spare for time zones.
            counted = closed.month + relativedelta(months=1, days=-1)
            limit = min(limit, fields.Datetime.to_datetime(counted))
        found = self.env["retention.metrics"]._old_touches(company, limit, count)
        self.env["retention.touch"].browse(found).unlink()
        return len(found)

    @api.model
    def _forget_mails(self, company, limit, count):
        """Empty the texts of mails whose procedure has ended."""
        return self.env["retention.metrics"]._empty_mails(company, limit, count)

    @api.model
    def _forget_scores(self, company, limit, count):
        changes = self.env["retention.change"].search(
            [
                ("company_id", "=", company.id),
                ("what", "=", "rfm_score"),
                ("create_date", "<", limit),
                ("date", "<", limit.date()),
            ],
            limit=count,
            order="id",
        )
        changes.unlink()
        return len(changes)

    @api.model
    def _forget_imports(self, company, limit, count):
        """Delete rows and files of imports that are done or undone."""
        done = 0
        for model in ("retention.history.import", "retention.event.import"):
            imports = self.env[model].search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("done", "undone")),
                    ("done_at", "<", limit),
                ]
            )
            lines = imports.line_ids.browse(imports.line_ids.ids[: count - done])
            done += len(lines)
            lines.unlink()
            if done >= count:  # a limit of nothing is none
                return done
            files = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", model),
                    ("res_field", "=", "file"),
                    ("res_id", "in", imports.ids),
                ],
                limit=count - done,
            )
            done += len(files)
            files.unlink()
            if done >= count:
                return done
        return done


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _old_touches(self, company, limit, count):
        for model in ("retention.touch", "retention.enrollment", "retention.alert"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT touch.id FROM retention_touch touch
                   WHERE touch.company_id = %(company)s AND touch.state != 'deferred'
                   AND GREATEST(touch.date, touch.asked_at) < %(limit)s
                   AND NOT EXISTS (
                       SELECT FROM retention_enrollment enrollment WHERE enrollment.live
                       AND enrollment.company_id = touch.company_id
                       AND enrollment.partner_id = touch.partner_id)
                   AND NOT EXISTS (
                       SELECT FROM retention_alert alert WHERE alert.live
                       AND alert.company_id = touch.company_id
                       AND alert.partner_id = touch.partner_id)
                   ORDER BY touch.id LIMIT %(count)s""",
                company=company.id,
                limit=limit,
                count=count,
            )
        )
        return [touch_id for (touch_id,) in rows]

    @api.model
    def _empty_mails(self, company, limit, count):
        """Empty up to ``count`` messages, and the mails that carried them; return how many."""
        for model in ("retention.sop.step.run", "retention.enrollment", "mail.message"):
            self.env[model].flush_model()
        self.env["mail.mail"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT message.id FROM mail_message message
                   JOIN retention_enrollment enrollment ON enrollment.id = message.res_id
                   LEFT JOIN mail_mail mail ON mail.mail_message_id = message.id
                   WHERE message.model = 'retention.enrollment'
                   AND enrollment.company_id = %(company)s AND enrollment.live IS NOT TRUE
                   AND message.message_type IN ('email', 'email_outgoing', 'auto_comment')
                   AND message.date < %(limit)s
                   AND (COALESCE(message.body, '') != '' OR COALESCE(mail.body_html, '') != '')
                   AND mail.state IS DISTINCT FROM 'outgoing'
                   ORDER BY message.id LIMIT %(count)s""",
                company=company.id,
                limit=limit,
                count=count,
            )
        )
        messages = [message_id for (message_id,) in rows]
        for statement in (
            "UPDATE mail_message SET body = NULL WHERE id = ANY(%s)",
            "UPDATE mail_mail SET body_html = NULL WHERE mail_message_id = ANY(%s)",
        ):
            self.env.cr.execute(SQL(statement, messages))  # pylint: disable=sql-injection
        self.env["mail.message"].invalidate_model(["body"])
        self.env["mail.mail"].invalidate_model(["body_html"])
        return len(messages)
