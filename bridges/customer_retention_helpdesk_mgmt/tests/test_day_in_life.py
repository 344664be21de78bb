"""A day in the life: ticket, agent, cue, call, order, verified alert, through three roles."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestDayInLife(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Day", "retention_tz": "UTC", "retention_alerts_started": True}
        )
        cls.today = cls.company._retention_today()
        cls.agent = cls.person("day_agent", "helpdesk_mgmt.group_helpdesk_user")
        cls.seller = cls.person("day_sales", f"{OURS}.group_user,sales_team.group_sale_salesman")
        cls.manager = cls.person("day_manager", f"{OURS}.group_manager")
        cls.firm = cls.env["res.partner"].create(
            {"name": "Day Ltd", "is_company": True, "phone": "+1 555 0100"}
        )
        cls.alert = cls.drifting_vip()
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Pump leaks",
                "description": "Pump leaks",
                "partner_id": cls.firm.id,
                "company_id": cls.company.id,
                "priority": "2",
            }
        )
        cls.env["helpdesk.ticket.stage"].create(
            {"name": "Mended", "closed": True, "company_id": cls.company.id}
        )
        cls.quotation = cls.env["sale.order"].create(
            {
                "partner_id": cls.firm.id,
                "company_id": cls.company.id,
                "user_id": cls.seller.id,
                "order_line": [Command.create({"product_id": cls.pump().id, "price_unit": 250})],
            }
        )

    @classmethod
    def person(cls, login, groups):
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        return new_test_user(cls.env, login, groups=groups, **company)

    @classmethod
    def pump(cls):
        return cls.env["product.product"].create(
            {"name": "Pump", "type": "consu", "taxes_id": False, "list_price": 250}
        )

    @classmethod
    def drifting_vip(cls):
        """Make the firm a VIP of the salesperson's with an open alert; return that."""
        tier = cls.env["retention.tier"].create(
            {"name": "VIP", "level": 3, "company_id": cls.company.id, "min_amount": 1}
        )
        profile = (
            cls.env["retention.profile"]
            .sudo()
            .create(
                {
                    "partner_id": cls.firm.id,
                    "company_id": cls.company.id,
                    "user_id": cls.seller.id,
                    "tier_id": tier.id,
                    "first_order_date": cls.today - timedelta(days=400),
                    "last_order_date": cls.today - timedelta(days=200),
                    "stage": "silent",
                    "risk_level": "high",
                    "value_at_stake": 1000,
                }
            )
        )
        alert = (
            cls.env["retention.alert"]
            .sudo()
            .create(
                {
                    "partner_id": cls.firm.id,
                    "company_id": cls.company.id,
                    "profile_id": profile.id,
                    "user_id": cls.seller.id,
                    "original_user_id": cls.seller.id,
                    "opened_on": cls.today,
                    "value_at_stake": 1000,
                    "risk_level": "high",
                }
            )
        )
        alert._open(cls.company, cls.today)
        return alert

    def play(self, path, tour, user):
        self.start_tour(f"/odoo/{path}", f"{OURS}_day_{tour}", login=user.login)
        self.env.invalidate_all()

    def test_from_the_ticket_to_the_verified_alert(self):
        alert_path = f"retention-alerts/{self.alert.id}"
        self.assertTrue(self.quotation.with_user(self.seller).retention_problem_title)
        self.play(f"helpdesk.ticket/{self.ticket.id}", "agent", self.agent)
        self.assertTrue(self.ticket.stage_id.closed)

        self.play(alert_path, "sales", self.seller)
        talk = self.env["retention.interaction"].search([("partner_id", "=", self.firm.id)])
        self.assertRecordValues(
            talk, [{"kind": "call", "note": "Happy again", "user_id": self.seller.id}]
        )
        self.assertEqual(self.alert.outcome, "saved")

        # What is bought on the day itself was decided before: the order comes the day after.
        self.alert.sudo().closed_on = self.today - timedelta(days=1)
        self.assertFalse(self.quotation.with_user(self.seller).retention_problem_title)
        self.play(f"sale.order/{self.quotation.id}", "order", self.seller)
        self.assertEqual(self.quotation.state, "sale")

        run = self.env["retention.run"]._plan(self.company, self.today)
        while run.state != "done":
            run._step()
        self.assertRecordValues(
            self.alert, [{"verification": "verified", "recovered_amount": 250.0}]
        )
        self.play(alert_path, "manager", self.manager)
