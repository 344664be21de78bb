"""Real purchases: the ledger's figures equal an independent computation from the log."""

import os
from datetime import date
from pathlib import Path

import pandas as pd

from odoo.tests import tagged

from odoo.addons.customer_retention.analytics import kpi_tables

from .ledger_common import LedgerCase
from .test_cdnow import import_script

LAST = pd.Timestamp(1998, 6, 1)
LOST_DAYS = 120


@tagged("post_install", "-at_install")
class TestLedgerCdnow(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cdnow = import_script("cdnow")
        folder = os.environ.get("RETENTION_CDNOW")
        if not folder:
            raise AssertionError("RETENTION_CDNOW names no folder; dev/test fetches the data")
        cls.log = cdnow.read(Path(folder) / "CDNOW_sample.txt")
        import_script("load_orders").load_rows(cls.env, cdnow.as_csv(cls.log, cls.company.name))
        cls.company.write(
            {"retention_silent_days": 60, "retention_at_risk_days": 90}
            | {"retention_lost_days": LOST_DAYS}
        )
        cls.closed = cls.night(date(1998, 7, 1))
        # An order of nothing is no purchase.
        cls.bought = cls.log[cls.log["cents"] > 0]
        cls.kpis = cls.env["retention.kpi"]

    def active(self, end):
        """Return who bought in the days up to the end of a month, from the log alone."""
        days = (end - self.bought["day"]).dt.days
        return set(self.bought.loc[days.between(0, LOST_DAYS), "customer"])

    def names(self, customers):
        return set(self.env["res.partner"].browse(map(int, customers)).mapped("ref"))

    def test_retention_of_every_month_and_of_the_year(self):
        self.assertEqual(self.closed, 18)
        starts = pd.date_range("1997-02-01", LAST, freq="MS")
        spans = [(start, start) for start in starts] + [(pd.Timestamp(1997, 7, 1), LAST)]
        for first, last in spans:
            before = self.active(first - pd.Timedelta(days=1))
            after = self.active(last + pd.offsets.MonthEnd(0))
            found = self.kpis._figures(self.company, first, last, ["retention", "churn"])
            self.assertEqual(found["retention"].value, len(before & after) / len(before))
            self.assertEqual(self.names(found["churn"].customers), before - after)

    def test_repeat_rate(self):
        first = pd.Timestamp(1997, 4, 1)
        days = self.bought[self.bought["day"] >= first].groupby("customer")["day"].nunique()
        found = self.kpis._figures(self.company, first, LAST, ["repeat", "order_value"])
        self.assertEqual(found["repeat"].value, (days >= 2).sum() / len(days))
        inside = self.log[self.log["day"] >= first]
        average = inside["cents"].sum() / 100 / (inside["cents"] > 0).sum()
        self.assertAlmostEqual(found["order_value"].value, average, 9)

    def test_cohorts(self):
        month = self.bought["day"].dt.to_period("M")
        cohort = month.groupby(self.bought["customer"]).transform("min")
        age = (month - cohort).map(lambda difference: difference.n)
        wanted = self.bought.groupby([cohort, age])["customer"].nunique()
        ledger = self.kpis._ledger(self.company, LAST)
        found = kpi_tables.cohorts(ledger, LAST)
        for start, row in found.customers.iterrows():
            for since, count in row.items():
                if since > (LAST.year - start.year) * 12 + LAST.month - start.month:
                    self.assertTrue(pd.isna(count))
                else:
                    self.assertEqual(count, wanted.get((start.to_period("M"), since), 0))
        self.assertEqual(found.customers.sum().sum(), wanted.sum())
        # Who never paid for anything is in no cohort.
        self.assertAlmostEqual(
            found.revenue.sum().sum() * 100,
            self.log.loc[self.log["customer"].isin(self.bought["customer"]), "cents"].sum(),
            4,
        )

    def test_no_month_changes_when_it_is_computed_again(self):
        before = self.everything()
        self.assertAlmostEqual(
            sum(row["revenue"] for row in before) * 100, self.log["cents"].sum(), 4
        )
        self.months.action_rebuild()
        self.assertEqual(self.close(), 18)
        self.assertEqual(self.everything(), before)
