from odoo import api, fields, models

from .retention_sop_trigger import TriggerType


class RetentionSop(models.Model):
    """Procedures that begin with a customer's answer: thanks, a referral, a rescue."""

    _inherit = "retention.sop"

    trigger_feedback_kind = fields.Selection(
        lambda self: self.env["retention.feedback"]._selection_kind(),
        "Kind of Answer",
        help="Empty: any.",
    )
    trigger_answer = fields.Selection(
        [
            ("good", "Happy answers: promoters, satisfied"),
            ("middle", "So-so answers: passives, neither nor"),
            ("bad", "Unhappy answers: detractors, dissatisfied"),
        ],
        "Which Answers",
        help="Empty: any.",
    )

    @api.model
    def _trigger_types(self):
        label = self.env._("A customer's answer: NPS, satisfaction, interview")
        return super()._trigger_types() | {"feedback": TriggerType(label, prospects=True)}

    def _occasions_feedback(self, span):
        return self.env["retention.metrics"]._feedback_occasions(
            span, self.trigger_feedback_kind, self.trigger_answer
        )

    # ---------------------------------------------------------------- in words
    @api.depends("trigger_feedback_kind", "trigger_answer")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _when_feedback(self):
        kind = self._label("trigger_feedback_kind") if self.trigger_feedback_kind else ""
        which = self._label("trigger_answer") if self.trigger_answer else ""
        if kind and which:
            return self.env._("When somebody answers (%(kind)s; %(which)s)", kind=kind, which=which)
        if kind or which:
            return self.env._("When somebody answers (%s)", kind or which)
        return self.env._("When somebody answers")
