"""Asking by procedure: the contact's own link, once, through the gate."""

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START

from .survey_common import OURS, SurveyCase


@tagged("post_install", "-at_install")
class TestSurveyStep(SurveyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invite = cls.make_template("<p><a t-att-href='object.survey_link'>Answer</a></p>")

    def asking(self, **values):
        return {
            "type": "survey",
            "survey_id": self.survey.id,
            "template_id": self.invite.id,
            **values,
        }

    def inputs(self, partner):
        return self.env["survey.user_input"].search([("partner_id", "=", partner.id)])

    def test_everybody_gets_a_link_of_their_own(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        sop = self.make_sop(self.asking())
        for partner in (ann, bob):
            self.enter(sop, partner)
        self.tick(0, 10)
        self.tick(0, 11)
        for partner in (ann, bob):
            asked = self.inputs(partner)
            self.assertEqual(len(asked), 1)
            mail = self.mails(partner)
            self.assertEqual(len(mail), 1)
            self.assertIn(asked.access_token, mail.body_html)
            self.assertIn("http", mail.body_html)
            self.assertEqual(self.of(sop, partner).state, "done")

    def test_nobody_is_asked_the_same_twice(self):
        ann = self.buyer("Ann")
        first, second = (self.make_sop(self.asking(), name=name) for name in ("One", "Two"))
        self.enter(first, ann)
        self.tick(0, 10)
        self.assertEqual(len(self.mails(ann)), 1)
        self.enter(second, ann, days=1)
        self.tick(1, 10)
        self.assertEqual(len(self.inputs(ann)), 1)
        run = self.of(second, ann).run_ids
        self.assertEqual((run.state, run.result), ("skipped", "Was asked the same lately"))
        again = self.make_sop(self.asking(survey_rest_days=0), name="Three")
        self.env.cr.execute("UPDATE survey_user_input SET create_date = '2026-01-01'")
        self.enter(again, ann, days=9)
        self.tick(9, 10)
        self.assertEqual(len(self.inputs(ann)), 2)

    def test_a_reminder_sends_the_same_link_to_who_has_not_answered(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        sop = self.make_sop(
            self.asking(), self.asking(survey_id=False, survey_reminder=True, delay_count=7)
        )
        for partner in (ann, bob):
            self.enter(sop, partner)
        self.tick(0, 10)
        self.fill(self.inputs(bob), 10)
        self.tick(7, 10)
        self.assertEqual(len(self.inputs(ann)), 1)
        self.assertEqual(len(self.mails(ann)), 2)
        self.assertEqual(len(self.mails(bob)), 1)
        self.assertIn(self.inputs(ann).access_token, self.mails(ann)[-1].body_html)
        self.assertEqual(self.of(sop, bob).run_ids[-1].result, "Has answered")

    def test_the_gate_is_asked(self):
        ann = self.buyer("Ann")
        self.env["retention.optout"].create(
            {"partner_id": ann.id, "company_id": self.company.id, "purpose": "care"}
        )
        sop = self.make_sop(self.asking(), purpose="care")
        self.enter(sop, ann)
        self.tick(0, 10)
        self.assertFalse(self.inputs(ann) or self.mails(ann))

    def test_what_is_missing(self):
        sop = self.make_sop(self.asking(survey_id=False), start=None)
        self.assertIn("Choose the survey.", sop.step_ids._problems())
        sop.step_ids.survey_id = self.survey
        self.assertFalse(sop.step_ids._problems())
        self.survey.retention_kind = "csat"
        self.assertIn("scale, from 1 to 5", sop.step_ids._problems()[0])
        self.survey.write({"retention_kind": "nps", "users_login_required": True})
        self.assertIn("login", sop.step_ids._problems()[0])
        sop.step_ids.survey_reminder = True
        self.assertIn("There is no survey before it.", sop.step_ids._problems())

    def test_as_many_queries_for_many(self):
        def counted(names, day):
            sop = self.make_sop(self.asking(), name=f"For {len(names)}")
            for name in names:
                self.enter(sop, self.buyer(name), days=day)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.tick(day, 10)
            return self.env.cr.sql_log_count - before

        counted(["Warm"], 0)
        few = counted([f"A{number}" for number in range(2)], 1)
        # A message with headers of its own is written one by one by Odoo's mail queue.
        self.assertLess(counted([f"B{number}" for number in range(12)], 2), few + 12 * 12)

    # ------------------------------------------------------------ the library
    def test_the_librarys_procedure(self):
        """Bought on day 0 at noon: asked on day 14 at 10, reminded on day 21."""
        sop = self.env.ref(f"{OURS}.sop_nps_survey")._take()
        self.assertEqual(sop._problems(), [])
        sop._start(START)
        ann, bob = (self.buyer(name, START) for name in ("Ann", "Bob"))
        self.night(1)
        self.tick(14, 9)
        self.assertFalse(self.inputs(ann))
        self.tick(14, 10)
        self.fill(self.inputs(bob), 9)
        self.tick(21, 10)
        self.assertEqual(
            self.mails(ann).mapped("subject"),
            ["Two questions, one minute", "Your opinion is still missing"],
        )
        self.assertEqual(self.mails(bob).mapped("subject"), ["Two questions, one minute"])
        self.assertEqual(self.of(sop, ann).state, "done")
