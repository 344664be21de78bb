from odoo import fields, models
from odoo.tools import format_date, format_time

from odoo.addons.customer_retention.analytics import schedule


class EventEvent(models.Model):
    _inherit = "event.event"

    def write(self, vals):
        result = super().write(vals)
        if {"date_begin", "date_end", "date_tz"} & vals.keys():
            self._retention_moved(fields.Datetime.now())
        return result

    def _retention_days(self):
        """Return the first and the last day of the event, where it takes place."""
        self.ensure_one()
        return tuple(
            schedule.local(moment, self.date_tz).date()
            for moment in (self.date_begin, self.date_end)
        )

    def _retention_is_off(self, now):
        """Return whether it will not take place."""
        self.ensure_one()
        return self.kanban_state == "cancel" or not self.active and self.date_end > now

    def _retention_moved(self, now):
        """Plan anew what is counted from the days of these events."""
        enrollments = self.env["retention.enrollment"]._engine()
        waiting = enrollments.env["retention.sop.step.run"].search(
            [
                ("state", "=", "waiting"),
                ("step_id.delay_from", "=", "anchor"),
                ("enrollment_id.event_id", "in", self.ids),
            ]
        )
        steps = {run.enrollment_id: run.step_id for run in waiting}
        due = waiting.enrollment_id._due_moments(steps, now)
        for moment, runs in waiting.grouped(lambda run: due[run.enrollment_id]).items():
            runs.write({"due_at": moment, "first_due_at": moment})

    # ---------------------------------------------------------------- in words
    def _retention_values(self):
        """Return what messages say of the event, in the language of the context."""
        self.ensure_one()
        first, _last = self._retention_days()
        return {
            "event_name": self.name,
            "event_date_text": self.env._(
                "%(date)s, %(time)s",
                date=format_date(self.env, first, date_format="full"),
                time=format_time(self.env, self.date_begin, tz=self.date_tz, time_format="short"),
            ),
            "event_place": self.address_inline,
            "event_link": self.event_share_url,
        }
