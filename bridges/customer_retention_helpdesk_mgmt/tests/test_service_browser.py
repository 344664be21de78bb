"""An agent with a role in the Helpdesk only looks at a ticket and notes things, in a browser."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestServiceBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Browser", "retention_tz": "UTC"})
        companies = {
            "company_id": cls.company.id,
            "company_ids": [Command.set(cls.company.ids)],
        }
        cls.agent = new_test_user(
            cls.env, "panel_agent", groups="helpdesk_mgmt.group_helpdesk_user", **companies
        )
        cls.owner = new_test_user(
            cls.env, "panel_owner", groups=f"{OURS}.group_user", name="Uma", **companies
        )
        cls.partner = cls.env["res.partner"].create({"name": "Panel Ltd", "is_company": True})
        today = cls.company._retention_today()
        cls.env["retention.profile"].sudo().create(
            {
                "partner_id": cls.partner.id,
                "company_id": cls.company.id,
                "user_id": cls.owner.id,
                "first_order_date": today - timedelta(days=400),
                "risk_level": "high",
                "value_at_stake": 1000,
            }
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "It broke",
                "description": "It broke",
                "partner_id": cls.partner.id,
                "company_id": cls.company.id,
            }
        )

    def test_three_lines_and_three_buttons(self):
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "customer_retention_service_panel",
            login=self.agent.login,
        )
        self.env.invalidate_all()
        mine = [("partner_id", "=", self.partner.id)]
        promise = self.env["retention.promise"].search(mine)
        self.assertEqual((promise.name, promise.user_id), ("A new pump", self.owner))
        paid = self.env["retention.compensation"].search(mine)
        self.assertEqual((paid.kind, paid.amount), ("gift", 12.5))
        talk = self.env["retention.interaction"].search(mine)
        self.assertEqual((talk.note, talk.user_id), ("Is angry", self.agent))


@tagged("post_install", "-at_install")
class TestServicePhone(TestServiceBrowser):
    browser_size = "390x844"
    touch_enabled = True
