"""The task in the ordinary activity menu: done, cancelled, reassigned, moved."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .alert_common import OURS, AlertCase


@tagged("post_install", "-at_install")
class TestAlertTask(AlertCase):
    def setUp(self):
        super().setUp()
        self.ann = self.make_profile()
        self.alert = self.night()
        self.task = self.alert.task_id

    def as_owner(self, records, user=None):
        user = user or self.owner
        return records.with_user(user).with_context(allowed_company_ids=self.company.ids)

    # ------------------------------------------------------------ done
    def test_done_with_feedback(self):
        with self.at(2):
            self.as_owner(self.task).action_feedback(feedback="They wait for a price")
        self.assertRecordValues(
            self.alert,
            [
                {
                    "state": "missing",
                    "live": True,
                    "attempt": "They wait for a price",
                    "first_touch_on": self.day(2),
                    "days_to_touch": 2,
                }
            ],
        )
        self.assertFalse(self.tasks(self.alert))
        self.night(3)
        self.assertEqual(self.alert.state, "missing")
        self.assertFalse(self.tasks(self.alert), "no task comes back, the outcome is missing")

    def test_done_without_feedback(self):
        self.as_owner(self.task).action_done()
        self.assertEqual((self.alert.state, self.alert.attempt), ("missing", False))

    def test_archived_in_a_list(self):
        self.as_owner(self.task).action_archive()
        self.assertEqual(self.alert.state, "missing")
        self.as_owner(self.task).action_unarchive()
        self.assertEqual(self.alert.state, "open")

    def test_done_counts_as_contact(self):
        self.as_owner(self.task).action_feedback(feedback="Talked")
        self.profiles._store_interactions(self.company, self.day(0))
        self.assertEqual(self.ann.last_interaction_date, self.day(0))

    def test_closed_by_the_engine_is_no_contact(self):
        self.ann.risk_level = "low"
        self.night(1)
        with self.at(2):
            self.night(2)
        self.assertFalse(self.task.active)
        self.profiles._store_interactions(self.company, self.day(5))
        self.assertFalse(self.ann.last_interaction_date)

    def test_outcome_after_done(self):
        self.as_owner(self.task).action_feedback(feedback="They wait for a price")
        action = self.as_owner(self.alert).action_close_with("gone")
        wizard = self.as_owner(self.env["retention.alert.outcome"])
        wizard = wizard.with_context(**action["context"]).create({"root_cause": "price"})
        self.assertEqual(wizard.attempt, "They wait for a price")
        wizard.action_apply()
        self.assertEqual((self.alert.state, self.alert.outcome), ("closed", "gone"))

    # ------------------------------------------------------------ cancelled
    def test_cancelled_comes_back(self):
        for call in ("action_cancel", "unlink"):
            with self.subTest(call=call):
                task = self.alert.task_id
                getattr(self.as_owner(task), call)()
                self.assertFalse(task.exists())
                self.assertEqual(self.alert.state, "open")
                self.assertEqual(self.tasks(self.alert), self.alert.task_id)
                self.assertEqual(self.alert.task_id.date_deadline, self.day(3))
                self.assertEqual(self.alert.task_id.user_id, self.owner)

    def test_deleted_past_the_hooks(self):
        self.env.cr.execute("DELETE FROM mail_activity WHERE id = %s", self.task.ids)
        self.env.invalidate_all()
        self.assertFalse(self.alert.task_id)
        self.night(1)
        self.assertEqual(len(self.tasks(self.alert)), 1)

    # ------------------------------------------------------------ changed
    def test_reassigned(self):
        self.as_owner(self.task).user_id = self.leader
        self.assertEqual(self.alert.user_id, self.leader)
        self.assertEqual(self.alert.original_user_id, self.owner)

    def test_reassigned_to_a_stranger(self):
        stranger = self.make_user("a_stranger")
        elsewhere = self.make_user(
            "a_elsewhere", f"{OURS}.group_user", company=self.make_company("Elsewhere")
        )
        for user in (stranger, elsewhere, self.env["res.users"]):
            with self.subTest(user=user.login), self.assertRaises(ValidationError):
                self.task.user_id = user
                self.env.flush_all()

    def test_moved(self):
        self.as_owner(self.task).date_deadline = self.day(8)
        self.assertEqual(self.alert.date_deadline, self.day(8))
        self.as_owner(self.alert).date_deadline = self.day(9)
        self.assertEqual(self.task.date_deadline, self.day(9))

    def test_alert_handed_over(self):
        self.as_owner(self.alert).user_id = self.leader
        self.assertEqual(self.task.user_id, self.leader)

    # ------------------------------------------------------------ one task
    def test_no_second_task(self):
        kinds = self.alerts._task_type_ids().values()
        for kind in kinds:
            with self.assertRaises(ValidationError):
                self.as_owner(self.alert).activity_schedule(activity_type_id=kind)
        card = self.env.ref(f"{OURS}.activity_type_handwritten_card")
        self.as_owner(self.alert).activity_schedule(activity_type_id=card.id)
        self.assertEqual(self.tasks(self.alert), self.task)

    def test_planned_again_while_the_outcome_is_missing(self):
        self.as_owner(self.task).action_done()
        again = self.as_owner(self.alert).activity_schedule(
            f"{OURS}.activity_type_save_task", date_deadline=self.day(4), user_id=self.owner.id
        )
        self.assertEqual((self.alert.state, self.alert.task_id), ("open", again.sudo()))
        self.assertEqual(self.alert.date_deadline, self.day(4))

    # ------------------------------------------------------------ the popover's buttons
    def test_outcome_from_the_popover(self):
        action = self.as_owner(self.task).action_retention_outcome("saved")
        self.assertEqual(action["res_model"], "retention.alert.outcome")
        self.assertEqual(action["context"]["default_outcome"], "saved")
        self.assertRefused(
            ValidationError,
            "no outcome",
            lambda: self.as_owner(self.task).action_retention_outcome("free"),
        )

    def test_popover_refuses(self):
        other = self.alert.activity_schedule("mail.mail_activity_data_todo")
        on_partner = self.ann.partner_id.activity_schedule("mail.mail_activity_data_todo")
        for task in (other, on_partner):
            with self.assertRaises(AccessError):
                task.with_user(self.manager).action_retention_outcome("saved")
        colleague = self.make_user("a_colleague", f"{OURS}.group_user")
        with self.assertRaises(AccessError):
            self.as_owner(self.task, colleague).action_retention_outcome("saved")

    # ------------------------------------------------------------ the first touch
    def talk(self, days, **values):
        return self.env["retention.interaction"].create(
            {
                "partner_id": self.ann.partner_id.id,
                "company_id": self.company.id,
                "kind": "call",
                "date": f"{self.day(days)} 12:00:00",
                **values,
            }
        )

    def test_first_touch(self):
        self.talk(-1)
        self.night(1)
        self.assertFalse(self.alert.first_touch_on, "before the opening")
        self.talk(1, outcome="no_answer")
        self.talk(2)
        self.night(2)
        self.assertEqual(self.alert.first_touch_on, self.day(1), "an attempt is enough")
        self.assertEqual(self.alert.days_to_touch, 1)

    def test_first_touch_on_the_day_of_opening(self):
        self.talk(0)
        self.night(1)
        self.assertEqual((self.alert.first_touch_on, self.alert.days_to_touch), (self.day(0), 0))

    def test_first_touch_by_another_activity(self):
        task = self.ann.partner_id.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.owner.id
        )
        with self.at(1):
            task.action_done()
            self.env.flush_all()
        self.night(2)
        self.assertEqual(self.alert.first_touch_on, self.day(1))

    def test_average_counts_contacted_customers_only(self):
        self.make_profile("Bob")
        self.talk(2)
        alerts = self.night(2)
        self.assertEqual(len(alerts), 2)
        [[average, touched]] = self.alerts._read_group(
            [("id", "in", alerts.ids)], [], ["days_to_touch:avg", "first_touch_on:count"]
        )
        self.assertEqual((average, touched), (2, 1))
