"""Customers merged: one open alert with both histories; nothing of a closed one is lost."""

from odoo.tests import tagged

from .alert_common import OURS, AlertCase


@tagged("post_install", "-at_install")
class TestAlertMerge(AlertCase):
    def setUp(self):
        super().setUp()
        self.ann = self.make_profile("Ann", value_at_stake=900)
        self.bob = self.make_profile("Bob", user=self.leader)
        self.make_reason(self.bob)
        alerts = self.night()
        self.first = alerts.filtered(lambda a: a.profile_id == self.ann)
        self.second = alerts.filtered(lambda a: a.profile_id == self.bob)

    def merge(self, source, into):
        source, into = source.partner_id, into.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | into).ids, into)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_two_open_alerts(self):
        self.first.message_post(body="Ann said yes")
        self.second.message_post(body="Bob said no")
        self.second.attempt = "Called Bob"
        partner, lines = self.ann.partner_id, (self.first | self.second).line_ids
        task = self.second.task_id
        self.merge(self.bob, into=self.ann)
        self.assertRecordValues(
            self.first | self.second,
            [
                {
                    "state": "open",
                    "live": True,
                    "close_reason": False,
                    "partner_id": partner.id,
                    "profile_id": self.ann.id,
                },
                {
                    "state": "closed",
                    "live": False,
                    "close_reason": "merged",
                    "partner_id": partner.id,
                    "profile_id": self.ann.id,
                },
            ],
        )
        self.assertEqual(self.first.line_ids, lines)
        self.assertEqual(self.first.attempt, "Called Bob")
        bodies = " ".join(self.first.message_ids.mapped("body"))
        for said in ("Ann said yes", "Bob said no", "Joined with another alert"):
            self.assertIn(said, bodies)
        self.assertFalse(task.active)
        self.assertEqual(self.tasks(self.first), self.first.task_id)
        active = self.first.line_ids.filtered(lambda line: line.state == "active")
        self.assertEqual(sorted(active.mapped(lambda line: line.level or "rule")), ["high", "rule"])

    def test_the_same_cause_stands_once(self):
        self.merge(self.bob, into=self.ann)
        levels = self.first.line_ids.filtered("level")
        self.assertEqual(sorted(levels.mapped("state")), ["active", "resolved"])

    def test_into_a_customer_without_an_alert(self):
        new = self.make_profile("New", "low")
        partner = new.partner_id
        self.merge(self.bob, into=new)
        self.assertEqual((self.second.state, self.second.partner_id), ("open", partner))
        self.assertEqual(self.second.profile_id, new)
        self.assertTrue(self.second.task_id.active)

    def test_into_a_customer_without_a_profile(self):
        new = self.customer("New")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.ann.partner_id | self.bob.partner_id | new).ids, new)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.first | self.second).mapped("state"), ["open", "closed"])
        self.assertEqual((self.first | self.second).partner_id, new)

    def test_closed_alerts_move(self):
        self.answer(self.second, "saved")
        partner = self.ann.partner_id
        self.merge(self.bob, into=self.ann)
        self.assertEqual(self.second.partner_id, partner)
        self.assertEqual((self.second.outcome, self.second.close_reason), ("saved", "outcome"))
        self.assertEqual(self.first.state, "open")
        self.order(partner, self.day(5), 80)
        self.night(6)
        self.assertEqual(self.second.recovered_amount, 80)

    def test_a_slot_gets_free(self):
        self.company.retention_alert_capacity = 1
        cid = self.make_profile("Cid", user=self.leader)
        waiting = self.sync() - self.first - self.second
        self.assertEqual((waiting.profile_id, waiting.state), (cid, "queued"))
        self.merge(self.bob, into=self.ann)
        self.assertEqual(waiting.state, "open")

    def test_each_company_keeps_its_own(self):
        other = self.make_company("Other", retention_alerts_started=True)
        user = self.make_user("a_other", f"{OURS}.group_user", company=other)
        theirs = self.make_profile(partner=self.bob.partner_id, company=other, user=user)
        alert = self.sync(company=other)
        self.merge(self.bob, into=self.ann)
        self.assertEqual((alert.state, alert.profile_id), ("open", theirs))
        self.assertEqual(alert.partner_id, self.ann.partner_id)
        self.assertEqual(self.first.state, "open")

    def test_statistics_count_the_case_once(self):
        self.make_reason(self.ann)
        self.night(1)
        signal = self.signals["leave_intent"]
        self.assertEqual(signal.alert_count, 2)
        self.merge(self.bob, into=self.ann)
        self.assertEqual(signal.alert_count, 1)
