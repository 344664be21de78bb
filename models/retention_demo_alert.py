from datetime import timedelta

from odoo import api, models

from ..demo import alerts as story
from ..demo import procedures


class RetentionDemo(models.AbstractModel):
    """Alerts of the demo company, see ``demo/alerts.py``: on for months, and worked on."""

    _inherit = "retention.demo"

    @api.model
    def _days_to_live(self, plan, months):
        days = super()._days_to_live(plan, months)
        weeks = {plan.as_of - timedelta(days=ago) for ago in range(0, story.DAYS, 7)}
        return sorted({*days, *(day for day in weeks if day > days[0])})

    @api.model
    def _live_day(self, plan, partners, day):
        """People work on alerts before the night that judges their customers anew."""
        ago = (plan.as_of - day).days
        if ago <= story.DAYS:
            self.env.company._retention_company().sudo().retention_alerts_started = True
            if ago:
                self._work_on_alerts(plan.as_of, day)
                self._date_tasks(day)
            else:
                self._read_inbox()
        result = super()._live_day(plan, partners, day)
        self._date_tasks(day)
        self._date_ended_steps(day if ago else day - timedelta(days=1))
        return result

    @api.model
    def _date_tasks(self, day):
        """Tasks of alerts were done when the alert was closed, not in the real today."""
        alerts = self.env["retention.alert"].sudo().search([("task_id.date_done", ">", day)])
        for closed, found in alerts.grouped("closed_on").items():
            found.task_id.write({"date_done": closed or day})

    @api.model
    def _date_ended_steps(self, day):
        """Steps that ended with an alert did so on that day, not in the real now."""
        runs = self.env["retention.enrollment"]._engine().env["retention.sop.step.run"]
        night = self._moment(day, procedures.NIGHT_HOUR)
        company = self.env.company._retention_company()
        late = runs.search([("company_id", "=", company.id), ("done_at", ">", night)])
        late.write({"done_at": night})
        late.activity_id.filtered("date_done").write({"date_done": day})

    @api.model
    def _work_on_alerts(self, as_of, day):
        """Contact and close what should have been since the last day that was lived."""
        company = self.env.company._retention_company()
        alerts = self.env["retention.alert"]._engine(company)
        mine = [("company_id", "=", company.id), ("state", "=", "open")]
        found, keys = alerts.search(mine), self._partner_keys()
        courses = {
            alert: story.course(keys.get(alert.partner_id.id, ""), alert.opened_on)
            for alert in found
            if (as_of - alert.opened_on).days > story.LEFT_OVER
        }
        self.env["retention.interaction"].create(
            [
                self._alert_call(alert, course)
                for alert, course in courses.items()
                if course.said
                and not alert.first_touch_on
                and self._alert_day(alert, course.contacted) <= day
            ]
        )
        alerts._note_touches(company, day, found.partner_id.ids)
        for alert, course in courses.items():
            if self._alert_day(alert, course.ended) > day:
                continue
            values = {
                "outcome": course.outcome,
                "root_cause": course.cause,
                "attempt": self._alert_words(alert, course.words),
            }
            closing = alert.with_user(alert.user_id).sudo()
            closing._write_outcome(values, self._alert_day(alert, course.ended))

    @api.model
    def _alert_day(self, alert, after):
        return story.working_day(alert.opened_on, after)

    @api.model
    def _alert_words(self, alert, words):
        return words[alert.user_id.lang == "zh_CN"]

    @api.model
    def _alert_call(self, alert, course):
        reached = course.outcome != "unreachable"
        day = self._alert_day(alert, course.contacted)
        return {
            "partner_id": alert.partner_id.id,
            "company_id": alert.company_id.id,
            "user_id": alert.user_id.id,
            "date": self._moment(day, procedures.WORK_HOUR),
            "kind": "call",
            "outcome": "reached" if reached else "no_answer",
            "topic": self._alert_words(alert, story.CALLED),
            "note": self._alert_words(alert, course.said),
        }

    @api.model
    def _read_inbox(self):
        """Everybody has read what came up to yesterday."""
        self.env["mail.notification"].sudo().search(
            [
                ("notification_type", "=", "inbox"),
                ("is_read", "=", False),
                ("res_partner_id.user_ids.company_id", "=", self.env.company.id),
            ]
        ).is_read = True
