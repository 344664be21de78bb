from odoo import api, fields, models
from odoo.tools.urls import urljoin


class RetentionEnrollment(models.Model):
    """Texts of an enrollment may carry the contact's own link to a survey."""

    _inherit = "retention.enrollment"

    survey_input_ids = fields.One2many(
        "survey.user_input", "retention_enrollment_id", "Surveys Sent"
    )
    survey_link = fields.Char("Link to the Survey", compute="_compute_survey_link")

    @api.depends("survey_input_ids")
    def _compute_survey_link(self):
        for enrollment in self:
            # Of those it has: an unsaved form may name any, and the link opens its answers.
            asked = enrollment._origin.sudo().survey_input_ids.sorted("id")[-1:]
            enrollment.survey_link = (
                urljoin(asked.survey_id.get_base_url(), asked.get_start_url()) if asked else False
            )
