"""The dashboard: the same figures as by definition, and the customers behind each number."""

import random
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_retention.analytics import kpi, kpi_tables

from .dashboard_common import FIRST, MONTHS, DashboardCase, month

SIMPLE = ["retention", "churn", "repeat", "order_value", "nps", "resolution"]


@tagged("post_install", "-at_install")
class TestDashboardOfTwelve(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))

    def test_the_last_three_months_as_worked_out_by_hand(self):
        found = self.dashboard.get_overview({})
        self.assertEqual(
            found["period"],
            {
                "first": "2025-06-01",
                "last": "2025-08-01",
                "before_first": "2025-03-01",
                "before_last": "2025-05-01",
                "known_first": "2025-01-01",
                "known_last": "2025-08-01",
            },
        )
        self.assertEqual(found["company"]["id"], self.company.id)
        self.assertIsNone(found["empty"])
        self.assertEqual(found["fresh"]["months"], 8)
        self.assertEqual((found["fresh"]["waiting"], found["company"]["alerts"]), (0, False))
        cards = {card["code"]: card for card in found["cards"]}
        self.assertEqual(list(cards), SIMPLE)
        # Customers at the end of May: A B E G H I J. E and I were lost; G was, and came back in
        # time. K and L are new, D is back.
        self.assertEqual(found["bridge"], {"start": 7, "lost": 2, "new": 2, "back": 1, "end": 8})
        self.assertEqual((cards["retention"]["numerator"], cards["retention"]["value"]), (5, 5 / 7))
        self.assertEqual(cards["churn"]["value"], 2 / 7)
        # A, B, D, G, H, J, K and L bought; A and J on several days.
        self.assertEqual(cards["repeat"]["value"], 2 / 8)
        self.assertIsNone(cards["nps"]["value"])
        self.assertEqual(cards["retention"]["trend"][-1]["month"], "2025-08-01")
        self.assertEqual(sum(cell["customers"] for cell in found["grid"]), 12)
        # C, E, F and I are lost, so there is nothing left to keep.
        self.assertEqual(sum(cell["customers"] for cell in found["risk"]), 8)

    def test_every_card_is_the_figure(self):
        found = self.dashboard.get_overview(self.ask(month(3), month(6), advanced=True))
        figures = self.kpis._figures(self.company, month(3), month(6))
        before = self.kpis._figures(self.company, month(-1), month(2))
        self.assertEqual({card["code"] for card in found["cards"]}, set(figures))
        for card in found["cards"]:
            figure = figures[card["code"]]
            for wanted, value in (
                (figure.value, card["value"]),
                (before[card["code"]].value, card["before"]),
                (figure.numerator, card["numerator"]),
                (figure.denominator, card["denominator"]),
            ):
                if wanted is None:
                    self.assertIsNone(value, card["code"])
                else:
                    self.assertAlmostEqual(value, wanted, 6, card["code"])
        self.assertEqual(
            self.dashboard.get_advanced(self.ask(month(3), month(6))),
            [card for card in found["cards"] if not card["simple"]],
        )

    def test_a_simple_figure_of_a_bridge(self):
        kpis = type(self.kpis)
        original = kpis._kpi_definitions
        with patch.object(
            kpis,
            "_kpi_definitions",
            lambda model: {
                code: item._replace(simple=code in ("retention", "returning"))
                for code, item in original(model).items()
            },
        ):
            cards = self.dashboard.get_overview(self.ask(month(5), month(7)))["cards"]
        figure = self.kpis._figures(self.company, month(5), month(7), ["returning"])["returning"]
        self.assertEqual([card["code"] for card in cards], ["retention", "returning"])
        self.assertEqual(cards[1]["value"], figure.value)

    def test_cohorts_of_the_table(self):
        options = self.ask(month(5), month(7), measure="share")
        found = self.dashboard.get_cohorts(options)
        self.assertEqual(found["months"], 8)
        january = found["cohorts"][0]
        self.assertEqual((january["month"], january["size"]), ("2025-01-01", 4))
        self.assertEqual(january["cells"], [1, 0.25, 0.5, 0.25, 0.5, 0.5, 0.5, 0.25])
        self.assertEqual(found["cohorts"][-1]["cells"], [1] + 7 * [None])
        together = self.dashboard.get_cohorts(options | {"cumulative": True})
        self.assertEqual(together["cohorts"][0]["cells"][-3:], [0.75, 0.75, 0.75])
        lists = [self.behind(options, ["cohort", "2025-01-01", age]) for age in (0, 3, None)]
        self.assertEqual([len(found) for found in lists], [4, 1, 4])
        self.assertEqual(lists[1], self.people["A"])

    def test_archived_customers_are_behind_the_figures_as_well(self):
        options = self.ask(month(5), month(7))
        self.people["A"].active = False
        cards = {card["code"]: card for card in self.dashboard.get_overview(options)["cards"]}
        found = self.behind(options, ["card", "retention", "numerator"])
        self.assertEqual(len(found), cards["retention"]["numerator"])
        self.assertIn(self.people["A"], found)

    def test_before_anything_is_known(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        dashboard = self.dashboard.with_context(allowed_company_ids=other.ids)
        self.assertEqual(dashboard.get_overview({})["empty"], "no_run")
        self.refresh(date(2025, 9, 1), company=other)
        self.assertEqual(dashboard.get_overview({})["empty"], "no_purchases")
        self.order(self.people["A"], date(2025, 9, 1), company=other)
        self.refresh(date(2025, 9, 2), company=other)
        found = dashboard.get_overview({})
        self.assertEqual((found["empty"], found["cards"], found["grid"]), ("no_month", [], []))
        self.assertEqual(dashboard.get_cohorts({})["cohorts"], [])
        self.assertEqual(dashboard.get_flows({})["cells"], [])
        self.assertEqual(dashboard.get_advanced({}), [])
        with self.assertRaises(UserError):
            dashboard.action_customers({}, ["bridge", "lost"])

    def test_the_number_of_queries_never_depends_on_data(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.dashboard.get_overview({})
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self.assertLessEqual(few, 15)
        for number in range(30):
            self.order(self.customer(f"More {number}"), date(2025, 8, 1 + number % 28), 10)
        self.refresh(date(2025, 9, 2))
        self.months.action_rebuild()
        self.close()
        self.assertEqual(self.dashboard.get_overview({})["bridge"]["new"], 32)
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestDashboardByChance(DashboardCase):
    """Whatever the ledger, the period and the filter: SQL says what the definition says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance_ledger(11)

    def setUp(self):
        super().setUp()
        self.chance = random.Random(self._testMethodName)

    def period(self, first, last, domain):
        ledger = self.kpis._ledger(self.company, last)
        return self.kpis._period(self.company, ledger, first, last, domain)

    def rounds(self, count):
        for _round in range(count):
            (first, last), domain = self.chance_span(self.chance), self.chance_domain(self.chance)
            yield first, last, domain, self.ask(first, last, domain)

    def assertSame(self, found, wanted, what=None):
        if wanted is None:
            self.assertIsNone(found, what)
        else:
            self.assertIsNotNone(found, what)
            self.assertAlmostEqual(found, wanted, 6, what)

    def test_cards_and_bridge(self):
        for first, last, domain, options in self.rounds(40):
            found = self.dashboard.get_overview(options)
            figures = self.kpis._figures(self.company, first, last, SIMPLE, domain=domain)
            for card in found["cards"]:
                figure = figures[card["code"]]
                for name in ("value", "numerator", "denominator"):
                    self.assertSame(card[name], getattr(figure, name), (card["code"], name))
            parts = kpi.bridge(self.period(first, last, domain))
            names = {"start": "start", "lost": "lost", "new": "new", "end": "end"}
            for name, part in (names | {"back": "reactivated"}).items():
                self.assertEqual(found["bridge"][name], len(getattr(parts, part)), name)

    def test_trends_are_figures_of_single_months(self):
        for _first, last, domain, options in self.rounds(8):
            for card in self.dashboard.get_overview(options)["cards"][:5]:
                for point in card["trend"]:
                    at = date.fromisoformat(point["month"])
                    wanted = self.kpis._figures(self.company, at, at, [card["code"]], domain=domain)
                    self.assertSame(point["value"], wanted[card["code"]].value, (card, at))
                    self.assertLessEqual(at, last)

    def test_customers_behind_cards_and_bridge(self):
        for first, last, domain, options in self.rounds(15):
            figures = self.kpis._figures(self.company, first, last, domain=domain)
            for code in ("retention", "churn", "repeat", "order_value", "nps", "save_rate"):
                found = self.behind(options, ["card", code, "numerator"])
                self.assertEqual(set(found.ids), set(figures[code].customers), code)
                found = self.behind(options, ["card", code, "denominator"])
                self.assertEqual(set(found.ids), set(figures[code].base), code)
            bridge = self.dashboard.get_overview(options)["bridge"]
            for name, count in bridge.items():
                self.assertEqual(len(self.behind(options, ["bridge", name])), count, name)

    def test_cohorts(self):
        for first, last, domain, options in self.rounds(12):
            period = self.period(first, last, domain)
            for cumulative in (False, True):
                wanted = kpi_tables.cohorts(period.ledger, last, cumulative)
                for measure in ("customers", "share", "revenue"):
                    asked = options | {"measure": measure, "cumulative": cumulative}
                    found = self.dashboard.get_cohorts(asked)
                    self.assertEqual(
                        [cohort["size"] for cohort in found["cohorts"]], wanted.size.tolist()
                    )
                    table = getattr(wanted, measure).astype(object)
                    table = table.where(table.notna(), None)
                    for cohort, cells in zip(found["cohorts"], table.values.tolist(), strict=True):
                        for age, (cell, right) in enumerate(
                            zip(cohort["cells"], cells, strict=True)
                        ):
                            self.assertSame(cell, right, (measure, cohort["month"], age))
                    if measure != "revenue":
                        for mean, right in zip(found["mean"], wanted.mean, strict=True):
                            self.assertSame(mean, right)
                self.assertCohortsOpen(options | {"cumulative": cumulative})

    def assertCohortsOpen(self, options):
        for cohort in self.dashboard.get_cohorts(options)["cohorts"][:4]:
            for age, cell in enumerate(cohort["cells"]):
                found = self.behind(options, ["cohort", cohort["month"], age])
                self.assertEqual(len(found), cell or 0, (cohort["month"], age))

    def test_flows(self):
        for first, last, domain, options in self.rounds(15):
            axis = self.chance.choice(("segment_id", "tier_id", "stage", "risk_level"))
            name = {"segment_id": "segment", "tier_id": "tier"}.get(axis, axis)
            period = self.period(first, last, domain)
            before = (first - timedelta(days=1)).replace(day=1)
            wanted = kpi_tables.migration(period.ledger, before, last, name).cells
            found = self.dashboard.get_flows(options | {"axis": axis})
            self.assertEqual(
                {(cell["old"], cell["new"]): cell["customers"] for cell in found["cells"]},
                {ends: len(customers) for ends, customers in wanted.items()},
            )
            keys = [value["key"] for value in found["values"]]
            self.assertTrue(all(value["label"] for value in found["values"]))
            self.assertEqual(len(keys), len(set(keys)))
            for cell in found["cells"]:
                ends = cell["old"], cell["new"]
                self.assertLessEqual(set(ends), {*keys, "joined", "left"})
                opened = self.behind(options, ["flow", axis, *ends])
                self.assertEqual(set(opened.ids), set(wanted[ends]))
                rows = period.rows[period.rows["customer"].isin(wanted[ends])]
                self.assertAlmostEqual(cell["revenue"], rows["revenue"].sum(), 6)

    def test_groups_of_a_filter_make_the_whole(self):
        """All customers are in exactly one segment, so the bridges of segments add up."""
        options = self.ask(month(4), month(8))
        whole = self.dashboard.get_overview(options)["bridge"]
        parts = [
            self.dashboard.get_overview(options | {"domain": [["segment_id", "=", segment]]})
            for segment in self.segments.ids
        ]
        for name in whole:
            self.assertEqual(whole[name], sum(part["bridge"][name] for part in parts), name)
        for part in (part["bridge"] for part in parts):
            self.assertEqual(part["start"] - part["lost"] + part["new"] + part["back"], part["end"])
        self.assertEqual(MONTHS, len(self.months.search([("month", ">=", FIRST)])))


@tagged("post_install", "-at_install")
class TestDashboardAccess(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        cls.other = cls.make_company("Other")
        cls.user = cls.make_user("d_user", "customer_retention.group_user")
        cls.manager = cls.make_user("d_manager", "customer_retention.group_manager")
        cls.plain = cls.make_user("d_plain", "sales_team.group_sale_manager")
        cls.stranger = cls.make_user(
            "d_other", "customer_retention.group_manager", company=cls.other
        )

    def as_user(self, user, model="retention.dashboard"):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    def test_users_and_managers_see_the_same_figures(self):
        wanted = self.dashboard.get_overview({})
        for user in (self.user, self.manager):
            found = self.as_user(user).get_overview({})
            for name in ("cards", "bridge", "grid", "risk", "funnel"):
                self.assertEqual(found[name], wanted[name], name)
            action = self.as_user(user).action_customers({}, ["bridge", "lost"], "Lost")
            partners = self.as_user(user, "res.partner").with_context(**action["context"])
            self.assertEqual(len(partners.search(action["domain"])), wanted["bridge"]["lost"])

    def test_refused(self):
        options = self.ask(month(5), month(7))
        for user in (self.plain, self.stranger):
            dashboard = self.as_user(user)
            for call in (
                dashboard.get_overview,
                dashboard.get_advanced,
                dashboard.get_cohorts,
                dashboard.get_flows,
                lambda asked, d=dashboard: d.action_customers(asked, ["bridge", "lost"]),
            ):
                with self.assertRaises(AccessError):
                    call(options)
            action = self.dashboard.action_customers(options, ["bridge", "lost"], "Lost")
            with self.assertRaises(AccessError):
                self.as_user(user, "res.partner").search(action["domain"])

    def test_the_other_company_has_figures_of_its_own(self):
        found = self.as_user(self.stranger).get_overview({})
        self.assertEqual((found["company"]["id"], found["empty"]), (self.other.id, "no_run"))

    def test_options_that_cannot_be(self):
        for options, error in (
            (None, UserError),
            ("x", UserError),
            ({"first": "2025-06-02"}, UserError),
            ({"first": "yesterday"}, UserError),
            ({"first": 7}, UserError),
            ({"first": "2025-09-01", "last": "2025-08-01"}, UserError),
            ({"company_id": "1 OR 1=1"}, AccessError),
            ({"company_id": self.other.id}, AccessError),
            ({"company_id": True}, AccessError),
            ({"domain": "[]; DROP TABLE res_partner"}, UserError),
            ({"domain": [["month", "=", "2025-01-01"]]}, UserError),
            ({"domain": [["segment_id); DROP", "=", 1]]}, UserError),
            ({"domain": [["nothing", "=", 1]]}, UserError),
            ({"domain": ["&"]}, UserError),
        ):
            with self.subTest(options=options), self.assertRaises(error):
                self.as_user(self.user).get_overview(options)

    def test_parts_that_cannot_be(self):
        injected = "1) OR TRUE; DELETE FROM retention_ledger; --"
        for part in (
            None,
            [],
            "bridge",
            ["nothing"],
            [["bridge"]],
            ["bridge"],
            ["bridge", injected],
            ["bridge", "lost", "more"],
            ["bridge", ["lost"]],
            ["card", injected, "numerator"],
            ["card", "churn", injected],
            ["card", ["churn"], "numerator"],
            ["card", "nothing", "numerator"],
            ["grid", 0, 5],
            ["grid", "1", 5],
            ["grid", True, 5],
            ["risk", 1, "high"],
            ["risk", True, injected],
            ["risk", True, ["high"]],
            ["cohort", injected, 1],
            ["cohort", "2025-01-01", injected],
            ["cohort", "2025-01-01", -1],
            ["cohort", "2025-01-01", True],
            ["flow", injected, 1, 2],
            ["flow", "partner_id", 1, 2],
            ["flow", "segment_id", injected, 2],
            ["flow", "segment_id", "left", 2],
            ["flow", "segment_id", 1, True],
            ["funnel", injected],
            ["funnel", ["saved"]],
            ["_asked", {}],
        ):
            call = self.as_user(self.user).action_customers
            self.assertRaises(UserError, call, {}, part, "Label")
        # A value of the right kind that nobody has is nobody.
        self.assertFalse(self.behind({}, ["flow", "stage", injected, "left"]))
        self.assertTrue(self.ledger.search([], limit=1))

    def test_text_that_is_no_part(self):
        partners = self.as_user(self.user, "res.partner")
        for text in ("x", "[]", "{}", '{"part": ["bridge"]}', '{"part": ["funnel", "saved"]}', 5):
            self.assertRaises(UserError, partners.search, [("retention_figure", "=", text)])
        self.assertFalse(partners.search([("retention_figure", "=", False)]))
