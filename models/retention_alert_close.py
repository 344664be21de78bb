from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

LONGEST_BREAK = 365  # days
# For how many days at most an answer keeps the same cause quiet; the others hold until the
# cause has been gone for two nights.
HOLD_DAYS = {"unreachable": 30, "saved": 90}
PLAIN_TASK = "mail.mail_activity_data_todo"


class RetentionAlert(models.Model):
    """What people do with an alert: a break, an outcome."""

    _inherit = "retention.alert"

    # ---------------------------------------------------------------- break
    def action_snooze(self, days=None, until=None, reason=None):
        """Let these alerts rest.

        :param int days: from today, or else
        :param until: the day on which they come back, as a date or "YYYY-MM-DD"
        :param str reason: why
        :raises ValidationError: for a day that is past or more than a year ahead
        """
        self.check_access("write")
        for company, alerts in self._quietly().grouped("company_id").items():
            today = company._retention_today()
            day = today + timedelta(days=int(days)) if days else fields.Date.to_date(until)
            if not day or not today < day <= today + timedelta(days=LONGEST_BREAK):
                raise ValidationError(
                    self.env._("A break ends on a day of the next twelve months.")
                )
            alerts._check_not_closed()
            if "missing" in alerts.mapped("state"):
                raise UserError(self.env._("Say first what came of the task that was done."))
            alerts.write(
                {
                    "state": "snoozed",
                    "snoozed_until": day,
                    "snooze_reason": reason,
                    "date_deadline": day,
                }
            )
            alerts._fill_slots(company, today)
        return True

    def _check_not_closed(self):
        if closed := self.filtered(lambda alert: alert.state == "closed"):
            raise UserError(
                self.env._("The alert of %s is closed already.", closed[0].partner_id.display_name)
            )

    # ---------------------------------------------------------------- outcome
    def action_close_with(self, outcome):
        """Open the dialog that asks for root cause and attempt, and closes these alerts.

        :param str outcome: saved, gone, false_alarm or unreachable
        :raises ValidationError: for another outcome
        """
        self.check_access("write")
        self._check_not_closed()
        if outcome not in dict(self._fields["outcome"].selection):
            raise ValidationError(self.env._("There is no outcome %s.", outcome))
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.alert.outcome",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_alert_ids": [fields.Command.set(self.ids)],
                "default_outcome": outcome,
            },
            "name": self.env._("Close the Alert"),
        }

    def _close_by_person(self, values):
        """Close these alerts with an outcome.

        :param values: outcome, root_cause and attempt, all needed; competitor_id, offer
        :raises UserError: when one is missing, or an alert is closed already
        """
        self.check_access("write")
        self._check_not_closed()
        missing = [name for name in ("outcome", "root_cause", "attempt") if not values.get(name)]
        if missing:
            raise UserError(
                self.env._("An alert is closed with outcome, root cause and what was tried.")
            )
        for company, alerts in self._quietly().grouped("company_id").items():
            today = company._retention_today()
            alerts._write_outcome(values, today)
            alerts._fill_slots(company, today)

    def _write_outcome(self, values, today):
        outcome = values["outcome"]
        reached = outcome != "unreachable"
        untouched = self.filtered(lambda alert: not alert.first_touch_on)
        if outcome != "false_alarm":
            untouched.write({"first_touch_on": today})
        self.write(
            {
                **values,
                "state": "closed",
                "closed_on": today,
                "closed_by_id": self.env.uid,
                "close_reason": "outcome",
                "snoozed_until": False,
                "verification": "pending" if outcome == "saved" else False,
            }
        )
        days = HOLD_DAYS.get(outcome)
        lasting = self.line_ids.filtered(lambda line: line.state == "active")
        lasting.write(
            {
                "state": "answered",
                "holds": True,
                "hold_until": today + timedelta(days=days) if days else False,
            }
        )

        def said(alert):
            labels = dict(alert._fields["outcome"]._description_selection(alert.env))
            return f"{labels[outcome]}: {values['attempt']}"

        self._finish_tasks(said, contact=reached)

    def _plan_next_step(self, text, day):
        """Plan an activity of the caller's on each of these closed alerts."""
        self.check_access("write")
        for company, alerts in self.grouped("company_id").items():
            alerts.activity_schedule(
                PLAIN_TASK,
                date_deadline=day or company._retention_today() + timedelta(days=3),
                summary=text or False,
                user_id=self.env.uid,
                automated=False,
            )

    def _last_talk_text(self):
        """Return what was noted of the last talk since the alert was opened."""
        self.ensure_one()
        talk = self.env["retention.interaction"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.opened_on),
            ],
            limit=1,
        )
        return "\n".join(filter(None, [talk.topic, talk.note])) or False
