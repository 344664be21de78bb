"""What the screens of procedures show: numbers, words, what is missing, tasks of people."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .sop_common import OURS, START, SopCase

NOON = 12.0


@tagged("post_install", "-at_install")
class TestSopScreens(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann", "2026-05-20")
        cls.bob = cls.buyer("Bob", "2026-05-21")
        cls.refresh(START)

    # ------------------------------------------------------------ numbers
    def test_numbers_are_of_all_versions(self):
        sop = self.make_sop(self.task())
        first = self.enter(sop, self.ann, self.bob)
        first[1].with_user(self.manager).action_leave()
        newer = sop.browse(sop.with_user(self.manager).action_change()["res_id"])
        newer._start(START)
        carl = self.buyer("Carl", "2026-05-22")
        self.refresh(START)
        stuck = self.enter(newer, carl)
        stuck.sudo().state = "stuck"
        stuck.sudo().goal_on = START
        self.env.flush_all()
        numbers = {"running_count": 1, "stuck_count": 1, "ended_count": 1, "goal_count": 1}
        self.assertRecordValues(
            sop | newer,
            [{**numbers, "version_count": 2}, {**numbers, "version_count": 1}],
        )
        self.assertEqual(sop.version_ids, newer | sop)
        mine = [("company_id", "=", self.company.id)]
        self.assertEqual(self.sops.search([*mine, ("attention", "=", True)]), newer | sop)
        for action, found in (
            (newer.action_open_enrollments(), first | stuck),
            (newer.action_open_stuck(), first | stuck),
        ):
            self.assertEqual(self.enrollments.search(action["domain"]), found)

    def test_one_query_for_all_numbers(self):
        sops = self.sops
        for _n in range(5):
            sops |= self.make_sop(self.task())
        self.env.invalidate_all()
        sops.mapped("root_id")
        with self.assertQueryCount(1):
            sops.mapped("running_count")

    def test_touches(self):
        sop = self.make_sop(self.task(channel="call"))
        self.enter(sop, self.ann)
        self.tick()
        self.assertEqual(sop.touch_count, 1)
        found = self.touches.search(sop.action_open_touches()["domain"])
        self.assertEqual(found.partner_id, self.ann)

    # ------------------------------------------------------------ words
    def test_in_short(self):
        silent = self.make_sop(
            self.task(),
            self.task(delay_count=5, delay_unit="workdays"),
            start=None,
            trigger="no_purchase",
            trigger_days=90,
            goal="purchase",
        )
        self.assertEqual(
            silent.summary_text,
            "When somebody has not bought for 90 days, 2 steps follow within about 7 days, "
            "until they buy.",
        )
        silent.write(
            {"trigger": "manual", "exit_on_goal": False, "audience_domain": "[('is_core', '=', 1)]"}
        )
        self.assertEqual(
            silent.summary_text,
            "When a colleague adds a customer by hand, 2 steps follow within about 7 days. "
            "Only suitable customers enter.",
        )

    def test_every_trigger_is_told(self):
        sop = self.make_sop(start=None)
        for trigger, kind in self.sops._trigger_types().items():
            with self.subTest(trigger=trigger):
                sop.trigger = trigger
                self.assertTrue(sop._when_words())
                self.assertIn("no step follows yet", sop.summary_text)
                self.assertTrue(kind.label)

    def test_days_along_the_line(self):
        sop = self.make_sop(
            self.task(),
            self.task(delay_count=36, delay_unit="hours"),
            self.task(delay_count=3),
            self.task(delay_count=10, delay_from="enrollment"),
            start=None,
        )
        self.assertEqual(sop.step_ids.mapped("day_text"), ["Day 0", "Day 1", "Day 4", "Day 10"])

    def test_days_around_a_date(self):
        sop = self.make_sop(
            self.task(delay_count=-30, delay_from="anchor"),
            self.task(delay_from="anchor"),
            self.task(delay_count=2, delay_from="anchor"),
            start=None,
            trigger="key_date",
            trigger_days=-30,
        )
        self.assertEqual(
            sop.step_ids.mapped("day_text"), ["30 days before", "On the day", "2 days after"]
        )
        self.assertIn("30 days before a key date", sop.summary_text)
        self.assertIn("within about 32 days", sop.summary_text)

    def test_who_does_a_step(self):
        sop = self.make_sop(
            self.task(responsible="leader"),
            self.task(responsible="user", user_id=self.leader.id),
            self.mail(),
            start=None,
        )
        self.assertEqual(
            sop.step_ids.mapped("who_text"),
            ["Leader of the sales team", self.leader.name, False],
        )
        self.assertEqual(sop.step_ids.mapped("is_person"), [True, True, False])
        self.assertTrue(all(sop.step_ids.mapped("icon")))

    # ------------------------------------------------------------ the form
    def test_what_cannot_work_is_said(self):
        sop = self.make_sop({"type": "mail"}, start=None)
        self.assertIn("Fill in: Text", sop.problem_text)
        self.assertIn("Fill in: Text", sop.step_ids.problem_text)
        sop.step_ids.template_id = self.template
        sop.invalidate_recordset()
        self.assertFalse(sop.problem_text)

    def test_what_runs_is_not_changed(self):
        sop = self.make_sop(self.task())
        self.assertTrue(sop.locked)
        with Form(sop.with_user(self.manager)) as form:
            with self.assertRaises(AssertionError):
                form.trigger = "first_purchase"
            form.priority = 5
        sop.action_pause()
        self.assertFalse(sop.locked)
        with Form(sop.with_user(self.manager)) as form:
            form.trigger = "no_purchase"
            form.trigger_days = 60
            with form.step_ids.new() as step:
                step.name = "Write"
                step.type = "contact"
                step.template_id = self.template
        self.assertEqual(sop.step_ids.mapped("type"), ["activity", "contact"])

    def test_library_entries_show_ours(self):
        entry = self.make_sop(self.task(), start=None, company_id=False)
        self.assertTrue(entry.locked)
        self.assertFalse(entry.problem_text)
        self.assertFalse(entry.taken_id)
        manager = entry.with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
        taken = self.sops.browse(manager.action_take_and_start()["res_id"])
        entry.invalidate_recordset()
        self.assertEqual((entry.taken_id, entry.taken_state), (taken, "active"))
        self.assertEqual(entry.action_open_taken()["res_id"], taken.id)

    def test_hours_late_are_of_what_was_done(self):
        made = self.enter(self.make_sop(self.task(), self.task(delay_count=5)), self.ann)
        self.tick(0, 9)
        self.tick(0, 15)
        run = made.run_ids[0]
        run.sudo().write({"state": "done", "done_at": self.moment(0, 15)})
        self.env.flush_all()
        [[late]] = self.runs._read_group([("enrollment_id", "=", made.id)], [], ["late_hours:avg"])
        self.assertEqual(late, 6)

    def test_every_screen_opens(self):
        names = ("sop", "sop_library", "enrollment", "enrollment_attention", "step_run")
        for name in (*names, "step_run_due"):
            action = self.env.ref(f"{OURS}.action_{name}")
            for user in (self.owner, self.manager):
                with self.subTest(action=name, user=user.login):
                    model = self.env[action.res_model].with_user(user)
                    views = model.get_views([*action.views, (False, "search")])["views"]
                    self.assertEqual(set(views), {*action.view_mode.split(","), "search"})

    # ------------------------------------------------------------ on the contact
    def test_on_the_contact(self):
        person = self.customer("Person", parent_id=self.ann.id, is_company=False)
        made = self.enter(self.make_sop(self.task()), self.ann, person)
        self.assertEqual(self.ann.retention_enrollment_count, 2)
        self.assertEqual(person.retention_enrollment_count, 1)
        found = self.enrollments.search(person.action_retention_enrollments()["domain"])
        self.assertEqual(found, made[1])
        block = next(b for b in self.ann.retention_file() if b["key"] == "enrollment")
        self.assertEqual({entry["id"] for entry in block["entries"]}, set(made.ids))
        self.assertIn("Person", {e["note"].split(" · ")[0] for e in block["entries"]})
        self.assertFalse(block["more"])

    def test_a_step_run_leads_to_its_enrollment(self):
        made = self.enter(self.make_sop(self.task()), self.ann)
        self.assertEqual(made.run_ids.action_open_enrollment()["res_id"], made.id)


@tagged("post_install", "-at_install")
class TestSopMessages(SopCase):
    """A message that a person sends, and other tasks of procedures, in the activity menu."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann", "2026-05-20")
        cls.person = cls.customer("Person", parent_id=cls.ann.id, is_company=False)
        cls.refresh(START)
        cls.talks = cls.env["retention.interaction"]

    def planned(self, partner=None, **step):
        """Plan one task of a procedure; return it as its owner sees it."""
        made = self.enter(self.make_sop(self.task(**step)), partner or self.person)
        self.tick()
        task = self.tasks(made).with_user(self.owner)
        return task.with_context(allowed_company_ids=self.company.ids)

    def wechat(self, **step):
        return self.planned(name="Say hello", channel="wechat", **step)

    def test_the_text_to_copy(self):
        template = self.make_template("<p>Dear Ann,</p><p>a &amp; b<br/>c</p>")
        task = self.wechat(template_id=template.id, note="<p>Be kind.</p>")
        text = task.retention_text
        self.assertEqual([line for line in text.splitlines() if line], ["Dear Ann,", "a & b", "c"])
        enrollment = self.enrollments.browse(task.res_id).with_user(self.owner)
        self.assertEqual((enrollment.wechat_task_id, enrollment.wechat_text), (task, text))
        self.assertFalse(enrollment.with_user(self.leader).sudo().wechat_task_id)

    def test_sent_in_one_tap(self):
        task = self.wechat(template_id=self.template.id, proof_required=True)
        text = task.retention_text
        with self.at(0, NOON):
            self.assertTrue(task.action_retention_sent())
        self.assertFalse(task.active)
        talk = self.talks.search([("partner_id", "=", self.person.id)])
        self.assertRecordValues(
            talk,
            [
                {
                    "kind": "wechat",
                    "direction": "outgoing",
                    "outcome": "reached",
                    "topic": "Say hello",
                    "note": text,
                    "user_id": self.owner.id,
                    "company_id": self.company.id,
                    "commercial_partner_id": self.ann.id,
                }
            ],
        )
        run = self.enrollments.browse(task.res_id).run_ids
        self.assertRecordValues(run, [{"state": "done", "result": "Sent by WeChat"}])
        self.assertTrue(task.retention_no_contact)
        self.assertRefused(UserError, "or it is done", task.action_retention_sent)
        self.assertEqual(len(self.talks.search([("partner_id", "=", self.person.id)])), 1)

    def test_only_messages_and_only_who_may(self):
        call = self.planned(channel="call")
        self.assertRefused(UserError, "no WeChat message", call.action_retention_sent)
        stranger = self.make_user("s_other", f"{OURS}.group_user")
        task = self.wechat()
        with self.assertRaises(AccessError):
            task.with_user(stranger).action_retention_sent()
        self.assertTrue(task.active)

    def test_done_and_log_a_talk(self):
        for channel, kind in (("call", "call"), ("visit", "visit"), ("wechat", "wechat")):
            with self.subTest(channel=channel):
                person = self.customer(channel, parent_id=self.ann.id, is_company=False)
                task = self.planned(person, channel=channel)
                self.assertTrue(task._can_log_talk())
                context = task.action_done_and_talk("Fine")["context"]
                self.assertEqual(context["default_kind"], kind)
                contact = self.enrollments.browse(task.res_id).contact_id
                self.assertEqual(context["default_partner_id"], contact.id)

    def test_what_is_prepared_is_no_contact(self):
        inner, call = self.planned(name="Wrap the gift"), self.planned(self.ann, channel="call")
        (inner | call).action_feedback(feedback="Done")
        self.assertEqual((inner | call).mapped("retention_no_contact"), [True, False])
