from odoo import api, fields, models

from odoo.addons.customer_retention.models.retention_sop_trigger import TriggerType


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    trigger_crm_event = fields.Selection(
        [
            ("stage", "It reaches a stage"),
            ("won", "It is won"),
            ("lost", "It is lost"),
        ],
        "What Happens to It",
        help="What becomes of the opportunity.",
    )
    trigger_crm_stage_id = fields.Many2one(
        "crm.stage",
        "Stage Reached",
        ondelete="restrict",
        help="The stage the opportunity comes to.",
    )

    @api.model
    def _trigger_types(self):
        types = super()._trigger_types()
        label = self.env._("Opportunity won, lost or in a stage")
        types["opportunity"] = TriggerType(label, ("trigger_crm_event",), prospects=True)
        return types

    def _trigger_problems(self):
        found = super()._trigger_problems()
        needs_stage = self.trigger == "opportunity" and self.trigger_crm_event == "stage"
        if needs_stage and not self.trigger_crm_stage_id:
            found.append(self.env._("Say which stage of the opportunity counts."))
        return found

    @api.depends("trigger_crm_event", "trigger_crm_stage_id")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    @api.depends("trigger_crm_event", "trigger_crm_stage_id")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _occasions_opportunity(self, span):
        return self.env["retention.metrics"]._opportunities(
            span, self.trigger_crm_event, self.trigger_crm_stage_id.id
        )

    def _when_opportunity(self):
        if self.trigger_crm_event == "won":
            return self.env._("When an opportunity is won")
        if self.trigger_crm_event == "lost":
            return self.env._("When an opportunity is lost")
        return self.env._(
            "When an opportunity reaches the stage “%s”", self.trigger_crm_stage_id.name or "…"
        )
