"""Back-tests: equal to a time travel of the real engine, resumable, two rules side by side."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..analytics import backtest
from .alert_common import OURS
from .backtest_common import LAST, MONTHS, BacktestCase

FIRST = date(2025, 1, 31)


@tagged("post_install", "-at_install")
class TestBacktest(BacktestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Regular, stopping, irregular, growing apart, back after a year, too short to tell.
        cls.regular = cls.bought("Regular", *range(20, 900, 30))
        cls.stops = cls.bought("Stops", *range(400, 1000, 30), amount=900)
        cls.stops_late = cls.bought("Stops late", *range(200, 900, 25), amount=300)
        cls.irregular = cls.bought("Irregular", 10, 140, 155, 390, 420, 700)
        cls.fading = cls.bought("Fading", 60, 260, 390, 470, 530, 570, 600, 625)
        cls.back = cls.bought("Back", 30, 60, 520, 560, 600)
        cls.once = cls.bought("Once", 330)
        cls.fresh = cls.bought("Fresh", 5)
        cls.seldom = cls.bought("Seldom", *range(100, 1100, 150))

    def test_a_form_shows_the_rules_before_it_is_saved(self):
        form = Form(self.tests.with_company(self.company))
        rules = len(self.env["retention.signal"]._all_of_company(self.company))
        self.assertEqual(len(form.signal_ids), rules)
        with form.signal_ids.edit(0) as line:
            line.points = 0
        test = form.save()
        self.assertEqual(len(test.signal_ids), rules)
        self.assertTrue(test.signal_ids[0].is_changed)

    # ---------------------------------------------------------------- the real engine
    def travel(self, leaver=None):
        """Live through the month ends with the real engine; return its alerts as alerts_of.

        :param leaver: a customer who is archived in April 2026
        """
        days = backtest.month_ends(MONTHS, LAST)
        self.assertEqual((days[0], days[-1]), (FIRST, LAST))
        for day in days:
            if leaver and day == date(2026, 4, 30):
                with self.at((day - LAST).days):
                    leaver.active = False
            self.refresh(day)
        found = self.alerts.search([("company_id", "=", self.company.id)])
        return {(x.partner_id.name, x.opened_on, x.closed_on or False) for x in found}

    def test_equals_a_time_travel_of_the_engine(self):
        lived = self.travel(leaver=self.once)
        self.assertIn(("Once", date(2026, 2, 28), date(2026, 4, 30)), lived)
        self.assertGreater(len(lived), 5)
        self.assertTrue(any(closed for _name, _opened, closed in lived))
        test = self.replay()
        self.assertEqual(test.as_of, LAST)
        self.assertEqual(self.alerts_of(test), lived)
        levels = self.env["retention.alert.line"].search(
            [("company_id", "=", self.company.id), ("level", "!=", False)]
        )
        self.assertTrue(levels, "nobody's level opened an alert: the test says too little")
        live = self.alerts.search([("company_id", "=", self.company.id), ("live", "=", True)])
        self.assertEqual(test.month_ids[-1].live, len(live))

    def test_equals_it_with_other_rules(self):
        changes = {
            "core_silent": {"opens_alert": False},
            "untouched": {"alert_from": 100},
            "recency": {"points": 40},
            "overdue": {"points": 10, "threshold_1": 0.5, "threshold_2": 1, "threshold_3": 1.2},
            **{code: {"points": 0} for code in ("lengthening", "frequency_drop", "spend_drop")},
            **{code: {"points": 0} for code in ("value_drop", "falling")},
        }
        test = self.replay(changes, name="Other rules")
        self.assertNotEqual(self.alerts_of(test), self.alerts_of(test, "changed"))
        test.with_user(self.manager).action_take_over()
        self.assertEqual((test.taken_by_id, test.taken_on), (self.manager, LAST))
        # What was tried stays to be seen.
        self.assertTrue(test.signal_ids.filtered("is_changed"))
        self.assertEqual(self.signals["untouched"].alert_from, 100)
        self.assertEqual(self.alerts_of(test, "changed"), self.travel())

    def everybody(self):
        return (
            self.regular
            | self.stops
            | self.stops_late
            | self.irregular
            | self.fading
            | self.back
            | self.once
            | self.fresh
            | self.seldom
        )

    # ---------------------------------------------------------------- what cannot be replayed
    def test_signals_left_out(self):
        self.signals["quiet_login"].active = True
        test = self.make()
        self.assertIn("Portal login gone quiet", test.skipped_sentence)
        self.run_all(test)
        self.assertEqual(test.skipped, ["quiet_login"])
        self.assertIn("Portal login gone quiet", test.skipped_sentence)
        replayed = {row["id"] for row in self.side(test).config["signals"]}
        self.assertNotIn(self.signals["quiet_login"].id, replayed)
        self.assertEqual(self.side(test).mapped("side"), ["present"])

    # ---------------------------------------------------------------- background
    def test_a_manager_starts_one(self):
        manager = self.make_user("b_asks", "customer_retention.group_manager")
        test = self.make({"untouched": {"alert_from": 60}}).with_user(manager)
        with self.asked_by(manager):
            test.action_start()
        self.assertEqual(sorted(test.result_ids.mapped("side")), ["changed", "present"])

    def test_goes_on_after_it_was_killed(self):
        change = {"untouched": {"alert_from": 60}}
        whole = self.replay(change)
        test = self.make(change)
        test.action_start()
        self.assertEqual(test.state, "waiting")
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", autospec=True) as commit:
            # Time is up after three months.
            commit.side_effect = [9, 9, 9, 9, 9, 0]
            self.tests._cron_replay()
            self.assertEqual((test.state, test.cursor), ("running", 3))
            self.assertAlmostEqual(test.progress, 100 * 3 / MONTHS)
            self.assertEqual(len(test.month_ids), 2 * 3)
            # The fourth is killed before its commit.
            results = type(self.env["retention.backtest.result"])
            with (
                patch.object(results, "_write_progress", side_effect=KeyboardInterrupt),
                self.assertRaises(KeyboardInterrupt),
                self.env.cr.savepoint(),
            ):
                test._step()
            self.env.invalidate_all()
            self.assertEqual(test.cursor, 3)
            commit.side_effect = lambda *args, **kwargs: 9
            self.tests._cron_replay()
        self.assertEqual((test.state, test.progress), ("done", 100))
        self.assertEqual(self.figures(test), self.figures(whole))
        self.assertEqual(self.alerts_of(test, "changed"), self.alerts_of(whole, "changed"))
        self.assertFalse(any(test.result_ids.mapped("memory")))

    def test_twice_is_the_same(self):
        first, again = self.replay(), self.replay()
        self.assertEqual(self.figures(first), self.figures(again))
        copied = again.copy()
        self.assertEqual((copied.state, copied.cursor), ("draft", 0))
        self.assertEqual(len(copied.signal_ids), len(again.signal_ids))

    def test_settings_changed_meanwhile_play_no_part(self):
        whole, test = self.replay(), self.make()
        test.action_start()
        test._step()
        self.signals["untouched"].alert_from = 10
        while test.state != "done":
            test._step()
        self.assertEqual(self.figures(test), self.figures(whole))

    def test_a_failure_is_kept_and_can_go_on(self):
        test = self.make(months=2)
        test.action_start()
        results = type(self.env["retention.backtest.result"])
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 9),
            patch.object(self.env.cr, "rollback"),
            patch.object(results, "_replay", side_effect=ValueError("no such day")),
            mute_logger("odoo.addons.customer_retention.models.retention_backtest"),
        ):
            raised = None
            try:  # not assertRaises, which would undo what the failure left
                self.tests._cron_replay()
            except ValueError as error:
                raised = error
        self.assertEqual(str(raised), "no such day")
        self.assertEqual((test.state, test.error), ("failed", "no such day"))
        test.action_go_on()
        while test.state != "done":
            test._step()
        self.assertFalse(test.error)
        with self.assertRaises(UserError):
            test.action_go_on()

    def test_touches_no_customer(self):
        self.refresh(LAST)
        before = self.profiles.search_read([("company_id", "=", self.company.id)])
        alerts = self.alerts.search_count([])
        self.replay({"untouched": {"alert_from": 10}}, months=3)
        self.refresh(LAST)
        self.assertEqual(self.profiles.search_read([("company_id", "=", self.company.id)]), before)
        self.assertEqual(self.alerts.search_count([]), alerts)

    # ---------------------------------------------------------------- companies, roles, limits
    def test_companies_and_roles(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        theirs = self.customer("Theirs")
        self.order(theirs, date(2025, 6, 1), company=other)
        test = self.replay(months=6)
        found = self.env["retention.backtest.alert"].search([("backtest_id", "=", test.id)])
        self.assertNotIn(theirs, found.partner_id)
        their_test = self.tests.create({"company_id": other.id, "months": 6})
        self.run_all(their_test)
        found = self.env["retention.backtest.alert"].search([("backtest_id", "=", their_test.id)])
        self.assertEqual(found.partner_id, theirs)
        mine = self.tests.with_user(self.manager).search([])
        self.assertIn(test, mine)
        self.assertNotIn(their_test, mine)
        with self.assertRaises(AccessError):
            their_test.with_user(self.manager).read(["state"])
        for call in ("action_start", "action_take_over", "action_tenths"):
            with self.assertRaises(AccessError):
                getattr(test.with_user(self.owner), call)()
        with self.assertRaises(AccessError):
            self.side(test).with_user(self.owner).action_alerts()
        with self.assertRaises(AccessError):
            self.side(test).with_user(self.manager).write({"right": 1})

    def test_a_manager_does_it_all(self):
        manager = self.manager
        action = self.env["retention.signal"].with_user(manager).action_backtest()
        test = self.tests.with_user(manager).browse(action["res_id"])
        self.assertEqual(len(test.signal_ids), len(self.signals))
        test.months = 3
        line = test.signal_ids.filtered(lambda x: x.signal_id.type == "untouched")
        line.alert_from = 60
        self.assertTrue(line.is_changed and test.has_changes)
        test.action_start()
        self.assertEqual(test.started_by_id, manager)
        while test.state != "done":
            test.sudo()._step()
        self.assertTrue(test.sentence)
        action = self.side(test).action_alerts()
        self.assertTrue(self.env[action["res_model"]].with_user(manager).search(action["domain"]))
        test.action_take_over()
        self.assertEqual(self.signals["untouched"].alert_from, 60)

    def test_what_is_wrong_is_said_before_it_starts(self):
        with self.assertRaisesRegex(ValidationError, "at most 60"):
            self.make({"recency": {"points": 61}}).action_start()
        with self.assertRaisesRegex(ValidationError, "above the one before"):
            self.make({"overdue": {"threshold_2": 1}}).action_start()
        with self.assertRaisesRegex(ValidationError, "Points cannot be below zero"):
            self.make({"overdue": {"points": -1}}).action_start()
        with self.assertRaisesRegex(ValidationError, "Choose the card"):
            self.make(card_choice="fitted").action_start()
        test = self.make(months=1)
        with self.assertRaises(UserError):
            test.action_take_over()
        self.run_all(test)
        with self.assertRaises(UserError):
            test.action_start()
        with self.assertRaises(UserError):
            test.months = 3
        with self.assertRaises(UserError):
            test.signal_ids[0].points = 3
        with self.assertRaises(UserError):
            test.action_take_over()

    def test_a_company_without_a_purchase(self):
        empty = self.make_company("Empty")
        self.env.user.company_ids |= empty
        test = self.tests.create({"company_id": empty.id, "months": 2})
        self.run_all(test)
        self.assertEqual(test.sentence, "No alert would have opened in these months.")
        self.assertEqual(len(test.month_ids), 2)

    def test_another_card(self):
        """The fitted card of a back-test weighs instead of the company's points."""
        signal = self.signals["recency"]
        card = self.env["retention.risk.card"].create(
            {
                "company_id": self.company.id,
                "learned_on": LAST,
                "horizon_days": 90,
                "shares": [5, 20, 45, 70],
                "line_ids": [
                    Command.create(
                        {
                            "signal_id": signal.id,
                            "scale": 0,
                            "band": band,
                            "low": 10 * band,
                            "points": 100 * band,
                            "is_last": bool(band),
                        }
                    )
                    for band in (0, 1)
                ]
                + [Command.create({"signal_id": signal.id, "scale": 1, "band": 0})],
            }
        )
        for code, other in self.signals.items():
            other.opens_alert = False if code != "recency" else other.opens_alert
        action = card.with_user(self.manager).action_backtest()
        test = self.tests.browse(action["res_id"])
        test.months = 1
        self.assertEqual((test.card_choice, test.card_id), ("fitted", card))
        self.run_all(test)
        # Whoever has bought nothing for more than ten days has all points: critical.
        silent = self.everybody() - self.fresh - self.irregular - self.stops
        found = self.env["retention.backtest.alert"].search(
            [("backtest_id", "=", test.id), ("side", "=", "changed")]
        )
        self.assertEqual(found.partner_id, silent)

    def test_hint_on_the_signals(self):
        signal = self.signals["untouched"].with_user(self.manager)
        self.assertFalse(signal._onchange_settings())
        self.manager.group_ids |= self.env.ref(f"{OURS}.group_advanced")
        self.assertIn("Back-Test", signal._onchange_settings()["warning"]["message"])
