"""Coupons and points that tiers bring: for exactly these customers, void when taken back."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.benefit_common import START, BenefitCase

SLACK = 8  # an insert more per some rows


@tagged("post_install", "-at_install")
class TestBenefitCoupon(BenefitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coupons, cls.loyalty = (cls.program(kind) for kind in ("coupons", "loyalty"))

    @classmethod
    def program(cls, kind):
        programs = cls.env["loyalty.program"]
        return programs.create(
            {
                "name": f"Our {kind}",
                "program_type": kind,
                "company_id": cls.company.id,
                **programs._program_type_default_values()[kind],
            }
        )

    def coupon(self, tier=None, **values):
        return self.benefit(tier or self.gold, "coupon", program_id=self.coupons.id, **values)

    def points(self, **values):
        return self.benefit(self.gold, "points", program_id=self.loyalty.id, **values)

    def of_profile(self, profile):
        return self.grants.search([("profile_id", "=", profile.id)], order="id")

    def redeem(self, card, partner):
        order = self.order(partner, START + timedelta(days=2), state="draft")
        with self.at(2):
            self.assertNotIn("error", order._try_apply_code(card.code))
            order._apply_program_reward(self.coupons.reward_ids, card)
            order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    # ------------------------------------------------------------ coupons
    def test_one_each_and_no_mail(self):
        self.coupon(coupon_days=10)
        ann, bob, cem = self.members("Ann", "Bob", "Cem")
        mails = self.env["mail.mail"].search_count([])
        moves = self.move(ann | bob, self.gold)
        self.follow(moves)
        cards = self.env["loyalty.card"].search([("program_id", "=", self.coupons.id)], order="id")
        self.assertEqual(cards.partner_id, (ann | bob).partner_id)
        self.assertEqual(cards.mapped("expiration_date"), [START + timedelta(days=10)] * 2)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.of_profile(ann).coupon_code, cards[0].code)
        self.assertFalse(self.of_profile(cem))

    def test_void_unless_redeemed(self):
        self.coupon()
        ann, bob = self.members("Ann", "Bob")
        self.move(ann | bob, self.gold)
        mine, theirs = (self.of_profile(profile) for profile in (ann, bob))
        self.redeem(theirs.coupon_id, bob.partner_id)
        self.assertEqual(theirs.coupon_used_on, START + timedelta(days=2))
        self.move(ann | bob, self.base, 3, cause="reversed")
        self.assertEqual((mine.state, theirs.state), ("taken_back", "kept"))
        self.assertEqual(mine.coupon_expires_on, START + timedelta(days=2))
        self.assertEqual(theirs.result, "Coupon redeemed")
        order = self.order(ann.partner_id, START + timedelta(days=3), state="draft")
        with self.at(3):
            self.assertIn("error", order._try_apply_code(mine.coupon_code))

    def test_cancelled_order_takes_all_back(self):
        """Through the engine: an order lifts Ann to Gold, its end brings everything back."""
        gold = self.pricelist("Gold")
        self.coupon()
        self.benefit(self.gold, "pricelist", pricelist_id=gold.id)
        ann = self.buyer("Ann", START)
        self.company.retention_tiers_started = True
        self.refresh(START)
        profile = self.profile(ann)
        self.assertEqual((profile.tier_id, self.price(profile)), (self.base, gold.browse()))
        order = self.order(ann, START, 2500)
        for _again in range(2):
            self.fresh(ann, 0)
        self.assertEqual((profile.tier_id, self.price(profile)), (self.gold, gold))
        grant = self.of_profile(profile).filtered("coupon_id")
        self.assertEqual(self.env["loyalty.card"].search_count([("partner_id", "=", ann.id)]), 1)
        order._action_cancel()
        for _again in range(2):
            self.fresh(ann, 0)
        self.assertEqual((profile.tier_id, self.price(profile)), (self.base, gold.browse()))
        self.assertEqual((grant.state, grant.end_cause), ("taken_back", "reversed"))
        self.assertLess(grant.coupon_expires_on, START)

    # ------------------------------------------------------------ points
    def test_points_belong_to_who_orders(self):
        self.points(coupon_points=50)
        [ann] = self.members("Ann")
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": ann.partner_id.id})
        self.order(buyer, START + timedelta(days=1))
        card = self.env["loyalty.card"].create(
            {"program_id": self.loyalty.id, "partner_id": buyer.id, "points": 7}
        )
        self.move(ann, self.gold, 2)
        self.assertEqual((self.of_profile(ann).coupon_id, card.points), (card, 57))
        self.assertFalse(self.of_profile(ann).coupon_code)
        card.points = 20
        self.move(ann, self.base, 3)
        self.assertEqual(card.points, 0)
        self.assertEqual(self.of_profile(ann).result, "Some of the points were already spent")
        self.assertEqual(sum(card.history_ids.mapped("issued")), 30)

    def test_points_without_a_card(self):
        self.points(coupon_points=50)
        ann, bob = self.members("Ann", "Bob")
        self.move(ann | bob, self.gold)
        cards = (self.of_profile(ann) | self.of_profile(bob)).coupon_id
        self.assertEqual(cards.mapped("points"), [50, 50])
        self.move(ann, self.base, 1)
        self.assertEqual(sorted(cards.mapped("points")), [0, 50])
        self.assertEqual(self.of_profile(ann).state, "taken_back")

    # ------------------------------------------------------------ checks
    def test_something_missing(self):
        benefit = self.benefit(self.gold, "coupon")
        self.assertEqual(benefit._problems(), ["Fill in: Coupon or Points Program."])
        benefit.program_id = self.loyalty
        self.assertEqual(benefit._problems(), ["Our loyalty cannot be used for this benefit."])
        benefit.write({"program_id": self.coupons.id, "coupon_points": 0})
        self.assertEqual(benefit._problems(), ["Without points it is worth nothing."])
        benefit.coupon_points = 1
        self.coupons.company_id = self.make_company("Other")
        self.assertEqual(benefit._problems(), ["Our coupons belongs to another company."])

    def test_constant_number_of_queries(self):
        self.coupon()
        self.points()
        counts = []
        for size in (2, 2, 30):  # the first fills what is cached for good
            found = self.members(*(f"S{len(counts)}x{n}" for n in range(size)))
            spent = []
            for days, tier in ((0, self.gold), (1, self.base)):
                moves = self.moves(found, tier)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.follow(moves, days)
                spent.append(self.env.cr.sql_log_count - before)
            counts.append(spent)
        for few, many in zip(counts[1], counts[2], strict=True):
            self.assertLessEqual(many, few + SLACK)
