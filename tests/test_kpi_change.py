"""Change of a key figure: each group is that of the pure function in both periods."""

import random
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_retention.analytics import kpi
from odoo.addons.customer_retention.models.kpi_definitions import SHARE
from odoo.addons.customer_retention.report.retention_kpi_change import MADE

from .ledger_common import LedgerCase, month_start

AXES = {"segment_id": "segment", "user_id": "user", "stage": "stage"}
TOTALS = {
    "total_revenue": lambda period: period.rows["revenue"].sum(),
    "total_buyers": lambda period: len(period.buyers),
    "total_customers": lambda period: len(period.end),
}
MEASURES = ["value:avg", "value_before:avg", "change:avg", "growth:avg"]


@tagged("post_install", "-at_install")
class TestKpiChange(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        cls.env.cr.execute(
            """UPDATE retention_ledger SET nps_answers = 2, nps_promoters = id %% 2,
                   nps_detractors = id %% 3 / 2, csat_answers = 3, csat_satisfied = id %% 4,
                   alerts_saved = id %% 2, alerts_gone = id %% 3,
                   stage = CASE WHEN id %% 2 = 0 THEN 'active' ELSE 'silent' END,
                   user_id = CASE WHEN id %% 3 > 0 THEN %s ELSE %s END
               WHERE company_id = %s""",
            (cls.env.uid, cls.env.ref("base.user_root").id, cls.company.id),
        )
        cls.env.invalidate_all()
        cls.kpis = cls.env["retention.kpi"]

    def report(self, code="repeat", first=None, last=None):
        self.env.invalidate_all()
        months = {"retention_first": str(first), "retention_last": str(last)} if first else {}
        return self.env["retention.kpi.change"].with_context(retention_kpi=code, **months)

    def wanted(self, code, first, last, axis=None):
        """Return {group: value} as the pure functions have it, shares in percent."""
        if code in TOTALS:
            period = kpi.Period(self.kpis._ledger(self.company, last), first, last)
            groups = period.groups(AXES[axis]) if axis else {None: period}
            return {
                key: float(TOTALS[code](group)) for key, group in groups.items() if len(group.rows)
            }
        found = self.kpis._figures(self.company, first, last, [code], by=axis and AXES[axis])
        scale = 100 if self.kpis._kpi_definitions()[code].unit == SHARE else 1
        if not axis:
            found = {None: found}
        return {
            key: None if group[code].value is None else scale * group[code].value
            for key, group in found.items()
        }

    def assertClose(self, value, wanted, words):
        # A group without anything to divide by is empty, not zero.
        if wanted is None:
            self.assertFalse(value, words)
        else:
            self.assertAlmostEqual(value or 0, wanted, 6, words)

    def test_both_periods_of_any_group(self):
        chance = random.Random(2)
        for code in MADE:
            first = month_start(chance.randint(4, 7))
            last = first + relativedelta(months=chance.randint(0, 8 - first.month))
            months = relativedelta(months=last.month - first.month + 1)
            axis = chance.choice([None, *AXES])
            now = self.wanted(code, first, last, axis)
            before = self.wanted(code, first - months, first + relativedelta(months=-1), axis)
            found = self.report(code, first, last)._read_group(
                [("company_id", "=", self.company.id)], [axis] if axis else [], MEASURES
            )
            self.assertTrue(found)
            for group in found:
                key, values = (group[0], group[1:]) if axis else (None, group)
                key = getattr(key, "id", key)
                words = (code, axis, key, first, last)
                right, then = now.get(key), before.get(key)
                self.assertClose(values[0], right, words)
                self.assertClose(values[1], then, words)
                change = None if right is None or then is None else right - then
                self.assertClose(values[2], change, words)
                self.assertClose(values[3], change and then and 100 * change / abs(then), words)

    def test_sorted_by_who_rises_fastest(self):
        found = self.report("total_revenue", month_start(5), month_start(6)).formatted_read_group(
            [], ["partner_id"], ["change:avg"], order="change:avg desc"
        )
        values = [group["change:avg"] for group in found if group["change:avg"]]
        self.assertGreater(len(values), 1)
        self.assertEqual(values, sorted(values, reverse=True))

    def test_a_filter_keeps_to_its_group(self):
        wanted = self.wanted("retention", month_start(5), month_start(6), "segment_id")
        for segment, right in wanted.items():
            found = self.report("retention", month_start(5), month_start(6))._read_group(
                [("segment_id", "=", segment), ("is_now", "=", True)], [], ["value:avg"]
            )
            self.assertClose(found[0][0], right, segment)

    def test_without_a_choice(self):
        report = self.env["retention.kpi.change"]
        row = report.search([("is_now", "=", True)], limit=1)
        self.assertEqual((row.first_month, row.last_month), (month_start(6), month_start(8)))
        before = report.search([("is_now", "=", False)], limit=1)
        self.assertEqual((before.first_month, before.last_month), (month_start(3), month_start(5)))
        rows = report.search([])
        self.assertEqual(len(rows), len(set(rows.ids)))

    def test_unknown_figures_are_refused(self):
        for code in ("nonsense", "month; DROP", 5, ["repeat"]):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.report(code).search([])

    def test_the_dialog_opens_it(self):
        form = Form(self.env["retention.kpi.compare"])
        self.assertEqual((form.first, form.last), ("2025-06-01", "2025-08-01"))
        form.code = "retention"
        form.by = "segment"
        action = form.save().action_open()
        self.assertEqual(
            action["name"],
            "Retention Rate, June 2025 – August 2025",
        )
        self.assertIn("search_default_group_segment", action["context"])
        rows = self.env[action["res_model"]].with_context(**action["context"]).search([])
        self.assertEqual(rows[0].last_month.year, 2025)

    def test_every_figure_has_a_name(self):
        labels = [label for _code, label in self.env["retention.kpi.compare"]._codes()]
        self.assertEqual(len(labels), len(set(labels)))
        self.assertTrue(all(labels))
