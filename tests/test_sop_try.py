"""Trying out a procedure, telling people of their tasks, who may do what."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sop_common import START, SopCase


@tagged("post_install", "-at_install")
class TestSopTry(SopCase):
    def try_out(self, sop, days=0, **values):
        """Return the wizard after a try-out as the manager."""
        self.env.flush_all()
        mine = sop.with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
        # Its own transaction sees what this test has written.
        with self.enter_registry_test_mode():
            action = mine.action_dry_run()
            wizard = mine.env[action["res_model"]].browse(action["res_id"])
            self.assertTrue(wizard.done)
            wizard.write({"as_of": START + timedelta(days=days), **values})
            wizard.action_run()
        return wizard

    def test_says_all_and_leaves_nothing(self):
        sop = self.make_sop(
            self.task(name="Call", channel="call", wait_done=True),
            self.mail(name="Write", delay_count=2, at_hour=True, hour=10),
            {"type": "branch", "name": "Bought?", "if_goal": True},
            trigger="no_purchase",
            trigger_days=90,
            purpose="care",
            goal="purchase",
            start=None,
        )
        ann = self.buyer("Ann", START - timedelta(days=90))
        self.buyer("Bob", START - timedelta(days=89))
        self.refresh(START)
        self.company.retention_send = False
        before = {
            name: self.env[name].search_count([])
            for name in ("retention.enrollment", "retention.touch", "mail.activity", "mail.mail")
        }
        wizard = self.try_out(sop, look_back=0)
        self.assertEqual((wizard.entering_count, wizard.line_ids.partner_id), (1, ann))
        lines = [
            (line.step_id.name, line.due_at, line.state, line.user_id.login)
            for line in wizard.line_ids
        ]
        # The task counts as done on its last day, at five; two days later at ten.
        self.assertEqual(
            lines,
            [
                ("Call", self.moment(1, 17), "done", "s_owner"),
                ("Write", self.moment(3, 10), "done", False),
                ("Bought?", self.moment(3, 10), "done", False),
            ],
        )
        self.assertIn("Hello Ann", wizard.line_ids[1].text)
        after = {name: self.env[name].search_count([]) for name in before}
        self.assertEqual(after, before)
        self.assertFalse(self.company.retention_send)

    def test_looks_back_and_forward(self):
        sop = self.make_sop(self.task(), trigger="no_purchase", trigger_days=90, start=None)
        self.buyer("Ann", START - timedelta(days=110))
        self.refresh(START)
        self.assertEqual(self.try_out(sop, look_back=19).entering_count, 0)
        self.assertEqual(self.try_out(sop, look_back=20).entering_count, 1)
        self.assertEqual(self.try_out(sop, days=-20, look_back=0).entering_count, 1)

    def test_an_entry_of_the_library(self):
        entry = self.make_sop(
            self.task(name="Call"), trigger="first_purchase", start=None, company_id=False
        )
        self.buyer("Ann", START)
        self.refresh(START)
        wizard = self.try_out(entry)
        self.assertEqual(wizard.line_ids.step_id, entry.step_ids)
        self.assertFalse(self.sops.search([("library_id", "=", entry.id)]))

    # ------------------------------------------------------------ telling
    def test_one_message_in_the_morning(self):
        sop = self.make_sop(self.task())
        self.enter(sop, self.buyer("Ann"), self.buyer("Bob"))
        domain = [("partner_ids", "in", self.owner.partner_id.ids)]
        before = self.env["mail.message"].search_count(domain)
        self.tick(0, 9)
        told = []
        for day, hour in ((0, 13), (1, 7), (1, 8), (1, 9), (2, 8)):
            with self.at(day, hour):
                self.env["retention.alert"]._cron_morning_summary()
            told.append(self.env["mail.message"].search_count(domain) - before)
        self.assertEqual(told, [0, 0, 1, 1, 1])

    # ------------------------------------------------------------ who may
    def test_users_read_theirs_and_change_nothing(self):
        sop = self.make_sop(self.task())
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        other = self.make_user("s_other", "customer_retention.group_user")
        seen = self.enrollments.with_user(self.owner).search([])
        self.assertEqual(seen, mine)
        self.assertFalse(self.enrollments.with_user(other).search([]))
        self.assertEqual(self.enrollments.with_user(self.manager).search([]), mine)
        for call in (
            lambda: sop.with_user(self.owner).write({"priority": 1}),
            lambda: sop.with_user(self.owner).action_pause(),
            lambda: sop.with_user(self.owner).action_dry_run(),
            lambda: mine.with_user(self.owner).write({"state": "done"}),
            lambda: mine.with_user(self.manager).write({"state": "done"}),
            lambda: mine.run_ids.with_user(self.manager).write({"state": "done"}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_another_company_sees_nothing(self):
        other = self.make_company("Other")
        stranger = self.make_user("s_stranger", "customer_retention.group_manager", company=other)
        sop = self.make_sop(self.task())
        self.enter(sop, self.buyer("Ann"))
        for name in ("retention.sop", "retention.enrollment", "retention.sop.step.run"):
            theirs = self.env[name].with_user(stranger)
            theirs = theirs.with_context(allowed_company_ids=other.ids)
            found = theirs.search([("company_id", "!=", False)])
            self.assertFalse(found)

    def test_responsible_is_never_nobody(self):
        """Archived or without rights: the next of the chain."""
        cases = {
            "owner": self.owner,
            "manager": self.owner,
            "leader": self.leader,
            "head": self.manager,
            "user": self.leader,
        }
        ann = self.buyer("Ann", START)
        self.refresh(START)
        for rule, user in cases.items():
            sop = self.make_sop(
                self.task(responsible=rule, user_id=self.leader.id if rule == "user" else False)
            )
            mine = self.enter(sop, ann)
            self.tick(0)
            with self.subTest(rule=rule):
                self.assertEqual(self.tasks(mine).user_id, user)
        self.leader.active = False
        sop = self.make_sop(self.task(responsible="user", user_id=self.leader.id))
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertEqual(self.tasks(mine).user_id, self.owner)
        self.assertIn("who does it", sop.step_ids.problem_text)
        self.owner.active = False
        mine = self.enter(self.make_sop(self.task()), ann)
        self.tick(0)
        self.assertEqual(self.tasks(mine).user_id, self.manager)
        self.manager.active = False
        mine = self.enter(self.make_sop(self.task()), ann)
        self.tick(0)
        self.assertTrue(self.tasks(mine).user_id)

    def test_joins_the_open_alert(self):
        self.company.retention_alerts_started = True
        ann = self.buyer("Ann", START)
        self.refresh(START)
        profile = self.profile(ann)
        profile.sudo().write({"risk_level": "high", "user_id": self.owner.id})
        alerts = self.env["retention.alert"]
        alerts._engine(self.company)._create_alerts(self.company, START, profile)
        alerts._engine(self.company)._fill_slots(self.company, START)
        alert = alerts.search([("partner_id", "=", ann.id)])
        sop = self.make_sop(self.task(note="<p>Ask for the reason</p>", wait_done=True, name="Ask"))
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertFalse(self.tasks(mine))
        self.assertEqual(mine.run_ids.activity_id, alert.task_id)
        self.assertIn("Ask for the reason", alert.task_id.note)
        self.assertEqual(len(alert.activity_ids), 1)
        alert._quietly()._close(self.company, START, "cause_gone", lambda a: "Gone")
        self.assertEqual((mine.run_ids.state, mine.state), ("done", "done"))

    def test_warnings(self):
        mail = self.make_sop(self.mail(), start=None, trigger="first_purchase")
        self.assertIn("no customer is suitable", mail.warning_text)
        self.buyer("Ann", START), self.buyer("Bob", START, email=False)
        self.refresh(START)
        mail.invalidate_recordset()
        self.assertIn("Only 1 of 2", mail.warning_text)
        self.assertFalse(self.make_sop(self.task(), start=None).warning_text)

    # ------------------------------------------------------------ changing hands
    def test_who_leaves_hands_on_tasks(self):
        sop = self.make_sop(self.task(), self.task(responsible="leader"))
        ann = self.buyer("Ann", START)
        self.refresh(START)
        mine = self.enter(sop, ann)
        self.tick(0)
        mine.with_user(self.manager).write({"user_id": self.manager.id})
        self.assertEqual(self.tasks(mine).user_id, self.manager | self.leader)
        self.leader.active = False
        self.assertEqual(self.tasks(mine).user_id, self.manager | self.owner)
        self.manager.active = False
        self.assertEqual(mine.user_id, self.owner)
        self.assertEqual(self.tasks(mine).user_id, self.owner)

    def test_handed_over_with_the_customer(self):
        sop = self.make_sop(self.task())
        ann = self.buyer("Ann", START)
        self.refresh(START)
        mine = self.enter(sop, ann)
        self.tick(0)
        handover = self.env["retention.handover"].with_user(self.manager)
        wizard = handover.with_context(allowed_company_ids=self.company.ids).create(
            {
                "company_id": self.company.id,
                "profile_ids": [(6, 0, self.profile(ann).ids)],
                "to_user_id": self.leader.id,
            }
        )
        wizard.action_apply()
        self.assertEqual(mine.user_id, self.leader)
        self.assertEqual(self.tasks(mine).user_id, self.leader)
