"""Whether saved customers have bought again, and what each signal's alerts were worth."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertVerify(AlertCase):
    def setUp(self):
        super().setUp()
        self.ann = self.make_profile()
        self.saved = self.close("saved")

    def close(self, outcome, day=0, profile=None):
        profile = profile or self.ann
        alert = self.sync(day, profiles=profile).filtered(lambda a: a.profile_id == profile)
        with self.at(day):
            self.answer(alert, outcome)
        return alert

    def buy(self, day, amount=100):
        return self.order(self.ann.partner_id, self.day(day), amount)

    def verdict(self, alert=None):
        alert = alert or self.saved
        return alert.verification, alert.recovered_amount

    # ------------------------------------------------------------ the calendar
    def test_without_a_purchase(self):
        for day, verdict in (
            (1, "pending"),
            (29, "pending"),
            (30, "pending"),
            (31, "pending"),
            (59, "pending"),
            (60, "not_confirmed"),
            (61, "not_confirmed"),
            (90, "not_confirmed"),
            (91, "not_confirmed"),
        ):
            with self.subTest(day=day):
                self.night(day)
                self.assertEqual(self.verdict(), (verdict, 0))

    def test_days_that_count(self):
        for bought, verdict in (
            (0, "not_confirmed"),
            (1, "verified"),
            (60, "verified"),
            (61, "verified"),
            (89, "verified"),
            (90, "verified"),
            (91, "not_confirmed"),
        ):
            with self.subTest(bought=bought), self.env.cr.savepoint() as savepoint:
                self.buy(bought, 250)
                for night in (59, 61, 90, 91, 92):
                    self.night(night)
                self.assertEqual(self.saved.verification, verdict)
                self.assertEqual(self.saved.recovered_amount, 250 * (verdict == "verified"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_sixty_days_later(self):
        self.buy(60, 250)
        self.night(59)
        self.assertEqual(self.verdict(), ("pending", 0))
        self.night(60)
        self.assertEqual(self.verdict(), ("verified", 250))
        self.assertEqual(self.saved.verified_on, self.day(60))

    def test_late_purchase_changes_the_verdict(self):
        self.night(60)
        self.assertEqual(self.saved.verification, "not_confirmed")
        self.buy(75)
        self.night(75)
        self.assertEqual(self.verdict(), ("verified", 100))

    def test_amount_grows_until_day_90(self):
        for day in (10, 50, 90, 91):
            self.buy(day, 100)
        for night, amount in ((10, 100), (49, 100), (50, 200), (90, 300), (91, 300)):
            with self.subTest(night=night):
                self.night(night)
                self.assertEqual(self.verdict(), ("verified", amount))
        self.assertEqual(self.saved.verified_on, self.day(10))

    def test_missed_nights(self):
        self.buy(89, 70)
        self.night(200)
        self.assertEqual(self.verdict(), ("verified", 70))
        self.assertTrue(self.saved.verification_final)

    def test_final_is_final(self):
        self.night(90)
        self.assertTrue(self.saved.verification_final)
        self.buy(50)
        self.night(91)
        self.assertEqual(self.verdict(), ("not_confirmed", 0))

    # ------------------------------------------------------------ money
    def test_credit_notes_are_deducted(self):
        self.buy(5, 300)
        self.buy(9, -120)
        self.night(10)
        self.assertEqual(self.verdict(), ("verified", 180))
        self.buy(11, -180)
        self.night(11)
        self.assertEqual(self.verdict(), ("pending", 0), "everything came back")

    def test_revenue_counts_once(self):
        self.profiles.browse(self.ann.id).risk_level = "critical"
        second = self.close("saved", 40)
        for day, amount in ((40, 1), (41, 20), (80, 300), (90, 4000), (130, 50000), (131, 9)):
            self.buy(day, amount)
        for night in range(40, 140, 10):
            self.night(night)
        self.assertEqual(self.verdict(), ("verified", 1))
        self.assertEqual(self.verdict(second), ("verified", 54320))

    def test_other_outcomes_are_not_checked(self):
        bob = self.make_profile("Bob")
        gone = self.close("gone", profile=bob)
        self.order(bob.partner_id, self.day(5))
        self.night(10)
        self.assertEqual(self.verdict(gone), (False, 0))

    # ------------------------------------------------------------ signals
    def answered(self, signal, *outcomes):
        for number, outcome in enumerate(outcomes):
            profile = self.make_profile(f"{signal}{number}", "low")
            self.make_reason(profile, signal)
            yield self.close(outcome, profile=profile)

    def test_statistics(self):
        outcomes = ["false_alarm"] * 3 + ["saved"] * 2 + ["gone"] * 3 + ["unreachable"]
        self.company.retention_alert_capacity = 50
        alerts = list(self.answered("leave_intent", *outcomes))
        for alert, days in zip(alerts[5:8], (10, 40, 100)):
            alert.profile_id.churned_on = self.day(days)
        live = self.make_profile("Live", "low")
        self.make_reason(live)
        self.sync()
        signal = self.signals["leave_intent"]
        signal.invalidate_recordset()
        self.assertRecordValues(
            signal,
            [
                {
                    "alert_count": 10,
                    "real_count": 5,
                    "false_count": 3,
                    "real_share": 62.5,
                    "lead_days": 40,
                    "is_noisy": False,
                }
            ],
        )
        self.assertEqual(self.signals["untouched"].alert_count, 0)

    def test_noisy(self):
        self.company.retention_alert_capacity = 50
        for outcomes, noisy in (
            (["false_alarm"] * 9, False),
            (["false_alarm"] * 5 + ["saved"] * 5, False),
            (["false_alarm"] * 6 + ["gone"] * 4, True),
        ):
            with self.subTest(outcomes=outcomes), self.env.cr.savepoint() as savepoint:
                list(self.answered("untouched", *outcomes))
                signal = self.signals["untouched"]
                signal.invalidate_recordset()
                self.assertEqual(signal.is_noisy, noisy)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_statistics_are_the_managers(self):
        signal = self.signals["untouched"]
        with self.assertRaises(AccessError):
            signal.with_user(self.owner).read(["alert_count"])
        signal.with_user(self.manager).with_context(allowed_company_ids=self.company.ids).read(
            ["alert_count", "is_noisy"]
        )
