"""Tickets of customers whose tier has a raised service level."""

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.benefit_common import BenefitCase


@tagged("post_install", "-at_install")
class TestServiceLevel(BenefitCase):
    def test_seen_on_the_ticket(self):
        self.benefit(self.silver, "service", service_priority="1")
        self.benefit(self.vip, "service", service_priority="3")
        ann, bob = self.members("Ann", "Bob")
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": ann.partner_id.id})
        self.move(ann, self.vip)
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "It broke",
                    "description": "It broke",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                }
                for partner in (eve, bob.partner_id)
            ]
        )
        self.assertEqual(tickets.mapped("retention_service_level"), ["3", False])
        self.assertEqual(len(set(tickets.mapped("priority"))), 1)
        self.move(ann, self.silver, 1)
        self.assertEqual(tickets[0].retention_service_level, "1")
