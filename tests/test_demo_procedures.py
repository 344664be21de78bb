"""The demo company's procedures: what the engine made of its last weeks."""

from datetime import date, datetime, time, timedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_retention.demo import procedures

NAMESPACE = "customer_retention_demo"


@tagged("post_install", "-at_install")
class TestDemoProcedures(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env["retention.demo"]
        # In a database with demo data this does nothing, and the tests look at what is there.
        cls.fresh = cls.demo._generate(date(2026, 6, 30), size=40, months=2)
        cls.company = cls.env.ref("base.main_company")
        cls.now = datetime.combine(cls.demo._as_of(), time())
        cls.sops = cls.env["retention.sop"].search([("company_id", "=", cls.company.id)])
        cls.enrollments = cls.env["retention.enrollment"].search(
            [("sop_id", "in", cls.sops.ids), ("entered_at", "<=", cls.now)]
        )
        cls.runs = cls.enrollments.run_ids

    def sop(self, code):
        return self.env.ref(f"{NAMESPACE}.sop_{code}")

    def of(self, code):
        family = self.sop(code).root_id
        return self.enrollments.filtered(lambda e: e.root_id == family)

    def test_a_dozen_is_switched_on_and_nothing_is_sent(self):
        running = self.sops.filtered(lambda sop: sop.state == "active")
        self.assertGreaterEqual(len(running), 12)
        for code in procedures.USED:
            family = self.sops.filtered(lambda s, c=code: s.root_id == self.sop(c).root_id)
            self.assertIn("active", family.mapped("state"), code)
            self.assertEqual(family.library_id.code, code)
            self.assertEqual(family[0].step_ids[0]._problems(), [])
        self.assertEqual(self.sop(procedures.DRAFTS[0]).state, "draft")
        self.assertEqual(self.sop("community").state, "paused")
        self.assertFalse(self.company.retention_send)
        self.assertFalse(self.runs.mail_id)

    def test_the_engine_worked_through_the_last_weeks(self):
        states = set(self.runs.mapped("state"))
        self.assertLessEqual({"waiting", "open", "done", "skipped"}, states)
        oldest = self.now - timedelta(days=procedures.DAYS)
        self.assertGreaterEqual(min(self.enrollments.mapped("entered_at")), oldest)
        for run in self.runs.filtered("done_at"):
            if run.state in ("done", "skipped"):
                self.assertLessEqual(run.first_due_at, run.done_at)
            self.assertGreaterEqual(run.done_at, run.enrollment_id.entered_at)
        if self.fresh:
            self.assertLess(max(self.runs.filtered("done_at").mapped("done_at")), self.now)
            held = self.env["retention.touch"].search([("state", "=", "deferred")])
            self.assertTrue(held)
            self.assertTrue(held.step_run_id.filtered("held_back"))
        spread = {e.entered_on for e in self.enrollments}
        self.assertGreater(len(spread), 14)

    def test_tasks_were_done_on_their_day_by_who_looks_after_the_customer(self):
        done = self.runs.filtered(lambda r: r.state == "done" and r.channel == "wechat")
        done = done.filtered(lambda r: r.done_at < self.now)
        self.assertTrue(done)
        for run in done:
            task = run.activity_id
            self.assertFalse(task.active)
            self.assertEqual(task.date_done, run.done_at.date())
            self.assertEqual(run.result, task.feedback)
            self.assertLess(run.done_at.weekday(), 5)
        sellers = {self.env.ref(f"{NAMESPACE}.user_{name}") for name in ("lena", "ruixue")}
        self.assertTrue(sellers & set(done.user_id))
        talks = self.env["retention.interaction"].search([("kind", "=", "wechat")])
        self.assertGreaterEqual(len(talks), len(done))

    def test_preferences_and_optouts_are_minded(self):
        wishes = self.env["retention.preference"].search([("channel", "in", ("call", "wechat"))])
        wished = {wish.partner_id: wish.channel for wish in wishes}
        asked = self.runs.filtered(lambda r: r.type == "contact" and r.channel)
        minded = [r for r in asked if r.contact_id in wished]
        self.assertTrue(minded)
        for run in minded:
            self.assertEqual(run.channel, wished[run.contact_id])
        refused = self.env["retention.optout"].search([])
        self.assertTrue(refused)
        for optout in refused:
            touches = self.env["retention.touch"].search(
                [
                    ("contact_id", "=", optout.partner_id.id),
                    ("purpose", "=", optout.purpose),
                    ("state", "=", "done"),
                ]
            )
            self.assertFalse(touches)

    def test_a_second_version_and_a_control_group(self):
        family = self.sops.search([("root_id", "=", self.sop("wake_up").root_id.id)])
        first, second = family.sorted("version")
        self.assertEqual((first.state, second.state), ("archived", "active"))
        self.assertEqual(first.replaced_by_id, second)
        self.assertLess(second.step_ids[1].delay_count, first.step_ids[1].delay_count)
        watched = self.sop("next_product")
        self.assertEqual(watched.holdout, 20)
        mine = self.of("next_product")
        self.assertTrue(mine)
        for enrollment in mine:
            self.assertEqual(enrollment.arm, watched._arm(enrollment.partner_id.id))
            self.assertEqual(bool(enrollment.run_ids), enrollment.arm == "treated")

    def test_one_waits_for_help_and_says_why(self):
        stuck = self.of("sample_box").filtered(lambda e: e.state == "stuck")
        self.assertTrue(stuck)
        step = self.sop("sample_box").step_ids[1]
        for enrollment in stuck:
            self.assertIn(step.name, enrollment.error)
        self.assertIn("done", self.of("sample_box").mapped("state"))
        self.assertFalse((self.enrollments - stuck).filtered(lambda e: e.state == "stuck"))

    def test_contents_of_their_own_were_sent(self):
        contents = self.env["retention.content"].browse(
            self.env.ref(f"{NAMESPACE}.content_{key}").id for key in procedures.CONTENTS
        )
        self.assertTrue(contents.sent_ids)
        guide = self.env.ref(f"{NAMESPACE}.content_guide_mi-325")
        self.assertTrue(guide.product_tmpl_ids)

    def test_every_kind_of_occasion_was_followed(self):
        for code in ("welcome", "usage_guides", "birthday", "visit_core", "wake_up", "renewal"):
            with self.subTest(code=code):
                self.assertTrue(self.of(code))
        for code in ("referral", "detractor"):
            with self.subTest(code=code):
                told = self.of(code)
                self.assertEqual(set(told.mapped("source_model")), {"retention.interaction"})
