"""The ready survey, and people who fill it in."""

from odoo.addons.customer_retention.tests.sop_common import SopCase

OURS = "customer_retention_survey"


class SurveyCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env.ref(f"{OURS}.survey_nps")
        cls.score = cls.env.ref(f"{OURS}.question_nps_score")
        cls.why = cls.env.ref(f"{OURS}.question_nps_why")
        cls.answers = cls.env["retention.feedback"]

    @classmethod
    def open_input(cls, partner=None, survey=None, **values):
        return (survey or cls.survey)._create_answer(partner=partner, **values)

    @classmethod
    def fill(cls, user_input, score, why=""):
        user_input._mark_in_progress()
        if score is not None:
            user_input._save_lines(cls.score, str(score))
        if why:
            user_input._save_lines(cls.why, why)
        user_input._mark_done()
        return user_input

    def kept(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.answers.search([("source", "=", "survey"), *domain], order="id")
