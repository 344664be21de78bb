"""Limits per tier: each customer is judged by those of the tier of the same run."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..analytics import health
from ..models.retention_metrics_tier import TIER_COLUMNS
from .common import AS_OF
from .health_common import HealthCase
from .tier_common import TierCase

WAYS = ("nightly", "fresh", "any day")


@tagged("post_install", "-at_install")
class TestTierLimits(TierCase, HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold.write({"silent_days": 30, "at_risk_days": 60, "lost_days": 120})

    def longstanding(self, days_ago, amount):
        """Make a customer of long ago who bought for ``amount`` some days ago."""
        partner = self.customer(f"{amount} {days_ago} days ago")
        self.orders(partner, days_ago + 1000, amount=1)
        self.orders(partner, days_ago, amount=amount)
        return partner

    def stages(self, partners, way):
        """Return the stages of these customers on AS_OF, computed one of three ways."""
        if way == "any day":
            self.env.flush_all()
            table = self.profiles._compute_as_of(self.company, AS_OF)
            return [table.at[partner.id, "stage"] for partner in partners]
        if way == "fresh":
            self.refresh(partners=partners)
        else:
            self.refresh()
        return [self.profile(partner).stage for partner in partners]

    def test_two_tiers_at_each_limit(self):
        """Gold 30, 60 and 120 days; Silver the company's 90, 180 and 365: −1, 0 and +1.

        The first order was a thousand days before, so these came back from being lost.
        """
        self.company.retention_won_back_days = 1
        expected = {
            self.gold: {29: "active", 30: "active", 31: "silent", 59: "silent", 60: "silent"}
            | {61: "at_risk", 119: "at_risk", 120: "at_risk", 121: "lost"},
            self.silver: {89: "active", 90: "active", 91: "silent", 179: "silent", 180: "silent"}
            | {181: "at_risk", 364: "at_risk"},
            # The window of 12 months sees nothing of these: Standard, whose limits are the same.
            self.standard: {365: "at_risk", 366: "lost"},
        }
        people = {
            tier: [self.longstanding(days, tier.min_amount or 1000) for days in days_ago]
            for tier, days_ago in expected.items()
        }
        self.start(AS_OF)
        for way in WAYS:
            for tier, partners in people.items():
                partners = self.env["res.partner"].concat(*partners)
                with self.subTest(way=way, tier=tier.name):
                    self.assertEqual({self.tier_of(p) for p in partners}, {tier})
                    self.assertEqual(self.stages(partners, way), list(expected[tier].values()))

    def test_a_tier_of_this_very_run(self):
        """An order of 40 days ago makes Gold, and by Gold's 30 days its customer is silent."""
        ann = self.longstanding(40, 100)
        self.start(AS_OF)
        self.assertEqual((self.tier_of(ann), self.profile(ann).stage), (self.standard, "won_back"))
        self.company.retention_won_back_days = 1
        self.order(ann, AS_OF - timedelta(days=40), 6000)
        self.assertEqual(self.stages(ann, "any day"), ["silent"])
        self.assertEqual(self.stages(ann, "fresh"), ["silent"])
        self.assertEqual(self.tier_of(ann), self.gold)

    def test_coming_back_is_judged_by_the_tier_of_then(self):
        """Gone for 100 days: too long for Gold, not for Silver, whatever tier it leads to."""
        begin = AS_OF - timedelta(days=101)
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for partner, amount in ((ann, 5000), (bob, 1000)):
            for days in (1200, 1300):
                self.order(partner, begin - timedelta(days=days), 1)
            self.order(partner, begin, amount)
        self.start(begin)
        for partner in ann | bob:
            self.order(partner, AS_OF - timedelta(days=1), 5000)
        self.refresh(AS_OF - timedelta(days=1))
        self.assertEqual([self.tier_of(p) for p in ann | bob], [self.vip, self.gold])
        self.assertEqual(
            self.profile(ann).won_back_on, AS_OF - timedelta(days=1), "at risk when Gold"
        )
        self.assertEqual(self.profile(bob).won_back_on, begin, "Silver was not even at risk")
        # What it became since changes nothing of it, in no way of computing.
        self.refresh(AS_OF)
        table = self.profiles._compute_as_of(self.company, AS_OF)
        for partner, day in ((ann, AS_OF - timedelta(days=1)), (bob, begin)):
            self.assertEqual(self.profile(partner).won_back_on, day)
            self.assertEqual(table.at[partner.id, "won_back_on"], day)

    def test_nothing_reads_what_comes_later(self):
        """The tier is of figures and segment; whatever stage and risk were before the run."""
        self.assertFalse(set(TIER_COLUMNS) & set(health.COLUMNS))
        people = self.env["res.partner"].concat(
            *(self.longstanding(days, amount) for days in (10, 70) for amount in (100, 6000))
        )
        self.start(AS_OF)
        names = ["tier_id", "stage", "risk_level", "value_at_stake", "signal_points"]
        profiles = self.profiles.search([("partner_id", "in", people.ids)], order="id")
        first = profiles.read(names, load="")
        profiles.write({"stage": "lost", "churned_on": AS_OF, "is_falling": True})
        profiles.write({"risk_score": 99, "risk_coverage": 1, "value_at_stake": 12})
        self.refresh()
        self.assertEqual(profiles.read(names, load=""), first)

    # ------------------------------------------------------------ alerts
    def test_alerts_by_tier(self):
        """Silver asks after 45 days although it is not of high value; Gold has its own 20."""
        self.silver.alert_purchase_days = 45
        self.gold.alert_purchase_days = 20
        people = {
            (tier, days): self.longstanding(days, tier.min_amount or 100)
            for tier, day in ((self.silver, 45), (self.gold, 20), (self.standard, 300))
            for days in (day - 1, day, day + 1)
        }
        self.longstanding(1, 900000)  # the only core customer
        self.start(AS_OF)
        for _again in range(2):
            found = {key for key, p in people.items() if self.fires("core_silent", p)}
            self.assertEqual(found, {(self.silver, 46), (self.gold, 21)})
            self.refresh(partners=self.env["res.partner"].concat(*people.values()))

    def test_contact_by_tier(self):
        self.gold.alert_contact_days = 15
        people = [self.longstanding(days, 6000) for days in (14, 15, 16)]
        people.append(self.longstanding(16, 100))
        self.start(AS_OF)
        self.assertEqual([self.fires("untouched", p) for p in people], [False, False, True, False])

    def test_login_by_tier(self):
        self.silver.alert_login_days = 10
        people = [self.portal_buyer(days, 1000) for days in (9, 10, 11)]
        people.append(self.portal_buyer(29, 100))
        self.longstanding(1, 900000)
        self.start(AS_OF)
        self.assertEqual(
            [self.fires("quiet_login", p) for p in people], [False, False, True, False]
        )

    # ------------------------------------------------------------ settings
    def asked(self):
        self.commit_requests()
        return bool(self.env["retention.refresh.request"]._take_rescore(self.company))

    def test_a_changed_limit_judges_again(self):
        self.asked()
        self.gold.silent_days = 40
        self.assertFalse(self.asked(), "tiers have not begun")
        self.start(AS_OF)
        self.asked()
        self.gold.color = 5
        self.assertFalse(self.asked())
        for name in ("silent_days", "lost_days", "alert_purchase_days", "alert_login_days"):
            self.gold[name] = 50 if name == "silent_days" else 100
            self.assertTrue(self.asked(), name)
        # These are no rules of moving: a manager changes them without the dialog.
        manager = self.make_user("r_manager", "customer_retention.group_manager")
        self.gold.with_user(manager).alert_contact_days = 50
        self.assertTrue(self.asked())

    def test_limits_in_order(self):
        self.assertRefused(ValidationError, "Gold", lambda: self.gold.write({"lost_days": 59}))
        self.assertRefused(
            ValidationError, "Silver", lambda: self.silver.write({"silent_days": 365})
        )
        self.silver.silent_days = 300
        self.assertRefused(
            ValidationError, "Silver", lambda: self.company.write({"retention_lost_days": 300})
        )
