"""Procedures that begin with tickets, with the traps of their dates and stages."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.customer_retention_helpdesk_mgmt.hooks import UNSOLVED

from .ticket_common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketTrigger(TicketCase):
    def sop(self, trigger="ticket_opened", *steps, **values):
        return self.make_sop(*(steps or [self.task()]), trigger=trigger, **values)

    # ------------------------------------------------------------ opened
    def test_opened_as_it_happens_and_by_night(self):
        sop = self.sop()
        ann = self.buyer("Ann")
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": ann.id})
        self.night(2)
        ticket = self.ticket(eve, 2, 10)
        self.answer(2, 10)
        self.answer(2, 11)
        self.night(3)
        self.night(3)
        [mine] = self.of(sop)
        self.assertEqual((mine.partner_id, mine.contact_id), (ann, eve))
        self.assertEqual((mine.cause, mine.ticket_id), ("event", ticket))
        self.assertEqual((mine.ticket_number, mine.ticket_name), (ticket.number, "It broke"))

    def test_a_prospect_complains_too(self):
        sop = self.sop()
        self.night(0)
        self.ticket(self.env["res.partner"].create({"name": "Asks"}), 1)
        self.answer(1)
        self.assertEqual(self.of(sop).partner_id.name, "Asks")

    def test_which_tickets_count(self):
        sop = self.sop()
        ann, bo, cy = (self.buyer(name) for name in ("Ann", "Bo", "Cy"))
        first = self.ticket(ann, 1)
        second = self.ticket(ann, 3)
        self.ticket(None, 2, partner_email="somebody@x.test")
        self.ticket(bo, -1)
        self.ticket(bo, 2, stage=self.done)
        self.ticket(bo, 2, duplicate_id=first.id)
        self.ticket(bo, 2, active=False)
        self.ticket(bo, 9)
        # Of several on one day, the gravest.
        self.ticket(cy, 4, 9)
        grave = self.ticket(cy, 4, 10, priority="3")
        self.ticket(cy, 4, 11, priority="2")
        self.assertEqual(
            self.candidates(sop, 5),
            [(ann.id, 1, first.id), (ann.id, 3, second.id), (cy.id, 4, grave.id)],
        )

    def test_by_priority_and_category(self):
        ann = self.buyer("Ann")
        inner = self.env["helpdesk.ticket.category"].create(
            {"name": "Broken", "parent_id": self.complaint.id, "company_id": False}
        )
        usual = self.ticket(ann, 1)  # of medium priority, as tickets are
        high = self.ticket(ann, 2, priority="2", category_id=self.complaint.id)
        low = self.ticket(ann, 3, priority="0", category_id=inner.id)
        found = {
            name: [ticket for _contact, _day, ticket in self.candidates(self.sop(**values), 5)]
            for name, values in {
                "all": {},
                "medium": {"trigger_ticket_priority": "1"},
                "high": {"trigger_ticket_priority": "2"},
                "very high": {"trigger_ticket_priority": "3"},
                "complaints": {"trigger_ticket_category_ids": self.complaint.ids},
            }.items()
        }
        self.assertEqual(
            found,
            {
                "all": [usual.id, high.id, low.id],
                "medium": [usual.id, high.id],
                "high": [high.id],
                "very high": [],
                "complaints": [high.id, low.id],
            },
        )

    def test_of_the_company_in_its_time_zone(self):
        other = self.make_company("Other")
        self.company.retention_tz = "Asia/Shanghai"
        ann = self.buyer("Ann")
        late = self.ticket(ann, 1, 17)  # 1 o'clock of the next day
        self.ticket(ann, 2, 12, company_id=other.id)
        self.assertEqual(self.candidates(self.sop(), 5), [(ann.id, 2, late.id)])

    def test_in_short(self):
        sop = self.sop("ticket_closed")
        self.assertIn("When a ticket is solved,", sop.summary_text)
        sop = self.sop(trigger_ticket_category_ids=self.complaint.ids, trigger_ticket_priority="3")
        self.assertIn("When a ticket is opened (C and Very high priority only)", sop.summary_text)

    # ------------------------------------------------------------ solved
    def test_solved(self):
        sop = self.sop("ticket_closed")
        ann = self.buyer("Ann")
        self.night(0)
        ticket = self.ticket(ann, 1)
        self.answer(1)
        self.assertFalse(self.of(sop))
        self.move(ticket, self.done, 4)
        for _time in range(2):
            self.answer(4)
            self.night(5)
        self.assertEqual(self.of(sop).ticket_id, ticket)
        self.assertEqual((self.of(sop).anchor_date - self.moment().date()).days, 4)

    def test_traps_of_closing(self):
        sop = self.sop("ticket_closed")
        people = {name: self.buyer(name) for name in ("Ann", "Bo", "Cy", "Di", "Ed")}
        reopened = self.ticket(people["Ann"], 1)
        self.move(reopened, self.done, 2)
        self.move(reopened, self.new, 3)
        self.assertTrue(reopened.closed_date)
        created_closed = self.ticket(people["Bo"], 3, stage=self.done)
        self.assertFalse(created_closed.closed_date)
        dropped = self.ticket(people["Cy"], 1)
        self.move(dropped, self.dropped, 2)
        again = self.ticket(people["Di"], 1)
        for stage, day in ((self.done, 2), (self.new, 3), (self.done, 4)):
            self.move(again, stage, day)
        nobody = self.ticket(None, 1)
        self.move(nobody, self.done, 2)
        # Its stage was declared to be closed later on: only the last change of stage tells.
        stale = self.ticket(people["Ed"], 1, closed_date=self.moment(2))
        stale.last_stage_update = self.moment(3)
        self.assertEqual(
            self.candidates(sop, 6),
            sorted([(people["Bo"].id, 3, created_closed.id), (people["Di"].id, 4, again.id)]),
        )
        self.new.closed = True
        found = self.candidates(sop, 6)
        self.assertIn((people["Ed"].id, 3, stale.id), found)
        self.assertIn((people["Ann"].id, 3, reopened.id), found)

    def test_solved_again_is_another_occasion(self):
        sop = self.sop("ticket_closed")
        ann = self.buyer("Ann")
        self.night(0)
        ticket = self.ticket(ann, 1)
        for day, stage in ((2, self.done), (4, self.new), (6, self.done)):
            self.move(ticket, stage, day)
            self.answer(day)
            self.answer(day)
        first, second = self.of(sop)
        self.assertEqual((first.state, first.exit_reason), ("left", "ticket_reopened"))
        self.assertFalse(self.tasks(first))
        self.assertEqual((second.anchor_date - first.anchor_date).days, 4)

    def test_stages_of_the_helpdesk_that_solve_nothing(self):
        for name in UNSOLVED:
            self.assertTrue(self.env.ref(f"helpdesk_mgmt.{name}").retention_unsolved)
        self.assertFalse(
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").retention_unsolved
        )

    # ------------------------------------------------------------ leaving
    def test_ends_when_the_ticket_is_closed(self):
        sop = self.sop("ticket_opened", self.task(), self.task(delay_count=3))
        ann, bo = self.buyer("Ann"), self.buyer("Bo")
        self.night(0)
        one, two = self.ticket(ann, 1), self.ticket(bo, 1)
        self.answer(1)
        self.tick(1)
        self.assertEqual(len(self.tasks(self.of(sop))), 2)
        self.move(one, self.dropped, 2)
        self.answer(2)
        two.unlink()
        self.tick(4)
        for partner in (ann, bo):
            mine = self.of(sop, partner)
            self.assertEqual((mine.state, mine.exit_reason), ("left", "ticket_closed"))
        self.assertFalse(self.tasks(self.of(sop)))

    def test_control_groups_are_watched_to_the_end(self):
        sop = self.sop("ticket_opened", self.task(), purpose="care", holdout=50)
        people = [self.buyer(name) for name in ("Ann", "Bo")]
        self.night(0)
        tickets = [self.ticket(person, 1) for person in people]
        watched = people[1].id
        with patch.object(
            type(sop), "_arm", lambda sop, pid: "control" if pid == watched else "treated"
        ):
            self.answer(1)
        self.tick(1)
        self.assertEqual(set(self.of(sop).mapped("arm")), {"treated", "control"})
        for ticket in tickets:
            self.move(ticket, self.dropped, 2)
        self.answer(2)
        watched = self.of(sop).filtered(lambda e: e.arm == "control")
        self.assertEqual(set(watched.mapped("exit_reason")), {False})
        others = self.of(sop) - watched
        self.assertEqual(set(others.mapped("exit_reason")), {"ticket_closed"})

    def test_by_hand_needs_no_ticket(self):
        sop = self.sop("ticket_closed")
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        self.assertEqual((mine.state, mine.ticket_number), ("running", False))

    # ------------------------------------------------------------ scale
    def test_queries_do_not_grow(self):
        opened, solved = self.sop(), self.sop("ticket_closed")
        people = [self.buyer(f"C{number}") for number in range(20)]

        def queries(*partners):
            for partner in partners:
                self.ticket(partner, 1, priority="3")
            enrollments = self.enter(self.sop(), *partners)
            enrollments.write({"source_model": "helpdesk.ticket", "source_id": 0})
            ids = [partner.id for partner in partners]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.candidates(opened, 2)
            self.candidates(solved, 2)
            self.touches._problem_partners(self.company, ids)
            enrollments.mapped("ticket_name")
            return self.env.cr.sql_log_count - before

        queries(people[0])
        self.assertEqual(queries(*people), queries(*people[:2]))
