"""Figures of groups, as reviews show them, are those of their definitions; no row is read."""

import random
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.customer_retention.analytics import kpi, kpi_tables
from odoo.addons.customer_retention.analytics.review import Span as Months
from odoo.addons.customer_retention.models.retention_metrics_kpi import Span
from odoo.addons.customer_retention.models.retention_review_parts import GROUP_CODES
from odoo.addons.customer_retention.models.review_part import Numbers, bridge

from .dashboard_common import RequestDashboardCase, month

AXES = {"segment_id": "segment", "user_id": "user", "stage": "stage", "risk_level": "risk_level"}


@tagged("post_install", "-at_install")
class TestKpiGroups(RequestDashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance_ledger(29)
        cls.chance_requests(29, 120)

    def numbers(self, first, last):
        return Numbers(self.kpis.sudo(), self.company, Months(first, last))

    def test_groups_are_those_of_the_definitions(self):
        chance = random.Random("groups")
        ledger, many = self.kpis._ledger(self.company, month(11)), 0
        for _round in range(15):
            first, last = self.chance_span(chance)
            period = kpi.Period(ledger, first, last)
            for column, by in AXES.items():
                wanted = self.kpis._figures(
                    self.company, first, last, GROUP_CODES, by, ledger=ledger
                )
                parts = {key: kpi.bridge(group) for key, group in period.groups(by).items()}
                found = self.kpis._group_totals(Span(self.company, first, last), column)
                self.assertLessEqual(set(found), set(wanted))
                for key, figures in wanted.items():
                    with self.subTest(first=first, last=last, by=by, key=key):
                        totals = found.get(key)
                        if totals is None:
                            self.assertFalse(any(parts[key]))
                            continue
                        many += 1
                        sizes = {n: len(who) for n, who in parts[key]._asdict().items()}
                        self.assertEqual(bridge(totals), sizes)
                        for code in GROUP_CODES:
                            self.assertFigure(self.kpis._told(code, totals), figures[code], code)
        self.assertGreater(many, 100)

    def test_all_figures_of_a_review(self):
        """Three spans at once, whoever computes them."""
        codes = list(self.kpis._kpi_definitions())
        for first, last in ((month(10), month(10)), (month(6), month(8))):
            numbers = self.numbers(first, last)
            spans = numbers.span, numbers.before, numbers.year
            for span, found in zip(spans, numbers.figures(spans, codes), strict=True):
                wanted = self.kpis._figures(self.company, *span)
                self.assertEqual(set(found), set(wanted))
                for code, figure in wanted.items():
                    self.assertFigure(found[code], figure, code)

    def test_cohorts_and_trend(self):
        ledger = self.kpis._ledger(self.company, month(9))
        review = self.env["retention.review"]
        rows = review._cohort_rows(self.numbers(month(9), month(9)))
        wanted = kpi_tables.cohorts(ledger, month(9))
        self.assertEqual([row["month"] for row in rows], [str(d.date()) for d in wanted.size.index])
        self.assertTrue(rows)
        for row in rows:
            cohort = wanted.share.loc[row["month"]].dropna()
            self.assertEqual(row["size"], wanted.size[row["month"]])
            for age in range(1, 13):
                right = cohort.get(age)
                if right is None:
                    self.assertIsNone(row[f"m{age}"])
                else:
                    self.assertAlmostEqual(row[f"m{age}"], right)
        trend = review._trend(self.numbers(month(8), month(9)))
        self.assertEqual([day for day, _rate in trend], [str(month(n)) for n in range(-3, 10)])
        for day, rate in trend:
            at = date.fromisoformat(day)
            wanted = self.kpis._figures(self.company, at, at, ["retention"])["retention"].value
            self.assertEqual(rate, wanted, day)

    def test_reviews_read_no_rows(self):
        with patch.object(type(self.kpis), "_ledger", side_effect=AssertionError):
            review = self.env["retention.review"].create(
                {"company_id": self.company.id, "first": month(9)}
            )
        self.assertTrue(review.figures["tables"]["segment"])
        self.assertTrue(review.figures["tables"]["cohort"])
        self.assertTrue(review.all_line_ids.filtered(lambda line: line.code == "retention").value)

    def test_keeping_and_winning_read_no_rows(self):
        asked = self.env["retention.keeping"].create(
            {"company_id": self.company.id, "first": month(2), "last": month(9)}
        )
        period = kpi.Period(self.kpis._ledger(self.company, month(9)), month(2), month(9))
        with patch.object(type(self.kpis), "_ledger", side_effect=AssertionError):
            asked.action_compare()
        kept, revenue = period.start & period.end, period.by_customer["revenue"]
        self.assertTrue(kept and period.new)
        self.assertEqual((asked.kept, asked.won), (len(kept), len(period.new)))
        for who, shown in ((kept, asked.kept_revenue), (period.new, asked.won_revenue)):
            self.assertAlmostEqual(
                shown, float(revenue[revenue.index.isin(who)].sum()) / len(who), 2
            )
