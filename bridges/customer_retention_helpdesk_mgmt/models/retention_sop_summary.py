from odoo import api, models
from odoo.tools.i18n import format_list


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.depends("trigger_ticket_category_ids", "trigger_ticket_priority")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _when_ticket_opened(self):
        which = self._which_tickets()
        if not which:
            return self.env._("When a ticket is opened")
        return self.env._("When a ticket is opened (%s)", which)

    def _when_ticket_closed(self):
        which = self._which_tickets()
        if not which:
            return self.env._("When a ticket is solved")
        return self.env._("When a ticket is solved (%s)", which)

    def _which_tickets(self):
        words = [self._names(self.trigger_ticket_category_ids)]
        if self.trigger_ticket_priority:
            words.append(self._label("trigger_ticket_priority"))
        words = [word for word in words if word]
        return format_list(self.env, words) if words else ""
