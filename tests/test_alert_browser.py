"""An account manager with only that role finishes a call, in a browser."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

OURS = "customer_retention"


class AlertBrowserCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Browser", "retention_tz": "UTC"})
        cls.user = new_test_user(
            cls.env,
            "browser_user",
            groups=f"{OURS}.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Popover Ltd", "is_company": True, "phone": "+1 555 0100"}
        )
        cls.today = cls.company._retention_today()
        cls.profile = (
            cls.env["retention.profile"]
            .sudo()
            .create(
                {
                    "partner_id": cls.partner.id,
                    "company_id": cls.company.id,
                    "user_id": cls.user.id,
                    "first_order_date": cls.today,
                    "last_order_date": cls.today,
                    "stage": "silent",
                    "risk_level": "critical",
                    "is_core": True,
                    "value_at_stake": 1000,
                }
            )
        )
        cls.alert = (
            cls.env["retention.alert"]
            .sudo()
            .create(
                {
                    "partner_id": cls.partner.id,
                    "company_id": cls.company.id,
                    "profile_id": cls.profile.id,
                    "user_id": cls.user.id,
                    "original_user_id": cls.user.id,
                    "opened_on": cls.today,
                    "value_at_stake": 1000,
                    "risk_level": "critical",
                }
            )
        )
        cls.alert._open(cls.company, cls.today)

    def assertSaved(self):
        self.env.invalidate_all()
        self.assertRecordValues(
            self.alert,
            [
                {
                    "state": "closed",
                    "outcome": "saved",
                    "root_cause": "price",
                    "attempt": "Offered a new price",
                    "closed_by_id": self.user.id,
                }
            ],
        )
        self.assertFalse(self.alert.task_id.active)


@tagged("post_install", "-at_install")
class TestAlertBrowser(AlertBrowserCase):
    def test_outcome_from_the_activity_popover(self):
        self.start_tour(
            "/odoo/retention-alerts",
            "customer_retention_outcome_popover",
            login=self.user.login,
        )
        self.assertSaved()

    def test_outcome_from_the_chatter(self):
        self.start_tour(
            f"/odoo/retention-alerts/{self.alert.id}",
            "customer_retention_outcome_chatter",
            login=self.user.login,
        )
        self.assertSaved()

    def test_to_call_today(self):
        self.start_tour("/odoo/retention-today", "customer_retention_today", login=self.user.login)
        self.env.invalidate_all()
        self.assertEqual(self.alert.outcome, "saved")
        talk = self.env["retention.interaction"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(talk, [{"kind": "wechat", "note": "Wants a list"}])

    def test_value_and_risk(self):
        self.start_tour(
            "/odoo/retention-value-risk",
            "customer_retention_value_risk",
            login=self.user.login,
        )
