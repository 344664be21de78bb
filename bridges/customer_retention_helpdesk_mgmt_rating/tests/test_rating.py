"""Real ratings of tickets as the requests of customers tell them."""

from odoo.tests import tagged

from odoo.addons.customer_retention_helpdesk_mgmt.tests.test_signal import RequestRows
from odoo.addons.customer_retention_helpdesk_mgmt.tests.ticket_common import TicketCase


@tagged("post_install", "-at_install")
class TestRating(RequestRows, TicketCase):
    def rate(self, ticket, value):
        ticket.rating_apply(value, token=ticket._rating_get_access_token())

    def rating(self, ticket):
        return self.rows()[ticket.id]["rating"]

    def test_the_last_rating(self):
        ticket = self.ticket(self.buyer("Ann"), 1)
        self.assertIsNone(self.rating(ticket))
        ticket._rating_get_access_token()  # asked for, not given
        self.assertIsNone(self.rating(ticket))
        self.rate(ticket, 1)
        self.assertEqual(self.rating(ticket), 1)
        self.rate(ticket, 5)
        self.assertEqual(self.rating(ticket), 5)

    def test_rating_asks_for_the_customer(self):
        ann = self.buyer("Ann")
        ticket = self.ticket(ann, 1)
        self.commit_requests()
        requests = self.env["retention.refresh.request"]
        requests.search([("partner_id", "=", ann.id)]).unlink()
        self.rate(ticket, 1)
        self.commit_requests()
        self.assertEqual(requests._pending_partner_ids(ann.ids), {ann.id})

    def test_the_signal(self):
        wanted = {}
        for value in (1, 2, 3, 5):
            wanted[ann := self.buyer(f"Rates {value}")] = value < 3
            self.order(ann, self.moment(-3))
            self.rate(self.ticket(ann, 1), value)
        with self.at(3):
            self.refresh(self.moment(3).date())
        for ann, speaks in wanted.items():
            reasons = self.profile(ann).reason_ids.filtered(
                lambda reason: reason.signal_id.type == "bad_rating"
            )
            self.assertEqual(reasons.mapped("fires"), [True] * speaks)
