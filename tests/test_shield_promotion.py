"""Promotions wait for an open problem, say so, and go on when it is solved."""

from unittest.mock import patch

from odoo.tests import tagged

from .shield_common import close_request, fake_requests, open_request
from .sop_common import SopCase


@tagged("post_install", "-at_install")
class TestShieldCase(SopCase):
    """A case of the addon itself, from the first word to the call of sales."""

    def test_a_severe_case_on_a_product(self):
        """The quotation warns, the promotion waits with the reason, the rescue goes on; closing
        the case releases the promotion at the next tick, and sales is asked to call once."""
        promotion = self.make_sop(self.mail(), purpose="promotion")
        rescue = self.make_sop(self.mail(), purpose="rescue")
        ann, bea = self.buyer("Ann"), self.buyer("Bea")
        case, _other = self.env["retention.case"].create(
            [
                {
                    "name": "It leaks",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "severity": "3",
                    "product_id": self.product.id,
                    "opened_at": self.moment(hour=7),
                }
                for partner in (ann, bea)
            ]
        )
        quotation = self.order(ann, self.moment(), state="draft")
        self.assertTrue(quotation.retention_problem_grave)
        self.assertEqual(
            quotation.with_user(self.owner).retention_problem_text,
            f"{case.number} It leaks, open since 06/01/2026 – about Thing, which is on this "
            "quotation",
        )
        offer, help_ = self.enter(promotion, ann), self.enter(rescue, bea)
        self.tick()
        self.assertEqual(
            (offer.run_ids.state, offer.run_ids.result),
            ("waiting", "Open problem: a complaint since 06/01/2026"),
        )
        self.assertEqual(help_.state, "done")
        with self.at(0, 12):
            case.write({"state": "solved", "resolution": "Mended"})
        self.assertFalse(quotation.retention_problem_title)
        self.tick(0, 13)
        self.assertEqual(offer.state, "done")
        cue = self.env["retention.cue"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertEqual((len(cue), cue.user_id), (1, self.owner))


@tagged("post_install", "-at_install")
class TestShieldPromotion(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fake_requests(cls)
        cls.promotion = cls.make_sop(cls.mail(), purpose="promotion")
        cls.rescue = cls.make_sop(cls.mail(), purpose="rescue")

    def runs_of(self, enrollment):
        return [(run.state, run.result or "") for run in enrollment.run_ids]

    def test_waits_with_a_reason_and_goes_on(self):
        ann, bea = self.buyer("Ann"), self.buyer("Bea")
        case = open_request(self, ann, product=self.product)
        open_request(self, bea, product=self.product)
        quotation = self.order(ann, self.moment(), state="draft")
        self.assertTrue(quotation.retention_problem_grave)
        offer, rescue = self.enter(self.promotion, ann), self.enter(self.rescue, bea)
        self.tick()
        why = "Open problem: a complaint since 06/01/2026"
        self.assertEqual(self.runs_of(offer), [("waiting", why)])
        touch = offer.run_ids.touch_id
        self.assertEqual((touch.state, touch.reason), ("deferred", "open_problem"))
        self.assertIn(f"{why}, next try ", touch.log_text)
        self.assertEqual(rescue.state, "done")
        self.assertEqual(self.runs_of(rescue)[0][0], "done")
        # Still open: nobody is asked again before the day is over.
        self.assertEqual(self.tick(0, 12), 0)
        self.assertEqual(touch.tries, 1)
        close_request(self, case)
        self.assertFalse(quotation.retention_problem_title)
        self.assertEqual(self.runs._waiting_companies(self.moment(0, 13)), self.company.sudo())
        self.tick(0, 13)
        self.assertEqual((offer.state, touch.state), ("done", "done"))

    def test_it_goes_out_when_nothing_else_objects(self):
        bob = self.buyer("Bob")
        case = open_request(self, bob, complaint=False)
        offer = self.enter(self.promotion, bob)
        self.tick()
        self.assertIn("a request since", offer.run_ids.result)
        close_request(self, case)
        self.assertEqual(self.tick(0, 10), 1)
        self.assertEqual(offer.state, "done")
        self.assertEqual(offer.run_ids.touch_id.state, "done")

    def test_only_those_whose_problem_is_over(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        case = open_request(self, ann)
        open_request(self, bob)
        offers = self.enter(self.promotion, ann, bob)
        self.tick()
        close_request(self, case)
        self.tick(0, 10)
        self.assertEqual(offers.mapped("state"), ["done", "running"])

    def test_a_paused_procedure_stays_where_it_is(self):
        case = open_request(self, ann := self.buyer("Ann"))
        offer = self.enter(self.promotion, ann)
        self.tick()
        close_request(self, case)
        self.promotion.state = "paused"
        self.assertNotIn(self.company, self.runs._waiting_companies(self.moment(0, 10)))
        self.tick(0, 10)
        self.assertEqual(offer.run_ids.state, "waiting")

    def test_no_lock_no_release(self):
        case = open_request(self, ann := self.buyer("Ann"))
        offer = self.enter(self.promotion, ann)
        self.tick()
        close_request(self, case)
        due = offer.run_ids.due_at
        metrics = type(self.env["retention.metrics"])
        with patch.object(metrics, "_try_lock", return_value=False):
            self.assertIsNone(self.runs._tick(self.company, self.moment(0, 10)))
        self.assertEqual(offer.run_ids.due_at, due)

    def test_what_a_bridge_calls_a_problem_has_no_words(self):
        ann = self.buyer("Ann")
        offer = self.enter(self.promotion, ann)
        touches = type(self.touches)
        with patch.object(touches, "_problem_partners", lambda *_args: {ann.id}):
            self.tick()
        self.assertEqual(offer.run_ids.result, "Has an open problem")
        self.assertIn(": Has an open problem, next try", offer.run_ids.touch_id.log_text)
