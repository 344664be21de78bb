from datetime import timedelta

from odoo import api, fields, models

from .retention_case import OPEN

FRESH_DAYS = 30  # older answers are history, not something to be answered
SEVERE_TO = {"nps": 3, "csat": 1}  # up to this score the case is severe


class RetentionFeedback(models.Model):
    """Answers that need one become a case, where cases are kept."""

    _inherit = "retention.feedback"

    case_id = fields.Many2one(
        "retention.case",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The complaint or request that came of this answer.",
    )
    case_state = fields.Selection(related="case_id.state", string="State of the Case")

    def _after_answers(self):
        result = super()._after_answers()
        for company, answers in self.grouped("company_id").items():
            if company.sudo().retention_voice_cases:
                since = company._retention_today() - timedelta(days=FRESH_DAYS)
                answers.filtered(lambda one, day=since: one.date > day)._open_cases()
        return result

    def _open_cases(self):
        """Open a case for each of these that needs an answer; one contact has one at a time."""
        waiting = self.filtered(lambda one: one.needs_reply and one.partner_id and not one.case_id)
        if not waiting or self.env["retention.case"]._kept_elsewhere():
            return
        known = {
            (case.partner_id, case.company_id): case
            for case in self.env["retention.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", waiting.partner_id.ids),
                    ("company_id", "in", waiting.company_id.ids),
                    ("feedback_ids", "!=", False),
                    ("state", "in", OPEN),
                ]
            )
        }
        for answer in waiting:
            key = answer.partner_id, answer.company_id
            known[key] = known.get(key) or answer._open_case_for()
            answer.sudo().case_id = known[key]

    def _open_case_for(self):
        """Return a new case for this answer. Hook: whoever keeps such things elsewhere."""
        self.ensure_one()
        unhappy = self.answer_class == "bad"
        what = self.score_text or dict(self._selection_kind())[self.kind]
        words = self.env._("Unhappy answer: %s", what)
        severe = unhappy and self.score <= SEVERE_TO[self.kind]
        return (
            self.env["retention.case"]
            .sudo()
            .with_company(self.company_id)
            .create(
                {
                    "name": words if unhappy else self.env._("Asks to be contacted: %s", what),
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "kind": "complaint" if unhappy else "request",
                    "severity": "2" if severe else "1",
                    "channel": "other",
                    "description": self.comment,
                    "theme_id": self.theme_ids[:1].id,
                }
            )
        )

    def action_open_case(self):
        """Open a case by hand, or the one there is."""
        self.ensure_one()
        self.check_access("write")
        if not self.case_id:
            self.case_id = self._open_case_for()
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }


class RetentionCase(models.Model):
    _inherit = "retention.case"

    feedback_ids = fields.One2many("retention.feedback", "case_id", "Answers It Began With")
    feedback_id = fields.Many2one(
        "retention.feedback", "First Answer", compute="_compute_feedback_id"
    )

    @api.depends("feedback_ids")
    def _compute_feedback_id(self):
        for case in self:
            case.feedback_id = case.feedback_ids.sorted("id")[:1]
