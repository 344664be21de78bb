"""The closed loop: unhappy answers become cases, and are answered."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .voice_common import OURS, VoiceCase


@tagged("post_install", "-at_install")
class TestVoiceReply(VoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{AS_OF} 10:00:00"))
        # The helpdesk's bridge is installed with all others; here there is none.
        cases = type(cls.env["retention.case"])
        cls.startClassPatcher(patch.object(cases, "_kept_elsewhere", lambda self: False))
        cls.user = cls.make_user("vr_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.ann = cls.customer("Ann")

    def test_unhappy_answers_become_cases(self):
        for kind, score, severity in (
            ("nps", 6, "1"),
            ("nps", 4, "1"),
            ("nps", 3, "2"),
            ("nps", 0, "2"),
            ("csat", 2, "1"),
            ("csat", 1, "2"),
        ):
            someone = self.customer(f"{kind} {score}")
            answer = self.answer(someone, score, kind=kind, comment="Late")
            with self.subTest(kind=kind, score=score):
                case = answer.case_id
                self.assertEqual((case.kind, case.severity), ("complaint", severity))
                self.assertEqual((case.partner_id, case.description), (someone, "Late"))
                self.assertEqual((case.company_id, case.feedback_id), (self.company, answer))

    def test_others_do_not(self):
        quiet = [
            self.answer(self.ann, 7),
            self.answer(self.ann, 3, kind="csat"),
            self.answer(self.ann, 0, 30),  # a month old: history
            self.answer(None, 0),
        ]
        for answer in quiet:
            self.assertFalse(answer.case_id)
        asks = self.answer(self.ann, 9, comment="Please call me about the new pump")
        self.assertEqual(asks.case_id.kind, "request")
        self.assertEqual(asks.reply_state, "open")

    def test_one_case_at_a_time(self):
        first, second = self.answer(self.ann, 2), self.answer(self.ann, 1, kind="csat")
        self.assertEqual(first.case_id, second.case_id)
        first.case_id.write({"state": "solved", "resolution": "New driver"})
        third = self.answer(self.ann, 2)
        self.assertNotEqual(third.case_id, first.case_id)

    def test_switched_off_or_kept_elsewhere(self):
        self.company.retention_voice_cases = False
        self.assertFalse(self.answer(self.ann, 2).case_id)
        self.company.retention_voice_cases = True
        cases = type(self.env["retention.case"])
        with patch.object(cases, "_kept_elsewhere", lambda self: True):
            self.assertFalse(self.answer(self.ann, 2).case_id)

    def test_told(self):
        answer = self.answer(self.ann, 2).with_user(self.user)
        old = self.answer(self.ann, 9)
        waiting = [("reply_state", "=", "open"), ("company_id", "=", self.company.id)]
        self.assertEqual(self.answers.search(waiting), answer)
        answer.action_told()
        self.assertEqual(answer.answered_on, AS_OF)
        self.assertEqual((answer.answered_by_id, answer.reply_state), (self.user, "told"))
        self.assertFalse(self.answers.search(waiting))
        nothing = [("reply_state", "=", "none"), ("company_id", "=", self.company.id)]
        self.assertEqual(self.answers.search(nothing), old)
        answer.action_not_told()
        self.assertEqual(self.answers.search(waiting), answer)

    def test_by_hand(self):
        answer = self.answer(self.ann, 8).with_user(self.user)
        action = answer.action_open_case()
        self.assertEqual(action["res_id"], answer.case_id.id)
        self.assertEqual(answer.action_open_case()["res_id"], answer.case_id.id)

    def test_as_many_searches_for_many(self):
        people = [self.customer(str(number)) for number in range(6)]
        vals = [
            {
                "partner_id": one.id,
                "company_id": self.company.id,
                "kind": "nps",
                "score": 2,
                "date": AS_OF - timedelta(days=1),
            }
            for one in people
        ]
        answers = self.answers.create(vals)
        self.assertEqual(len(answers.case_id), 6)
