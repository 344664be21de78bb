from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import ValidationError

from .retention_alert import TASK_TYPES


class RetentionAlert(models.Model):
    """The one open activity of an alert that is being worked on."""

    _inherit = "retention.alert"

    @api.model
    def _task_type_ids(self):
        """Return {what to do: id of the activity type}."""
        data = self.env["ir.model.data"]
        return {
            action: data._xmlid_to_res_id(xmlid, raise_if_not_found=True)
            for action, xmlid in TASK_TYPES.items()
        }

    @api.model
    def _deadline(self, company, as_of, level):
        critical = level == "critical"
        company = company.sudo()
        days = company.retention_alert_days_critical if critical else company.retention_alert_days
        return as_of + timedelta(days=days)

    def _open(self, company, as_of):
        """Have these waiting alerts worked on; who comes back from a break keeps the task."""
        fresh = self.filtered(lambda alert: not alert.task_id.active)
        (self - fresh).write({"state": "open"})
        for critical, alerts in fresh.grouped(lambda a: a.risk_level == "critical").items():
            deadline = self._deadline(company, as_of, "critical" if critical else "high")
            alerts.write({"state": "open", "date_deadline": deadline})
        fresh._create_tasks()

    def _create_tasks(self):
        """Plan the task of each of these alerts, in one go."""
        types = self._task_type_ids()
        notes = self._task_notes(types)
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": types[alert.action],
                    "note": notes[alert.action, alert.user_id.lang],
                    "automated": True,
                    "date_deadline": alert.date_deadline,
                    "res_model_id": model_id,
                    "res_id": alert.id,
                    "user_id": alert.user_id.id,
                }
                for alert in self
            ]
        )

    def _task_notes(self, types):
        """Return {(what to do, language): script} in the owners' languages."""
        kinds = self.env["mail.activity.type"].sudo()
        return {
            (action, lang): kinds.with_context(lang=lang).browse(types[action]).default_note
            for action, lang in {(alert.action, alert.user_id.lang) for alert in self}
        }

    def _adopt_tasks(self, tasks):
        """Take new activities of our types for these alerts' task: one each.

        :raises ValidationError: for an alert that has one, or is not being worked on
        """
        for alert, task in zip(self, tasks):
            if alert.state not in ("open", "missing", "snoozed") or alert.task_id.active:
                raise ValidationError(
                    self.env._(
                        "The alert of %s already has its task, waits for its turn or is "
                        "closed. Plan another kind of activity.",
                        alert.partner_id.display_name,
                    )
                )
            alert.task_id = task
            if alert.state == "missing":
                alert.state = "open"
        self._follow_tasks()

    def _mend_tasks(self, company):
        """Plan tasks that somebody deleted past our hooks, and drop those nobody needs."""
        ours = [("company_id", "=", company.id)]
        working = self.search([*ours, ("state", "=", "open")])
        working.filtered(lambda alert: not alert.task_id.active)._create_tasks()
        waiting = self.search([*ours, ("state", "=", "queued"), ("task_id", "!=", False)])
        waiting._withdraw_tasks()

    def _withdraw_tasks(self):
        """Take the task away without a trace: it was not begun and comes again."""
        tasks = self.task_id.filtered("active")
        self.task_id = False
        tasks.unlink()

    def _finish_tasks(self, feedback, contact):
        """Close the tasks of closed alerts with what happened, and say so in the chatter.

        :param feedback: function of an alert in its owner's language → text
        :param contact: whether this counts as contact with the customer
        """
        tasks = self.task_id.filtered("active")
        self._log_batch(feedback)
        texts = defaultdict(self.env["mail.activity"].browse)
        for alert in self:
            if alert.task_id in tasks:
                texts[feedback(alert._in_owner_language())] |= alert.task_id
        for text, found in texts.items():
            found.write({"active": False, "feedback": text, "retention_no_contact": not contact})

    def _in_owner_language(self):
        return self.with_context(lang=self.user_id.lang or self.env.lang)

    def _log_batch(self, text):
        """Note ``text(alert)``, in its owner's language, on each alert: one insert."""
        if self:
            self._message_log_batch({a.id: text(a._in_owner_language()) for a in self})

    # ---------------------------------------------------------------- followed by the alert
    def _follow_tasks(self):
        """Take over owner and deadline from tasks that somebody changed."""
        moved = self.browse()
        for alert in self:
            task = alert.task_id
            if not task.user_id:
                raise ValidationError(
                    self.env._(
                        "The task of an alert is somebody's. Give it to a colleague instead."
                    )
                )
            changed = {}
            if alert.user_id != task.user_id:
                changed["user_id"] = task.user_id.id
                moved |= alert
            if alert.date_deadline != task.date_deadline:
                changed["date_deadline"] = task.date_deadline
                if alert.state == "snoozed":
                    changed["snoozed_until"] = task.date_deadline
            if changed:
                alert.write(changed)
        moved._refill()

    def _refill(self):
        """Open waiting alerts for people who may have room now."""
        for company, alerts in self._quietly().grouped("company_id").items():
            alerts._fill_slots(company, company._retention_today())

    def write(self, vals):
        result = super().write(vals)
        values = {name: vals[name] for name in ("user_id", "date_deadline") if vals.get(name)}
        if values:
            behind = self.sudo().filtered(
                lambda alert: (
                    alert.task_id.active
                    and any(alert.task_id[name] != alert[name] for name in values)
                )
            )
            if behind:
                behind.task_id.write(values)
        if "user_id" in vals and not self.env.su:
            self._refill()
        return result

    def _task_done(self, company, as_of):
        """The task was marked as done elsewhere: ask for the outcome."""
        alerts = self.filtered(lambda alert: alert.state in ("open", "snoozed"))
        alerts.write({"state": "missing", "snoozed_until": False})
        alerts.filtered(lambda a: not a.first_touch_on).write({"first_touch_on": as_of})
        alerts._fill_slots(company, as_of)

    def _keep_feedback(self):
        for alert in self.filtered(lambda alert: alert.state == "missing"):
            said = (alert.task_id.feedback or "").strip()
            if said and said not in (alert.attempt or ""):
                alert.attempt = "\n".join(filter(None, [alert.attempt, said]))
