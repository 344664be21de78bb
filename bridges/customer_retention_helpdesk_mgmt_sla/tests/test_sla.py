"""Real service levels of the Helpdesk as the requests of customers tell them."""

from odoo.tests import tagged

from odoo.addons.customer_retention_helpdesk_mgmt.tests.test_signal import RequestRows
from odoo.addons.customer_retention_helpdesk_mgmt.tests.ticket_common import TicketCase


@tagged("post_install", "-at_install")
class TestSla(RequestRows, TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done.sequence = 50
        cls.dropped.sequence = 60
        cls.waiting = cls.new.copy({"name": "Waits for the customer", "sequence": 2})
        # Around the clock: twelve hours are twelve hours.
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Always",
                "company_id": cls.company.id,
                "tz": "UTC",
                "attendance_ids": [
                    (0, 0, {"name": "D", "dayofweek": str(d), "hour_from": 0, "hour_to": 24})
                    for d in range(7)
                ],
            }
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "With levels",
                "company_id": cls.company.id,
                "use_sla": True,
                "resource_calendar_id": calendar.id,
            }
        )
        cls.env["helpdesk.sla"].create(
            {
                "name": "Twelve hours",
                "hours": 12,
                "stage_id": cls.done.id,
                "ignore_stage_ids": cls.waiting.ids,
                "team_ids": cls.team.ids,
            }
        )

    def sla_ticket(self, days, hour=9.0, **values):
        """Make a ticket of the team with the deadline that its moment gives."""
        with self.at(days, hour):
            ticket = self.ticket(self.buyer("Ann"), days, hour, team_id=self.team.id, **values)
            ticket.stage_id = self.new
            ticket.ticket_sla_ids.last_state_date = self.moment(days, hour)
            self.env.flush_all()
        self.assertEqual(ticket.ticket_sla_ids.deadline, self.moment(days, hour + 12))
        return ticket

    def missed(self, ticket, days, hour):
        with self.at(days, hour):
            return self.rows()[ticket.id]["sla_missed"]

    def test_running_until_its_deadline(self):
        ticket = self.sla_ticket(1)
        self.assertIs(self.missed(ticket, 1, 20.99), False)
        self.assertIs(self.missed(ticket, 1, 21), False)
        self.assertIs(self.missed(ticket, 1, 21.01), True)

    def test_solved_in_time_and_too_late(self):
        early, late = self.sla_ticket(1), self.sla_ticket(1)
        self.move(early, self.done, 1, 20)
        self.move(late, self.done, 1, 22)
        self.assertEqual(early.ticket_sla_ids.state, "accomplished")
        self.assertIs(self.missed(early, 9, 9), False)
        self.assertIs(self.missed(late, 9, 9), True)

    def test_on_hold_is_not_missed(self):
        ticket = self.sla_ticket(1)
        self.move(ticket, self.waiting, 1, 10)
        self.assertEqual(ticket.ticket_sla_ids.state, "on_hold")
        self.assertIs(self.missed(ticket, 9, 9), False)

    def test_without_a_service_level_nothing_is_known(self):
        self.team.use_sla = False
        ticket = self.ticket(self.buyer("Ann"), 1, team_id=self.team.id)
        self.assertIsNone(self.missed(ticket, 9, 9))

    def test_the_signal(self):
        wanted = {}
        for count in (1, 2):
            tickets = [self.sla_ticket(1) for _number in range(count)]
            ann = tickets[0].partner_id
            for ticket in tickets:
                ticket.partner_id = ann
            self.order(ann, self.moment(-3))
            wanted[ann] = count > 1
        with self.at(3):
            self.refresh(self.moment(3).date())
        for ann, speaks in wanted.items():
            reasons = self.profile(ann).reason_ids.filtered(
                lambda reason: reason.signal_id.type == "sla_missed"
            )
            self.assertEqual(reasons.mapped("points"), [1] * speaks)
