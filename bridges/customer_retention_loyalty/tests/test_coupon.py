"""Coupons that procedures give: one each, told by nobody but the steps, seen when redeemed."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START, SopCase

SLACK = 6  # an insert more per some rows


@tagged("post_install", "-at_install")
class TestCoupon(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = cls.env["loyalty.program"]
        cls.program = programs.create(
            {
                "name": "Ten percent",
                "program_type": "coupons",
                "company_id": cls.company.id,
                **programs._program_type_default_values()["coupons"],
            }
        )

    @classmethod
    def coupon(cls, **values):
        return {"type": "coupon", "program_id": cls.program.id, **values}

    def cards(self, *partners):
        ids = [partner.id for partner in partners]
        return self.env["loyalty.card"].search([("partner_id", "in", ids)], order="id")

    def day(self, days):
        return START + timedelta(days=days)

    def redeem(self, card, partner, days):
        """Use ``card`` on an order as a shop does."""
        order = self.order(partner, self.day(days), state="draft")
        with self.at(days):
            rewards = order._try_apply_code(card.code)
            self.assertNotIn("error", rewards)
            order._apply_program_reward(self.program.reward_ids, card)
            order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    # ------------------------------------------------------------ giving
    def test_one_each_and_no_mail(self):
        self.assertEqual(self.program.communication_plan_ids.trigger, "create")
        sop = self.make_sop(self.coupon(coupon_days=10))
        ann, bob, cem = (self.buyer(name) for name in ("Ann", "Bob", "Cem"))
        mails = self.env["mail.mail"].search_count([])
        mine = self.enter(sop, ann, bob)
        self.assertEqual(self.tick(0), 2)
        self.assertEqual(self.tick(0), 0)
        cards = self.cards(ann, bob, cem)
        self.assertRecordValues(
            cards,
            [
                {
                    "partner_id": partner.id,
                    "program_id": self.program.id,
                    "points": 1,
                    "expiration_date": self.day(10),
                }
                for partner in (ann, bob)
            ],
        )
        self.assertEqual(len(set(cards.mapped("code"))), 2)
        self.assertEqual(cards.history_ids.mapped("issued"), [1, 1])
        self.assertEqual(self.program.coupon_count, 2)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(mine.run_ids.coupon_id, cards)
        self.assertFalse(mine.run_ids.touch_id)

    def test_without_end(self):
        ann = self.buyer("Ann")
        self.enter(self.make_sop(self.coupon(coupon_days=0)), ann)
        self.tick(0)
        self.assertFalse(self.cards(ann).expiration_date)

    def test_told_by_the_next_step(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.template.body_html = (
            "<p><t t-out='object.coupon_code'/> <t t-out='object.coupon_expiry_text'/></p>"
        )
        ann = self.buyer("Ann", lang="fr_FR")
        mine = self.enter(self.make_sop(self.coupon(), self.mail()), ann)
        self.tick(0)
        card = self.cards(ann)
        self.assertEqual((mine.coupon_id, mine.coupon_code), (card, card.code))
        self.assertIn(card.code, self.mails(ann).body_html)
        self.assertIn("1 juillet 2026", self.mails(ann).body_html)

    def test_a_poisoned_customer_stops_nobody_else(self):
        buyers = [self.buyer(f"C{n}") for n in range(6)]
        mine = self.enter(self.make_sop(self.coupon()), *buyers)
        cards = type(self.env["loyalty.card"])
        create = cards.create

        def refuse(model, vals_list):
            if any(vals["partner_id"] == buyers[3].id for vals in vals_list):
                raise UserError(str(buyers[3]))
            return create(model, vals_list)

        with patch.object(cards, "create", refuse):
            self.tick(0)
        self.assertEqual(mine.mapped("state"), ["stuck" if n == 3 else "done" for n in range(6)])

    def test_something_missing(self):
        sop = self.make_sop({"type": "coupon"}, start=None)
        self.assertEqual(sop._problems(), ["Step 1: Fill in: Coupon Program."])
        sop.step_ids.program_id = self.program
        self.assertEqual(sop._problems(), [])
        self.program.active = False
        self.assertEqual(sop._problems(), ["Step 1: No coupons can be given from Ten percent."])
        self.program.write({"active": True, "company_id": self.make_company("Other").id})
        self.assertEqual(sop._problems(), ["Step 1: Ten percent belongs to another company."])
        self.program.company_id = False
        self.assertEqual(sop._problems(), [])

    def test_constant_number_of_queries(self):
        counts = []
        for count in (2, 2, 30):  # the first fills what is cached for good
            sop = self.make_sop(self.coupon())
            self.enter(sop, *(self.buyer(f"C{n}") for n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.tick(0), count)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + SLACK)

    # ------------------------------------------------------------ redeeming
    def test_redeemed(self):
        sop = self.make_sop(self.coupon())
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        mine = self.enter(sop, ann, bob)
        self.tick(0)
        self.assertEqual(mine.mapped("coupon_used_on"), [False, False])
        self.assertEqual((sop.coupon_count, sop.coupon_used_count), (2, 0))
        order = self.redeem(mine[0].coupon_id, ann, 4)
        self.assertEqual(order.amount_untaxed, 90)
        self.assertEqual(mine.mapped("coupon_used_on"), [self.day(4), False])
        self.assertEqual((sop.coupon_count, sop.coupon_used_count), (2, 1))
        newer = self.sops.browse(sop.action_change()["res_id"])
        self.assertEqual((newer.coupon_count, newer.coupon_used_count), (2, 1))
        self.enrollments._measure(self.company, self.day(5))
        self.env.invalidate_all()
        self.assertEqual(mine.mapped("cost"), [10, 0])
        order._action_cancel()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(mine[0].coupon_used_on)
        self.enrollments._measure(self.company, self.day(6))
        self.env.invalidate_all()
        self.assertEqual(mine.mapped("cost"), [0, 0])

    def test_taken_back(self):
        """Only where the step says so, nobody has used it, and the customer did not buy."""
        back, kept = (
            self.make_sop(self.coupon(coupon_take_back=flag), self.task(delay_count=20))
            for flag in (True, False)
        )
        ann, bob, cem, dan = (self.buyer(name) for name in ("Ann", "Bob", "Cem", "Dan"))
        unused, used, bought = self.enter(back, ann, bob, cem)
        other = self.enter(kept, dan)
        self.tick(0)
        self.redeem(used.coupon_id, bob, 2)
        now = self.moment(3)
        with self.at(3):
            for enrollment in (unused, used, other):
                enrollment._engine()._leave("unsuitable", now)
            bought._engine()._leave("purchase", now)
        last = self.day(30)
        self.assertEqual(
            self.cards(ann, bob, cem, dan).mapped("expiration_date"),
            [self.day(2), last, last, last],
        )
        order = self.order(ann, self.day(3), state="draft")
        with self.at(3):
            self.assertIn("error", order._try_apply_code(unused.coupon_code))

    # ------------------------------------------------------------ the library
    def test_wake_up_from_the_library(self):
        """Ninety days without a purchase, then coupon, message, reminder; Bob buys on day 10."""
        entry = self.env.ref("customer_retention_loyalty.sop_wake_up_coupon")
        self.assertEqual((entry.is_library, entry.code), (True, "wake_up_coupon"))
        sop = self.sops.browse(entry.action_take()["res_id"])
        self.assertEqual(sop._problems(), ["Give a coupon for 30 days: Fill in: Coupon Program."])
        sop.step_ids[0].program_id = self.program
        self.assertFalse(sop._problems())
        ann, bob = (self.buyer(name, self.day(-90)) for name in ("Ann", "Bob"))
        cem = self.buyer("Cem", self.day(-89))
        self.refresh(START)
        sop._start(START)
        with self.at(0):
            self.assertEqual(sop._engine_env()._enter(START, self.moment(0)), 2)
        self.tick(0, 9)
        self.tick(0, 10)
        mine = self.of(sop)
        self.assertEqual(mine.partner_id, ann | bob)
        self.assertEqual(len(self.cards(ann, bob, cem)), 2)
        for enrollment in mine:
            [mail] = self.mails(enrollment.contact_id)
            self.assertIn(enrollment.coupon_code, mail.body_html)
        self.redeem(self.cards(bob), bob, 10)
        self.fresh(ann | bob, 10)
        self.tick(23, 9.9)
        self.tick(23, 10)
        self.assertEqual([len(self.mails(partner)) for partner in (ann, bob)], [2, 1])
        self.assertEqual(self.cards(ann).expiration_date - self.day(23), timedelta(days=7))
        self.assertEqual(
            [(e.state, e.exit_reason) for e in mine], [("done", False), ("left", "purchase")]
        )

    # ------------------------------------------------------------ access
    def test_access(self):
        sop = self.make_sop(self.coupon())
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        theirs = mine.with_user(self.manager)
        self.assertTrue(theirs.coupon_code)
        self.assertFalse(theirs.coupon_used_on)
        self.assertEqual(sop.with_user(self.manager).step_ids.program_id.name, "Ten percent")
        ours = sop.with_user(self.manager)
        self.assertEqual(ours.coupon_count, 1)
        domain = ours.action_open_coupons()["domain"]
        self.assertEqual(theirs.search(domain), theirs)
        with self.assertRaises(AccessError):
            self.program.with_user(self.manager).name = "Mine"
        with self.assertRaises(AccessError):
            theirs.coupon_id.read(["code"])
        with self.assertRaises(AccessError):
            self.env["loyalty.card"].with_user(self.manager).create(
                {"program_id": self.program.id, "points": 100}
            )
