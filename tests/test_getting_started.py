"""Getting Started: what each step says, whom it lets in, and that its counts come true."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.retention_getting_started_team import FIRST_SOPS
from .common import AS_OF
from .health_common import HealthCase

OURS = "customer_retention"
STEPS = ["basis", "limits", "sops", "team", "switch"]


class GettingStartedCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("start_manager", f"{OURS}.group_manager")
        cls.start = cls.env["retention.getting.started"].with_user(cls.manager)
        today = patch.object(type(cls.company), "_retention_today", lambda self: AS_OF)
        today.start()
        cls.addClassCleanup(today.stop)

    def done(self):
        self.env.flush_all()
        return [step["code"] for step in self.start.get_steps()["steps"] if step["done"]]

    def stages(self):
        groups = self.profiles._read_group(
            [("company_id", "=", self.company.id), ("stage", "in", ("silent", "at_risk", "lost"))],
            ["stage"],
            ["__count"],
        )
        return dict(groups)


@tagged("post_install", "-at_install")
class TestGettingStarted(GettingStartedCase):
    # ---------------------------------------------------------------- who
    def test_for_managers_only(self):
        user = self.make_user("start_user", f"{OURS}.group_user")
        start = self.env["retention.getting.started"].with_user(user)
        for call in (
            start.get_steps,
            start.get_progress,
            start.get_basis,
            start.get_limits,
            start.get_sops,
            start.get_team,
            start.get_switch,
            start.action_hide,
            start.action_compute,
            lambda: start.get_sop_counts(1),
            lambda: start.action_try_sop(1),
            lambda: start.action_start_sop(1),
            lambda: start.action_save_basis("order"),
            lambda: start.action_save_limits({}),
            lambda: start.action_give_access(user.ids),
        ):
            with self.assertRaises(AccessError):
                call()
        menu = self.env.ref(f"{OURS}.menu_getting_started")
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids())

    # ---------------------------------------------------------------- steps by themselves
    def test_nothing_there(self):
        self.assertEqual([step["code"] for step in self.start.get_steps()["steps"]], STEPS)
        self.assertEqual(self.done(), [])
        told = self.start.get_steps()
        self.assertFalse(told["bought"])
        self.assertIsNone(told["run"]["as_of"])
        self.refresh()
        told = self.start.get_steps()
        self.assertEqual(told["run"]["as_of"], str(AS_OF))
        basis = self.start.get_basis()
        self.assertEqual([c["purchases"] for c in basis["choices"]], [0, 0])
        limits = self.start.get_limits()
        self.assertEqual([stage["customers"] for stage in limits["stages"]], [0, 0, 0])
        self.assertEqual(limits["scores"], [0] * 5)
        self.assertIsNone(limits["suggested"])
        self.assertEqual(self.start.get_team()["owners"], [])
        self.assertEqual(self.start.get_switch()["would_open"], 0)
        # A decision about nothing is none.
        self.start.action_save_basis("order")
        self.assertEqual(self.done(), [])

    def test_from_first_to_last(self):
        ann = self.buyer(10, 40, 70)
        self.refresh()
        self.assertEqual(self.done(), [])
        self.assertEqual(self.start.get_progress(), {"done": 0, "all": 5})
        self.start.action_save_basis("order")
        self.assertEqual(self.done(), ["basis"])
        self.start.action_save_limits({})
        self.assertEqual(self.done(), ["basis", "limits"])
        first = self.start.get_sops()["proposed"][0]
        self.start.action_start_sop(first["id"])
        self.assertEqual(self.done(), ["basis", "limits", "sops"])
        ann.user_id = self.manager
        self.assertEqual(self.done(), ["basis", "limits", "sops", "team"])
        self.env["retention.alert"].with_user(self.manager).action_start_alerts()
        self.assertTrue(self.start.get_switch()["started"])
        self.assertTrue(self.start.get_switch()["held_back"])
        self.assertNotIn("switch", self.done())
        self.company.retention_send = True
        self.assertEqual(self.done(), STEPS)
        self.assertIsNone(self.start.get_progress())

    def test_decided_elsewhere(self):
        self.buyer(10)
        self.refresh()
        self.company.retention_lost_days = 400
        self.assertEqual(self.done(), ["limits"])
        self.company.retention_basis = "invoice"
        self.assertEqual(self.done(), ["basis", "limits"])

    def test_hidden_on_the_dashboard(self):
        self.assertEqual(self.start.get_progress(), {"done": 0, "all": 5})
        self.start.action_hide()
        self.assertIsNone(self.start.get_progress())
        self.start.action_hide(False)
        self.assertEqual(self.start.get_progress(), {"done": 0, "all": 5})

    def test_figures_on_their_way(self):
        self.buyer(10)
        self.start.action_compute()
        self.commit_requests()
        self.assertTrue(self.start.get_steps()["run"]["asked"])
        run = self.env["retention.run"]._plan(self.company, AS_OF)
        told = self.start.get_steps()["run"]
        self.assertEqual((told["phase"], told["progress"]), ("Reading purchases", 0))
        while run.state != "done":
            run._step()
        self.assertEqual(self.start.get_steps()["run"]["customers"], 1)

    # ---------------------------------------------------------------- basis
    def test_basis_counts(self):
        ann, bob = self.buyer(10, 10, 40), self.buyer(5)
        self.order(bob, AS_OF, state="draft")
        # The second is later than the first order, so it counts for invoices only.
        self.env["retention.history.purchase"].create(
            [
                {
                    "partner_id": ann.id,
                    "company_id": self.company.id,
                    "day": AS_OF - timedelta(days=days),
                    "amount": 50,
                    "currency_id": self.company.currency_id.id,
                }
                for days in (500, 30)
            ]
        )
        told = self.start.get_basis()
        counts = {c["value"]: (c["purchases"], c["customers"]) for c in told["choices"]}
        self.assertEqual(counts, {"order": (5, 2), "invoice": (2, 1)})
        imported = {c["value"]: c["imported"] for c in told["choices"]}
        self.assertEqual(imported, {"order": 1, "invoice": 2})
        with self.assertRaises(UserError):
            self.start.action_save_basis("wish")

    # ---------------------------------------------------------------- limits
    def some_customers(self):
        self.buyer(20, 50, 80, 110)
        self.buyer(100, 200)
        # With a rhythm of their own: in the window, and only over all times.
        self.buyer(100, 180, 260, 340)
        self.buyer(130, 930, 1030, 1130)
        self.buyer(200)
        self.talk(self.buyer(210), 3)
        self.buyer(500)
        self.buyer(800)
        gone = self.buyer(15)
        gone.active = False
        # Several documents on one day are one purchase day: no rhythm.
        self.buyer(120, 120, 120, 120)
        self.refresh()

    def test_counts_come_true(self):
        self.some_customers()
        for values in (
            {},
            {"retention_silent_days": 95, "retention_lost_days": 190},
            {
                "retention_silent_days": 10,
                "retention_at_risk_days": 40,
                "retention_lost_days": 90,
            },
            {"retention_r_edge_1": 18, "retention_r_edge_2": 99, "retention_r_edge_3": 150},
        ):
            told = self.start.get_limits(values)
            self.start.action_save_limits(values)
            self.refresh()
            counts = {s["code"]: s["customers"] for s in told["stages"] if s["customers"]}
            self.assertEqual(counts, self.stages(), values)
            scores = dict(
                self.profiles._read_group(
                    [("company_id", "=", self.company.id)], ["rfm_r"], ["__count"]
                )
            )
            self.assertEqual(told["scores"], [scores.get(score, 0) for score in range(5, 0, -1)])
        self.assertEqual(told["customers"], 10)
        self.assertGreater(told["stages"][0]["customers"] + told["stages"][2]["customers"], 3)

    def test_counts_of_other_standards(self):
        self.some_customers()
        for standard in ("contact", "agreement"):
            self.company.retention_standard = standard
            told = self.start.get_limits({"retention_lost_days": 205})
            self.start.action_save_limits({"retention_lost_days": 205})
            self.refresh()
            counts = {s["code"]: s["customers"] for s in told["stages"] if s["customers"]}
            self.assertEqual(counts, self.stages(), standard)

    def test_nothing_is_saved_before_saving(self):
        self.some_customers()
        before = self.company._retention_signature()
        self.start.get_limits({"retention_silent_days": 10})
        self.env.invalidate_all()
        self.assertEqual(self.company._retention_signature(), before)

    def test_limits_that_cannot_be(self):
        told = self.start.get_limits({"retention_silent_days": 500})
        self.assertIn("silent before being lost", told["problem"])
        self.assertEqual(told["stages"], [])
        told = self.start.get_limits({"retention_r_edge_1": 100})
        self.assertIn("recency", told["problem"])
        with self.assertRaises(ValidationError):
            self.start.action_save_limits({"retention_silent_days": 500})
        for values in (
            {"retention_send": 1},
            {"retention_silent_days": "90"},
            {"retention_silent_days": True},
            {"retention_silent_days": 10**9},
            [1],
        ):
            with self.assertRaises(UserError):
                self.start.get_limits(values)
            with self.assertRaises(UserError):
                self.start.action_save_limits(values)

    def test_suggestion_and_cut_points(self):
        for _customer in range(3):
            self.buyer(5, 35, 65, 95)
        self.refresh()
        told = self.start.get_limits()
        self.assertEqual(told["gap"], 30)
        suggested = {
            "retention_silent_days": 45,
            "retention_at_risk_days": 60,
            "retention_lost_days": 90,
        }
        self.assertEqual(told["suggested"], suggested)
        self.assertIsNone(self.start.get_limits(suggested)["suggested"])
        self.company.retention_r_method = "cuts"
        told = self.start.get_limits()
        self.assertFalse(told["by_edges"])
        self.assertEqual(told["scores"], [])

    # ---------------------------------------------------------------- procedures
    def test_procedures_one_at_a_time(self):
        library = self.env["retention.sop"].search([("is_library", "=", True)])
        self.assertLessEqual(set(FIRST_SOPS), set(library.mapped("code")))
        self.buyer(0)
        self.buyer(12)
        self.refresh()
        told = self.start.get_sops()
        self.assertEqual(told["running"], [])
        welcome = self.env.ref(f"{OURS}.sop_welcome")
        self.assertEqual(told["proposed"][0]["id"], welcome.id)
        with self.enter_registry_test_mode():
            counts = self.start.get_sop_counts(welcome.id)
            action = self.start.action_try_sop(welcome.id)
        self.assertEqual(counts, {"today": 1, "recent": 2, "days": 30})
        trial = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(trial.entering_count, 2)
        self.assertFalse(self.env["retention.sop"].search([("library_id", "=", welcome.id)]))
        self.start.action_start_sop(welcome.id)
        told = self.start.get_sops()
        self.assertEqual([sop["name"] for sop in told["running"]], [welcome.name])
        self.assertNotIn(welcome.id, [sop["id"] for sop in told["proposed"]])
        with self.assertRaises(UserError):
            self.start.action_start_sop(welcome.id)

    # ---------------------------------------------------------------- people
    def test_team(self):
        inside, outside = (
            self.make_user("start_in", f"{OURS}.group_user"),
            self.make_user("start_out"),
        )
        gone = self.make_user("start_gone")
        for owner in (inside, outside, outside, gone, self.env["res.users"]):
            self.buyer(10).user_id = owner
        gone.active = False
        self.refresh()
        told = self.start.get_team()
        self.assertEqual(
            [(p["id"], p["customers"], p["level"]) for p in told["owners"]],
            [(outside.id, 2, None), (inside.id, 1, "user")],
        )
        self.assertEqual(told["outside"], outside.ids)
        self.assertEqual([(p["id"], p["customers"]) for p in told["gone"]], [(gone.id, 1)])
        unowned = self.profiles.search_count(
            [*self.profiles._unowned_domain(), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((told["unowned"], unowned), (2, 2))
        self.assertFalse(told["can_give"])
        self.assertNotIn("team", self.done())
        with self.assertRaises(AccessError):
            self.start.action_give_access(outside.ids)
        self.manager.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        self.assertTrue(self.start.get_team()["can_give"])
        self.start.action_give_access(outside.ids)
        self.assertTrue(outside.has_group(f"{OURS}.group_user"))
        self.assertFalse(outside.has_group(f"{OURS}.group_manager"))
        self.assertIn("team", self.done())
        self.start.action_give_access(outside.ids, True)
        self.assertTrue(outside.has_group(f"{OURS}.group_manager"))

    def test_nobody_of_another_company_is_let_in(self):
        other = self.make_company("Elsewhere")
        far = self.make_user("start_far", company=other)
        self.manager.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        for ids in (far.ids, [], [*far.ids, self.manager.id]):
            with self.assertRaises(UserError):
                self.start.action_give_access(ids)
        self.assertFalse(far.has_group(f"{OURS}.group_user"))
