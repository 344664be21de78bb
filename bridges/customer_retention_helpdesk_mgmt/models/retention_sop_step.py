from odoo import fields, models

from odoo.addons.customer_retention.models.retention_sop_runner import Result


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    if_ticket_priority = fields.Selection(
        [("2", "At least high"), ("3", "Very high")],
        "Priority of the Ticket",
        help="Also part of the condition.",
    )

    def _run_branch(self, runs, now):
        found = super()._run_branch(runs, now)
        if not self.if_ticket_priority:
            return found
        no = Result(text=self.env._("Condition not met"), goto=self.else_step_id or False)
        for run in runs:
            priority = run.enrollment_id.ticket_id.priority or "0"
            if found[run.id].goto is None and priority < self.if_ticket_priority:
                found[run.id] = no
        return found
