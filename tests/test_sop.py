"""Procedures from switching on to the last step: order, moments, versions, re-entry."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .sop_common import START, SopCase


@tagged("post_install", "-at_install")
class TestSop(SopCase):
    def test_steps_follow_each_other(self):
        """Two hours, then three days at ten, then two working days later at nine."""
        sop = self.make_sop(
            self.task(delay_count=2, delay_unit="hours"),
            self.task(delay_count=3, at_hour=True, hour=10),
            self.task(delay_count=2, delay_unit="workdays", at_hour=True, hour=9),
        )
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann, hour=9)
        self.assertEqual(self.tick(0, 10.9), 0)
        self.assertEqual(self.tick(0, 11), 1)
        self.assertEqual(self.tick(3, 9.9), 0)
        self.assertEqual(self.tick(3, 10), 1)  # Thursday; the second working day is Monday
        self.assertEqual(self.tick(7, 8.9), 0)
        self.assertEqual(self.tick(7, 9), 1)
        self.assertEqual(
            self.log(mine),
            [
                ("Step 1", 0, 11, "open"),
                ("Step 2", 3, 10, "open"),
                ("Step 3", 7, 9, "open"),
            ],
        )
        self.assertEqual(mine.state, "running")
        tasks = self.tasks(mine)
        self.assertEqual(tasks.user_id, self.owner)
        with self.at(8):
            tasks.with_user(self.owner).action_feedback("Talked")
        self.assertEqual(mine.state, "done")
        self.assertEqual(set(mine.run_ids.mapped("state")), {"done"})

    def test_waits_until_a_task_is_done(self):
        sop = self.make_sop(self.task(wait_done=True), self.task(delay_count=1))
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        self.tick(20)
        self.assertEqual(len(mine.run_ids), 1)
        with self.at(20, 12):
            self.tasks(mine).with_user(self.owner).action_feedback("Done")
        self.assertEqual(self.log(mine)[1], ("Step 2", 21, 12, "waiting"))

    def test_a_task_that_asks_for_a_result(self):
        sop = self.make_sop(self.task(proof_required=True))
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        task = self.tasks(mine).with_user(self.owner)
        self.assertRefused(UserError, "asks for a result", lambda: task.action_feedback(" "))
        task.action_feedback("Visited")
        self.assertEqual(mine.run_ids.result, "Visited")

    def test_tasks_are_due_on_working_days(self):
        sop = self.make_sop(self.task(due_days=2, delay_count=4))
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(4)  # Friday
        self.assertEqual(str(self.tasks(mine).date_deadline), "2026-06-09")

    # ------------------------------------------------------------ versions
    def test_who_is_under_way_keeps_the_version(self):
        sop = self.make_sop(self.task(), self.task(delay_count=5))
        before = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        self.assertRefused(UserError, "Press Change", lambda: sop.write({"goal_days": 7}))
        self.assertRefused(UserError, "Press Change", lambda: sop.step_ids[0].unlink())
        self.assertRefused(UserError, "Press Change", lambda: sop.step_ids.write({"name": "X"}))
        newer = self.sops.browse(sop.action_change()["res_id"])
        self.assertEqual((newer.version, newer.root_id, newer.state), (2, sop, "draft"))
        self.assertEqual(sop.action_change()["res_id"], newer.id)  # one draft at a time
        newer.step_ids[1].unlink()
        newer._start(START)
        self.assertEqual((sop.state, newer.state), ("archived", "active"))
        after = self.enter(newer, self.buyer("Bob"))
        self.tick(5)
        self.assertEqual(len(before.run_ids), 2)
        self.assertEqual(len(after.run_ids), 1)

    def test_started_once_for_all_versions(self):
        """The next version counts occasions from the first day of the first."""
        sop = self.make_sop(self.task(), start=START)
        newer = self.sops.browse(sop.action_change()["res_id"])
        with self.at(30):
            newer.action_start()
        self.assertEqual(newer.started_on, START)

    def test_paused_stands_still_and_goes_on(self):
        sop = self.make_sop(self.task(delay_count=1))
        mine = self.enter(sop, self.buyer("Ann"))
        sop.action_pause()
        self.assertEqual(self.tick(3), 0)
        with self.at(3):
            sop.action_start()
        self.assertEqual(self.tick(3), 1)
        self.assertEqual(mine.run_ids.state, "open")

    def test_archived_ends_everybody(self):
        sop = self.make_sop(self.task(), self.task(delay_count=5))
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        sop.action_archive_sop()
        self.assertEqual((mine.state, mine.exit_reason), ("left", "sop_ended"))
        self.assertFalse(self.tasks(mine))
        self.assertRefused(UserError, "Customers have taken part", sop.unlink)

    def test_nothing_starts_with_something_missing(self):
        sop = self.make_sop({"type": "mail"}, start=None)
        self.assertRefused(UserError, "Text", sop.action_start)
        empty = self.make_sop(start=None)
        self.assertRefused(UserError, "no steps", empty.action_start)
        stage = self.make_sop(self.task(), start=None, trigger="stage")
        self.assertRefused(UserError, "Stage Entered", stage.action_start)

    def test_bad_settings(self):
        for values in (
            {"audience_domain": "[('nothing', '=', 1)]"},
            {"audience_domain": "import os"},
            {"holdout": 10},
            {"owner_rule": "user"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.make_sop(self.task(), start=None, **values)
        with self.assertRaises(ValidationError):
            self.make_sop(self.task(delay_count=-1), start=None)

    # ------------------------------------------------------------ flow
    def test_branch_on_figures(self):
        loyal, new = self.buyer("Ann", *(f"2026-0{m}-01" for m in (1, 2, 3))), self.buyer("Bob")
        self.refresh(START)
        sop = self.make_sop(
            {"type": "branch", "condition": "[('order_count', '>', 2)]", "name": "Loyal?"},
            self.task(name="Thank"),
            self.task(name="Everybody"),
            start=None,
        )
        sop.step_ids[0].else_step_id = sop.step_ids[2]
        sop._start(START)
        mine = self.enter(sop, loyal, new)
        self.tick(0)
        self.assertEqual(mine[0].run_ids.step_id.mapped("name"), ["Loyal?", "Thank", "Everybody"])
        self.assertEqual(mine[1].run_ids.step_id.mapped("name"), ["Loyal?", "Everybody"])

    def test_branch_without_otherwise_ends(self):
        sop = self.make_sop({"type": "branch", "if_goal": True}, self.task(), goal="reply")
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        self.assertEqual((mine.state, len(mine.run_ids)), ("done", 1))

    def test_only_a_later_step_follows(self):
        sop = self.make_sop({"type": "branch"}, {"type": "branch"}, start=None)
        with self.assertRaises(ValidationError):
            sop.step_ids[1].else_step_id = sop.step_ids[0]

    def test_copies_point_to_their_own_steps(self):
        sop = self.make_sop({"type": "branch"}, self.task(), self.task(), start=None)
        sop.step_ids[0].else_step_id = sop.step_ids[2]
        sop._start(START)
        newer = self.sops.browse(sop.action_change()["res_id"])
        self.assertEqual(newer.step_ids[0].else_step_id, newer.step_ids[2])

    def test_marks_on_the_contact(self):
        tag = self.env["res.partner.category"].create({"name": "Warm"})
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        sop = self.make_sop(
            {"type": "tag", "tag_id": tag.id},
            {"type": "field", "field_id": field.id, "field_value": "K7"},
        )
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertEqual((ann.category_id, ann.ref, mine.state), (tag, "K7", "done"))

    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("retention.enrollment"),
                "state": "code",
                "code": "record.contact_id.write({'ref': 'seen'})",
            }
        )
        sop = self.make_sop({"type": "action", "server_action_id": action.id})
        ann = self.buyer("Ann")
        self.enter(sop, ann)
        self.tick(0)
        self.assertEqual(ann.ref, "seen")

    def test_colleagues_are_told_in_one_message(self):
        sop = self.make_sop({"type": "notify", "responsible": "leader", "name": "Look"})
        self.enter(sop, self.buyer("Ann"), self.buyer("Bob"))
        domain = [("partner_ids", "in", self.leader.partner_id.ids)]
        before = self.env["mail.message"].search_count(domain)
        self.tick(0)
        told = self.env["mail.message"].search(domain)[: -before or None]
        self.assertEqual(len(told), 1)
        self.assertIn("Ann", told.body)
        self.assertIn("Bob", told.body)

    def test_approval_goes_on_or_ends(self):
        sop = self.make_sop({"type": "approval", "responsible": "head"}, self.task())
        yes, no = self.enter(sop, self.buyer("Ann"), self.buyer("Bob"))
        self.tick(0)
        self.assertEqual(self.tasks(yes).user_id, self.manager)
        self.tasks(yes).with_user(self.manager).action_feedback("Fine")
        no.run_ids.with_user(self.manager).action_refuse()
        self.tick(1)
        self.assertEqual(len(yes.run_ids), 2)
        self.assertEqual((no.state, no.exit_reason), ("left", "refused"))
        self.assertFalse(self.tasks(no))

    def test_escalation(self):
        sop = self.make_sop(
            self.task(responsible="owner"),
            {"type": "escalate", "responsible": "leader", "delay_count": 3},
        )
        late, done = self.enter(sop, self.buyer("Ann"), self.buyer("Bob"))
        self.tick(0)
        with self.at(1):
            self.tasks(done).with_user(self.owner).action_feedback("Done")
        self.tick(3)
        self.assertEqual(self.tasks(late).user_id, self.leader)
        self.assertEqual(done.run_ids.mapped("state"), ["done", "skipped"])
        self.assertEqual((late.state, done.state), ("running", "done"))

    # ------------------------------------------------------------ library
    def test_one_click_from_the_library(self):
        entry = self.make_sop(self.task(), start=None, company_id=False, code="x")
        self.assertTrue(entry.is_library)
        self.assertRefused(UserError, "from the library", entry.action_start)
        mine = self.sops.browse(entry.action_take_and_start()["res_id"])
        self.assertEqual((mine.state, mine.company_id), ("active", self.company))
        self.assertEqual(entry.action_take()["res_id"], mine.id)  # taken once
        newer = self.sops.browse(mine.action_change()["res_id"])
        newer._start(START)
        self.assertEqual(entry.action_take()["res_id"], newer.id)
