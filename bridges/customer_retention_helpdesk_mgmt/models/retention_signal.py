from odoo import api, models

from odoo.addons.customer_retention.models.retention_signal import SignalType


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.model
    def _signal_types(self):
        types = super()._signal_types()
        types["tickets_month"] = SignalType(
            self.env._("Many tickets in a month"),
            "service",
            "count",
            points=4,
            thresholds=(3, 5),
            opens_alert=True,
            alert_from=3,
        )
        return types

    def _collect_tickets_month(self, chunk):
        return chunk.filled(self.env["retention.metrics"]._tickets_of_month(chunk.scope))

    def _sentence_tickets_month(self, reason):
        return self.env._(
            "%s tickets were opened within one calendar month.", f"{reason._measure():.0f}"
        )

    def _records_tickets_month(self, reason):
        return reason.profile_id.action_open_tickets()
