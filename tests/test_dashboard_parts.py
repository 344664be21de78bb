"""The dashboard's smaller parts: requests, today's customers, alerts, procedures."""

import random
from datetime import date

from odoo.tests import tagged

from .dashboard_common import DashboardCase, RequestDashboardCase, month
from .test_sop_effect import EffectCase


@tagged("post_install", "-at_install")
class TestDashboardRequests(RequestDashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance_ledger(5)
        cls.chance_requests(5, 80)
        # Who is no customer does not count, and at the end of a month the zone does.
        cls.request(cls.customer("Nobody"), 0, opened_at="2025-05-05", closed_at="2025-05-06")

    def test_time_to_solution(self):
        chance = random.Random(1)
        for _round in range(25):
            (first, last), domain = self.chance_span(chance), self.chance_domain(chance)
            options = self.ask(first, last, domain)
            figures = self.kpis._figures(self.company, first, last, ["resolution"], domain=domain)
            figure = figures["resolution"]
            card = self.dashboard.get_overview(options)["cards"][-1]
            self.assertEqual(card["code"], "resolution")
            self.assertEqual(card["denominator"], figure.denominator, options)
            if figure.value is None:
                self.assertIsNone(card["value"])
            else:
                self.assertAlmostEqual(card["value"], figure.value, 6)
            for end in ("numerator", "denominator"):
                found = self.behind(options, ["card", "resolution", end])
                self.assertEqual(set(found.ids), set(figure.customers), options)


@tagged("post_install", "-at_install")
class TestDashboardToday(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        profiles = cls.profiles.search([("company_id", "=", cls.company.id)], order="id")
        for number, profile in enumerate(profiles.sudo()):
            profile.risk_level = ("low", "watch", "high", "critical", False)[number % 5]
            profile.value_at_stake = number

    def test_customers_behind_scores_and_risk(self):
        general = self.env.ref("customer_retention.segment_four_general", False)
        segments = general or self.profiles.search([]).segment_id[:1]
        for domain in ([], [("segment_id", "in", segments.ids)]):
            options = self.ask(month(5), month(7), domain)
            found = self.dashboard.get_overview(options)
            self.assertTrue(found["grid"] and found["risk"])
            for cell in found["grid"]:
                opened = self.behind(options, ["grid", cell["r"], cell["f"]])
                self.assertEqual(len(opened), cell["customers"])
                profiles = self.profiles.search([("partner_id", "in", opened.ids)])
                self.assertAlmostEqual(sum(profiles.mapped("rfm_monetary")), cell["revenue"])
            for cell in found["risk"]:
                opened = self.behind(options, ["risk", cell["core"], cell["level"]])
                self.assertEqual(len(opened), cell["customers"], cell)
                profiles = self.profiles.search([("partner_id", "in", opened.ids)])
                self.assertAlmostEqual(sum(profiles.mapped("value_at_stake")), cell["amount"])

    def test_archived_customers_are_not_among_todays(self):
        options = self.ask(month(5), month(7))
        before = self.dashboard.get_overview(options)
        self.people["A"].active = False
        self.env.flush_all()
        after = self.dashboard.get_overview(options)
        for name, less in (("grid", 1), ("risk", 1)):
            count = [sum(cell["customers"] for cell in f[name]) for f in (before, after)]
            self.assertEqual(count[0] - count[1], less)
        self.assertEqual(after["bridge"], before["bridge"])

    def test_alerts_by_how_far_they_got(self):
        made = (
            ("A", "2025-05-31", {}),
            ("B", "2025-06-01", {}),
            ("C", "2025-07-05", {"first_touch_on": "2025-07-06"}),
            ("D", "2025-08-31", {"first_touch_on": "2025-09-02", "outcome": "gone"}),
            ("E", "2025-08-01", {"outcome": "saved", "first_touch_on": "2025-08-02"}),
            (
                "F",
                "2025-08-02",
                {"outcome": "saved", "first_touch_on": "2025-08-03", "verification": "verified"},
            ),
        )
        for name, day, values in made:
            self.env["retention.alert"].sudo().create(
                {
                    "partner_id": self.people[name].id,
                    "company_id": self.company.id,
                    "opened_on": day,
                    "state": "closed" if "outcome" in values else "open",
                    **values,
                }
            )
        options = self.ask(month(5), month(7))
        for domain, counts in (
            ([], [5, 4, 3, 2, 1]),
            ([["partner_id", "in", [self.people["B"].id, self.people["D"].id]]], [2, 1, 1, 0, 0]),
        ):
            asked = options | {"domain": domain}
            funnel = self.dashboard.get_overview(asked)["funnel"]
            self.assertEqual([stage["count"] for stage in funnel], counts)
            for stage in funnel:
                self.assertTrue(stage["label"])
                opened = self.behind(asked, ["funnel", stage["code"]])
                self.assertEqual(opened._name, "retention.alert")
                self.assertEqual(len(opened), stage["count"], stage)


@tagged("post_install", "-at_install")
class TestDashboardProcedures(EffectCase, DashboardCase):
    def test_what_procedures_brought(self):
        people = self.customers(**{f"P{n}": [-90] for n in range(8)})
        mine = self.enter(self.sop, *people)
        self.as_control(mine[5:])
        for partner in people[:2] + people[5:6]:
            self.order(partner, mine[0].entered_on.replace(day=28), 50)
        self.measure(30)
        options = self.ask(mine[0].entered_on.replace(day=1), mine[0].entered_on.replace(day=1))
        sops = self.dashboard._sops(self.dashboard._asked(options))
        [told] = [sop for sop in sops if sop["id"] == self.sop.id]
        effect = self.sop._tallies()
        treated, control = effect[self.sop.id, "treated"], effect[self.sop.id, "control"]
        self.assertEqual((told["entered"], told["judged"]), (8, 5))
        self.assertEqual(told["rate"], treated.purchases / 5)
        self.assertEqual(told["control_rate"], control.purchases / 3)
        self.assertEqual(told["revenue"], treated.revenue)
        verdict = self.sop._verdicts(self.company)[self.sop.id]
        self.assertEqual(told["verdict"], verdict["code"])
        self.assertTrue(told["sentence"].startswith(verdict["sentence"]))
        manager = self.make_user("a_manager", "customer_retention.group_manager")
        dashboard = self.dashboard.with_user(manager)
        dashboard.get_overview(options)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = dashboard.get_overview(options)
        self.assertEqual(len(found["sops"]), 1)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 15)
        user = self.make_user("plain_user", "customer_retention.group_user")
        dashboard = self.dashboard.with_user(user)
        self.assertEqual(dashboard._sops(dashboard._asked(options)), [])
