"""Key figures that SQL adds up are those of their definitions, whoever is meant."""

import random
from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_kpi_sums import TOLD
from odoo.addons.customer_retention.models.retention_metrics_kpi import Span
from odoo.addons.customer_retention.models.retention_metrics_kpi_more import BEHIND

from . import dashboard_common
from .dashboard_common import DashboardCase, month


@tagged("post_install", "-at_install")
class TestKpiSums(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # More than two years: revenue is compared over that time.
        for target, name, value in (
            (dashboard_common, "MONTHS", 30),
            (type(cls.kpis), "_budget_spent", lambda kpis, company, period, goals: 90.0),
        ):
            instead = patch.object(target, name, value)
            instead.start()
            cls.addClassCleanup(instead.stop)
        cls.chance_ledger(17)

    def plant(self, **columns):
        """Write these SQL expressions of the row's id into all rows."""
        self.env.flush_all()
        values = [SQL("%s = %s", SQL.identifier(n), value) for n, value in columns.items()]
        self.env.cr.execute(
            SQL(
                "UPDATE retention_ledger SET %s WHERE company_id = %s",
                SQL(", ").join(values),
                self.company.id,
            )
        )
        self.env.invalidate_all()

    def check(self, rounds=12):
        chance = random.Random(self._testMethodName)
        for _round in range(rounds):
            first, last = self.chance_span(chance)
            domain = self.chance_domain(chance)
            self.check_span(Span(self.company, first, last, Domain(domain) if domain else None))

    def check_span(self, span):
        codes = list(self.kpis._kpi_definitions())
        wanted = self.kpis._figures(span.company, span.first, span.last, codes, domain=span.domain)
        [found] = self.kpis._spans_figures([span], codes)
        metrics = self.env["retention.metrics"]
        for code, figure in wanted.items():
            self.assertFigure(found[code], figure, code)
            if code in TOLD:
                continue  # the customers behind: tests of the dashboard
            if code not in BEHIND:
                self.assertEqual(found[code][3:], figure[3:], code)
            elif figure.value is not None:
                for number, customers in enumerate(figure[3:]):
                    rows = self.env.execute_query(metrics._set_behind(span, code, number))
                    self.assertEqual({customer for (customer,) in rows}, customers, code)

    def test_as_they_are(self):
        self.check()

    def test_with_everything_recorded(self):
        self.plant(
            revenue=SQL("CASE WHEN id %% 5 = 0 THEN -7 ELSE revenue END"),
            margin=SQL("revenue / 4 + id %% 3"),
            csat_answers=SQL("id %% 3"),
            csat_satisfied=SQL("id %% 3 / 2"),
            alerts_saved=SQL("id %% 2"),
            alerts_gone=SQL("(id %% 7 = 0)::int"),
            referrals=SQL("(id %% 4 = 0)::int"),
            sop_cost=SQL("id %% 11"),
            risk_level=SQL("(ARRAY['low', 'high', 'critical'])[id %% 3 + 1]"),
        )
        self.check()

    def test_with_gaps(self):
        """Margins that are not known of all, months of which nothing was recorded."""
        self.plant(
            margin=SQL("CASE WHEN id %% 9 > 0 THEN revenue / 3 END"),
            referrals=SQL("CASE WHEN month > DATE '2026-05-01' THEN id %% 2 END"),
            sop_cost=SQL("CASE WHEN month < DATE '2026-04-01' THEN id END"),
            risk_level=SQL("CASE WHEN month > DATE '2026-08-01' AND id %% 2 = 0 THEN 'high' END"),
            csat_answers=SQL("CASE WHEN id %% 2 = 0 THEN 1 END"),
            csat_satisfied=SQL("CASE WHEN id %% 2 = 0 THEN 1 END"),
        )
        self.check()

    def test_the_ledger_is_not_read_row_by_row(self):
        dashboard = self.env["retention.dashboard"]
        with patch.object(type(self.kpis), "_ledger", side_effect=AssertionError):
            cards = dashboard.get_advanced(
                {"company_id": self.company.id, "first": str(month(20)), "last": str(month(22))}
            )
        self.assertTrue({card["code"] for card in cards} > set(BEHIND))
