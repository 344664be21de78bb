"""The pivot: at every group level the same as the pure figures; never averages of ratios."""

import random
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.customer_retention.analytics.kpi import share
from odoo.addons.customer_retention.analytics.kpi_ratios import BUYERS, RATIOS, rates
from odoo.addons.customer_retention.models.kpi_definitions import Kpi

from .ledger_common import LedgerCase, month_start

COUNTED = ("at_start", "at_end", "new_count", "lost_count", "back_count", BUYERS)


@tagged("post_install", "-at_install")
class TestLedgerReport(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        # Figures that only time brings, made up but different for each row.
        cls.env.cr.execute(
            """UPDATE retention_ledger SET margin = CASE WHEN id %% 3 > 0 THEN revenue / 4 END,
                   tickets_solved = id %% 4, resolution_hours = id %% 7, nps_answers = id %% 5,
                   nps_promoters = id %% 3, nps_detractors = id %% 2, csat_answers = id %% 3,
                   csat_satisfied = id %% 2, alerts_saved = id %% 2, alerts_gone = id %% 3,
                   user_id = CASE WHEN partner_id %% 2 = 0 THEN %s END
               WHERE company_id = %s AND month > %s""",
            (cls.env.uid, cls.company.id, date(2025, 3, 1)),
        )
        cls.env.invalidate_all()
        cls.report = cls.env["retention.ledger.report"]
        cls.kpis = cls.env["retention.kpi"]

    def frame(self, domain):
        return self.kpis._ledger(self.company, month_start(12), domain)

    def test_pivot_is_the_pure_figure_at_every_level(self):
        chance = random.Random(7)
        groups = ("month:month", "month:quarter", "cohort:month", "segment_id", "user_id")
        groups += ("previous_segment_id", "partner_id", "recorded")
        names = [*RATIOS, *COUNTED]
        segments = self.env["retention.segment"].search([]).ids
        for _round in range(25):
            domain = chance.choice(
                [
                    [],
                    [("month", ">=", month_start(chance.randint(1, 8)))],
                    [("segment_id", "in", chance.sample(segments, 3))],
                    [("user_id", "!=", False), ("orders", ">", 0)],
                    [("partner_id", "in", chance.sample([p.id for p in self.people.values()], 5))],
                ]
            )
            by = chance.sample(groups, chance.randint(0, 2))
            found = self.report.formatted_read_group(
                domain, by, [f"{name}:sum" if name in COUNTED else f"{name}:avg" for name in names]
            )
            for group in found:
                rows = self.frame([*domain, *group["__extra_domain"]])
                wanted = rates(rows)
                for name in RATIOS:
                    value, right = group[f"{name}:avg"], wanted[name]
                    # A group without anything to divide by is empty, not zero.
                    self.assertEqual(value is None or value is False, right is None, name)
                    if right is not None:
                        self.assertAlmostEqual(value, right, 6, (name, by, domain))
                self.assertEqual(group["at_end:sum"], rows["active_end"].sum())
                self.assertEqual(group["lost_count:sum"], rows["is_lost"].sum())
                buyers = rows.loc[rows["purchase_days"] > 0, "customer"].nunique()
                self.assertEqual(group["buyers:sum"], buyers)

    def test_one_month_is_the_figure_of_the_set(self):
        [(rate,)] = self.report._read_group(
            [("month", "=", month_start(6))], [], ["retention_rate:avg"]
        )
        found = self.kpis._figures(self.company, month_start(6), month_start(6), ["retention"])
        self.assertAlmostEqual(rate, 100 * found["retention"].value)

    def test_what_pivot_and_graph_ask(self):
        """All measures can be aggregated and all dimensions grouped, sorted by a ratio too."""
        fields = self.report.fields_get()
        for name in (*RATIOS, *COUNTED, "revenue", "touches"):
            self.assertTrue(fields[name]["aggregator"], name)
        found = self.report.formatted_read_group(
            [], ["segment_id"], ["retention_rate:avg"], order="retention_rate:avg desc"
        )
        values = [group["retention_rate:avg"] for group in found]
        self.assertEqual(values, sorted(values, reverse=True))

    def test_a_key_figure_of_a_bridge(self):
        kpis = type(self.kpis)
        original = kpis._kpi_definitions
        till = Kpi(
            "Till", "Bought at the till.", "share", False, lambda source: share(frozenset(), {1})
        )
        with patch.object(kpis, "_kpi_definitions", lambda model: original(model) | {"till": till}):
            found = self.kpis._figures(
                self.company, month_start(6), month_start(8), ["retention", "till"]
            )
        self.assertEqual(found["till"].value, 0)
        self.assertEqual(found["retention"].value, 5 / 7)

    def test_in_the_words_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        definitions = self.kpis.with_context(lang="zh_CN")._kpi_definitions()
        self.assertIsInstance(definitions["repurchase_30"].label, str)
        self.assertIn("30", definitions["repurchase_30"].label)

    def test_every_definition_says_what_it_is(self):
        definitions = self.kpis._kpi_definitions()
        self.assertEqual(
            [code for code, item in definitions.items() if item.simple],
            ["retention", "churn", "repeat", "order_value", "nps", "resolution"],
        )
        labels = [item.label for item in definitions.values()]
        self.assertEqual(len(labels), len(set(labels)))
        for code, item in definitions.items():
            self.assertTrue(item.label and item.sentence.endswith("."), code)
