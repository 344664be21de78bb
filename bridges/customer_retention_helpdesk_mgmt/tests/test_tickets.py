from datetime import date

from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTickets(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Ann", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Her buyer", "parent_id": cls.partner.id}
        )
        cls.env["retention.history.purchase"].create(
            {"partner_id": cls.partner.id, "day": "2025-01-01", "amount": 5, "always_counts": True}
        )
        profiles = cls.env["retention.profile"]
        cls.env.flush_all()
        profiles._refresh(cls.env.company, date(2026, 6, 30))
        cls.profile = profiles.search([("partner_id", "=", cls.partner.id)])
        cls.closed = cls.env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        cls.open = cls.env["helpdesk.ticket.stage"].search([("closed", "=", False)], limit=1)

    def ticket(self, partner, stage):
        return self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "T", "partner_id": partner.id, "stage_id": stage.id}
        )

    def test_installed(self):
        module = self.env["ir.module.module"].search(
            [("name", "=", "customer_retention_helpdesk_mgmt")]
        )
        self.assertEqual((module.state, module.license), ("installed", "AGPL-3"))

    def test_open_tickets_of_the_whole_company(self):
        for partner in (self.partner, self.contact):
            self.ticket(partner, self.open)
        self.ticket(self.contact, self.closed)
        self.assertEqual(self.profile.open_ticket_count, 2)
        found = self.env["helpdesk.ticket"].search(self.profile.action_open_tickets()["domain"])
        self.assertEqual(len(found), 2)

    def test_reader_without_tickets(self):
        self.ticket(self.partner, self.open)
        user = new_test_user(
            self.env, "no_tickets", groups="base.group_user,customer_retention.group_user"
        )
        profile = self.profile.with_user(user)
        self.assertEqual(profile.open_ticket_count, 0)
        views = profile.get_views([(False, "list")])
        self.assertNotIn("open_ticket_count", views["views"]["list"]["arch"])
