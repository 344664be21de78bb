"""What opens an alert, how its causes come and go, and that doing it twice changes nothing."""

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_common import AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAlertSync(AlertCase):
    # ------------------------------------------------------------ opening
    def test_levels_and_rules_open(self):
        wanted = {"low": 0, "watch": 0, "high": 1, "critical": 1}
        profiles = {level: self.make_profile(level, level) for level in wanted}
        ruled = self.make_profile("Ruled", "low")
        self.make_reason(ruled)
        silent = self.make_profile("Silent", "low")
        self.make_reason(silent, fires=False)
        alerts = self.sync()
        for level, count in wanted.items():
            with self.subTest(level=level):
                mine = alerts.filtered(lambda a, p=profiles[level]: a.profile_id == p)
                self.assertEqual(len(mine), count)
                self.assertEqual(mine.line_ids.mapped("level"), [level] * count)
        self.assertIn(ruled, alerts.profile_id)
        self.assertNotIn(silent, alerts.profile_id)

    def test_what_an_alert_says(self):
        ann = self.make_profile("Ann", "high", is_core=True, value_at_stake=5400)
        alert = self.sync()
        self.assertRecordValues(
            alert,
            [
                {
                    "partner_id": ann.partner_id.id,
                    "company_id": self.company.id,
                    "profile_id": ann.id,
                    "state": "open",
                    "live": True,
                    "user_id": self.owner.id,
                    "original_user_id": self.owner.id,
                    "team_id": self.team.id,
                    "action": "call",
                    "opened_on": AS_OF,
                    "date_deadline": self.day(3),
                    "risk_level": "high",
                    "risk_score": 60,
                    "value_at_stake": 5400,
                    "is_high_value": True,
                    "rank": 1,
                    "escalation": "0",
                    "outcome": False,
                }
            ],
        )
        self.assertIn("45 %", alert.value_formula)
        self.assertIn("12,000", alert.value_formula)
        self.assertEqual(alert.sentence_summary, "Risk High, 60 of 100 points")
        task = self.tasks(alert)
        self.assertEqual(task, alert.task_id)
        self.assertEqual((task.user_id, task.date_deadline), (self.owner, self.day(3)))
        self.assertEqual(task.activity_type_id.name, "Save task")
        self.assertIn("Ask what has changed", task.note)

    def test_nothing_before_the_start(self):
        self.company.retention_alerts_started = False
        ann = self.make_profile("Ann", value_at_stake=1)
        bob = self.make_profile("Bob", value_at_stake=2)
        self.assertFalse(self.night())
        self.assertEqual(self.alerts._would_open(self.company, AS_OF), bob + ann)
        self.assertFalse(self.alerts.search([("company_id", "=", self.company.id)]))

    def test_start_by_the_manager(self):
        self.company.retention_alerts_started = False
        ann = self.make_profile()
        mine = self.alerts.with_user(self.manager).with_company(self.company)
        self.assertEqual(mine.action_would_open()["domain"], [("id", "in", ann.ids)])
        mine.action_start_alerts()
        self.assertTrue(self.company.retention_alerts_started)
        self.assertEqual(self.sync().profile_id, ann)

    def test_archived_and_paused_customers_get_none(self):
        gone = self.make_profile("Gone")
        gone.partner_id.active = False
        self.make_profile("Paused today", pause_until=AS_OF)
        resting = self.make_profile("Pause is over", pause_until=self.day(-1))
        self.assertEqual(self.sync().profile_id, resting)

    def test_a_pause_keeps_open_what_is_open(self):
        ann = self.make_profile()
        alert = self.sync()
        ann.pause_until = self.day(9)
        self.make_reason(ann)
        self.night(1)
        self.night(2)
        self.assertEqual(alert.state, "open")
        self.assertEqual(alert.line_ids.mapped("state"), ["active"])

    # ------------------------------------------------------------ one alert, idempotence
    def test_new_causes_join(self):
        ann = self.make_profile()
        alert = self.sync()
        self.make_reason(ann)
        self.make_reason(ann, "untouched")
        self.assertEqual(self.sync(1), alert)
        self.assertEqual(alert.line_ids.mapped("opened_on"), [AS_OF, self.day(1), self.day(1)])
        self.assertEqual(len(self.tasks(alert)), 1)

    def test_twice_changes_nothing(self):
        self.make_reason(self.make_profile("Ann", "critical"))
        alert = self.night()
        before = alert.read() + alert.line_ids.read() + self.tasks(alert).read()
        messages = alert.message_ids
        for nightly in (True, False, True):
            self.assertEqual(self.sync(nightly=nightly), alert)
        self.env.invalidate_all()
        self.assertEqual(alert.read() + alert.line_ids.read() + self.tasks(alert).read(), before)
        self.assertEqual(alert.message_ids, messages)

    def test_sweep_and_event(self):
        ann = self.make_profile()
        self.sync(profiles=ann)
        alert = self.night()
        self.assertEqual(len(alert), 1)
        self.assertEqual(len(self.tasks(alert)), 1)

    def test_only_the_asked_customers(self):
        ann, bob = self.make_profile("Ann"), self.make_profile("Bob")
        self.assertEqual(self.sync(profiles=ann).profile_id, ann)
        self.assertEqual(self.sync().profile_id, ann + bob)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_second(self):
        self.make_profile()
        alert = self.sync()
        values = {"partner_id": alert.partner_id.id, "company_id": self.company.id}
        with self.assertRaises(IntegrityError):
            self.alerts.create({**values, "opened_on": AS_OF})
            self.env.flush_all()

    # ------------------------------------------------------------ causes gone
    def test_gone_for_two_nights(self):
        ann = self.make_profile()
        alert = self.night()
        task, line = alert.task_id, alert.line_ids
        ann.risk_level = "watch"
        self.sync(1)
        self.assertFalse(line.gone_on, "only nights count")
        self.night(1)
        self.night(1)
        self.assertEqual((line.gone_on, line.state, alert.state), (self.day(1), "active", "open"))
        self.sync(2)
        self.assertEqual(line.state, "active")
        self.night(2)
        self.assertEqual((line.gone_on, line.state), (self.day(1), "resolved"))
        self.assertRecordValues(
            alert,
            [
                {
                    "state": "closed",
                    "live": False,
                    "closed_on": self.day(2),
                    "close_reason": "cause_gone",
                    "outcome": False,
                }
            ],
        )
        self.assertFalse(task.active)
        self.assertEqual(task.feedback, "All causes have been gone for two nights.")
        self.assertTrue(task.retention_no_contact)
        self.assertIn("All causes have been gone", alert.message_ids[0].body)

    def test_back_before_the_second_night(self):
        ann = self.make_profile()
        alert = self.night()
        ann.risk_level = "low"
        self.night(1)
        ann.risk_level = "high"
        self.sync(1)
        self.assertFalse(alert.line_ids.gone_on)
        ann.risk_level = "low"
        self.night(2)
        self.assertEqual(alert.line_ids.gone_on, self.day(2))
        self.assertEqual(alert.state, "open")
        self.night(3)
        self.assertEqual(alert.state, "closed")

    def test_one_of_two_causes_gone(self):
        ann = self.make_profile()
        reason = self.make_reason(ann)
        alert = self.night()
        reason.unlink()
        self.night(1)
        self.night(2)
        self.assertEqual(alert.state, "open")
        self.assertEqual(
            {line.level: line.state for line in alert.line_ids},
            {"high": "active", False: "resolved"},
        )
        self.make_reason(ann)
        self.night(3)
        self.assertEqual(len(alert.line_ids), 3)

    def test_a_cause_that_comes_again_opens_a_new_alert(self):
        ann = self.make_profile()
        first = self.night()
        ann.risk_level = "low"
        self.night(1)
        self.night(2)
        ann.risk_level = "high"
        self.assertEqual(len(self.night(3) - first), 1)

    # ------------------------------------------------------------ levels move
    def test_high_becomes_critical(self):
        ann = self.make_profile()
        alert = self.night()
        ann.write({"risk_level": "critical", "risk_score": 90})
        self.night(1)
        self.night(2)
        self.assertEqual(
            {line.level: line.state for line in alert.line_ids},
            {"high": "active", "critical": "active"},
        )
        self.assertEqual((alert.risk_level, alert.risk_score), ("critical", 90))
        self.assertEqual(alert.date_deadline, self.day(2), "one day from when it became so")
        self.assertEqual(alert.task_id.date_deadline, self.day(2))
        self.assertEqual(alert.sentence_summary, "Risk Critical, 90 of 100 points")

    def test_critical_falls_to_high(self):
        ann = self.make_profile(level="critical")
        alert = self.night()
        ann.risk_level = "high"
        self.night(1)
        self.night(2)
        self.assertEqual(alert.state, "open")
        self.assertEqual(
            {line.level: line.state for line in alert.line_ids},
            {"critical": "resolved", "high": "active"},
        )

    def test_value_follows_while_open(self):
        ann = self.make_profile(value_at_stake=450)
        alert = self.night()
        ann.write({"value_at_stake": 900, "amount_before_last": 2000, "is_core": True})
        self.night(1)
        self.assertEqual((alert.value_at_stake, alert.is_high_value), (900, True))
        with self.at(1):
            self.answer(alert)
        ann.value_at_stake = 5
        self.night(2)
        self.assertEqual(alert.value_at_stake, 900)

    # ------------------------------------------------------------ customers
    def test_archived_customer(self):
        ann = self.make_profile()
        alert = self.night()
        task = alert.task_id
        ann.partner_id.active = False
        self.assertEqual((alert.state, alert.close_reason), ("closed", "archived"))
        self.assertFalse(task.active)
        ann.partner_id.active = True
        self.assertEqual(len(self.night(1)), 1)

    def test_archived_past_the_hook(self):
        ann = self.make_profile()
        alert = self.night()
        self.env.cr.execute(
            "UPDATE res_partner SET active = FALSE WHERE id = %s", [ann.partner_id.id]
        )
        self.env.invalidate_all()
        self.sync()
        self.assertEqual(alert.close_reason, "archived")

    def test_causes_are_worded_in_the_readers_language(self):
        ann = self.make_profile(level="low")
        reason = self.make_reason(ann, evidence={"day": "2026-06-01"})
        line = self.sync().line_ids
        self.assertEqual(line.sentence, reason.sentence)
        self.assertEqual(line.evidence, {"day": "2026-06-01"})
        reason.unlink()
        self.env.invalidate_all()
        self.assertTrue(line.sentence, "kept when the reason is gone")
