"""The cohort pivot: each cell and margin is that of the pure function, for any filter."""

import random
from datetime import date

import numpy as np
import pandas as pd

from odoo.tests import tagged

from odoo.addons.customer_retention.analytics.kpi_tables import cohorts

from .ledger_common import LedgerCase, month_start

COUNTS = ("cohort_size:sum", "bought:sum", "bought_by_then:sum", "revenue:sum")
RATIOS = ("share:avg", "share_by_then:avg", "value_by_then:avg")
MEASURES = [*COUNTS, "revenue_by_then:sum", *RATIOS]


class CohortCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        cls.last = month_start(8)
        cls.report = cls.env["retention.cohort.report"].with_context(tz="UTC")
        # Whom customers belong to today.
        cls.env.cr.execute(
            """UPDATE retention_profile SET user_id = CASE WHEN id %% 2 = 0 THEN %s END
               WHERE company_id = %s""",
            (cls.env.uid, cls.company.id),
        )
        cls.env.invalidate_all()

    def table(self, customers=None, cumulative=False):
        rows = self.env["retention.kpi"]._ledger(self.company, self.last)
        if customers is not None:
            rows = rows[rows["customer"].isin(customers)]
        return cohorts(rows, self.last, cumulative)

    def groups(self, by, domain=()):
        mine = [("company_id", "=", self.company.id), *domain]
        return self.report._read_group(mine, by, MEASURES)


@tagged("post_install", "-at_install")
class TestCohortReport(CohortCase):
    def assertSame(self, values, rows, columns, customers):
        """Compare one group's values with what the pure tables say of these cells.

        :param rows, columns: booleans, which cohorts and ages the group has
        """
        found, so_far = self.table(customers), self.table(customers, True)
        picked = np.outer(rows, columns) & found.customers.notna().to_numpy()
        reached = (picked * found.size.to_numpy()[:, None]).sum()

        def total(table):
            return float(np.where(picked, table.fillna(0).to_numpy(), 0).sum())

        size, bought, again, revenue, revenue_so_far, share, share_so_far, each = values
        self.assertEqual(size, found.size.to_numpy()[picked.any(axis=1)].sum())
        self.assertAlmostEqual(share, 100 * total(found.customers) / reached, 6)
        self.assertAlmostEqual(share_so_far, 100 * total(so_far.customers) / reached, 6)
        self.assertAlmostEqual(revenue, total(found.revenue), 2)
        if picked.any(axis=0).sum() == 1:
            self.assertEqual(bought, total(found.customers))
            self.assertEqual(again, total(so_far.customers))
            self.assertAlmostEqual(revenue_so_far, total(so_far.revenue), 2)
            self.assertAlmostEqual(each, total(so_far.revenue) / reached, 6)
        else:
            self.assertFalse(revenue_so_far or each)

    def check(self, domain=(), customers=None):
        table = self.table(customers).customers
        ages, months = table.columns, table.index
        everything = np.ones(len(months), bool), np.ones(len(ages), bool)
        cells = {}
        for month, age, *values in self.groups(["cohort:month", "age"], domain):
            cells[month, age] = values
            self.assertSame(values, months == pd.Timestamp(month), ages == age, customers)
        # What is still open has no cell, what nobody bought in has one.
        wanted = {(m.date(), a) for (m, a) in table.stack().dropna().index}
        self.assertEqual(set(cells), wanted)
        for age, *values in self.groups(["age"], domain):
            self.assertSame(values, everything[0], ages == age, customers)
            mean = self.table(customers).mean[age]
            self.assertAlmostEqual(values[5], 100 * mean, 6)
        for year, *values in self.groups(["cohort:year"], domain):
            self.assertSame(values, months.year == year.year, everything[1], customers)
        [values] = self.groups([], domain)
        self.assertSame(values, *everything, customers)

    def test_every_cell_and_margin(self):
        self.check()

    def test_any_filter(self):
        chance = random.Random(11)
        profiles = self.env["retention.profile"].search([("company_id", "=", self.company.id)])
        for _round in range(8):
            kind = chance.choice(["segment_id", "user_id", "partner_id"])
            values = chance.sample(profiles.mapped(kind).ids, 1 if kind != "partner_id" else 5)
            found = profiles.filtered(lambda p, k=kind, v=values: p[k].id in v)
            with self.subTest(kind=kind, values=values):
                self.check([(kind, "in", values)], found.partner_id.ids)

    def test_any_ledger(self):
        """Rows that are missing, but for the first of a customer, leave cells at zero, not open."""
        chance = random.Random(5)
        for _round in range(4):
            rows = self.ledger.search([("company_id", "=", self.company.id)])
            later = rows.filtered(lambda row: row.month != row.cohort)
            lost = chance.sample(later.ids, 8)
            self.env.cr.execute("DELETE FROM retention_ledger WHERE id = ANY(%s)", (lost,))
            self.env.invalidate_all()
            self.check()

    def test_by_hand(self):
        """Of A, B, C and D, who first bought in January, A alone bought in February."""
        january = [("cohort", "=", month_start(1))]
        self.assertEqual(
            [(age, row[1], row[5]) for age, *row in self.groups(["age"], january)][:3],
            [(0, 4, 100.0), (1, 1, 25.0), (2, 2, 50.0)],
        )
        # L bought first in August: September is open.
        self.assertEqual(len(self.groups(["age"], [("cohort", "=", month_start(8))])), 1)

    def test_months_that_are_not_closed_are_open(self):
        self.refresh(date(2025, 11, 15))  # September and October wait
        self.check()

    def test_rows_open_the_customer(self):
        rows = self.report.search([("partner_id", "=", self.people["A"].id)], order="age")
        self.assertEqual(rows.mapped("age"), list(range(8)))
        self.assertEqual(rows.mapped("month"), [month_start(n) for n in range(1, 9)])
        self.assertEqual(rows[0].action_open_customer()["res_id"], self.people["A"].id)

    def test_what_the_pivot_asks(self):
        found = self.report.formatted_read_grouping_sets(
            [], [[], ["cohort:month"], ["age"], ["cohort:month", "age"]], ["share:avg", "__count"]
        )
        self.assertEqual([len(groups) for groups in found], [1, 7, 8, 34])
        self.assertAlmostEqual(found[2][1]["share:avg"], 100 * 3 / 11)
