from datetime import UTC
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from .joining import names_text

MORNING = range(8, 12)  # hours of the user's own day in which the summary may be sent


class RetentionAlert(models.Model):
    """Telling owners: critical at once, high in one message of the morning, others never."""

    _inherit = "retention.alert"

    @api.model
    def _tell_critical(self, company, as_of):
        """Tell the owners of open critical alerts who do not know yet: one message each.

        :return: these alerts
        """
        urgent = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("risk_level", "=", "critical"),
                ("told_on", "=", False),
            ]
        )
        urgent.write({"told_on": as_of})
        for user, found in urgent.grouped("user_id").items():
            found = found.with_context(lang=user.lang)
            title = found.env._("Customers to call at once: %s", len(found))
            found._tell(user, title)
            user._bus_send(
                "simple_notification",
                {
                    "type": "danger",
                    "sticky": True,
                    "title": title,
                    "message": names_text(self.env, found.partner_id.mapped("display_name")),
                },
            )
        return urgent

    @api.model
    def _tell_late(self, alerts):
        """Tell those to whom late alerts were passed on: one message each."""
        for user, found in alerts.grouped("user_id").items():
            found = found.with_context(lang=user.lang)
            found._tell(user, found.env._("Late alerts that are yours now: %s", len(found)))

    def _tell(self, user, title):
        """Send one message that lists these alerts, by mail or in the inbox as the user has it."""
        rows = Markup().join(
            Markup('<li><a href="/odoo/%s/%s">%s</a> — %s<br/>%s</li>')
            % (
                self._name,
                alert.id,
                alert.partner_id.display_name,
                alert.env._("due on %s", format_date(alert.env, alert.date_deadline)),
                alert.sentence_summary or "",
            )
            for alert in self
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=title,
            body=Markup("<p>%s</p><ul>%s</ul>") % (title, rows),
            email_layout_xmlid="mail.mail_notification_light",
        )

    @api.model
    def _cron_morning_summary(self):
        """Tell owners of new high alerts, once a day and in the morning where they are."""
        now = fields.Datetime.now().replace(tzinfo=UTC)
        waiting = self.sudo().search(
            [("state", "=", "open"), ("risk_level", "=", "high"), ("told_on", "=", False)]
        )
        for user, alerts in waiting.grouped("user_id").items():
            local = now.astimezone(ZoneInfo(user.tz or "UTC"))
            if local.hour not in MORNING or user.retention_summary_on == local.date():
                continue
            found = alerts.with_context(lang=user.lang)
            found._tell(user, found.env._("Customers to call: %s", len(found)))
            user.retention_summary_on = local.date()
            alerts.with_context(tracking_disable=True).write({"told_on": local.date()})
