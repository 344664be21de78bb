"""A finished survey is an answer, exactly once; by link without login, and anonymously."""

import json

from odoo.tests import HttpCase, tagged

from .survey_common import SurveyCase


@tagged("post_install", "-at_install")
class TestSurveyAnswers(SurveyCase):
    def test_the_ready_survey(self):
        self.assertEqual(self.survey._retention_question(), self.score)
        self.assertFalse(self.survey.retention_problem)
        self.assertEqual(self.survey.access_mode, "public")
        self.survey.retention_kind = "csat"
        self.assertIn("from 1 to 5", self.survey.retention_problem)

    def test_a_finished_survey_is_an_answer(self):
        ann = self.buyer("Ann")
        self.fill(self.open_input(ann), 9, "Always on time")
        self.assertRecordValues(
            self.kept(partner_id=ann.id),
            [
                {
                    "kind": "nps",
                    "score": 9,
                    "nps_class": "promoter",
                    "comment": "Always on time",
                    "survey": "Would you recommend us?",
                    "company_id": self.company.id,
                }
            ],
        )

    def test_zero_is_an_answer(self):
        ann = self.buyer("Ann")
        self.fill(self.open_input(ann), 0)
        self.assertEqual(self.kept(partner_id=ann.id).nps_class, "detractor")

    def test_exactly_once(self):
        ann = self.buyer("Ann")
        one = self.fill(self.open_input(ann), 9)
        one._save_lines(self.score, "6")
        one._mark_done()
        self.assertEqual(self.kept(partner_id=ann.id).mapped("score"), [6])
        self.fill(self.open_input(ann), 10)
        self.assertEqual(self.kept(partner_id=ann.id).mapped("score"), [6, 10])

    def test_anonymous_stays_anonymous(self):
        before = self.kept()
        self.fill(self.open_input(email="ann@x.test"), 3)
        new = self.kept() - before
        self.assertEqual((new.score, new.partner_id.id), (3, False))
        self.assertFalse(new.case_id)

    def test_what_does_not_count(self):
        ann, before = self.buyer("Ann"), self.kept()
        self.fill(self.open_input(ann, test_entry=True), 9)
        self.open_input(ann)._mark_in_progress()
        self.fill(self.open_input(ann), None, "No score")
        self.survey.retention_kind = False
        self.fill(self.open_input(ann), 9)
        self.assertEqual(self.kept(), before)

    def test_taken_back(self):
        ann = self.buyer("Ann")
        one = self.fill(self.open_input(ann), 9)
        self.assertTrue(self.kept(partner_id=ann.id))
        one.unlink()
        self.assertFalse(self.kept(partner_id=ann.id))

    def test_a_questionnaire_keeps_its_questions(self):
        ann = self.buyer("Ann")
        self.survey.retention_kind = "questionnaire"
        with self.asked_by(self.env.ref("base.public_user")):
            self.fill(self.open_input(ann), 8, "Fast")
        answer = self.kept(partner_id=ann.id)
        self.assertEqual((answer.kind, answer.nps_class), ("questionnaire", False))
        self.assertEqual(
            [(line.question, line.answer) for line in answer.line_ids],
            [(self.score.title, "8"), (self.why.title, "Fast")],
        )

    def test_the_companies_of_contacts(self):
        other = self.make_company("Other")
        ann = self.buyer("Ann", company_id=other.id)
        self.fill(self.open_input(ann), 9)
        self.assertEqual(self.kept(partner_id=ann.id).company_id, other)


@tagged("post_install", "-at_install")
class TestSurveyLink(SurveyCase, HttpCase):
    def test_answering_without_login(self):
        ann = self.buyer("Ann")
        one = self.open_input(ann)
        self.env.flush_all()
        self.assertEqual(self.url_open(one.get_start_url()).status_code, 200)
        url = f"/survey/begin/{self.survey.access_token}/{one.access_token}"
        self.make_jsonrpc_request(url, {"lang_code": "en_US"})
        url = f"/survey/submit/{self.survey.access_token}/{one.access_token}"
        self.make_jsonrpc_request(
            url, {str(self.score.id): "7", str(self.why.id): json.dumps("Fine")}
        )
        answer = self.kept(partner_id=ann.id)
        self.assertEqual((answer.score, answer.nps_class), (7, "passive"))
