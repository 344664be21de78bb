"""What outside events say of a customer: use that falls, logins gone quiet, contact."""

from datetime import timedelta
from math import isnan

from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .event_common import NOW, EventCase
from .health_common import HealthCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEventSignals(EventCase, HealthCase):
    def uses(self, partner, recent, base, kind="login", **values):
        """Record uses: lately on the 10th day back, before on the 60th."""
        for days, count in ((10, recent), (60, base)):
            if count:
                self.event(partner, days, kind=kind, weight=count, **values)

    def beat(self, kind="login", days_ago=0):
        """Let the source send something, of somebody who is nobody's customer here."""
        return self.event(self.customer("Beat"), days_ago, kind=kind)

    def measured(self, code, as_of=AS_OF):
        """Return {partner: measure rounded, None for no data} of one signal."""
        self.env.flush_all()
        signal = self.signals._of_company(self.company).filtered(lambda s: s.type == code)
        scope, table = self.profiles._rfm_as_of(self.company, as_of)
        chunk, _old = self.profiles._past_chunk(scope, table)
        _points, _fires, found = signal._weigh(chunk)
        return {
            self.env["res.partner"].browse(int(partner)): None if isnan(value) else round(value)
            for partner, value in zip(chunk.snap.index, found, strict=True)
        }

    def test_logins_fall_against_the_own_three_months(self):
        # Twelve in 90 days are four in 30.
        wanted = {}
        for recent, base, percent in ((4, 12, 0), (3, 12, 25), (1, 12, 75), (0, 12, 100)):
            wanted[ann := self.buyer(5)] = percent
            self.uses(ann, recent, base)
        wanted[few := self.buyer(5)] = None
        self.uses(few, 0, 5)  # too few to tell a fall from chance
        wanted[self.buyer(5)] = None
        self.beat()
        self.assertEqual(self.measured("logins_fall"), wanted)

    def test_the_edges_of_the_windows(self):
        ann, bob = self.buyer(5), self.buyer(5)
        self.event(ann, 29, weight=1)  # the first of the last 30 days
        self.event(ann, 30, weight=6)  # the last of the 90 before
        self.event(bob, 119, weight=6)  # the first of them
        self.event(bob, 120, weight=100)
        self.beat()
        self.assertEqual(self.measured("logins_fall"), {ann: 50, bob: 100})

    def test_a_source_that_fell_silent_says_nothing(self):
        ann = self.buyer(5)
        self.uses(ann, 0, 12)
        self.beat(days_ago=7)
        self.assertEqual(self.measured("logins_fall"), {ann: None})
        self.beat(days_ago=6)
        self.assertEqual(self.measured("logins_fall"), {ann: 100})

    def test_only_key_features_count(self):
        ann = self.buyer(5)
        self.uses(ann, 0, 12, "feature", name="Price Calculator")
        self.uses(ann, 40, 12, "feature", name="Search")
        self.beat("feature")
        self.assertEqual(self.measured("features_fall"), {ann: 0})
        self.company.retention_key_features = " price calculator \n\n"
        self.assertEqual(self.measured("features_fall"), {ann: 100})

    def test_told_as_it_was_on_a_past_day(self):
        ann = self.buyer(50)
        day = AS_OF - timedelta(days=40)
        self.event(ann, 100, weight=12)
        self.beat(days_ago=40)
        self.event(ann, 39, weight=50)  # came later
        self.assertEqual(self.measured("logins_fall", day), {ann: 100})

    def test_no_points_but_an_alert_for_a_high_value_customer(self):
        big, small = self.buyer(5, amount=5000), self.buyer(5, amount=1)
        for ann in (big, small):
            self.uses(ann, 1, 12)
        self.beat()
        self.refresh_all()
        self.assertTrue(self.fires("logins_fall", big))
        self.assertFalse(self.fires("logins_fall", small))
        [reason] = self.profile(big).reason_ids.filtered(lambda r: r.fires)
        self.assertEqual(reason.points, 0)
        self.assertIn("75 %", reason.sentence)
        action = reason.action_open_records()
        self.assertEqual(len(self.events.search(action["domain"])), 2)

    # ---------------------------------------------------------------- the last login
    def test_quiet_login_is_the_latest_of_portal_and_outside(self):
        portal, outside, both = self.portal_buyer(91), self.buyer(5), self.portal_buyer(91)
        self.event(outside, 31)
        self.event(outside, 50)
        self.event(both, 10)
        self.beat()
        wanted = {portal: 91, outside: 31, both: 10}
        self.assertEqual(self.measured("quiet_login"), wanted)

    def test_high_value_and_thirty_days_without_login(self):
        big, due = self.buyer(5, amount=5000), self.buyer(5, amount=5000)
        self.event(big, 31)
        self.event(due, 30)
        self.beat()
        self.refresh_all()
        self.assertEqual([self.fires("quiet_login", ann) for ann in (big, due)], [True, False])

    def test_quiet_login_when_the_source_fell_silent(self):
        outside, both, portal = self.buyer(5), self.portal_buyer(91), self.portal_buyer(40)
        self.event(outside, 31)
        self.event(both, 20)
        self.assertEqual(self.measured("quiet_login"), {outside: None, both: None, portal: 40})

    def test_of_one_company(self):
        ann = self.buyer(5)
        other = self.make_company("Other")
        self.event(ann, 60, weight=12, company_id=other.id)
        self.beat()
        self.assertEqual(self.measured("logins_fall"), {ann: None})

    # ---------------------------------------------------------------- contact and cost
    def test_feedback_is_contact_and_a_login_is_none(self):
        ann, bob = self.buyer(300), self.buyer(300)
        self.event(ann, 20, kind="review", sentiment="negative")
        self.event(bob, 20)
        self.refresh_all()
        self.assertEqual(self.profile(ann).last_interaction_date, AS_OF - timedelta(days=20))
        self.assertNotEqual(self.profile(bob).last_interaction_date, AS_OF - timedelta(days=20))

    def test_a_night_asks_once_for_all(self):
        ann, bob = self.buyer(5), self.buyer(6)
        self.uses(ann, 1, 12)
        self.beat()
        few = self.queries(lambda: self.measured("logins_fall"))
        for partner in (ann, bob):
            self.multiply(self.event(partner, 3), 2000, "moment")
        self.assertEqual(self.queries(lambda: self.measured("logins_fall")), few)
