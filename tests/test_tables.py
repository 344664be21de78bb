"""Tables for managers: funnel of alerts, procedures side by side, and who may see them."""

from datetime import date, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .alert_common import OURS, AlertCase
from .common import AS_OF
from .ledger_common import LedgerCase
from .test_sop_effect import EffectCase, on

STAGES = ("opened", "taken_up", "contacted", "ended", "saved", "verified")
TABLES = ("retention.cohort.report", "retention.move.report", "retention.kpi.change")


@tagged("post_install", "-at_install")
class TestAlertFunnel(AlertCase):
    def make_alert(self, name, **values):
        return self.alerts.sudo().create(
            {
                "partner_id": self.customer(name).id,
                "company_id": self.company.id,
                "user_id": self.owner.id,
                "opened_on": AS_OF - timedelta(days=40),
                "risk_level": "high",
                **values,
            }
        )

    def counts(self, *by, user=None):
        self.env.flush_all()
        report = self.env["retention.alert.report"].with_user(user or self.manager)
        return report._read_group(
            [("company_id", "=", self.company.id)], by, [f"{stage}:sum" for stage in STAGES]
        )

    def test_each_stage_by_hand(self):
        due, touched = {"date_deadline": AS_OF}, {"first_touch_on": AS_OF}
        closed = {"state": "closed", "closed_on": AS_OF}
        done = {**closed, **due, **touched, "close_reason": "outcome"}
        self.make_alert("Waits")
        self.make_alert("Gone by itself", **closed, close_reason="cause_gone")
        self.make_alert("Given to somebody", state="open", **due)
        self.make_alert("Was given", **closed, **due, close_reason="cause_gone")
        self.make_alert("Tried", state="open", **due, **touched)
        self.make_alert("False", **{**done, "first_touch_on": False}, outcome="false_alarm")
        self.make_alert("False after a call", **done, outcome="false_alarm")
        self.make_alert("Not reached", **done, outcome="unreachable")
        self.make_alert("Lost", **done, outcome="gone")
        self.make_alert("Saved", **done, outcome="saved", verification="pending")
        self.make_alert(
            "Verified", **done, outcome="saved", verification="verified", risk_level="critical"
        )
        self.assertEqual(self.counts(), [(11, 9, 6, 4, 2, 1)])
        self.assertEqual(
            self.counts("risk_level"),
            [("critical", 1, 1, 1, 1, 1, 1), ("high", 10, 8, 5, 3, 1, 0)],
        )
        self.assertEqual(self.counts(user=self.leader), [(0, *[False] * 5)])

    def test_whoever_is_in_a_stage_was_in_all_before(self):
        """Alerts as the engine and people make them."""
        profiles = [self.make_profile(f"Customer {number}") for number in range(17)]
        alerts = self.night()
        for alert, outcome in zip(
            alerts.filtered(lambda a: a.state == "open")[:4],
            ("saved", "gone", "unreachable", "false_alarm"),
            strict=True,
        ):
            self.answer(alert, outcome)
        self.night(1)
        [total] = self.counts()
        self.assertEqual(total[0], len(profiles))
        self.assertLess(total[1], total[0])
        self.assertEqual(total[2:], (3, 3, 1, 0))
        self.env.flush_all()
        for row in self.env["retention.alert.report"].search([]):
            stages = [row[stage] for stage in STAGES]
            self.assertEqual(stages, sorted(stages, reverse=True))

    def test_the_first_signal(self):
        ann, bob = self.make_profile("Ann", level="low"), self.make_profile("Bob")
        self.make_reason(ann)
        self.night()
        found = {signal.type: row[0] for signal, *row in self.counts("signal_id")}
        self.assertEqual(found, {"leave_intent": 1, False: 1})
        self.assertTrue(bob)


@tagged("post_install", "-at_install")
class TestProceduresCompared(EffectCase):
    def test_a_procedure_is_one_row(self):
        """Four took part, of whom three are judged; two of the control group."""
        names = ("Ann", "Ben", "Cid", "Dan", "Eve", "Fay")
        people = self.customers(**{name: [-90] for name in names})
        mine = self.enter(self.sop, *people[:3], *people[4:])
        self.as_control(mine[3:])
        late = self.enter(self.sop, people[3], days=8)
        for number, amount in ((0, 100), (1, 200), (4, 50)):
            self.order(people[number], on(2), amount)
        mine[0]._engine().write({"replied_on": on(1)})
        self.measure(12)
        report = self.env["retention.sop.report"]
        names = ("treated_response", "treated_rate", "control_rate", "difference")
        measures = ["entered:sum", "judged:sum", *(f"{name}:avg" for name in names)]
        [row] = report._read_group(
            [("company_id", "=", self.company.id)], ["root_id"], [*measures, "revenue:sum"]
        )
        self.assertEqual(row[:3], (self.sop, 6, 5))
        for value, right in zip(row[3:7], (100 / 3, 200 / 3, 50, 200 / 3 - 50), strict=True):
            self.assertAlmostEqual(value, right)
        self.assertEqual(row[7], 350)
        # Nobody to compare with: empty, not zero.
        [row] = report._read_group([("id", "=", mine[0].id)], [], measures)
        self.assertEqual((row[3], row[4], row[5]), (100, False, False))
        self.assertEqual(len(late), 1)


@tagged("post_install", "-at_install")
class TestWhoSeesTables(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company("Other")
        cls.ann = cls.customer("Ann")
        cls.order(cls.ann, date(2026, 3, 10), 100)
        cls.order(cls.ann, date(2026, 4, 10), 7000, company=cls.other)
        cls.night(date(2026, 7, 1))
        cls.night(date(2026, 6, 1), company=cls.other)
        cls.user = cls.make_user("t_user", f"{OURS}.group_user")
        cls.manager = cls.make_user("t_manager", f"{OURS}.group_manager")
        cls.plain = cls.make_user("t_plain", "sales_team.group_sale_manager")

    def test_views_open_for_every_role(self):
        kinds = [(False, kind) for kind in ("list", "pivot", "graph", "search")]
        for user in (self.user, self.manager):
            for model in (*TABLES, "retention.alert.report", "retention.sop.report"):
                with self.subTest(user=user.login, model=model):
                    self.env[model].with_user(user).get_views(kinds)
        for model in ("retention.move.compare", "retention.kpi.compare"):
            self.env[model].with_user(self.user).get_views([(False, "form")])
        for model in TABLES:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.plain).search([])

    def test_companies_see_their_own(self):
        for model in TABLES:
            rows = self.env[model].with_user(self.user).search([])
            with self.subTest(model=model):
                self.assertEqual(rows.company_id, self.company)
        # Each company has its own last month.
        moves = self.env["retention.move.report"]
        found = moves.search([("partner_id", "=", self.ann.id)])
        self.assertEqual(
            {row.company_id: row.last_month for row in found},
            {self.company: date(2026, 6, 1), self.other: date(2026, 5, 1)},
        )

    def test_dialogs_and_menus(self):
        user = self.user.id
        for model in ("retention.move.compare", "retention.kpi.compare"):
            dialog = self.env[model].with_user(user).create({})
            self.assertEqual(dialog.last, "2026-06-01")
            action = dialog.action_open()
            rows = self.env[action["res_model"]].with_user(user)
            self.assertTrue(rows.with_context(**action["context"]).search([]))
            self.assertTrue(action["help"])

    def test_every_filter_can_be_searched(self):
        for model in (*TABLES, "retention.ledger.report", "retention.alert.report"):
            rows = self.env[model].with_user(self.user)
            arch = etree.fromstring(rows.get_view(view_type="search")["arch"])
            for node in arch.iter("filter"):
                with self.subTest(model=model, filter=node.get("name")):
                    if domain := node.get("domain"):
                        rows.search(safe_eval(domain, {"uid": self.user.id}))
                    if by := safe_eval(node.get("context") or "{}").get("group_by"):
                        rows.formatted_read_group([], [by], ["__count"])

    def test_every_table_says_what_is_missing(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "in", (*TABLES, "retention.alert.report", "retention.sop.report"))]
        )
        for action in actions:
            with self.subTest(action=action.name):
                self.assertIn("o_view_nocontent_smiling_face", action.help)
