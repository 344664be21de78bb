"""A procedure's task in the hands of a person: its text, "sent" in one tap, the talk it was."""

from lxml import html

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

ENROLLMENT = "retention.enrollment"
WECHAT = "customer_retention.activity_type_sop_wechat"
# A task whose customer has an open alert is part of that alert's task.
CARRIERS = {ENROLLMENT, "retention.alert"}
TEXT = "//div[contains(concat(' ', @class, ' '), ' o_retention_text ')]"


class MailActivity(models.Model):
    _inherit = "mail.activity"

    retention_text = fields.Text("Words for the Customer", compute="_compute_retention_text")
    retention_wechat = fields.Boolean("Sent by WeChat", compute="_compute_retention_text")

    @api.depends("note", "active", "res_model", "activity_type_id")
    def _compute_retention_text(self):
        for activity in self:
            activity.retention_text = activity._retention_words()
            activity.retention_wechat = activity._is_retention_wechat()

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "retention_text", "retention_wechat"]

    def _is_retention_wechat(self):
        """Whether this is a message of a procedure that a person sends by WeChat."""
        self.ensure_one()
        kind = self.env["ir.model.data"]._xmlid_to_res_id(WECHAT)
        return self.active and self.res_model == ENROLLMENT and self.activity_type_id.id == kind

    def _retention_words(self):
        """Return the words for the customer that this task carries; "" without any."""
        self.ensure_one()
        if self.res_model not in CARRIERS or not self.note:
            return ""
        texts = html.fromstring(f"<div>{self.note}</div>").xpath(TEXT)
        words = (
            html2plaintext(html.tostring(text, encoding="unicode"), include_references=False)
            for text in texts
        )
        return "\n\n".join(word.strip() for word in words)

    def action_retention_sent(self):
        """Note that the message was sent: the task is done, and a talk says so.

        :raises UserError: for anything else than a WeChat message of a procedure
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_retention_wechat():
            raise UserError(self.env._("This is no WeChat message of a procedure, or it is done."))
        enrollment = self.env[ENROLLMENT].browse(self.res_id)
        enrollment.check_access("read")
        self.env["retention.interaction"].create(
            {
                "partner_id": enrollment.contact_id.id,
                "company_id": enrollment.company_id.id,
                "kind": "wechat",
                "direction": "outgoing",
                "outcome": "reached",
                "topic": self.summary or self.activity_type_id.name,
                "note": self.retention_text,
            }
        )
        # The talk is the contact; the task beside it would count twice.
        self.retention_no_contact = True
        self.action_feedback(feedback=self.env._("Sent by WeChat"))
        return True

    def _action_done(self, feedback=False, attachment_ids=None):
        # What is prepared for a customer, without being in touch, is no contact.
        inner = self._retention_runs().filtered(lambda run: not run.touch_id).activity_id
        inner.filtered(lambda task: task.res_model == ENROLLMENT).retention_no_contact = True
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    # ---------------------------------------------------------------- done and log a talk
    def _talk_partner(self):
        partner = super()._talk_partner()
        if self.res_model != ENROLLMENT:
            return partner
        return self.env[ENROLLMENT].browse(self.res_id).contact_id

    def _talk_kind(self):
        channel = self._retention_runs()[:1].channel or self._retention_runs()[:1].step_id.channel
        kinds = self.env["retention.interaction"]._fields["kind"].get_values(self.env)
        return channel if channel in kinds else super()._talk_kind()


class RetentionEnrollment(models.Model):
    _inherit = ENROLLMENT

    may_change = fields.Boolean(compute="_compute_may_change")
    wechat_task_id = fields.Many2one(
        "mail.activity", "My WeChat Message", compute="_compute_wechat_task"
    )
    wechat_text = fields.Text("Text To Send", compute="_compute_wechat_task")

    @api.depends_context("uid")
    def _compute_may_change(self):
        allowed = self._filtered_access("write")
        for enrollment in self:
            enrollment.may_change = enrollment in allowed

    @api.depends("activity_ids.active", "activity_ids.user_id", "activity_ids.note")
    @api.depends_context("uid")
    def _compute_wechat_task(self):
        for enrollment in self:
            task = enrollment.activity_ids.filtered(
                lambda a: a.user_id == self.env.user and a._is_retention_wechat()
            )[:1]
            enrollment.wechat_task_id = task
            enrollment.wechat_text = task.retention_text


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    icon = fields.Char(related="step_id.icon")
    held_back = fields.Boolean(compute="_compute_held_back")

    @api.depends("state", "touch_id.state")
    def _compute_held_back(self):
        for run in self:
            run.held_back = run.state == "waiting" and run.touch_id.state == "deferred"

    def _read_group_select(self, aggregate_spec, query):
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.startswith("late_hours:"):
            # What is not done yet, or was called off, is neither late nor in time.
            state = self._field_to_sql(self._table, "state", query)
            sql = SQL("%s FILTER (WHERE %s = 'done')", sql, state)
        return sql

    def action_open_enrollment(self):
        """Open the enrollment this step belongs to."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": ENROLLMENT,
            "res_id": self.enrollment_id.id,
            "views": [[False, "form"]],
        }
