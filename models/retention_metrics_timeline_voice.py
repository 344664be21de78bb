from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """Answers in the timeline, on the day they were given."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "feedback": (self.env._("Customer answers"), "fa-star-half-o")}

    @api.model
    def _source_fields(self):
        names = self.env["retention.metrics"]._feedback_fields()
        return {**super()._source_fields(), "retention.feedback": names}

    @api.model
    def _sources(self, scope):
        answers = SQL(
            """SELECT answer.commercial_partner_id AS partner_id, %s AS moment,
                      'feedback'::varchar AS kind, 'retention.feedback'::varchar AS res_model,
                      answer.id AS res_id
               FROM retention_feedback answer WHERE answer.company_id = %s %s""",
            self._morning(scope, SQL("answer.date")),
            scope.company.id,
            self.env["retention.metrics"]._only_partners(
                scope, SQL("answer.commercial_partner_id")
            ),
        )
        return [*super()._sources(scope), answers]

    @api.model
    def _tell_retention_feedback(self, answer):
        parts = (self._label(answer, "kind"), answer.score_text, self._label(answer, "nps_class"))
        contact = answer.partner_id - answer.commercial_partner_id
        return {
            "title": " · ".join(filter(None, parts)),
            "text": self._short(answer.comment or ""),
            "who": contact.sudo().name or "",
        }
