"""Closing by a person: what is asked, and how long the same cause stays quiet."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .alert_common import AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAlertClose(AlertCase):
    def setUp(self):
        super().setUp()
        self.ann = self.make_profile(level="low")
        self.reason = self.make_reason(self.ann)
        self.alert = self.night()

    def wizard(self, alerts=None, user=None, outcome="saved", **values):
        alerts = (alerts or self.alert).with_user(user or self.owner)
        alerts = alerts.with_context(allowed_company_ids=self.company.ids)
        context = alerts.action_close_with(outcome)["context"]
        wizard = alerts.env["retention.alert.outcome"].with_context(**context)
        return wizard.create({"root_cause": "price", "attempt": "Called", **values})

    # ------------------------------------------------------------ what is asked
    def test_closed(self):
        task = self.alert.task_id
        with self.at(2):
            self.wizard(offer="5 % off", attempt=" Called twice ").action_apply()
        self.assertRecordValues(
            self.alert,
            [
                {
                    "state": "closed",
                    "live": False,
                    "outcome": "saved",
                    "root_cause": "price",
                    "offer": "5 % off",
                    "attempt": "Called twice",
                    "closed_on": self.day(2),
                    "closed_by_id": self.owner.id,
                    "close_reason": "outcome",
                    "verification": "pending",
                    "first_touch_on": self.day(2),
                }
            ],
        )
        self.assertRecordValues(
            self.alert.line_ids,
            [{"state": "answered", "holds": True, "hold_until": self.day(92)}],
        )
        self.assertFalse(task.active)
        self.assertEqual(task.feedback, "Saved: Called twice")
        self.assertFalse(task.retention_no_contact)

    def test_unreachable_is_no_contact(self):
        task = self.alert.task_id
        self.wizard(outcome="unreachable").action_apply()
        self.assertTrue(task.retention_no_contact)
        self.assertEqual(self.alert.first_touch_on, AS_OF, "but an attempt")
        self.assertFalse(self.alert.verification)

    def test_false_alarm_is_no_touch(self):
        self.wizard(outcome="false_alarm").action_apply()
        self.assertFalse(self.alert.first_touch_on)

    def test_everything_is_asked(self):
        self.assertRefused(
            UserError, "what was tried", lambda: self.wizard(attempt="  ").action_apply()
        )
        full = {"outcome": "gone", "root_cause": "price", "attempt": "Called"}
        for name in full:
            with self.subTest(missing=name):
                self.assertRefused(
                    UserError,
                    "outcome, root cause",
                    lambda name=name: self.alert._close_by_person({**full, name: False}),
                )
        self.assertRefused(
            ValidationError,
            "which competitor",
            lambda: self.wizard(root_cause="competitor").action_apply(),
        )
        rival = self.env["retention.competitor"].create({"name": "Rival"})
        self.wizard(root_cause="competitor", competitor_id=rival.id).action_apply()
        self.assertEqual(self.alert.competitor_id, rival)

    def test_last_talk_is_proposed(self):
        self.env["retention.interaction"].create(
            {
                "partner_id": self.ann.partner_id.id,
                "company_id": self.company.id,
                "kind": "call",
                "topic": "Prices",
                "note": "Wants 5 %",
            }
        )
        context = self.alert.action_close_with("saved")["context"]
        form = Form(self.env["retention.alert.outcome"].with_context(**context))
        self.assertEqual(form.attempt, "Prices\nWants 5 %")

    def test_several_at_once(self):
        self.make_profile("Bob")
        both = self.sync()
        self.wizard(both, outcome="gone").action_apply()
        self.assertEqual(set(both.mapped("outcome")), {"gone"})

    def test_next_step(self):
        self.wizard(next_step="Send the catalogue", next_step_date=self.day(5)).action_apply()
        [step] = self.alert.activity_ids
        self.assertEqual(
            (step.summary, step.date_deadline, step.user_id),
            ("Send the catalogue", self.day(5), self.owner),
        )

    def test_only_once(self):
        self.wizard().action_apply()
        self.assertRefused(UserError, "closed already", lambda: self.wizard().action_apply())

    def test_a_colleague_cannot(self):
        wizard = self.wizard()
        colleague = self.make_user("a_colleague", "customer_retention.group_user")
        with self.assertRaises(AccessError):
            self.wizard(user=colleague)
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_apply()

    # ------------------------------------------------------------ the same cause stays quiet
    def quiet_until(self, outcome, *days):
        """Close, and return on which of the days another alert is opened."""
        self.wizard(outcome=outcome).action_apply()
        opened = []
        for day in days:
            if self.night(day):
                opened.append(day)
                self.alerts.search([("live", "=", True)]).unlink()
        return opened

    def test_unreachable_30_days(self):
        self.assertEqual(self.quiet_until("unreachable", 1, 29, 30), [30])

    def test_saved_90_days(self):
        self.assertEqual(self.quiet_until("saved", 1, 30, 89, 90), [90])

    def test_gone_and_false_alarm_while_it_lasts(self):
        for outcome in ("gone", "false_alarm"):
            with self.subTest(outcome=outcome), self.env.cr.savepoint() as savepoint:
                self.assertEqual(self.quiet_until(outcome, 1, 90, 400, 1000), [])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_gone_for_one_night_stays_quiet(self):
        self.wizard(outcome="gone").action_apply()
        self.reason.fires = False
        self.night(1)
        self.night(1)
        self.reason.fires = True
        self.assertFalse(self.night(2))
        self.assertFalse(self.alert.line_ids.gone_on)

    def test_gone_for_two_nights_speaks_again(self):
        self.wizard(outcome="gone").action_apply()
        self.reason.fires = False
        self.night(1)
        self.night(2)
        self.assertEqual(self.alert.line_ids.state, "answered")
        self.assertFalse(self.alert.line_ids.holds)
        self.reason.fires = True
        self.assertEqual(len(self.night(3)), 1)

    def test_another_cause_opens(self):
        self.wizard(outcome="gone").action_apply()
        self.make_reason(self.ann, "untouched")
        alert = self.night(1)
        self.assertEqual(alert.line_ids.signal_id, self.signals["untouched"])

    def test_critical_after_high(self):
        bob = self.make_profile("Bob")
        alert = self.sync() - self.alert
        self.wizard(alert, outcome="gone").action_apply()
        self.assertNotIn(bob, self.night(1).profile_id)
        bob.risk_level = "critical"
        second = self.night(2) - self.alert
        self.assertEqual(second.line_ids.mapped("level"), ["critical"])
        self.wizard(second, outcome="gone").action_apply()
        bob.risk_level = "high"
        self.night(3)
        self.assertNotIn(bob, self.night(4).profile_id)
        self.assertNotIn(bob, self.night(5).profile_id)

    def test_cause_gone_is_no_answer(self):
        self.reason.fires = False
        self.night(1)
        self.night(2)
        self.reason.fires = True
        self.assertEqual(len(self.night(3)), 1)
