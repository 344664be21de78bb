from odoo import api, fields, models

from odoo.addons.customer_retention.models.retention_sop_trigger import TriggerType


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    trigger_ticket_category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        "retention_sop_trigger_ticket_category_rel",
        string="Ticket Categories",
        help="With those below them; empty: tickets of all categories.",
    )
    trigger_ticket_priority = fields.Selection(
        [
            ("1", "Medium priority and above"),
            ("2", "High priority and above"),
            ("3", "Very high priority only"),
        ],
        "Ticket Priority",
        help="Empty: tickets of any priority.",
    )

    @api.model
    def _trigger_types(self):
        return {
            **super()._trigger_types(),
            "ticket_opened": TriggerType(self.env._("Ticket opened"), prospects=True),
            "ticket_closed": TriggerType(self.env._("Ticket solved"), prospects=True),
        }

    def _occasions_ticket_opened(self, span):
        return self.env["retention.metrics"]._tickets_opened(span, self)

    def _occasions_ticket_closed(self, span):
        return self.env["retention.metrics"]._tickets_closed(span, self)
