"""What ends a pass early, and what one procedure's fault does to the others."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .sop_common import START, SopCase


@tagged("post_install", "-at_install")
class TestSopExit(SopCase):
    def test_purchase_during_a_wait_ends_it_within_one_tick(self):
        sop = self.make_sop(
            self.task(), {"type": "wait", "delay_count": 20}, self.task(), goal="purchase"
        )
        ann = self.buyer("Ann", START - timedelta(days=100))
        self.night(0)
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertTrue(self.tasks(mine))
        self.order(ann, START + timedelta(days=3))
        self.fresh(ann, 3)
        self.assertEqual((mine.state, mine.exit_reason), ("left", "purchase"))
        self.assertFalse(self.tasks(mine))
        done = self.env["mail.activity"].with_context(active_test=False)
        task = done.browse(mine.run_ids.activity_id.ids)
        self.assertEqual((task.feedback, task.retention_no_contact), ("Has bought", True))
        self.assertEqual(mine.run_ids.mapped("state"), ["cancelled", "cancelled"])

    def test_goal_ends_a_wait_and_goes_on(self):
        sop = self.make_sop(
            {"type": "wait", "delay_count": 20},
            {"type": "branch", "if_goal": True},
            self.task(name="Thank"),
            goal="purchase",
            exit_on_goal=False,
        )
        ann, bob = (self.buyer(name, START - timedelta(days=9)) for name in ("Ann", "Bob"))
        self.night(0)
        mine = self.enter(sop, ann, bob)
        self.tick(0)
        self.order(ann, START + timedelta(days=3))
        self.fresh(ann, 3)
        self.tick(3)
        self.assertEqual(len(mine[0].run_ids), 3)
        self.tick(20)
        self.assertEqual((mine[1].state, len(mine[1].run_ids)), ("done", 2))

    def test_goal_talk_and_leaving_the_audience(self):
        sop = self.make_sop(
            {"type": "wait", "delay_count": 20},
            goal="talk",
            exit_on_leave=True,
            audience_domain="[('order_count', '<', 2)]",
        )
        ann, bob = (self.buyer(name, START - timedelta(days=9)) for name in ("Ann", "Bob"))
        self.night(0)
        mine = self.enter(sop, ann, bob)
        self.env["retention.interaction"].create(
            {
                "partner_id": ann.id,
                "company_id": self.company.id,
                "kind": "call",
                "date": self.moment(1),
            }
        )
        self.order(bob, START + timedelta(days=1))
        self.fresh(ann | bob, 2)
        self.assertEqual(mine.mapped("exit_reason"), ["goal", "unsuitable"])

    def test_archived_contact(self):
        sop = self.make_sop(self.task(delay_count=9))
        mine = self.enter(sop, self.buyer("Ann"))
        mine.contact_id.action_archive()
        self.assertEqual((mine.state, mine.exit_reason), ("left", "gone"))

    def test_rescue_replaces_care_and_care_promotion(self):
        wait = {"type": "wait", "delay_count": 9}
        sops = {
            purpose: self.make_sop(wait, purpose=purpose, trigger="first_purchase", start=None)
            for purpose in ("promotion", "care", "rescue", "greeting", "service")
        }
        ann = self.buyer("Ann", START)
        self.night(0)
        for purpose in ("greeting", "service", "promotion"):
            self.enter(sops[purpose], ann)
        self.enter(sops["care"], ann)
        self.assertEqual(self.of(sops["promotion"]).exit_reason, "replaced")
        self.enter(sops["rescue"], ann)
        self.assertEqual(self.of(sops["care"]).exit_reason, "replaced")
        for purpose in ("greeting", "service", "rescue"):
            self.assertEqual(self.of(sops[purpose]).state, "running")
        late = self.make_sop(wait, purpose="promotion", trigger="first_purchase")
        self.night(1)
        self.assertFalse(self.of(late))

    def test_control_groups_are_watched_whatever_begins(self):
        wait = {"type": "wait", "delay_count": 9}
        care = self.make_sop(wait, purpose="care", holdout=50)
        rescue = self.make_sop(wait, purpose="rescue")
        ann, bob = self.buyer("Ann", START), self.buyer("Bob", START)
        self.night(0)
        with patch.object(
            type(self.sops), "_arm", lambda sop, pid: "control" if pid == bob.id else "treated"
        ):
            mine = self.enter(care, ann, bob)
        self.enter(rescue, ann, bob)
        self.assertEqual(mine.mapped("arm"), ["treated", "control"])
        self.assertEqual(mine.mapped("state"), ["left", "running"])

    def test_merged_contacts_keep_every_pass(self):
        wait = {"type": "wait", "delay_count": 9}
        sop = self.make_sop(wait)
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        one, two = self.enter(sop, ann), self.enter(sop, bob)
        self.env["retention.profile"]._merge_profiles(bob, ann)
        self.env.flush_all()
        self.assertEqual((one | two).partner_id, ann)
        self.assertEqual((one | two).mapped("number"), [1, 2])
        self.assertEqual((one.state, two.exit_reason), ("running", "joined"))

    # ------------------------------------------------------------ the lock
    def test_the_lock_is_the_first_statement_of_its_transaction(self):
        """Whoever holds it must see all that its last holder committed."""
        self.enter(self.make_sop(self.task()), self.buyer("Ann"))
        done, runs = [], type(self.runs)
        watch, cron = runs._watch_mails, type(self.env["ir.cron"])
        lock = type(self.env["retention.metrics"])._try_lock

        def commit(*args, **kwargs):
            done.append("commit")
            return 60.0

        with (
            patch.object(cron, "_commit_progress", commit),
            patch.object(runs, "_watch_mails", lambda *a: (done.append("watch"), watch(*a))[1]),
            patch.object(
                type(self.env["retention.metrics"]),
                "_try_lock",
                lambda *a: (done.append("lock"), lock(*a))[1],
            ),
            self.at(0, 9),
        ):
            self.sops._cron_run()
        locks = [n for n, what in enumerate(done) if what == "lock"]
        self.assertTrue(locks)
        self.assertEqual({done[n - 1] for n in locks}, {"commit"})

    def test_nobody_takes_the_lock_after_waiting_for_it(self):
        """The long run goes on when the fresh path finds the lock taken."""
        requests = type(self.env["retention.refresh.request"])
        with (
            patch.object(requests, "_answer", return_value=None),
            patch.object(type(self.runs), "_tick") as tick,
        ):
            self.assertEqual(self.env["retention.run"]._answer_meanwhile(self.company), 0)
        tick.assert_not_called()

    # ------------------------------------------------------------ at fault
    def test_one_procedure_at_fault_stops_no_other(self):
        """Its condition or a kind of step is gone: it is paused, or asks for help."""
        ann = self.buyer("Ann", START)
        self.night(0)
        good = self.make_sop(self.task(), priority=20)
        leave = self.make_sop(self.task(), exit_on_leave=True)
        tag = {"type": "tag", "tag_id": self.env["res.partner.category"].create({"name": "X"}).id}
        gone, old = self.make_sop(tag), self.make_sop(tag)
        mine = {sop: self.enter(sop, ann) for sop in (good, leave, gone, old)}
        self.sops.browse(old.action_change()["res_id"])._start(START)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retention_sop SET audience_domain = '[(''lost'', ''='', 1)]' WHERE id = %s",
            (leave.id,),
        )
        self.env.cr.execute(
            "UPDATE retention_sop_step SET type = 'ghost' WHERE sop_id IN %s",
            ((gone.id, old.id),),
        )
        self.env.invalidate_all()
        self.tick(0)
        self.assertEqual(mine[good].run_ids.state, "open")
        self.assertEqual((leave.state, gone.state), ("paused", "paused"))
        self.assertIn("ghost", gone.error)
        self.assertEqual(mine[gone].run_ids.state, "waiting")
        self.assertEqual((old.state, mine[old].state), ("archived", "stuck"))
        # The customers' figures are not held up by it.
        self.order(ann, START + timedelta(days=1))
        self.fresh(ann, 1)
        self.assertEqual(self.profile(ann).order_count, 2)
