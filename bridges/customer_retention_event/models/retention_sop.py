from odoo import api, fields, models

from odoo.addons.customer_retention.models.retention_sop_trigger import TriggerType


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    trigger_event_state = fields.Selection(
        [
            ("upcoming", "An event is near"),
            ("registered", "Somebody registers"),
            ("attended", "Somebody attends"),
            ("missed", "Somebody registered and stayed away"),
        ],
        "What Happens",
        help="For an event that is near, the days say from when on; before it: negative.",
    )
    trigger_event_ids = fields.Many2many(
        "event.event",
        "retention_sop_trigger_event_rel",
        string="Events",
        help="Empty: any event, except when customers are to be invited.",
    )

    @api.model
    def _trigger_types(self):
        types = super()._trigger_types()
        types["event"] = TriggerType(
            self.env._("An event and its guests"), needs=("trigger_event_state",), prospects=True
        )
        return types

    def _trigger_problems(self):
        found = super()._trigger_problems()
        near = self.trigger == "event" and self.trigger_event_state == "upcoming"
        if near and not self.trigger_event_ids:
            found.append(self.env._("Choose the events to which customers are invited."))
        if near and self.trigger_days > 0:
            found.append(self.env._("Say how many days before the event: a negative number."))
        return found

    def _occasions_event(self, span):
        metrics = self.env["retention.metrics"]
        if self.trigger_event_state == "upcoming":
            return metrics._upcoming_events(span, self)
        return metrics._event_occasions(span, self)
