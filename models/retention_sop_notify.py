"""Telling people of their new tasks: one message in the morning, never one for each task."""

from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from .retention_alert_notify import MORNING


class ResUsers(models.Model):
    _inherit = "res.users"

    retention_tasks_told_on = fields.Date("Told of Tasks On", groups="base.group_system")


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    told_on = fields.Date(readonly=True, help="The day its person was told of the task.")

    @api.model
    def _morning_summary(self, now):
        """Tell everybody of new tasks of procedures, once a day and in their own morning."""
        waiting = self.sudo().search(
            [
                ("state", "=", "open"),
                ("told_on", "=", False),
                ("activity_id.res_model", "=", "retention.enrollment"),
            ]
        )
        for user, runs in waiting.grouped("user_id").items():
            local = now.replace(tzinfo=UTC).astimezone(ZoneInfo(user.tz or "UTC"))
            if local.hour not in MORNING or user.retention_tasks_told_on == local.date():
                continue
            mine = runs.with_context(lang=user.lang)
            mine._tell(user, mine.env._("New tasks of procedures: %s", len(mine)))
            user.retention_tasks_told_on = local.date()
            runs.write({"told_on": local.date()})


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    @api.model
    def _cron_morning_summary(self):
        result = super()._cron_morning_summary()
        self.env["retention.sop.step.run"]._morning_summary(fields.Datetime.now())
        return result
