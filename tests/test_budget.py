"""Budgets: plan and actual amounts, what procedures cost, and cost of keeping and winning."""

from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .ledger_common import LedgerCase, month_start
from .sop_common import SopCase


class BudgetMixin:
    @classmethod
    def budget(cls, *lines, **values):
        """Make a budget of 2025 with lines (goal, kind, planned, spent, further values)."""
        return cls.env["retention.budget"].create(
            {
                "name": "Plan",
                "company_id": cls.company.id,
                "date_from": date(2025, 1, 1),
                "date_to": date(2025, 12, 31),
                "line_ids": [
                    Command.create(
                        {
                            "name": f"{goal} {kind}",
                            "goal": goal,
                            "kind": kind,
                            "planned": planned,
                            "spent": spent,
                            **(more[0] if more else {}),
                        }
                    )
                    for goal, kind, planned, spent, *more in lines
                ],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestBudget(BudgetMixin, LedgerCase):
    # ------------------------------------------------------------ plan and actual
    def test_plan_and_actual(self):
        budget = self.budget(
            ("keep", "people", 1000, 400), ("keep", "tool", 200, 250), ("new", "event", 0, 5)
        )
        self.assertEqual((budget.planned, budget.actual, budget.difference), (1200, 655, 545))
        self.assertAlmostEqual(budget.share_used, 655 / 1200)
        lines = budget.line_ids
        self.assertEqual(lines.mapped("over"), [False, True, True])
        self.assertEqual(lines.mapped("difference"), [600, -50, -5])
        self.assertEqual(lines.mapped("share_used"), [0.4, 1.25, 0])
        self.assertEqual(budget.over_count, 2)

    def test_a_line_before_its_company_is_chosen(self):
        lines = self.env["retention.budget.line"]
        self.assertTrue(lines.new({"planned": 5, "spent": 7}).over)
        self.assertFalse(lines.new({"planned": 5, "spent": 5}).over)

    def test_pivot_divides_sums(self):
        self.budget(("keep", "people", 1000, 100), ("keep", "tool", 10, 10), ("grow", "tool", 0, 3))
        self.env.flush_all()
        report = self.env["retention.budget.report"]
        measures = ["planned:sum", "actual:sum", "difference:sum", "share_used:avg", "over:sum"]
        mine = [("company_id", "=", self.company.id)]
        found = {row[0]: row[1:] for row in report._read_group(mine, ["goal"], measures)}
        self.assertEqual(found["keep"][:3], (1010, 110, 900))
        self.assertAlmostEqual(found["keep"][3], 100 * 110 / 1010)
        planned, actual, difference, used, over = found["grow"]
        self.assertEqual((planned, actual, difference, over), (0, 3, -3, 1))
        self.assertFalse(used)
        self.assertEqual(len(report.search([*mine, ("over", "=", 1)])), 1)

    def test_amounts_are_not_negative(self):
        for planned, spent in ((-1, 0), (0, -1)):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.budget(("keep", "people", planned, spent))

    # ------------------------------------------------------------ months and states
    def test_whole_months(self):
        form = Form(self.env["retention.budget"])
        form.name = "Spring"
        form.date_from = date(2025, 3, 7)
        form.date_to = date(2025, 5, 2)
        budget = form.save()
        self.assertEqual((budget.date_from, budget.date_to), (date(2025, 3, 1), date(2025, 5, 31)))
        for values in ({"date_from": date(2025, 3, 2)}, {"date_to": date(2025, 5, 30)}):
            self.assertRefused(ValidationError, "whole months", lambda v=values: budget.write(v))
        self.assertRefused(
            ValidationError,
            "within it",
            lambda: budget.write({"actual_until": date(2025, 6, 30)}),
        )

    def test_a_year_by_default(self):
        budget = self.env["retention.budget"].create({"name": "Year"})
        self.assertEqual(budget.company_id, self.company)
        self.assertEqual(budget.date_from.day, 1)
        self.assertEqual((budget.date_to - budget.date_from).days // 30, 12)

    def test_drafts_may_compete_and_one_is_approved(self):
        one, two = self.budget(("keep", "people", 1, 0)), self.budget(("keep", "people", 2, 0))
        one.action_approve()
        self.assertRefused(ValidationError, "in common", two.action_approve)
        two.write({"date_from": date(2026, 1, 1), "date_to": date(2026, 1, 31)})
        two.action_approve()
        other = self.budget(("keep", "people", 2, 0), company_id=self.make_company("Other").id)
        other.action_approve()
        self.assertRefused(UserError, "no lines", self.budget().action_approve)

    def test_what_is_approved_stays(self):
        budget = self.budget(("keep", "people", 100, 0))
        budget.action_approve()
        line = budget.line_ids
        line.spent = 40
        self.assertRefused(UserError, "planned", lambda: line.write({"planned": 200}))
        self.assertRefused(UserError, "planned", line.unlink)
        self.assertRefused(UserError, "planned", lambda: line.copy())
        self.assertRefused(
            UserError, "Take the budget back", lambda: budget.write({"date_to": date(2025, 6, 30)})
        )
        self.assertRefused(UserError, "drawn up", budget.unlink)
        budget.action_settle()
        self.assertEqual(budget.actual_until, date(2025, 12, 31))
        self.assertRefused(UserError, "settled", lambda: line.write({"spent": 41}))
        budget.action_draft()
        line.planned = 200
        copied = budget.copy()
        self.assertEqual((copied.state, copied.line_ids.planned), ("draft", 200))
        self.assertEqual((copied.line_ids.spent, copied.actual_until), (0, False))
        self.assertIn("copy", copied.name)

    def test_branches_plan_with_the_main_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.assertRefused(
            ValidationError, "Retention Test", lambda: self.budget(company_id=branch.id)
        )

    # ------------------------------------------------------------ people
    def test_who_sees_budgets(self):
        budget = self.budget(("keep", "people", 100, 0))
        other = self.make_company("Other")
        manager = self.make_user("b_manager", "customer_retention.group_manager")
        mine = budget.with_user(manager)
        self.assertEqual(mine.line_ids.actual, 0)
        mine.line_ids.spent = 10
        for user in (
            self.make_user("b_user", "customer_retention.group_user"),
            self.make_user("b_other", "customer_retention.group_manager", company=other),
        ):
            with self.assertRaises(AccessError):
                budget.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).read(
                    ["name"]
                )
            with self.assertRaises(AccessError):
                budget.line_ids.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                ).read(["planned"])

    # ------------------------------------------------------------ keeping against winning
    def test_keeping_against_winning(self):
        """The twelve, June to August: K and L are new, five of seven are kept.

        By hand: 1,200 a year for winning are 300 in the three months, 150 for each of two; 600
        for keeping are 150, 30 for each of five. What procedures cost is not known. 30 / 150.
        """
        self.twelve()
        self.night(date(2025, 9, 1))
        kpis = self.env["retention.kpi"]
        codes = ["acquisition_cost", "retention_cost", "cost_ratio"]

        def figures(first=6, **more):
            return kpis._figures(self.company, month_start(first), month_start(8), codes, **more)

        budget = self.budget(
            ("new", "channel", 2000, 900),
            ("new", "event", 500, 300),
            ("keep", "people", 900, 500),
            ("grow", "tool", 90, 100),
        )
        for state in ("draft", "approved"):
            budget.state = state
            self.assertEqual([figures()[code].value for code in codes], [None] * 3, state)
        budget.action_settle()
        found = figures()
        self.assertEqual(found["acquisition_cost"][:3], (150, 300, 2))
        self.assertEqual(found["retention_cost"][:3], (30, 150, 5))
        self.assertAlmostEqual(found["cost_ratio"].value, 0.2)
        won = {self.people[name].id for name in "KL"}
        self.assertEqual(found["acquisition_cost"].customers, won)
        # For a group: its own customers, each at what the company's customers cost.
        for group in figures(by="segment").values():
            new, kept = group["acquisition_cost"], group["retention_cost"]
            self.assertIn(new.value, (None, 150))
            self.assertIn(kept.value, (None, 30))
            self.assertAlmostEqual(new.numerator, 150 * len(new.customers))

    def test_winning_is_known_for_the_months_entered(self):
        self.twelve()
        self.night(date(2025, 9, 1))
        budget = self.budget(("new", "channel", 2000, 800))
        budget.action_approve()
        budget.actual_until = date(2025, 8, 31)

        def cost(number):
            month = month_start(number)
            found = self.env["retention.kpi"]._figures(
                self.company, month, month, ["acquisition_cost"]
            )
            return found["acquisition_cost"].value

        self.assertEqual(cost(8), 100)  # L
        budget.actual_until = date(2025, 4, 30)
        self.assertEqual(cost(4), 200)  # I
        self.assertIsNone(cost(8))

    def test_other_companies_do_not_count(self):
        other = self.make_company("Other", currency_id=self.env.ref("base.EUR").id)
        budget = self.budget(("new", "channel", 2000, 1200), company_id=other.id)
        budget.action_approve()
        budget.action_settle()
        self.assertEqual(budget.currency_id.name, "EUR")
        self.assertEqual(budget.line_ids.currency_id.name, "EUR")
        amounts = self.env["retention.metrics"]._budget_amounts
        self.assertEqual(amounts(self.company, ["new"]), [])
        self.assertEqual(amounts(other, ["new"]), [(date(2025, 1, 1), date(2025, 12, 31), 1200.0)])


@tagged("post_install", "-at_install")
class TestBudgetOfProcedures(BudgetMixin, SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year = {"date_from": date(2026, 1, 1), "date_to": date(2026, 12, 31)}
        cls.one, cls.two, cls.three = (cls.make_sop(cls.task()) for _n in range(3))
        buyers = [cls.buyer(name, "2026-05-01") for name in ("Ann", "Bob")]
        cls.refresh(date(2026, 6, 1))
        for sop, costs in ((cls.one, (10, 20)), (cls.two, (5, 0)), (cls.three, (7, 8))):
            cls.enter(sop, *buyers)
            entered = cls.enrollments.search([("sop_id", "=", sop.id)], order="id")
            for enrollment, cost in zip(entered, costs, strict=True):
                enrollment.sudo().cost = cost

    def test_each_counts_once(self):
        budget = self.budget(
            ("keep", "channel", 100, 1, {"sop_id": self.one.id}),
            ("keep", "people", 100, 2),
            **self.year,
        )
        self.assertEqual(budget.line_ids.mapped("sop_cost"), [30, 0])
        self.assertEqual((budget.actual, budget.outside_cost), (33, 20))
        rest = self.env["retention.budget.line"].create(
            {
                "budget_id": budget.id,
                "name": "Others",
                "kind": "reserve",
                "planned": 10,
                "other_procedures": True,
            }
        )
        self.env.invalidate_all()
        self.assertEqual((rest.sop_cost, rest.over), (20, True))
        self.assertEqual((budget.actual, budget.outside_cost), (53, 0))
        report = self.env["retention.budget.report"].search([("budget_id", "=", budget.id)])
        self.assertEqual(sorted(report.mapped("actual")), [2, 20, 31])

    def test_nothing_is_counted_twice(self):
        budget = self.budget(("keep", "channel", 1, 0, {"sop_id": self.one.id}), **self.year)
        twice = {"budget_id": budget.id, "name": "Twice", "planned": 1}
        lines = self.env["retention.budget.line"]
        lines.create(twice | {"other_procedures": True})
        for values in ({"sop_id": self.one.id}, {"other_procedures": True}):
            with (
                self.assertRaises(UniqueViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                lines.create(twice | values)
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            lines.create(twice | {"other_procedures": True, "sop_id": self.two.id})
        self.assertRefused(
            ValidationError,
            "by hand",
            lambda: lines.create(twice | {"goal": "new", "sop_id": self.two.id}),
        )

    def test_days_outside_and_control_groups_cost_nothing(self):
        self.enrollments.search([("sop_id", "=", self.one.id)], limit=1).sudo().arm = "control"
        budget = self.budget(("keep", "channel", 1, 0, {"sop_id": self.one.id}), **self.year)
        costs = set(budget.line_ids.mapped("sop_cost"))
        self.assertIn(costs.pop(), (10, 20))
        before = self.budget(
            ("keep", "channel", 1, 0, {"sop_id": self.one.id}),
            date_from=date(2026, 1, 1),
            date_to=date(2026, 5, 31),
        )
        self.assertEqual(before.line_ids.sop_cost, 0)

    def test_of_this_company_only(self):
        other = self.make_company("Other")
        self.assertRefused(
            ValidationError,
            "this company",
            lambda: self.budget(
                ("keep", "channel", 1, 0, {"sop_id": self.one.id}), company_id=other.id
            ),
        )
