"""Tiers in the engine: first load, fresh moves, locks, merges, notices and two companies."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import AS_OF
from .tier_common import TierCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestTier(TierCase):
    def spender(self, name, amount, day=AS_OF):
        partner = self.customer(name)
        self.order(partner, day, amount)
        return partner

    def tell_of(self, moves):
        """Have what benefits are told of moves appended to ``moves``."""

        def follow(self, company, found, as_of, quiet):
            moves.extend((m["profile_id"], m["old"], m["new"], m["cause"], quiet) for m in found)

        self.patch(type(self.env["retention.tier.benefit"]), "_follow_moves", follow)

    # ------------------------------------------------------------ first load
    def test_first_load_is_quiet(self):
        ann, bob = self.spender("Ann", 12000), self.spender("Bob", 50)
        self.refresh(AS_OF - timedelta(days=1))
        self.assertFalse(self.tier_of(ann))
        moves = []
        self.tell_of(moves)
        self.start(AS_OF)
        self.assertEqual(self.tier_of(ann), self.vip)
        self.assertEqual(self.tier_of(bob), self.standard)
        self.assertEqual(self.profile(ann).tier_since, AS_OF)
        # At the top there is nothing to reach, and nothing to say of it.
        self.assertIs(self.profile(ann).tier_gap_text, False)
        self.assertTrue(self.profile(bob).tier_gap_text)
        self.assertFalse(self.changes.search([("what", "=", "tier")]))
        self.assertEqual({move[4] for move in moves}, {True})
        self.assertEqual(len(moves), 2)
        self.assertFalse(self.company.retention_tier_regrade)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(len(moves), 2)

    def test_nothing_before_they_are_started(self):
        ann = self.spender("Ann", 12000)
        self.refresh()
        self.assertFalse(self.tier_of(ann))
        order = self.env["sale.order"].search([("partner_id", "=", ann.id)])
        self.assertIs(order.retention_tier_tip, False)
        self.assertNotIn("tier_id", self.profiles._compute_as_of(self.company, AS_OF))

    def test_prospects_have_none(self):
        self.start(AS_OF - timedelta(days=1))
        pat = self.customer("Pat")
        self.order(pat, AS_OF, 12000, state="draft")
        self.refresh()
        self.assertTrue(self.profile(pat))
        self.assertFalse(self.tier_of(pat))

    # ------------------------------------------------------------ boundaries
    def test_to_the_cent(self):
        partners = [self.spender(f"P{a}", a) for a in (4999.99, 5000, 5000.01)]
        self.start(AS_OF)
        tiers = [self.tier_of(partner).name for partner in partners]
        self.assertEqual(tiers, ["Silver", "Gold", "Gold"])

    def test_first_day_of_the_window(self):
        inside = self.spender("In", 5000, date(2025, 7, 1))
        outside = self.spender("Out", 5000, date(2025, 6, 30))
        self.start(AS_OF)
        self.assertEqual(self.tier_of(inside), self.gold)
        self.assertEqual(self.tier_of(outside), self.standard)

    def test_purchase_days_count(self):
        self.gold.write({"min_amount": 0, "min_count": 3})
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.orders(ann, 1, 2, 3, amount=1)
        self.orders(bob, 1, 2, 2, amount=1)
        self.start(AS_OF)
        self.assertEqual((self.tier_of(ann), self.tier_of(bob)), (self.gold, self.standard))

    # ------------------------------------------------------------ fresh
    def test_order_moves_up_at_once_and_its_end_back(self):
        ann = self.spender("Ann", 100, AS_OF - timedelta(days=9))
        self.start(AS_OF)
        moves, profile = [], self.profile(ann)
        self.tell_of(moves)
        order = self.order(ann, AS_OF, 6000)
        for _again in range(2):
            self.refresh(partners=ann)
        self.assertEqual(profile.tier_id, self.gold)
        self.assertEqual(moves, [(profile.id, self.standard.id, self.gold.id, "up", False)])
        change = self.changes.search([("profile_id", "=", profile.id), ("what", "=", "tier")])
        self.assertEqual(change.cause, "fresh")
        self.assertEqual(
            change.evidence | {"segment": None},
            {
                "why": "up",
                "spend": 6100.0,
                "orders": 2,
                "segment": None,
                "rule_version": self.company.retention_tier_rule_version,
            },
        )
        order._action_cancel()
        for _again in range(2):
            self.refresh(partners=ann)
        self.assertEqual(profile.tier_id, self.standard)
        self.assertEqual(
            moves[1:], [(profile.id, self.gold.id, self.standard.id, "reversed", False)]
        )

    # ------------------------------------------------------------ rules
    def test_new_rules_hold_as_planned(self):
        for amount in (500, 3000, 7000, 20000):
            self.spender(f"P{amount}", amount)
        self.start(AS_OF)
        self.gold.min_amount = 2500
        self.vip.min_amount = 30000
        self.company._retention_regrade_tiers()
        plan = self.profiles._plan_tiers(self.company, AS_OF)
        moves = []
        self.tell_of(moves)
        self.refresh()
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        for profile in profiles:
            row = plan.loc[profile.partner_id.id]
            self.assertEqual((profile.tier_id.id, profile.id), (row["new"], row["id"]))
            self.assertEqual(
                profile.tier_valid_until or None,
                row["tier_valid_until"].date()
                if row["tier_valid_until"] == row["tier_valid_until"]
                else None,
            )
        planned = plan[plan["old"] != plan["new"]]
        self.assertEqual({move[0] for move in moves}, set(planned["id"]))
        self.assertEqual({move[4] for move in moves}, {True})
        self.assertEqual(
            set(self.changes.search([("what", "=", "tier")]).mapped("cause")), {"rescore"}
        )

    def test_a_tier_asks_for_something(self):
        self.assertRefused(
            ValidationError,
            "Diamond",
            lambda: self.env["retention.tier"].create({"name": "Diamond", "level": 4}),
        )

    def test_any_day_says_what_is_earned(self):
        ann = self.spender("Ann", 6000)
        self.start(AS_OF)
        table = self.profiles._compute_as_of(self.company, AS_OF)
        self.assertEqual(table.at[ann.id, "tier_id"], self.gold.id)
        self.assertEqual(table.at[ann.id, "tier_spend"], 6000)

    def test_segment_takes_two_nights(self):
        ann = self.spender("Ann", 50)
        self.refresh(AS_OF - timedelta(days=2))
        self.refresh(AS_OF - timedelta(days=1))
        self.start(AS_OF)
        # As on any night after the one that the rule began with.
        later = self.silver.with_context(retention_tier_rules_together=True)
        later.segment_ids = self.profile(ann).segment_id
        nights = []
        for day in (1, 2, 3):
            self.refresh(AS_OF + timedelta(days=day))
            nights.append(self.tier_of(ann).name)
        self.assertEqual(nights, ["Standard", "Silver", "Silver"])

    # ------------------------------------------------------------ high value
    def test_high_tiers_are_high_value(self):
        self.spender("Big", 900000)
        ann = self.spender("Ann", 6000)
        self.start(AS_OF)
        self.assertFalse(self.profile(ann).is_core)
        self.assertTrue(self.profile(ann)._alert_values()["is_high_value"])

    # ------------------------------------------------------------ locks
    def test_lock(self):
        ann = self.spender("Ann", 50)
        self.start(AS_OF)
        profile = self.profile(ann)
        user = self.make_user("r_user", f"{OURS}.group_user")
        manager = self.make_user("r_manager", f"{OURS}.group_manager")
        until = AS_OF + timedelta(days=30)
        with freeze_time(f"{AS_OF} 12:00:00"):
            with self.assertRaises(UserError):
                profile.with_user(user)._lock_tier(self.vip, until, "Friend")
            theirs = profile.with_user(manager)
            for until_, reason in ((until, " "), (None, "Why"), (AS_OF - timedelta(1), "Why")):
                with self.assertRaises(UserError):
                    theirs._lock_tier(self.vip, until_, reason)
            dialog = (
                self.env["retention.tier.lock"]
                .with_user(manager)
                .create(
                    {
                        "profile_ids": profile.ids,
                        "tier_id": self.vip.id,
                        "until": until,
                        "reason": "Friend",
                    }
                )
            )
            dialog.action_lock()
        self.assertEqual(self.told(ann), [(AS_OF, "Standard", "VIP", "up")])
        self.refresh(until)
        self.assertEqual(profile.tier_id, self.vip)
        self.refresh(until + timedelta(days=1))
        self.assertEqual(profile.tier_id, self.vip)
        self.assertFalse(profile.tier_locked_until)
        self.assertEqual(profile.tier_grace_until, until + timedelta(days=60))
        self.refresh(until + timedelta(days=61))
        self.assertEqual(profile.tier_id, self.gold)

    def test_unlock(self):
        ann = self.spender("Ann", 50)
        self.start(AS_OF)
        profile = self.profile(ann)
        with freeze_time(f"{AS_OF} 12:00:00"):
            profile._lock_tier(self.vip, AS_OF + timedelta(days=300), "Friend")
            profile.action_unlock_tier()
        self.assertFalse(profile.tier_locked_until)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(profile.tier_grace_until, AS_OF + timedelta(days=60))

    # ------------------------------------------------------------ merges
    def test_merge_keeps_the_higher_tier(self):
        ann, bob = self.spender("Ann", 6000), self.spender("Bob", 1500)
        self.start(AS_OF)
        since = AS_OF + timedelta(days=10)
        self.profiles._merge_profiles(ann, bob)
        profile = self.profile(bob)
        self.assertEqual(profile.tier_id, self.gold)
        self.assertEqual(self.told(bob)[-1][1:], ("Silver", "Gold", "joined"))
        self.env["sale.order"].search([("partner_id", "=", ann.id)]).partner_id = bob
        self.refresh(since)
        self.assertEqual(profile.tier_id, self.gold)
        self.assertEqual(profile.tier_spend, 7500)

    # ------------------------------------------------------------ companies
    def test_two_companies(self):
        other = self.make_company("Other")
        theirs = self.make_tiers(0, 100, company=other)
        ann = self.spender("Ann", 6000)
        self.order(ann, AS_OF, 500, company=other)
        self.start(AS_OF)
        self.start(AS_OF, company=other)
        self.assertEqual(self.tier_of(ann), self.gold)
        self.assertEqual(self.tier_of(ann, other), theirs[1])
        partner = ann.with_context(allowed_company_ids=other.ids)
        self.assertEqual(partner.retention_tier_id, theirs[1])
        self.assertEqual(ann.retention_tier_id, self.gold)

    # ------------------------------------------------------------ notices
    def test_each_notice_once(self):
        ann = self.spender("Ann", 5000, AS_OF)
        self.start(AS_OF)
        owner = self.make_user("owner", f"{OURS}.group_user")
        self.profile(ann).user_id = owner
        sent = []

        def tell(profiles, user):
            words = [profile._grace_words() for profile in profiles]
            sent.append((user.login, profiles.tier_notice, words))

        self.patch(type(self.profiles), "_send_grace", tell)
        ends = date(2027, 6, 30) + timedelta(days=60)
        for left in (60, 59, 58, 31, 30, 29, 8, 7, 6, 0, -1):
            for _again in range(2):
                self.refresh(ends - timedelta(days=left))
        words = ["$\xa05,000.00 more by August 29, 2027"]
        self.assertEqual(sent, [("owner", mark, words) for mark in (60, 30, 7)])
        self.assertEqual(self.tier_of(ann), self.silver)

    def test_notice_in_the_owners_language(self):
        ann = self.spender("Ann", 5000, AS_OF)
        self.start(AS_OF)
        owner = self.make_user("owner", f"{OURS}.group_user")
        owner.notification_type = "inbox"
        self.profile(ann).user_id = owner
        self.refresh(date(2027, 7, 1))
        message = self.env["mail.message"].search(
            [("partner_ids", "in", owner.partner_id.ids)], order="id desc", limit=1
        )
        self.assertIn("5,000.00 more by August 29, 2027", message.body)
        self.assertFalse(ann.message_ids.filtered(lambda m: "5,000" in (m.body or "")))

    # ------------------------------------------------------------ procedures
    def test_procedures_follow_rises_only(self):
        ann = self.spender("Ann", 100)
        self.spender("Bob", 6000)
        sop = self.env["retention.sop"].create(
            {
                "name": "Welcome to Gold",
                "company_id": self.company.id,
                "trigger": "tier",
                "trigger_tier_ids": self.gold.ids,
            }
        )
        self.start(AS_OF)
        rows = self.env.execute_query(sop._occasions(sop._span(AS_OF)))
        self.assertEqual(rows, [])
        self.order(ann, AS_OF, 6000)
        self.refresh(partners=ann)
        self.env.flush_all()
        rows = self.env.execute_query(sop._occasions(sop._span(AS_OF)))
        self.assertEqual(rows, [(ann.id, ann.id, AS_OF, None, None)])
