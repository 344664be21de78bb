"""At most so many open alerts per person, breaks, and what happens when time runs out."""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.models import retention_alert_sync

from .alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertCapacity(AlertCase):
    def many(self, count, **values):
        """Make customers worth 1, 2, 3 …"""
        return [
            self.make_profile(f"C{value:02}", value_at_stake=value, **values)
            for value in range(1, count + 1)
        ]

    def of(self, profile):
        return self.alerts.search([("profile_id", "=", profile.id), ("live", "=", True)])

    # ------------------------------------------------------------ capacity
    def test_ten_and_the_eleventh(self):
        for profiles in (9, 10, 11):
            with self.subTest(count=profiles):
                self.profiles.search([("company_id", "=", self.company.id)]).write(
                    {"risk_level": "low"}
                )
                self.alerts.search([]).unlink()
                self.many(profiles)
                states = self.night().mapped("state")
                self.assertEqual(states.count("open"), min(profiles, 10))
                self.assertEqual(states.count("queued"), max(profiles - 10, 0))

    def test_the_least_valuable_wait(self):
        customers = self.many(12)
        alerts = self.night()
        waiting = alerts.filtered(lambda alert: alert.state == "queued")
        self.assertEqual(set(waiting.profile_id), set(customers[:2]))
        self.assertFalse(self.tasks(waiting))
        self.assertFalse(waiting.mapped("date_deadline")[0])
        self.assertEqual(len(self.tasks(alerts)), 10)
        self.assertEqual(alerts.mapped("rank"), list(range(1, 13)))

    def test_equal_value_by_risk(self):
        self.company.retention_alert_capacity = 1
        self.make_profile("Low", value_at_stake=5, risk_score=60)
        self.make_profile("Later", value_at_stake=5, risk_score=70)
        first = self.make_profile("High", value_at_stake=5, risk_score=71)
        opened = self.night().filtered(lambda alert: alert.state == "open")
        self.assertEqual(opened.profile_id, first)

    def test_a_free_slot_is_filled_at_once(self):
        self.company.retention_alert_capacity = 2
        poor, middle, rich = self.many(3)
        self.night()
        self.assertEqual(self.of(poor).state, "queued")
        with self.at(4):
            self.answer(self.of(rich))
        self.assertEqual(self.of(poor).state, "open")
        self.assertEqual(self.of(poor).date_deadline, self.day(7))
        self.assertEqual(len(self.tasks(self.of(poor))), 1)
        fourth = self.make_profile("Fourth", value_at_stake=9)
        self.assertEqual(self.sync(4).filtered(lambda a: a.profile_id == fourth).state, "queued")
        with self.at(4):
            self.of(middle).with_user(self.owner).action_snooze(5, reason="Holiday")
        self.assertEqual(self.of(fourth).state, "open")

    def test_a_done_task_frees_a_slot(self):
        self.company.retention_alert_capacity = 1
        poor, rich = self.many(2)
        self.night()
        self.of(rich).task_id.with_user(self.owner).action_done()
        self.assertEqual((self.of(rich).state, self.of(poor).state), ("missing", "open"))

    def test_handing_over_frees_a_slot(self):
        self.company.retention_alert_capacity = 1
        for hand_over in (
            lambda alert: alert.task_id.with_user(self.owner).write({"user_id": self.leader.id}),
            lambda alert: alert.with_user(self.owner).write({"user_id": self.manager.id}),
        ):
            poor, rich = self.many(2)
            self.night()
            hand_over(self.of(rich))
            self.assertEqual(self.of(poor).state, "open")
            self.assertEqual(self.of(rich).state, "open")
            self.of(poor).unlink()
            self.of(rich).unlink()
            (poor | rich).write({"risk_level": "low"})

    def test_each_person_has_room(self):
        self.company.retention_alert_capacity = 1
        self.many(2)
        self.make_profile("Theirs", user=self.leader, value_at_stake=0.5)
        opened = self.night().filtered(lambda alert: alert.state == "open")
        self.assertEqual(set(opened.user_id), {self.owner, self.leader})

    @mute_logger("odoo.sql_db")
    def test_capacity_is_at_least_one(self):
        with self.assertRaises(IntegrityError):
            self.company.retention_alert_capacity = 0
            self.env.flush_all()

    # ------------------------------------------------------------ breaks
    def test_break(self):
        ann = self.make_profile()
        alert = self.night()
        alert.with_user(self.owner).action_snooze(until=str(self.day(10)), reason="Fair")
        self.assertRecordValues(
            alert,
            [
                {
                    "state": "snoozed",
                    "snoozed_until": self.day(10),
                    "snooze_reason": "Fair",
                    "date_deadline": self.day(10),
                }
            ],
        )
        self.assertEqual(alert.task_id.date_deadline, self.day(10))
        self.night(9)
        self.assertEqual(alert.state, "snoozed")
        task = alert.task_id
        self.night(10)
        self.assertEqual((alert.state, alert.snoozed_until), ("open", False))
        self.assertEqual(alert.task_id, task)
        self.assertEqual(self.tasks(alert), task)
        self.assertEqual(ann.risk_level, "high")

    def test_break_ends_without_room(self):
        self.company.retention_alert_capacity = 1
        poor, rich = self.many(2)
        self.night()
        self.of(rich).with_user(self.owner).action_snooze(2)
        self.assertEqual(self.of(poor).state, "open")
        self.night(2)
        self.assertEqual((self.of(rich).state, self.of(poor).state), ("queued", "open"))
        self.assertFalse(self.tasks(self.of(rich)))

    def test_break_is_moved_in_the_activity(self):
        self.make_profile()
        alert = self.night()
        alert.with_user(self.owner).action_snooze(5)
        alert.task_id.with_user(self.owner).date_deadline = self.day(7)
        self.assertEqual(alert.snoozed_until, self.day(7))

    def test_wrong_breaks(self):
        self.make_profile()
        alert = self.night().with_user(self.owner)
        for wrong in ({"days": -1}, {"until": "2026-06-30"}, {}, {"days": 366}):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                alert.action_snooze(**wrong)
        alert.action_snooze(365)
        self.answer(alert)
        with self.assertRaises(UserError):
            alert.action_snooze(1)

    def test_cause_gone_during_a_break(self):
        ann = self.make_profile()
        alert = self.night()
        alert.with_user(self.owner).action_snooze(30)
        ann.risk_level = "low"
        self.night(1)
        self.night(2)
        self.assertEqual(alert.close_reason, "cause_gone")
        self.assertFalse(self.tasks(alert))

    # ------------------------------------------------------------ too late
    def test_deadlines(self):
        self.company.retention_alert_days = 7
        self.company.retention_alert_days_critical = 2
        high = self.make_profile("High")
        critical = self.make_profile("Critical", "critical")
        self.night()
        self.assertEqual(self.of(high).date_deadline, self.day(7))
        self.assertEqual(self.of(critical).date_deadline, self.day(2))

    def test_escalation(self):
        self.make_profile()
        alert = self.night()
        for days, state in (
            (2, ("0", self.owner, 3)),
            (3, ("0", self.owner, 3)),
            (4, ("1", self.leader, 7)),
            (7, ("1", self.leader, 7)),
            (8, ("2", self.manager, 11)),
            (12, ("2", self.manager, 11)),
        ):
            with self.subTest(days=days):
                self.sync(days)
                self.night(days)
                self.night(days)
                step, owner, deadline = state
                self.assertEqual((alert.escalation, alert.user_id), (step, owner))
                self.assertEqual(alert.date_deadline, self.day(deadline))
                self.assertEqual(self.tasks(alert).user_id, owner)
                self.assertEqual(self.tasks(alert).date_deadline, self.day(deadline))
        self.assertEqual(alert.original_user_id, self.owner)
        self.assertIn("passed on from a_owner", alert.message_ids.mapped("body")[1])

    def test_no_escalation_after_a_touch(self):
        ann = self.make_profile()
        alert = self.night()
        self.env["retention.interaction"].create(
            {
                "partner_id": ann.partner_id.id,
                "company_id": self.company.id,
                "kind": "call",
                "date": f"{self.day(3)} 12:00:00",
                "outcome": "no_answer",
            }
        )
        self.night(4)
        self.assertEqual((alert.escalation, alert.user_id), ("0", self.owner))

    def test_escalation_skips_who_cannot(self):
        self.leader.active = False
        self.make_profile()
        alert = self.night()
        self.night(4)
        self.assertEqual((alert.escalation, alert.user_id), ("2", self.manager))

    def test_nobody_to_escalate_to(self):
        (self.leader | self.manager).active = False
        self.make_profile()
        alert = self.night()
        self.night(4)
        self.assertEqual((alert.escalation, alert.user_id), ("2", self.owner))

    def test_overdue(self):
        self.make_profile()
        alert = self.night()
        for days, late in ((2, False), (3, False), (4, True)):
            with self.subTest(days=days), self.at(days):
                alert.invalidate_recordset(["overdue"])
                self.assertEqual(alert.overdue, late)
                self.assertEqual(self.alerts.search([("overdue", "=", True)]) >= alert, late)
                self.assertEqual(alert in self.alerts.search([("overdue", "=", False)]), not late)

    def test_escalated_within_capacity(self):
        self.company.retention_alert_capacity = 1
        self.make_profile("Own", user=self.leader, value_at_stake=900)
        poor = self.make_profile("Poor", value_at_stake=1)
        self.night()
        talk = {"company_id": self.company.id, "kind": "call", "date": f"{self.day(1)} 12:00:00"}
        own = self.alerts.search([("user_id", "=", self.leader.id)])
        self.env["retention.interaction"].create({"partner_id": own.partner_id.id, **talk})
        self.night(4)
        self.assertEqual(self.of(poor).user_id, self.leader)
        open_ones = self.alerts.search([("user_id", "=", self.leader.id), ("state", "=", "open")])
        self.assertEqual(open_ones, own)

    # ------------------------------------------------------------ very many at once
    def test_so_many_new_alerts_a_night_the_most_valuable_first(self):
        self.patch(retention_alert_sync, "MOST", 2)
        customers = self.many(5)
        opened = [self.night().profile_id for _night in range(3)]
        self.assertEqual(set(opened[0]), set(customers[3:]))
        self.assertEqual(set(opened[1]), set(customers[1:]))
        self.assertEqual(set(opened[2]), set(customers))
