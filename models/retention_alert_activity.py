from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

WATCHED = {"active", "user_id", "date_deadline", "feedback"}


class MailActivity(models.Model):
    """What happens to an alert's task in the ordinary activity menu."""

    _inherit = "mail.activity"

    retention_no_contact = fields.Boolean(
        "Closed Without Contact",
        readonly=True,
        help="Not counted as contact with the customer.",
    )

    def _retention_alerts(self):
        """Return the alerts, with the engine's rights, whose task is among these."""
        alerts = self.env["retention.alert"]
        if not any(task.res_model == alerts._name for task in self.sudo()):
            return alerts
        return alerts._quietly().search([("task_id", "in", self.ids), ("live", "=", True)])

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        alerts = self.env["retention.alert"]
        made = activities.sudo().filtered(lambda a: a.res_model == alerts._name)
        if made:
            types = set(alerts._task_type_ids().values())
            tasks = made.filtered(lambda a: a.activity_type_id.id in types)
            mine = alerts.browse(tasks.mapped("res_id"))
            mine.check_access("write")
            mine.with_env(alerts._quietly().env)._adopt_tasks(tasks)
        return activities

    def write(self, vals):
        watched = WATCHED & vals.keys()
        alerts = self._retention_alerts() if watched else self.env["retention.alert"]
        result = super().write(vals)
        if not alerts:
            return result
        if "active" in watched:
            done = alerts.filtered(lambda alert: not alert.task_id.active)
            for company, found in done.grouped("company_id").items():
                found._task_done(company, company._retention_today())
            again = alerts - done
            again.filtered(lambda alert: alert.state == "missing").write({"state": "open"})
        if "feedback" in watched:
            alerts._keep_feedback()
        if watched & {"user_id", "date_deadline"}:
            alerts.filtered("task_id.active")._follow_tasks()
        return result

    def unlink(self):
        alerts = self._retention_alerts().filtered(lambda a: a.state in ("open", "snoozed"))
        result = super().unlink()
        # Cancelled, but nobody said what came of the customer: it is asked again.
        if alerts and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            alerts._create_tasks()
        return result

    def action_retention_outcome(self, outcome):
        """Open the dialog that closes the alert of this task.

        :param str outcome: one of the alert's outcomes
        :raises AccessError: for anything else than a task of an alert the caller may change
        """
        self.ensure_one()
        self.check_access("read")
        task = self.sudo()
        if task.res_model != "retention.alert":
            raise AccessError(self.env._("This is not the task of an alert."))
        alert = self.env["retention.alert"].browse(task.res_id)
        alert.check_access("write")
        if alert.task_id.id != self.id:
            raise AccessError(self.env._("This is not the task of an alert."))
        return alert.action_close_with(outcome)
