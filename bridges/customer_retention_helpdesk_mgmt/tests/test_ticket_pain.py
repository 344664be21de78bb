"""A ticket about a product pain counts its customer, whoever may change the ticket."""

from odoo.tests import tagged

from .ticket_common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketPain(TicketCase):
    def test_a_ticket_links_its_customer(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        pain = self.env["retention.pain"].create({"name": "Leaks", "company_id": self.company.id})
        ticket = self.ticket(ann, retention_pain_id=pain.id)
        self.assertRecordValues(
            pain.link_ids,
            [{"res_model": "helpdesk.ticket", "res_id": ticket.id, "partner_id": ann.id}],
        )
        agent = self.make_user("t_pain", "helpdesk_mgmt.group_helpdesk_manager")
        theirs = ticket.with_user(agent).with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn("retention_pain_id", theirs.fields_get())
        theirs.partner_id = bob
        self.assertEqual(pain.link_ids.partner_id, bob)
        self.assertEqual(pain.customer_count, 1)
        theirs.unlink()
        self.assertFalse(pain.link_ids)
