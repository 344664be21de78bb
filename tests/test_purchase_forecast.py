"""What the purchase model expected at the end of a month, and what came."""

import sys
from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..analytics import clv
from .purchase_common import LAST, PurchaseCase

# The last run: June is over.
TODAY = LAST + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPurchaseForecast(PurchaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load()
        cls.refresh(TODAY)

    def rows(self, **values):
        domain = [("company_id", "=", self.company.id)]
        return self.forecasts.search(domain + [(name, "=", v) for name, v in values.items()])

    def came(self, month, until):
        """Return (purchase days, revenue) of customers won by the end of ``month``, by orders."""
        end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        orders = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        first = {}
        for order in orders.sorted("date_order"):
            first.setdefault(order.partner_id, order.date_order.date())
        mine = orders.filtered(lambda o: first[o.partner_id] <= end < o.date_order.date() <= until)
        days = {(order.partner_id, order.date_order.date()) for order in mine}
        return len(days), sum(mine.mapped("amount_untaxed"))

    def test_forecasts_of_the_past_and_what_came(self):
        months = self.advance()
        self.assertEqual(months, 18)
        over = self.rows(state="done")
        self.assertTrue(over)
        for row in over:
            purchases, revenue = self.came(row.month, row.date_to)
            self.assertEqual(row.purchases_actual, purchases)
            self.assertAlmostEqual(row.revenue_actual, revenue, places=2)
            self.assertTrue(row.rebuilt)
        quarter = self.rows(month=date(2026, 3, 1), horizon="3")
        self.assertEqual((quarter.date_to, quarter.state), (LAST, "done"))
        # Drawn from the model itself: the forecast holds within what chance does.
        self.assertAlmostEqual(quarter.purchases_ratio, 1, delta=0.5)
        year = self.rows(month=date(2026, 3, 1), horizon="12")
        self.assertEqual((year.date_to, year.state), (date(2027, 3, 31), "open"))
        self.assertIn("Plan with", year.sentence)
        self.assertIn("were expected", quarter.sentence)
        self.assertEqual(quarter.model_id.as_of, date(2026, 3, 31))

    def test_a_forecast_sees_nothing_of_later_purchases(self):
        self.advance()
        before = self.rows(month=date(2026, 3, 1), horizon="3")
        told = (before.customers, before.purchases_expected, before.revenue_expected)
        late = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("date_order", ">=", "2026-04-01")]
        )
        late._action_cancel()
        self.rows().unlink()
        self.fits.search([("kind", "=", "month")]).unlink()
        self.company.retention_forecast_month = date(2026, 2, 1)
        self.advance()
        again = self.rows(month=date(2026, 3, 1), horizon="3")
        self.assertEqual((again.customers, again.purchases_expected, again.revenue_expected), told)
        self.assertEqual(again.purchases_actual, 0)
        self.assertIn("plan lower", again.sentence)

    def test_totals_are_those_of_all_customers(self):
        self.company.retention_forecast_month = date(2026, 5, 1)
        self.assertEqual(self.advance(), 1)
        row = self.rows(month=date(2026, 6, 1), horizon="12")
        fit = row.model_id
        self.assertEqual((fit.kind, fit.as_of), ("month", LAST))
        repeats = self.metrics._create_repeats(self.metrics._read_days(self.company, LAST), LAST)
        groups = self.metrics._repeat_groups(repeats)
        model = clv.BuyTillLeave(fit.r, fit.alpha, fit.a, fit.b)
        expected = clv.expected_purchases(model, groups["x"], groups["tx"], groups["t"], 365)
        self.assertAlmostEqual(
            row.purchases_expected, float((expected * groups["weight"]).sum()), delta=0.1
        )
        self.assertEqual(row.customers, groups["weight"].sum())

    def test_once(self):
        self.advance()
        self.assertEqual(self.advance(), 0)
        count = len(self.rows())
        self.refresh(TODAY + timedelta(days=1))
        self.assertEqual(self.advance(), 0)
        self.assertEqual(len(self.rows()), count)
        self.assertFalse(self.metrics._forecast_days_exist(self.company.id))

    def test_the_next_month_goes_on(self):
        self.advance()
        self.refresh(date(2026, 8, 1))
        self.assertEqual(self.advance(), 1)
        row = self.rows(month=date(2026, 7, 1), horizon="3")
        self.assertEqual((row.state, row.rebuilt), ("open", False))
        settled = self.rows(month=date(2026, 4, 1), horizon="3")
        self.assertEqual(settled.state, "done")

    def test_scipy_comes_later(self):
        with patch.dict(sys.modules, {"scipy": None}):
            # Passed are only months that had too few customers anyhow.
            passed = self.advance()
            self.assertLess(self.company.retention_forecast_month, date(2025, 4, 1))
        self.assertFalse(self.rows())
        self.assertEqual(passed + self.advance(), 18)
        self.assertTrue(self.rows())

    def test_a_month_that_fails_is_told_and_passed(self):
        def fail(*args):
            raise ArithmeticError("no way down")

        self.company.retention_forecast_month = date(2026, 5, 1)
        logger = "odoo.addons.customer_retention.models.retention_purchase_forecast"
        with patch.object(clv, "fit", fail), self.assertLogs(logger, "ERROR"):
            self.assertEqual(self.advance(), 1)
        fit = self.fits.search([("company_id", "=", self.company.id), ("kind", "=", "month")])
        self.assertEqual((fit.as_of, fit.state), (LAST, "failed"))
        self.assertEqual(self.advance(), 0)

    def test_report_sets_them_side_by_side(self):
        self.advance()
        over = self.rows(state="done", horizon="3")
        rows = self.env["retention.purchase.report"].search([("horizon", "=", "3")])
        self.assertEqual(len(rows), 2 * len(over))
        for figure, name in (("expected", "purchases_expected"), ("made", "purchases_actual")):
            mine = rows.filtered(lambda row, figure=figure: row.figure == figure)
            self.assertAlmostEqual(sum(mine.mapped("purchases")), sum(over.mapped(name)), delta=0.1)

    def test_two_companies(self):
        other = self.make_company("Other Shop")
        self.advance()
        count = len(self.rows())
        self.load(230, other, seed=3)
        self.refresh(TODAY, company=other)
        self.advance(other)
        self.assertEqual(len(self.rows()), count)
        theirs = self.forecasts.search([("company_id", "=", other.id)])
        self.assertTrue(theirs)
        user = self.make_user("clv_user", "customer_retention.group_user")
        for model in ("retention.purchase.forecast", "retention.purchase.report"):
            seen = (
                self.env[model].with_user(user).with_context(allowed_company_ids=self.company.ids)
            )
            self.assertEqual(seen.search([]).company_id, self.company)

    def test_the_nightly_action_makes_them(self):
        runs = self.env["retention.run"]
        with patch.object(type(self.company), "_retention_today", lambda company: TODAY):
            steps = 0
            while runs._advance(self.company):
                steps += 1
        self.assertGreaterEqual(steps, 18)
        self.assertTrue(self.rows())
