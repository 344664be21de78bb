from odoo import fields, models

from odoo.addons.customer_retention.analytics import schedule, voice

SOURCE = "survey"


class SurveyUserInput(models.Model):
    """A finished survey is an answer of the customer, or of nobody in particular."""

    _inherit = "survey.user_input"

    retention_enrollment_id = fields.Many2one(
        "retention.enrollment",
        "Enrollment",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="customer_retention.group_user",
    )
    retention_run_id = fields.Many2one(
        "retention.sop.step.run",
        "Step of a Procedure",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="customer_retention.group_user",
    )

    _retention_run_uniq = models.Constraint(
        "UNIQUE (retention_run_id)", "A step of a procedure asks a contact once."
    )

    def _mark_done(self):
        result = super()._mark_done()
        self._retention_note()
        return result

    def unlink(self):
        self.env["retention.feedback"].sudo().search(
            [("source", "=", SOURCE), ("outside_id", "in", list(map(str, self.ids)))]
        ).unlink()
        return super().unlink()

    # ---------------------------------------------------------------- answers
    def _retention_note(self):
        """Keep an answer for each of these that counts as one, exactly once."""
        counting = self.sudo().filtered(
            lambda one: one.state == "done" and not one.test_entry and one.survey_id.retention_kind
        )
        for one in counting:
            company = one._retention_company()
            # Colleagues read it: in the company's language, not in that of who answered.
            worded = one.with_company(company).with_context(lang=company.sudo().partner_id.lang)
            if values := worded._retention_values(company):
                rows = values.pop("line_ids", [])
                answers, added, _corrected = worded.env["retention.feedback"]._note([values])
                if added:
                    # Not by commands: those are done with the rights of who answered, who has none.
                    answers.line_ids.create([{"feedback_id": answers.id, **row} for row in rows])

    def _retention_company(self):
        self.ensure_one()
        company = (
            self.retention_enrollment_id.company_id
            or self.partner_id.company_id
            or self.env.company
        )
        return company._retention_company()

    def _retention_values(self, company):
        """Return the values of the answer; None when the question of the score was skipped."""
        self.ensure_one()
        survey, moment = self.survey_id, self.end_datetime or fields.Datetime.now()
        question = survey._retention_question()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        scored = lines.filtered(lambda line: line.question_id == question)[:1]
        if survey.retention_kind in voice.SCALES and not (question and scored):
            return None
        values = {
            "company_id": company.id,
            "source": SOURCE,
            "outside_id": str(self.id),
            "partner_id": self.partner_id.id or False,
            "date": schedule.local(moment, company._retention_timezone()).date(),
            "kind": survey.retention_kind,
            "survey": survey.title,
            "comment": self._retention_comment(lines) or False,
        }
        if question:
            return {**values, "score": scored.value_scale}
        return {**values, "line_ids": self._retention_lines(lines)}

    def _retention_comment(self, lines):
        """Return what was written freely."""
        texts = (line.value_text_box or line.value_char_box for line in lines)
        return "\n".join(filter(None, texts))

    def _retention_lines(self, lines):
        return [
            {
                "sequence": number,
                "question": line.question_id.title,
                "answer": line.value_text_box or line.display_name,
            }
            for number, line in enumerate(lines.sorted(lambda one: one.question_id.sequence))
        ]
