"""The purchase model in the engine: weekly fit, everybody's forecast, and where it cannot be."""

import math
import sys
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..analytics import clv, clv_fit, clv_spend
from .common import AS_OF
from .purchase_common import LAST, PurchaseCase

NAMES = ("purchase_chance", "expected_purchases", "clv_expected", "forecast_on")


@tagged("post_install", "-at_install")
class TestPurchaseModel(PurchaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load()
        cls.refresh(LAST)
        cls.fit = cls.fit_of()

    def figures(self, company=None):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, %s, purchase_horizon, write_date FROM retention_profile
                   WHERE company_id = %s ORDER BY partner_id""",
                SQL(", ").join(SQL.identifier(name) for name in NAMES),
                (company or self.company).id,
            )
        )

    def facts(self):
        """Return {partner id: (x, tx, T, amount after the first day)} by the orders themselves."""
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")], order="date_order"
        )
        found = {}
        for order in orders:
            day = order.date_order.date()
            found.setdefault(order.partner_id.id, {}).setdefault(day, 0)
            found[order.partner_id.id][day] += order.amount_untaxed
        return {
            partner: (
                len(days) - 1,
                (max(days) - min(days)).days,
                (LAST - min(days)).days,
                sum(amount for day, amount in days.items() if day > min(days)),
            )
            for partner, days in found.items()
        }

    # ------------------------------------------------------------ fitted
    def test_fit_is_kept_with_what_it_says(self):
        fit = self.fit
        self.assertEqual((fit.as_of, fit.kind, fit.state), (LAST, "week", "fitted"))
        self.assertEqual(fit.customers, sum(T > 0 for _x, _tx, T, _a in self.facts().values()))
        self.assertEqual(fit.repeaters, sum(x > 0 for x, *_more in self.facts().values()))
        self.assertTrue(fit.spend_fitted)
        self.assertGreater(fit.new_value, 0)
        self.assertIn("A customer won today", fit.message)

    def test_every_customers_forecast_equals_the_analysis(self):
        facts = self.facts()
        x, tx, T, amount = np.array(list(facts.values()), dtype=float).T
        found = clv.fit(clv.Customers.of(x, tx, T))
        self.assertAlmostEqual(found.log_likelihood, self.fit.log_likelihood, places=2)
        means = np.where(x > 0, amount / np.maximum(x, 1), 0)
        spend = clv_spend.fit(x, means)
        rate = 1.1 ** (1 / 12) - 1
        expected, worth = clv.over_months(found.model, x, tx, T, 365 / 12, rate=rate)
        worth = worth * clv_spend.expected_spend(spend, x, means)
        stored = {row[0]: row for row in self.figures()}
        self.assertEqual(stored.keys(), facts.keys())
        for number, partner in enumerate(facts):
            _id, chance, purchases, value, made_on, horizon, _written = stored[partner]
            wanted = clv.chance(found.model, x[number], tx[number], T[number], horizon)
            self.assertAlmostEqual(chance, float(wanted), delta=2e-4)
            self.assertAlmostEqual(float(purchases), expected[number], delta=0.01)
            self.assertAlmostEqual(
                float(value), worth[number], delta=max(worth[number] / 100, 0.02)
            )
            self.assertEqual(made_on, LAST)

    def test_flags_are_said_in_words(self):
        said = {
            "is_flat": "parameters a and b mean nothing",
            "is_heavy_tail": "A few customers outweigh",
            "has_few_amounts": "Too few repeat buyers",
            "is_constant": "nearly the same",
            "is_correlated": "more than its values",
        }
        for name, words in said.items():
            self.assertNotIn(words, self.fit.message)
            self.fit[name] = True
            self.fit.invalidate_recordset(["message"])
            self.assertIn(words, self.fit.message)

    def test_horizon_is_ninety_days_or_one_and_a_half_gaps(self):
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertIn(90, profiles.mapped("purchase_horizon"))
        facts = self.facts()
        for profile in profiles:
            x, tx, _T, _amount = facts[profile.partner_id.id]
            gap = tx / x if x >= 3 else 0
            self.assertEqual(profile.purchase_horizon, max(90, math.ceil(1.5 * gap)))
        self.assertGreater(max(profiles.mapped("purchase_horizon")), 90)

    def test_twice_changes_nothing(self):
        before, count = self.figures(), self.fits.search_count([])
        self.refresh(LAST)
        self.assertEqual(self.figures(), before)
        with patch.object(type(self.fits), "_due", lambda *args: True):
            self.refresh(LAST)
        self.assertEqual(self.figures(), before)
        self.assertEqual(self.fits.search_count([]), count)

    def test_weekly(self):
        for days in range(1, 8):
            self.refresh(LAST + timedelta(days=days))
        fits = self.fits.search([("company_id", "=", self.company.id)])
        self.assertEqual(fits.mapped("as_of"), [LAST + timedelta(days=7), LAST])
        profile = self.profiles.search([("forecast_on", "!=", False)], limit=1)
        self.assertEqual(profile.forecast_on, LAST + timedelta(days=7))

    def test_weekly_in_a_company_with_tiers(self):
        self.env["retention.tier"].create(
            {"name": "Standard", "level": 0, "company_id": self.company.id}
        )
        self.company.retention_tiers_started = True
        self.refresh(LAST + timedelta(days=7))
        self.assertTrue(self.profiles.search([("tier_id", "!=", False)], limit=1))
        self.assertEqual(self.fit_of().as_of, LAST + timedelta(days=7))

    def test_discount_rate_of_the_company(self):
        before = self.fit.clv_expected
        self.company.retention_discount_rate = 0
        with patch.object(type(self.fits), "_due", lambda *args: True):
            self.refresh(LAST)
        self.assertGreater(self.fit.clv_expected, before * 1.03)
        self.assertEqual(self.fit.expected_purchases, self.fit_of().expected_purchases)

    def test_credit_notes_and_several_orders_of_a_day(self):
        repeats = SQL.identifier("retention_repeats")
        days = SQL(
            """(SELECT * FROM (VALUES
                (1, DATE '2026-01-01', 100.0, 1), (1, DATE '2026-01-05', -30.0, 0),
                (1, DATE '2026-02-01', 80.0, 2), (1, DATE '2026-02-03', -20.0, 0),
                (1, DATE '2026-07-01', 999.0, 1), (2, DATE '2026-06-30', 50.0, 1),
                (3, DATE '2026-01-01', -5.0, 0)) v(partner_id, day, amount, documents))"""
        )
        self.metrics._create_repeats(days, AS_OF)
        rows = self.env.execute_query(
            SQL("SELECT partner_id, x, tx, t, cents FROM %s ORDER BY partner_id", repeats)
        )
        self.assertEqual(rows, [(1, 1, 31, 180, 6000), (2, 0, 0, 0, 0)])

    def test_chance_in_sql_equals_the_analysis(self):
        model = clv.BuyTillLeave(0.25, 33.5, 0.72, 2.16)
        rows = [(0, 0, 0), (0, 0, 900), (1, 30, 100), (7, 206, 272), (5000, 10, 720)]
        for x, tx, t in rows:
            [[found]] = self.env.execute_query(
                SQL(
                    "SELECT %s FROM (SELECT %s::int AS x, %s::int AS tx, %s::int AS t) c",
                    self.metrics._chance_sql(model, SQL("%s", 90)),
                    x,
                    tx,
                    t,
                )
            )
            self.assertAlmostEqual(found, float(clv.chance(model, x, tx, t, 90)), places=12)

    def test_spend_in_sql_equals_the_analysis(self):
        modelled = clv_spend.Spend(6.2, 3.7, 15.4, 89.0, 32.0, 900, 0.1, -4000.0, frozenset())
        for spend in (modelled, modelled._replace(p=None, q=None, v=None)):
            for x, cents in ((0, 0), (2, 5000), (3, -500), (1, 99_999_999)):
                [[found]] = self.env.execute_query(
                    SQL(
                        "SELECT %s FROM (SELECT %s::int AS x, %s::bigint AS cents) c",
                        self.metrics._spend_sql(spend),
                        x,
                        cents,
                    )
                )
                wanted = clv_spend.expected_spend(spend, x, cents / 100 / max(x, 1))
                self.assertAlmostEqual(found, float(wanted), places=6)

    # ------------------------------------------------------------ companies, merging, roles
    def test_two_companies_are_fitted_apart(self):
        other = self.make_company("Other Shop")
        self.load(220, other, seed=3)
        before = self.figures()
        self.refresh(LAST, company=other)
        self.assertEqual(self.figures(), before)
        self.assertEqual(self.fit_of(other).state, "fitted")
        self.assertNotEqual(self.fit_of(other).customers, self.fit.customers)
        manager = self.make_user("clv_manager", "customer_retention.group_manager")
        seen = self.fits.with_user(manager).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(seen.search([]).company_id, self.company)

    def test_merged_customers_are_expected_together(self):
        one, other = self.profiles.search([("company_id", "=", self.company.id)], limit=2)
        purchases = one.expected_purchases + other.expected_purchases
        value = one.clv_expected + other.clv_expected
        none = (1 - one.purchase_chance) * (1 - other.purchase_chance)
        kept = other.partner_id
        self.env["base.partner.merge.automatic.wizard"]._merge((one | other).partner_id.ids, kept)
        profile = self.profile(kept)
        self.assertAlmostEqual(profile.expected_purchases, purchases, places=2)
        self.assertAlmostEqual(profile.clv_expected, value, places=2)
        self.assertAlmostEqual(profile.purchase_chance, 1 - none, places=6)
        with patch.object(type(self.fits), "_due", lambda *args: True):
            self.refresh(LAST)
        self.assertEqual(self.fit_of().customers, len([1 for f in self.facts().values() if f[2]]))

    def test_who_may_fit(self):
        user = self.make_user("clv_user", "customer_retention.group_user")
        with self.assertRaises(AccessError):
            self.fits.with_user(user).action_fit()
        self.assertTrue(self.fit.with_user(user).message)

    def test_contact_shows_it_behind_advanced_analysis(self):
        partner = self.profiles.search([("clv_expected", ">", 0)], limit=1).partner_id
        self.assertGreater(partner.retention_clv_expected, 0)
        self.assertEqual(partner.retention_forecast_on, LAST)
        user = self.make_user("clv_simple", "customer_retention.group_user")
        expert = self.make_user(
            "clv_expert", "customer_retention.group_user", "customer_retention.group_advanced"
        )
        partners = self.env["res.partner"]
        for who, shown in ((user, False), (expert, True)):
            views = partners.with_user(who).get_views([(False, "list"), (False, "form")])["views"]
            for view in views.values():
                self.assertEqual("retention_clv_expected" in view["arch"], shown)
            menus = self.env["ir.ui.menu"].with_user(who).load_menus(False)
            self.assertEqual("Purchase Model" in {m["name"] for m in menus.values()}, shown)

    def test_audit_finds_forecasts_of_another_day(self):
        def found():
            findings = self.env["retention.audit"]._audit(self.company)
            return [f.count for f in findings if f.code == "forecast"]

        self.assertEqual(found(), [])
        profiles = self.profiles.search([("company_id", "=", self.company.id)], limit=3)
        profiles[0].forecast_on = LAST - timedelta(days=1)
        profiles[1].purchase_chance = 1.5
        self.assertEqual(found(), [2])

    def test_key_figure(self):
        kpis, last = self.env["retention.kpi"], LAST.replace(day=1)
        self.refresh(LAST + timedelta(days=1))
        while self.env["retention.ledger.month"]._advance(self.company):
            pass
        figure = kpis._figures(self.company, last, last, ["clv_expected"])["clv_expected"]
        at_end = self.env["retention.ledger"].search(
            [("company_id", "=", self.company.id), ("month", "=", last), ("active_end", "=", True)]
        )
        values = at_end.profile_id.mapped("clv_expected")
        self.assertAlmostEqual(figure.value, sum(values) / len(values), places=6)
        self.assertEqual(figure.customers, frozenset(at_end.partner_id.ids))
        self.assertFalse(kpis._kpi_definitions()["clv_expected"].simple)


@tagged("post_install", "-at_install")
class TestPurchaseModelCannot(PurchaseCase):
    def test_too_few_customers(self):
        for number in range(3):
            self.orders(self.customer(f"C{number}"), 10, 50)
        self.refresh()
        fit = self.fit_of()
        self.assertEqual((fit.state, fit.customers, fit.repeaters), ("refused", 3, 3))
        self.assertIn("197 and 47 are missing", fit.message)
        self.assertEqual(self.advance(), 1)
        self.assertFalse(self.forecasts.search([("company_id", "=", self.company.id)]))
        # It gives its place to the next, so that years of waiting are one line.
        self.refresh(AS_OF + timedelta(days=8))
        self.assertEqual(self.fit_of().as_of, AS_OF + timedelta(days=8))
        self.assertEqual(self.fits.search_count([("company_id", "=", self.company.id)]), 1)

    def test_without_scipy(self):
        self.load(230)
        with patch.dict(sys.modules, {"scipy": None}):
            self.refresh(LAST)
            fit = self.fit_of()
            self.assertEqual((fit.state, fit.package), ("unavailable", "scipy"))
            self.assertIn("pip install scipy", fit.message)
            self.assertFalse(self.profiles.search([("forecast_on", "!=", False)]))
            self.refresh(LAST + timedelta(days=1))
            self.assertEqual(self.fits.search([]), fit)
            self.advance()
            self.assertFalse(self.forecasts.search([("company_id", "=", self.company.id)]))
            self.assertTrue(self.profiles.search([("risk_score", ">", 0)]))
            kpis = self.env["retention.kpi"]
            figure = kpis._figures(self.company, LAST, LAST, ["clv_expected"])["clv_expected"]
            self.assertIsNone(figure.value)
        # Installed: the next night fits, without a week's wait.
        self.refresh(LAST + timedelta(days=2))
        self.assertEqual(self.fit_of().state, "fitted")

    def test_a_model_that_no_longer_fits_takes_its_forecasts_back(self):
        self.load(230)
        self.refresh(LAST)
        self.assertTrue(self.profiles.search([("forecast_on", "!=", False)]))

        def refuse(*args):
            raise clv_fit.TooLittle(199, 60)

        with patch.object(clv, "fit", refuse):
            self.refresh(LAST + timedelta(days=7))
        self.assertEqual(self.fit_of().state, "refused")
        self.assertFalse(self.profiles.search([("forecast_on", "!=", False)]))

    def test_an_error_stops_nobody(self):
        self.load(230)

        def fail(*args):
            raise ArithmeticError("no way down")

        logger = "odoo.addons.customer_retention.models.retention_purchase_model"
        with patch.object(clv, "fit", fail), self.assertLogs(logger, "ERROR"):
            self.refresh(LAST)
        self.assertEqual(self.fit_of().state, "failed")
        self.assertIn("no way down", self.fit_of().message)
        self.assertTrue(self.profiles.search([("risk_score", ">", 0)]))
