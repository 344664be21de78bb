from odoo import api, models


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.depends("trigger_event_state", "trigger_event_ids")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _is_dated(self):
        near = self.trigger == "event" and self.trigger_event_state == "upcoming"
        return near or super()._is_dated()

    def _when_event(self):
        events = self._names(self.trigger_event_ids)
        if self.trigger_event_state == "upcoming":
            return self._around(events or "…")
        events = events or self.env._("an event")
        if self.trigger_event_state == "attended":
            return self.env._("When somebody attends: %s", events)
        if self.trigger_event_state == "missed":
            return self.env._("When somebody registered and stayed away: %s", events)
        return self.env._("When somebody registers: %s", events)
