"""Every signal at its threshold: one below, on it, one above; reasons that add up."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import AS_OF
from .health_common import HealthCase


@tagged("post_install", "-at_install")
class TestSignals(HealthCase):
    def assertPoints(self, code, wanted):
        """Check what a signal gives: {customer: points earned, None for no data}."""
        self.env.flush_all()
        found = self.earned(code)
        for partner, points in wanted.items():
            with self.subTest(signal=code, customer=partner.name):
                self.assertEqual(found.get(partner.id), points)

    # ---------------------------------------------------------------- purchases
    def test_recency_moves_by_bands(self):
        wanted = {}
        # One purchase: 29 points up to day 90, 31 from day 91, 34 from day 106; 60 beyond 460.
        for days, points in ((89, 29), (90, 29), (91, 31), (105, 31), (106, 34), (541, 60)):
            wanted[self.buyer(days)] = points
        # Who bought more often has fewer points on the same day: five purchase days, day 90.
        wanted[self.buyer(90, 190, 290, 390, 490)] = 19
        self.assertPoints("recency", wanted)

    def test_overdue_against_the_own_gap(self):
        def monthly(days):
            return self.buyer(*(days + 30 * k for k in range(5)))

        # 3 points in steps at more than 1, 1.5 and 2 gaps of 30 days.
        wanted = {30: 0, 31: 1, 45: 1, 46: 2, 60: 2, 61: 3}
        self.assertPoints("overdue", {monthly(days): points for days, points in wanted.items()})

    def test_monthly_and_yearly_buyers_are_judged_differently_on_day_60(self):
        monthly = self.buyer(*(60 + 30 * k for k in range(5)))
        yearly = self.buyer(*(60 + 365 * k for k in range(5)))
        self.assertPoints("overdue", {monthly: 2, yearly: 0})

    def test_spring_festival_makes_nobody_late(self):
        ann = self.buyer(*(33 + 30 * k for k in range(5)))
        self.assertPoints("overdue", {ann: 1})
        self.closure(10, 8)  # three days
        self.assertPoints("overdue", {ann: 0})

    def test_lengthening(self):
        wanted = {
            self.buyer(5, 36, 66, 86): 1,  # 20, 30, 31
            self.buyer(5, 35, 65, 85): 0,  # 20, 30, 30
            self.buyer(5, 34, 64, 84): 0,  # 20, 30, 29
            self.buyer(5, 34, 64): None,
        }
        self.assertPoints("lengthening", wanted)

    def test_drops_against_the_window_before(self):
        def bought(now, before):
            # Within the last six months, and within the six before.
            recent, earlier = range(1, 1 + now), range(200, 200 + before)
            return self.buyer(*recent, *earlier)

        # 2 points in steps at more than 25, 50, 75 percent: .67, 1.33 and 2, rounded.
        wanted = {
            bought(4, 4): 0,
            bought(3, 4): 0,  # 25 %
            bought(2, 3): 1,  # 33 %
            bought(2, 4): 1,  # 50 %
            bought(1, 3): 1,  # 67 %
            bought(1, 4): 1,  # 75 %
            bought(1, 5): 2,  # 80 %
            bought(2, 0): None,
        }
        self.assertPoints("frequency_drop", wanted)
        self.assertPoints("spend_drop", wanted)

    def test_smaller_orders(self):
        wanted = {}
        for amount, points in ((75, 0), (74, 0), (50, 0), (49, 1), (24, 1)):
            ann = self.buyer(200)
            self.orders(ann, 5, amount=amount)
            wanted[ann] = points  # 1 point: .33, .67 and 1, rounded
        self.assertPoints("value_drop", wanted)

    def test_same_season_once_24_months_exist(self):
        autumn = [ago for year in range(3) for ago in (365 * year + 240, 365 * year + 250)]
        young, known = self.buyer(240, 250), self.buyer(*autumn)
        self.assertPoints("frequency_drop", {young: 2, known: None})

    def test_falling(self):
        def fallen(last):
            # Monthly until then; purchases leave the window of 24 months one by one.
            return self.buyer(*range(last, 1000, 30))

        # More than two month ends in a row: 31 May, 30 April, 31 March come before 30 June.
        wanted = {fallen(91): 1, fallen(89): 0, fallen(1): 0}
        self.assertPoints("falling", wanted)
        self.refresh_all()
        self.assertTrue(all(self.profile(ann).is_falling == bool(p) for ann, p in wanted.items()))

    # ---------------------------------------------------------------- contact
    def test_no_contact_is_no_data_until_talks_are_recorded(self):
        talked, silent = self.buyer(5), [self.buyer(5) for _number in range(3)]
        self.talk(talked, 10)
        self.assertPoints("no_contact", {talked: None})  # one of four: 25 %
        self.talk(silent[0], 10)
        self.assertPoints("no_contact", {talked: 0, silent[1]: 0})

    def test_no_contact(self):
        wanted = {}
        for days, points in ((60, 0), (61, 1), (90, 1), (91, 2), (180, 2), (181, 3)):
            wanted[ann := self.buyer(5, 300)] = points
            self.talk(ann, days)
        for _number in range(3):
            self.talk(self.buyer(5), 10)
        self.assertPoints("no_contact", wanted)

    def test_untouched_for_180_days_opens_an_alert(self):
        wanted = {}
        for days, fires in ((180, False), (181, True)):
            wanted[self.buyer(days)] = fires
        talked = self.buyer(300)
        self.talk(talked, 180)
        self.refresh_all()
        for ann, fires in {**wanted, talked: False}.items():
            self.assertEqual(self.fires("untouched", ann), fires)

    def test_no_answer(self):
        wanted = {}
        for attempts, points in ((1, 0), (2, 1), (3, 2)):
            wanted[ann := self.buyer(5)] = points
            for number in range(attempts):
                self.talk(ann, 10 + number, outcome="no_answer")
        reached = self.buyer(5)
        for days in (30, 29, 28, 27):
            self.talk(reached, days, outcome="no_answer")
        self.talk(reached, 26)
        old = self.buyer(5)
        for days in (92, 91, 90):
            self.talk(old, days, outcome="no_answer")
        self.talk(self.buyer(5), 10)
        for _number in range(4):
            self.talk(self.buyer(5), 10)
        self.assertPoints("no_answer", {**wanted, reached: 0, old: 0})

    def test_portal_login_gone_quiet(self):
        wanted = {}
        for days, points in ((30, 0), (31, 0), (61, 1), (91, 1)):
            wanted[self.portal_buyer(days)] = points
        wanted[self.buyer(5)] = None
        self.assertPoints("quiet_login", wanted)

    def test_quiet_login_opens_an_alert_for_high_value_only(self):
        big, small = self.portal_buyer(31, amount=5000), self.portal_buyer(31, amount=1)
        due = self.portal_buyer(30, amount=5000)
        self.refresh_all()
        self.assertEqual(
            [self.fires("quiet_login", ann) for ann in (big, small, due)], [True, False, False]
        )

    def test_contact_person_gone(self):
        wanted = {}
        for changes, points in (({}, 0), ({"active": False}, 2), ({"message_bounce": 1}, 2)):
            wanted[firm := self.customer()] = points
            person = self.env["res.partner"].create({"name": "P", "parent_id": firm.id})
            self.orders(person, 5)
            person.write(changes)
        self.assertPoints("contact_gone", wanted)

    # ---------------------------------------------------------------- commercial, voice
    def test_quotations_refused_or_expired(self):
        wanted = {}
        for count, points in ((1, 0), (2, 1), (3, 1), (4, 2)):
            wanted[ann := self.buyer(100)] = points
            for number in range(count):
                self.order(ann, AS_OF - timedelta(days=20 + number), state="cancel")
        expired, running, old, followed = (self.buyer(100) for _number in range(4))
        for ann, valid, ago in ((expired, 1, 20), (running, 0, 20), (old, 30, 180)):
            for _number in range(2):
                self.order(
                    ann,
                    AS_OF - timedelta(days=ago),
                    state="sent",
                    validity_date=AS_OF - timedelta(days=valid),
                )
        for _number in range(2):
            self.order(followed, AS_OF - timedelta(days=20), state="cancel")
        self.orders(followed, 20)
        self.assertPoints("lost_quotation", {**wanted, expired: 1, running: 0, old: 0, followed: 0})

    def test_invoices_overdue(self):
        wanted = {}
        for days, points in ((15, 0), (16, 1), (30, 1), (31, 2), (60, 2), (61, 3)):
            wanted[ann := self.buyer(5)] = points
            self.invoice(ann, days)
        wanted[self.buyer(5)] = 0
        self.assertPoints("overdue_invoice", wanted)

    def test_without_invoices_nothing_is_known(self):
        self.assertPoints("overdue_invoice", {self.buyer(5): None})

    def test_said_they_will_leave(self):
        wanted = {}
        for days, bought, points in ((180, 200, 0), (179, 200, 4), (10, 10, 4), (10, 9, 0)):
            wanted[ann := self.buyer(bought)] = points
            self.talk(ann, days, tag_ids=[(4, self.leaving.id)])
        self.assertPoints("leave_intent", wanted)
        self.refresh_all()
        for ann, points in wanted.items():
            self.assertEqual(self.fires("leave_intent", ann), points > 0)

    def test_high_value_without_purchase(self):
        def monthly(days, amount):
            ann = self.customer()
            self.orders(ann, *(days + 30 * k for k in range(5)), amount=amount)
            return ann

        # The limit is the longer of 30 days and 1.5 own gaps of 30 days.
        wanted = {monthly(45, 5000): False, monthly(46, 5000): True, monthly(46, 1): False}
        once = {days: self.buyer(days, amount=25000) for days in (30, 31)}
        self.refresh_all()
        for ann, fires in {**wanted, once[30]: False, once[31]: True}.items():
            self.assertEqual(self.fires("core_silent", ann), fires)

    # ---------------------------------------------------------------- settings
    def test_a_group_cannot_outweigh_its_share(self):
        signals = self.env["retention.signal"]._of_company(self.company)
        overdue = signals.filtered(lambda s: s.type == "overdue")
        self.assertRefused(
            ValidationError, "11 points together", lambda: overdue.write({"points": 4})
        )

    def test_thresholds_ascend(self):
        signals = self.env["retention.signal"]._of_company(self.company)
        overdue = signals.filtered(lambda s: s.type == "overdue")
        self.assertRefused(
            ValidationError, "above the one before", lambda: overdue.write({"threshold_2": 1})
        )

    def test_a_signal_not_in_use_is_not_on_the_card(self):
        ann = self.buyer(61, 91, 121, 151)
        self.assertPoints("overdue", {ann: 3})
        signals = self.env["retention.signal"]._of_company(self.company)
        signals.filtered(lambda s: s.type == "overdue").active = False
        self.assertPoints("overdue", {ann: None})
        self.assertNotIn("overdue", self.profile(ann).reason_ids.mapped("signal_id.type"))

    def test_each_company_weighs_for_itself(self):
        other = self.make_company("Other")
        ours = self.env["retention.signal"]._of_company(self.company)
        theirs = self.env["retention.signal"]._of_company(other)
        self.assertEqual(ours.mapped("type"), theirs.mapped("type"))
        ours.filtered(lambda s: s.type == "overdue").points = 1
        self.assertEqual(theirs.filtered(lambda s: s.type == "overdue").points, 3)
