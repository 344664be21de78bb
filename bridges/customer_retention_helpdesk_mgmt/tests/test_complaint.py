"""Complaints: the procedures of the library, the gate, and what counts as contact."""

from odoo.tests import tagged

from odoo.addons.customer_retention.analytics.gate import Ask
from odoo.addons.customer_retention.tests.sop_common import START

from .ticket_common import TicketCase

OURS = "customer_retention_helpdesk_mgmt"


@tagged("post_install", "-at_install")
class TestComplaint(TicketCase):
    def take(self, name):
        sop = self.env.ref(f"{OURS}.{name}")._take()
        self.assertEqual(sop._problems(), [])
        sop._start(START)
        return sop

    # ------------------------------------------------------------ the library
    def test_answer_in_time_by_priority(self):
        """Who has done what was to be done by then sees nothing escalate."""
        sop = self.take("sop_complaint_ticket_open")
        people = {priority: self.buyer(f"P{priority}") for priority in "123"}
        self.night(0)
        for priority, partner in people.items():
            self.ticket(partner, 1, 9, priority=priority)
        self.answer(1, 9)
        due = {}
        for hour in (9, 11, 17, 33):
            self.tick(1, hour)
            for priority, partner in people.items():
                for run in self.of(sop, partner).run_ids.filtered(
                    lambda run: run.type == "escalate" and run.state == "done"
                ):
                    due.setdefault(priority, {})[run.step_id.name] = run.done_at
        after = {hours: f"No answer after {hours} hours" for hours in (2, 8, 24)}
        self.assertEqual(
            due,
            {
                "1": {after[24]: self.moment(2, 9)},
                "2": {after[8]: self.moment(1, 17), after[24]: self.moment(2, 9)},
                "3": {
                    after[2]: self.moment(1, 11),
                    after[8]: self.moment(1, 17),
                    after[24]: self.moment(2, 9),
                },
            },
        )
        self.assertEqual(self.tasks(self.of(sop)).user_id, self.manager)

    def test_nothing_goes_up_once_it_is_answered(self):
        sop = self.take("sop_complaint_ticket_open")
        ann = self.buyer("Ann")
        self.night(0)
        self.ticket(ann, 1, 9, priority="3")
        self.answer(1, 9)
        self.tick(1, 9)
        task = self.tasks(self.of(sop))
        self.assertEqual((task.summary, task.user_id), ("Apologise and answer", self.owner))
        with self.at(1, 10):
            task.action_feedback(feedback="Apologised; a new part comes tomorrow")
        self.tick(1, 11)
        passed = self.of(sop).run_ids.filtered(lambda run: run.type == "escalate")[:1]
        self.assertEqual((passed.state, passed.user_id), ("skipped", self.env["res.users"]))

    def test_aftercare(self):
        sop = self.take("sop_complaint_ticket")
        ann = self.buyer("Ann")
        self.night(0)
        ticket = self.ticket(ann, 1)
        self.move(ticket, self.done, 3, 16)
        self.answer(3, 16)
        for day, hour in ((4, 15.9), (4, 16), (8, 9), (8, 10)):
            self.tick(day, hour)
        self.assertEqual(
            [(run.step_id.name, run.first_due_at) for run in self.of(sop).run_ids],
            [
                ("Ask whether it is really solved", self.moment(4, 16)),
                ("Ask once more on day 5", self.moment(8, 10)),
            ],
        )
        [mail] = self.mails(ann)
        self.assertEqual(mail.subject, f"Is everything all right again? ({ticket.number})")
        self.assertIn("It broke", mail.body_html)

    # ------------------------------------------------------------ the gate
    def verdict(self, partner, purpose="promotion"):
        moment = self.moment(1, 10)
        ask = Ask(1, partner.id, partner.id, "call", purpose, moment)
        return self.touches._gate(self.company, [ask], moment)[1]

    def test_a_severe_ticket_stops_promotion(self):
        ann = self.buyer("Ann")
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": ann.id})
        self.ticket(ann, 0)
        self.assertEqual(self.verdict(ann).state, "go")
        other = self.make_company("Other")
        self.ticket(eve, 0, priority="3", company_id=other.id)
        self.ticket(eve, 0, priority="3", active=False)
        self.ticket(eve, 0, priority="3", stage=self.done)
        self.assertEqual(self.verdict(ann).state, "go")
        severe = self.ticket(eve, 0, priority="2")
        held = self.verdict(ann)
        self.assertEqual((held.state, held.reason), ("defer", "open_problem"))
        self.assertEqual(self.verdict(ann, "service").state, "go")
        severe.stage_id = self.dropped
        self.assertEqual(self.verdict(ann).state, "go")

    # ------------------------------------------------------------ contacts
    def test_done_activities_of_tickets_are_contacts(self):
        ann = self.buyer("Ann", START)
        ticket = self.ticket(ann, 1)
        task = ticket.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.owner.id, summary="Call back"
        )
        self.night(5)
        self.assertEqual(self.profile(ann).last_interaction_date, START)
        with self.at(4):
            task.action_feedback(feedback="Talked")
            self.env.flush_all()
        self.night(6)
        self.assertEqual((self.profile(ann).last_interaction_date - START).days, 4)
