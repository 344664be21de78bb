"""The result buttons of an alert's task, wherever activities are shown."""

from odoo import models

from odoo.addons.mail.tools.discuss import Store

from .retention_alert import TASK_TYPES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _is_retention_task(self):
        """Whether this is the task that an outcome finishes, not a card or another call."""
        self.ensure_one()
        if self.res_model != "retention.alert" or not self.active:
            return False
        return self.activity_type_id.id in {
            self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in TASK_TYPES.values()
        }

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + [
            Store.Attr("is_retention_task", lambda activity: activity._is_retention_task()),
            # Core shows nothing for an activity without a summary of its own.
            Store.Attr("summary", lambda activity: activity._retention_summary()),
        ]

    def _retention_summary(self):
        self.ensure_one()
        if self.summary or not self._is_retention_task():
            return self.summary
        return self.activity_type_id.name

    def action_done(self):
        """Go on to the outcome where the activity's own views mark a task as done."""
        tasks = self.filtered(lambda activity: activity._is_retention_task())
        alerts = self.env["retention.alert"].browse(tasks.mapped("res_id"))
        result = super().action_done()
        alerts = alerts.exists()._filtered_access("write")
        return alerts.action_ask_outcome() if alerts else result
