"""What customers answer: figures on the profile, signals, access, worked out by hand."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AS_OF
from .voice_common import OURS, VoiceCase


@tagged("post_install", "-at_install")
class TestVoice(VoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company("Other")
        cls.user = cls.make_user("v_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.manager = cls.make_user("v_manager", f"{OURS}.group_manager")
        cls.plain = cls.make_user("v_plain", "sales_team.group_sale_manager")

    def as_user(self, user, model="retention.feedback"):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    # ------------------------------------------------------------ single answers
    def test_zero_is_an_answer_and_none_is_not(self):
        ann = self.customer()
        zero = self.answer(ann, 0)
        self.assertEqual((zero.nps_class, zero.answer_class), ("detractor", "bad"))
        self.assertEqual(zero.score_text, "0 / 10")
        missing = {"partner_id": ann.id, "company_id": self.company.id, "kind": "nps"}
        self.assertRefused(
            ValidationError, "from 0 to 10", lambda: self.answers.create(dict(missing))
        )
        for kind, score in (("nps", 11), ("csat", 0), ("csat", 6)):
            with self.assertRaises(ValidationError):
                self.answer(ann, score, kind=kind)

    def test_interview_has_no_score_and_keeps_its_questions(self):
        ann = self.customer()
        talk = self.answers.create(
            {
                "partner_id": ann.id,
                "company_id": self.company.id,
                "kind": "interview",
                "line_ids": [
                    (0, 0, {"question": "What do you miss?", "answer": "A spare parts list"})
                ],
            }
        )
        self.assertFalse(talk.score_text or talk.nps_class or talk.answer_class)
        action = talk.with_user(self.user).action_log_talk()
        record = (
            self.as_user(self.user, "retention.interaction")
            .with_context(**action["context"])
            .create({"topic": "Interview"})
        )
        self.assertEqual((record.partner_id, record.kind), (ann, "visit"))
        self.assertEqual(talk.interaction_id, record)

    def test_an_outside_answer_is_kept_once(self):
        vals = {
            "company_id": self.company.id,
            "source": "import",
            "outside_id": "S: 7",
            "partner_id": False,
            "date": AS_OF,
            "kind": "nps",
            "score": 9,
        }
        one, added, corrected = self.answers._note([vals])
        self.assertEqual((added, corrected), (1, 0))
        again, added, corrected = self.answers._note([{**vals, "score": 6, "comment": "Late"}])
        self.assertEqual((again, added, corrected), (one, 0, 1))
        self.assertEqual((one.score, one.nps_class, one.comment), (6, "detractor", "Late"))
        ann = self.customer()
        one.partner_id = ann
        self.answers._note([vals])
        self.assertEqual((one.partner_id, one.score), (ann, 9))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            one.copy({"source": "import", "outside_id": "S: 7"})

    # ------------------------------------------------------------ the profile
    def test_figures_of_the_profile(self):
        ann = self.buyer(10)
        eve = self.person(ann, "Eve")
        self.answer(ann, 9, 200)
        self.answer(eve, 7, 20)
        self.answer(ann, 2, -1)  # tomorrow
        self.answer(ann, 4, 365, kind="csat")  # twelve months ago to the day
        self.answer(ann, 3, 364, kind="csat")
        self.answer(eve, 4, 1, kind="csat")
        silent = self.buyer(20)
        self.refresh()
        self.assertRecordValues(
            self.profile(ann),
            [
                {
                    "nps_score": 7,
                    "nps_class": "passive",
                    "nps_before": 9,
                    "nps_date": AS_OF - timedelta(days=20),
                    "nps_before_class": "promoter",
                    "csat": 3.5,
                    "csat_count": 2,
                }
            ],
        )
        here = ann.with_company(self.company)
        self.assertEqual((here.retention_nps_class, here.retention_csat), ("passive", 3.5))
        self.assertEqual(eve.with_company(self.company).retention_nps_score, 7)
        self.assertFalse(self.profile(silent).nps_class)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(self.profile(ann).nps_score, 2)
        # The answer of twelve months and a day ago is out: only Eve's is left.
        self.assertEqual(self.profile(ann).csat, 4.0)

    def test_who_did_not_answer_is_not_below_seven(self):
        ann, silent, zero = self.buyer(10), self.buyer(20), self.buyer(30)
        self.answer(ann, 9, 1)
        self.answer(zero, 0, 1)
        self.refresh()
        for model, path in (
            (self.profiles, "nps_score"),
            (self.env["res.partner"].with_company(self.company), "retention_nps_score"),
        ):
            partners = (ann | silent | zero).ids
            mine = [("partner_id" if model == self.profiles else "id", "in", partners)]
            with self.subTest(model=model._name):
                found = model.search([*mine, (path, "<", 7)])
                self.assertEqual(found.mapped("display_name"), ["30"])

    def test_an_answer_refreshes_its_customer(self):
        ann, bob = self.buyer(10), self.buyer(20)
        self.refresh()
        eve = self.person(ann, "Eve")
        answer = self.answer(eve, 10)
        self.commit_requests()
        self.answer_requests()
        self.assertEqual(self.profile(ann).nps_class, "promoter")
        answer.partner_id = bob
        self.commit_requests()
        self.answer_requests()
        self.assertEqual(self.profile(bob).nps_class, "promoter")
        self.assertFalse(self.profile(ann).nps_class)
        answer.unlink()
        self.commit_requests()
        self.answer_requests()
        self.assertFalse(self.profile(bob).nps_class)

    def test_anonymous_answers_hurt_nobody(self):
        ann = self.buyer(10)
        self.refresh()
        self.commit_requests()
        requests = self.env["retention.refresh.request"].sudo()
        before, waiting = self.profile(ann).read()[0], requests.search([])
        for score in (0, 3, 9):
            self.answer(None, score)
        self.commit_requests()
        self.assertEqual(requests.search([]), waiting)
        self.refresh()
        self.assertEqual(self.profile(ann).read()[0], before)
        self.assertFalse(self.env["retention.case"].search([("company_id", "=", self.company.id)]))

    def test_nothing_is_written_twice(self):
        ann = self.buyer(10)
        self.answer(ann, 9)
        self.refresh()
        self.assertEqual(self.profiles.sudo()._store_voice(self.company, AS_OF), 0)
        self.assertEqual(self.profiles.sudo()._store_voice(self.company, AS_OF, ann.ids), 0)

    def test_merged_contacts_keep_all_answers(self):
        ann, bob = self.buyer(10), self.buyer(20)
        self.answer(ann, 9, 5)
        self.answer(bob, 4, 2)
        self.refresh()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((ann | bob).ids, ann)
        self.refresh()
        found = self.answers.search([("commercial_partner_id", "=", ann.id)])
        self.assertEqual(found.mapped("score"), [4, 9])
        self.assertEqual(self.profile(ann).nps_class, "detractor")

    def test_who_is_deleted_leaves_an_anonymous_answer(self):
        ann = self.customer()
        answer = self.answer(ann, 4)
        ann.unlink()
        self.assertFalse(answer.partner_id or answer.commercial_partner_id)

    # ------------------------------------------------------------ signals
    def assertPoints(self, code, wanted):
        self.env.flush_all()
        found = self.earned(code)
        for partner, points in wanted.items():
            with self.subTest(signal=code, customer=partner.name):
                self.assertEqual(found.get(partner.id), points)

    def test_class_drop(self):
        """A contact is measured against itself; the answer must be of the last 180 days."""
        wanted = {}
        for number, (before, now, days, points) in enumerate(
            (
                (9, 8, 0, 1),
                (10, 9, 0, 0),
                (9, 6, 0, 2),
                (7, 6, 0, 1),
                (3, 9, 0, 0),
                (9, 8, 179, 1),
                (9, 8, 180, None),
                (None, 3, 0, None),
            )
        ):
            partner = self.buyer(number + 1)
            wanted[partner] = points
            if before is not None:
                self.answer(partner, before, 300)
            self.answer(partner, now, days)
        firm = self.buyer(50)
        wanted[firm] = None  # two people who differ
        self.answer(self.person(firm, "Eve"), 9, 5)
        self.answer(self.person(firm, "Fay"), 7, 1)
        self.assertPoints("nps_drop", wanted)

    def test_bad_answer(self):
        wanted, fires = {}, {}
        for number, (kind, score, days, points) in enumerate(
            (
                ("nps", 6, 0, 1),
                ("nps", 7, 0, 0),
                ("csat", 2, 89, 1),
                ("csat", 2, 90, None),
                ("csat", 3, 0, 0),
            )
        ):
            partner = self.buyer(number + 1)
            wanted[partner] = points
            self.answer(partner, score, days, kind)
        mended = self.buyer(50)
        wanted[mended] = 0
        self.answer(mended, 2, 10)
        self.answer(mended, 9, 1)
        self.assertPoints("bad_answer", wanted)
        self.refresh()
        for partner, points in wanted.items():
            fires[partner] = self.fires("bad_answer", partner)
            self.assertEqual(bool(fires[partner]), points == 1)

    def test_a_promoter_who_becomes_passive_raises_the_risk(self):
        ann = self.buyer(10, 40, 70)
        self.answer(ann, 9, 200)
        self.answer(ann, 9, 21)
        self.refresh()
        before = self.profile(ann).risk_score
        self.answer(ann, 7)
        self.refresh()
        profile = self.profile(ann)
        self.assertGreater(profile.risk_score, before)
        reason = profile.reason_ids.filtered(lambda one: one.signal_id.type == "nps_drop")
        self.assertEqual(
            reason.sentence, "No longer recommends us as before: one class of NPS down."
        )
        self.assertEqual(
            self.answers.search(reason.action_open_records()["domain"]).mapped("score"), [7, 9, 9]
        )

    def test_the_past_does_not_know_later_answers(self):
        ann = self.buyer(200)
        self.answer(ann, 9, 100)
        self.refresh()
        past = AS_OF - timedelta(days=50)
        known = self.profiles._compute_as_of(self.company, past).loc[ann.id, "risk_score"]
        self.answer(ann, 0, 10)
        again = self.profiles._compute_as_of(self.company, past).loc[ann.id, "risk_score"]
        self.assertEqual(again, known)

    # ------------------------------------------------------------ access
    def test_roles(self):
        ann = self.customer()
        mine = self.as_user(self.user).create({"partner_id": ann.id, "kind": "csat", "score": 5})
        self.assertEqual(mine.company_id, self.company)
        with self.assertRaises(AccessError):
            mine.unlink()
        with self.assertRaises(AccessError):
            self.as_user(self.plain).browse(mine.id).read(["score"])
        mine.with_user(self.manager).unlink()

    def test_two_companies(self):
        ann = self.buyer(10)
        self.order(ann, AS_OF, company=self.other)
        theirs = self.answer(ann, 2, company_id=self.other.id)
        self.answer(ann, 9)
        self.refresh()
        self.refresh(company=self.other)
        self.assertEqual(self.profile(ann).nps_score, 9)
        self.assertEqual(self.profile(ann, self.other).nps_score, 2)
        self.assertNotIn(theirs, self.as_user(self.user).search([]))
        for model in ("retention.feedback.report", "retention.feedback.period"):
            found = self.as_user(self.user, model).search([])
            self.assertEqual(found.company_id, self.company)
