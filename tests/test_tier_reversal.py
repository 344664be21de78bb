"""What a cancelled order brought is taken back; rules changed past the dialog hold at once."""

from datetime import date, timedelta

from odoo.tests import tagged

from .common import AS_OF
from .tier_common import TierCase


@tagged("post_install", "-at_install")
class TestTierReversal(TierCase):
    def in_grace(self):
        """Make a Gold customer who missed the mark on 2026-06-30, with grace to 29 August."""
        ann = self.customer("Ann")
        self.order(ann, date(2025, 6, 30), 5000)
        self.start(date(2025, 6, 30))
        self.order(ann, date(2025, 7, 1), 1000)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(self.profile(ann).tier_grace_until, date(2026, 8, 29))
        return ann

    def state(self, partner):
        profile = self.profile(partner)
        return (profile.tier_id.name, profile.tier_valid_until, profile.tier_grace_until)

    def live(self, partner, day, *state, nightly=False):
        for _twice in range(2):
            self.refresh(day, partners=None if nightly else partner)
            self.assertEqual(self.state(partner), state)

    def test_saved_in_grace_and_cancelled(self):
        """1,000 of July count with the grace: 4,000 more save Gold, and a cent less does not."""
        ann = self.in_grace()
        day, grace = date(2026, 7, 20), date(2026, 8, 29)
        self.order(ann, day, 3999.99)
        self.live(ann, day, "Gold", AS_OF, grace)
        order = self.order(ann, day, 0.01)
        self.live(ann, day, "Gold", date(2027, 6, 30), False)
        order._action_cancel()
        self.live(ann, day, "Gold", AS_OF, grace)
        self.assertEqual(self.told(ann), [], "nothing moved")
        self.live(ann, grace + timedelta(days=1), "Silver", date(2027, 8, 30), False, nightly=True)

    def test_saved_in_grace_and_cancelled_after_it(self):
        ann = self.in_grace()
        order = self.order(ann, date(2026, 7, 20), 4000)
        self.refresh(date(2026, 8, 30))
        self.assertEqual(self.state(ann), ("Gold", date(2027, 6, 30), False))
        order._action_cancel()
        self.live(ann, date(2026, 9, 5), "Silver", date(2027, 9, 5), False)
        self.assertEqual(self.told(ann), [(date(2026, 9, 5), "Gold", "Silver", "reversed")])

    def test_another_purchase_in_the_grace_saves_it_too(self):
        ann = self.in_grace()
        order = self.order(ann, date(2026, 7, 20), 4000)
        self.refresh(date(2026, 7, 20), partners=ann)
        self.order(ann, date(2026, 7, 21), 4000)
        order._action_cancel()
        self.live(ann, date(2026, 7, 21), "Gold", date(2027, 6, 30), False)

    # ------------------------------------------------------------ rules past the dialog
    def started(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, AS_OF, 6000)
        self.order(bob, AS_OF, 400)
        self.start(AS_OF)
        self.commit_requests()
        self.env["retention.refresh.request"]._take_rescore(self.company)
        return ann, bob

    def asked(self):
        """Say whether everybody is to get what new rules say, and whether that was asked for."""
        self.commit_requests()
        waiting = self.env["retention.refresh.request"]._take_rescore(self.company)
        return (self.company.retention_tier_regrade, waiting)

    def test_rules_written_by_code(self):
        """A server action, an import or another module writes rules without the dialog."""
        ann, bob = self.started()
        version = self.company.retention_tier_rule_version
        self.gold.write({"name": "Golden", "min_amount": 5000})
        self.assertEqual(self.asked(), (False, False), "5,000 is what it was")
        self.gold.min_amount = 6000.01
        self.assertEqual(self.asked(), (True, True))
        self.assertEqual(self.company.retention_tier_rule_version, version + 1)
        self.refresh(AS_OF)
        self.assertEqual((self.tier_of(ann), self.tier_of(bob)), (self.silver, self.standard))
        made = self.env["retention.tier"].create({"name": "Bronze", "level": 9, "min_amount": 300})
        self.assertEqual(self.asked(), (True, True))
        self.refresh(AS_OF)
        self.assertEqual(self.tier_of(bob), made)
        self.vip.unlink()
        self.assertEqual(self.asked(), (True, True))

    def test_company_rules_written_by_code(self):
        self.started()
        for name, value in (
            ("retention_tier_window", "calendar"),
            ("retention_tier_grace_days", 10),
            ("retention_tier_down", "earned"),
            ("retention_tier_min_stay_days", 5),
        ):
            self.company[name] = self.company[name]
            self.assertEqual(self.asked(), (False, False))
            self.company[name] = value
            self.assertEqual(self.asked(), (True, True))
            self.company.retention_tier_regrade = False

    def test_a_preview_asks_for_nothing(self):
        self.started()
        manager = self.make_user("r_manager", "customer_retention.group_manager")
        dialog = self.env["retention.tier.preview"].with_user(manager)._of_company(self.company)
        dialog.rule_ids.filtered(lambda r: r.tier_id == self.gold).min_amount = 7000
        version = self.company.retention_tier_rule_version
        dialog.action_preview()
        self.assertEqual(self.asked(), (False, False))
        dialog.action_apply()
        self.assertEqual(self.company.retention_tier_rule_version, version + 1)
