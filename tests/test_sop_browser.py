"""A manager takes a procedure from the library; an account manager sends a message."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

OURS = "customer_retention"


class SopBrowserCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Browser", "retention_tz": "UTC"})
        cls.user = cls.make_user("browser_user", "group_user")
        cls.manager = cls.make_user("browser_manager", "group_manager")
        cls.ann = cls.env["res.partner"].create(
            {"name": "Ann", "is_company": True, "user_id": cls.user.id}
        )
        cls.today = cls.company._retention_today()
        cls.profile = (
            cls.env["retention.profile"]
            .sudo()
            .create(
                {
                    "partner_id": cls.ann.id,
                    "company_id": cls.company.id,
                    "user_id": cls.user.id,
                    "first_order_date": cls.today,
                    "last_order_date": cls.today,
                    "stage": "active",
                }
            )
        )

    @classmethod
    def make_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"{OURS}.{group},base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def make_sop(cls, name, *steps, company=None):
        return cls.env["retention.sop"].create(
            {
                "name": name,
                "company_id": company.id if company else False,
                "trigger": "manual",
                "purpose": "service",
                "goal": "none",
                "exit_on_goal": False,
                "touchpoint": "start",
                "step_ids": [
                    Command.create({"sequence": number, **step})
                    for number, step in enumerate(steps, 1)
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestSopLibraryBrowser(SopBrowserCase):
    def test_take_look_switch_on(self):
        entry = self.make_sop(
            "Tour welcome",
            {"name": "Say thank you", "type": "activity"},
            {
                "name": "Call back after delivery",
                "type": "activity",
                "channel": "call",
                "delay_count": 3,
            },
        )
        self.start_tour(
            "/odoo/retention-library", "customer_retention_sop_library", login=self.manager.login
        )
        taken = self.env["retention.sop"].search([("library_id", "=", entry.id)])
        self.assertRecordValues(
            taken, [{"state": "active", "company_id": self.company.id, "version": 1}]
        )
        self.assertEqual(taken.step_ids.mapped("name"), ["Say thank you", "Call and ask"])

    def test_add_by_hand_and_take_out(self):
        sop = self.make_sop("Tour call", {"name": "Call", "type": "activity"}, company=self.company)
        sop._start(self.today)
        self.start_tour(
            "/odoo/retention-customers", "customer_retention_sop_enroll", login=self.user.login
        )
        made = self.env["retention.enrollment"].search([("root_id", "=", sop.id)])
        self.assertRecordValues(
            made, [{"partner_id": self.ann.id, "cause": "hand", "exit_reason": "hand"}]
        )


@tagged("post_install", "-at_install")
class TestSopPhone(SopBrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": cls.env["ir.model"]._get_id("retention.enrollment"),
                "body_html": "<p>Hello <t t-out='object.contact_id.name'/>, all well?</p>",
            }
        )
        step = {
            "name": "Say hello",
            "type": "activity",
            "channel": "wechat",
            "template_id": template.id,
        }
        sop = cls.make_sop("Tour hello", step, company=cls.company)
        sop._start(cls.today)
        row = {
            "partner_id": cls.ann.id,
            "contact_id": cls.ann.id,
            "anchor_date": cls.today,
            "source_model": None,
            "source_id": None,
            "profile_id": cls.profile.id,
        }
        now = cls.env.cr.now().replace(microsecond=0)
        cls.enrollment = sop._engine_env()._enroll([row], cls.today, now, "hand")
        # Past the gate, whose quiet hours depend on the clock.
        run = cls.enrollment.run_ids
        run.step_id._run_batch(run, {}, now)

    def assertSent(self):
        self.env.invalidate_all()
        talk = self.env["retention.interaction"].search([("partner_id", "=", self.ann.id)])
        self.assertRecordValues(
            talk, [{"kind": "wechat", "topic": "Say hello", "note": "Hello Ann, all well?"}]
        )
        self.assertEqual(self.enrollment.run_ids.state, "done")

    def test_two_taps_on_the_card(self):
        self.start_tour(
            "/odoo/retention-under-way", "customer_retention_wechat_card", login=self.user.login
        )
        self.assertSent()

    def test_two_taps_in_the_popover(self):
        self.start_tour(
            "/odoo/retention-under-way", "customer_retention_wechat_popover", login=self.user.login
        )
        self.assertSent()

    def test_two_taps_in_the_chatter(self):
        self.start_tour(
            f"/odoo/retention-under-way/{self.enrollment.id}",
            "customer_retention_wechat_chatter",
            login=self.user.login,
        )
        self.assertSent()
