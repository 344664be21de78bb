from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics.schedule import local
from ..analytics.standard import reply_due
from .batches import each_company
from .retention_case import OPEN

BATCH = 500  # overdue cases told at once
REACH = timedelta(days=120)  # how far ahead working days are looked up


class RetentionCase(models.Model):
    """Within which time a case has to be answered, and whether it was."""

    _inherit = "retention.case"

    late_told = fields.Boolean(readonly=True, copy=False)
    # As it was promised when the case came: a new setting holds for new cases.
    reply_due_at = fields.Datetime(
        "Answer Due", compute="_compute_reply_due_at", store=True, index=True
    )
    reply_missed = fields.Boolean(
        "Answered Too Late",
        compute="_compute_reply_missed",
        search="_search_reply_missed",
        help="The response standard was not kept: answered after it, or not at all so far.",
    )

    _waiting_idx = models.Index("(reply_due_at) WHERE state = 'new'")

    # ---------------------------------------------------------------- the standard

    @api.depends("opened_at", "severity", "company_id")
    def _compute_reply_due_at(self):
        for company, cases in self.grouped("company_id").items():
            dated = cases.filtered("opened_at")
            (cases - dated).reply_due_at = False
            if not dated:
                continue
            rests = ()
            if company.sudo().retention_case_workdays:
                first, last = min(dated.mapped("opened_at")), max(dated.mapped("opened_at"))
                days = (first - timedelta(days=1)).date(), (last + REACH).date()
                rests = company._retention_rest_days(*days)
            zone = company._retention_timezone()
            for case in dated:
                hours = company._retention_case_hours(case.severity or "1")
                case.reply_due_at = reply_due(case.opened_at, hours, zone, rests)

    @api.depends("reply_due_at", "first_reply_at", "closed_at")
    def _compute_reply_missed(self):
        now = fields.Datetime.now()
        for case in self:
            answered = case.first_reply_at or case.closed_at or now
            case.reply_missed = bool(case.reply_due_at and answered > case.reply_due_at)

    @api.model
    def _search_reply_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, found = fields.Datetime.now(), Domain.FALSE
        if True in value:
            found |= self._missed_domain(now)
        if False in value:
            found |= ~self._missed_domain(now)
        return found

    @api.model
    def _missed_domain(self, now):
        """Return the domain of cases that were, or are at ``now``, answered too late."""

        def to_sql(model, alias, query):
            model.flush_model(["first_reply_at", "closed_at", "reply_due_at"])
            return SQL("COALESCE(%s, FALSE)", self._missed_sql(alias, now))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _missed_sql(self, alias, now):
        return SQL(
            "COALESCE(%s, %s, %s) > %s",
            SQL.identifier(alias, "first_reply_at"),
            SQL.identifier(alias, "closed_at"),
            now,
            SQL.identifier(alias, "reply_due_at"),
        )

    # ---------------------------------------------------------------- reminding
    def _is_waiting(self):
        self.ensure_one()
        return self.state == "new" and not self.first_reply_at

    def _reminder_values(self):
        self.ensure_one()
        if not (self._is_waiting() and self.user_id and self.reply_due_at):
            return None
        words = self.with_context(lang=self.user_id.lang or self.env.lang)
        zone = self.company_id._retention_timezone()
        return {
            "summary": words.env._("Overdue, answer now: %s", self.name)
            if self.late_told
            else words.env._("Answer: %s", self.name),
            "date_deadline": local(self.reply_due_at, zone).date(),
            "user_id": self.user_id.id,
        }

    def _sync_reminder(self):
        """Answered cases finish their activity, which is kept; others follow the case."""
        answered = self.filtered(lambda case: case.state in ("in_progress", "solved"))
        for case in answered:
            case.reminder_id.sudo().filtered("active").action_feedback()
        return super(RetentionCase, self - answered)._sync_reminder()

    def _reminder_done(self, feedback, attachment_ids):
        self.filtered(lambda case: case._is_waiting()).write({"state": "in_progress"})

    # ---------------------------------------------------------------- answering by mail
    def _mail_get_partner_fields(self, introspect_fields=False):
        # Unlike what else is noted about customers, a case is talked over with them.
        return ["partner_id"]

    def _message_post_after_hook(self, message, msg_vals):
        """A message of a colleague to the customer is the answer."""
        result = super()._message_post_after_hook(message, msg_vals)
        author, readers = message.sudo().author_id, message.sudo().partner_ids
        to_customer = any(readers.mapped("partner_share"))
        if (
            message.message_type == "comment"
            and author
            and not author.partner_share
            and to_customer
        ):
            self.filtered(lambda case: case._is_waiting()).write({"state": "in_progress"})
        return result

    # ---------------------------------------------------------------- watching
    @api.model
    def _cron_cases(self):
        """Give cases of people who are gone to others, and tell owners what is overdue."""

        def watch(company):
            self._watch(company, fields.Datetime.now())

        each_company(self.env, watch, "Watching the cases")

    @api.model
    def _watch(self, company, now):
        mine = Domain("company_id", "=", company.id)
        eligible = self.env["retention.alert"]._eligible_users(company)
        left = self.search(
            mine & Domain("state", "in", OPEN) & Domain("user_id", "not in", eligible.ids)
        )
        left._assign(replace=True)
        waiting = Domain("state", "=", "new") & Domain("first_reply_at", "=", False)
        late = self.search(
            mine & waiting & Domain("late_told", "=", False) & Domain("reply_due_at", "<", now),
            limit=BATCH,
        )
        late.write({"late_told": True})
        late.reminder_id.sudo().filtered("active").action_notify()
