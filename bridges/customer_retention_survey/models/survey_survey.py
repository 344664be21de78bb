from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import voice


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    retention_kind = fields.Selection(
        lambda self: self._selection_retention_kind(),
        "Counts As",
        help="Finished answers are kept as answers of the customer under Voice of Customer.",
    )
    retention_problem = fields.Char("What the Survey Lacks", compute="_compute_retention_problem")

    @api.model
    def _selection_retention_kind(self):
        kinds = self.env["retention.feedback"]._selection_kind()
        return [(code, label) for code, label in kinds if code != "interview"]

    @api.depends(
        "retention_kind",
        "question_and_page_ids.question_type",
        "question_and_page_ids.scale_min",
        "question_and_page_ids.scale_max",
    )
    def _compute_retention_problem(self):
        for survey in self:
            scored = survey.retention_kind in voice.SCALES
            survey.retention_problem = (
                self.env._(
                    "It needs a question of the type scale, from %(low)s to %(high)s.",
                    low=voice.SCALES[survey.retention_kind][0],
                    high=voice.SCALES[survey.retention_kind][1],
                )
                if scored and not survey._retention_question()
                else False
            )

    def _retention_question(self):
        """Return the question whose answer is the score: the first scale that fits."""
        self.ensure_one()
        scale = voice.SCALES.get(self.retention_kind)
        return self.question_ids.filtered(
            lambda q: q.question_type == "scale" and (q.scale_min, q.scale_max) == scale
        )[:1]
