"""The server's clock was ahead: taken back, everything is as if it had always been right."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .ledger_common import LedgerCase

TODAY, BEFORE, AHEAD = date(2025, 9, 2), date(2025, 8, 30), date(2025, 12, 1)
FIGURES = ("rfm_score", "segment_id", "stage", "risk_score", "risk_level", "expected_gap_days")


@tagged("post_install", "-at_install")
class TestClock(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(BEFORE)

    def catch_up(self):
        """Do what the nightly action does today."""
        runs = self.env["retention.run"]
        with freeze_time(f"{TODAY} 09:00:00"):
            while runs._advance(self.company):
                self.env.flush_all()

    def take_back(self, user=None):
        with freeze_time(f"{TODAY} 09:00:00"):
            last = self.env["retention.run"]._last_done(self.company)
            last.with_user(user or self.env.user).action_take_back()
            self.commit_requests()

    def audit(self):
        with freeze_time(f"{TODAY} 09:00:00"):
            return self.env["retention.audit"]._audit(self.company)

    def said(self):
        profiles = self.profiles.search([("company_id", "=", self.company.id)], order="id")
        months = self.months.search([("company_id", "=", self.company.id)])
        runs = self.env["retention.run"].search([("company_id", "=", self.company.id)])
        return {
            "figures": [tuple(profile[name] for name in FIGURES) for profile in profiles],
            "ledger": self.everything(),
            "months": [(month.month, month.state, month.recorded) for month in months],
            "runs": runs.mapped("as_of"),
        }

    def test_days_to_come_are_forgotten(self):
        with self.env.cr.savepoint() as undisturbed:
            self.catch_up()
            expected = self.said()
            undisturbed.rollback()
        self.env.invalidate_all()
        self.assertEqual(max(expected["runs"]), TODAY)

        self.night(AHEAD)
        self.assertNotEqual(len(self.said()["ledger"]), len(expected["ledger"]))
        self.assertEqual([found.code for found in self.audit()], ["run_ahead"])
        self.take_back()
        self.catch_up()
        found = self.said()
        for what, told in expected.items():
            self.assertEqual(found[what], told, what)
        self.assertEqual(self.audit(), [])
        later = [("company_id", "=", self.company.id), ("date", ">", TODAY)]
        self.assertFalse(self.env["retention.change"].search(later))

    def test_a_clock_that_is_behind_harms_nothing(self):
        self.catch_up()
        expected = self.said()
        with freeze_time(f"{TODAY.replace(year=2024)} 09:00:00"):
            while self.env["retention.run"]._advance(self.company):
                self.env.flush_all()
        self.assertEqual(self.said(), expected)

    def test_today_was_computed_on_the_way(self):
        self.catch_up()
        expected = self.said()["figures"]
        self.night(AHEAD)
        self.take_back()
        self.catch_up()
        self.assertEqual(self.said()["figures"], expected)
        self.assertEqual(self.audit(), [])

    def test_who_may_take_back(self):
        self.night(AHEAD)
        user = self.make_user("clock_user", "customer_retention.group_user")
        with self.assertRaises(AccessError):
            self.take_back(user)
        self.take_back(self.make_user("clock_manager", "customer_retention.group_manager"))
        last = self.env["retention.run"]._last_done(self.company)
        self.assertEqual(last.as_of, BEFORE)
        with self.assertRaises(UserError):
            self.take_back()

    def test_one_day_ahead_is_another_time_zone(self):
        self.night(date(2025, 9, 3))
        self.assertEqual(self.audit(), [])
        with self.assertRaises(UserError):
            self.take_back()

    def test_forecasts_and_reviews_are_not_held_up(self):
        self.env["retention.purchase.forecast"].create(
            {
                "company_id": self.company.id,
                "month": "2025-11-01",
                "horizon": "3",
                "date_to": "2026-02-28",
            }
        )
        self.company.write(
            {"retention_forecast_month": "2025-11-01", "retention_review_until": "2025-11-01"}
        )
        self.night(AHEAD)
        self.take_back()
        self.catch_up()
        self.assertLess(self.company.retention_review_until or date.min, TODAY)
        made = self.env["retention.purchase.forecast"].search(
            [("company_id", "=", self.company.id), ("month", ">=", "2025-09-01")]
        )
        self.assertFalse(made)
