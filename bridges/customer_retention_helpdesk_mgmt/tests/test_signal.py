"""The service signals read from tickets, with the traps of the Helpdesk's dates and stages."""

from datetime import datetime

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_metrics_request import COLUMNS
from odoo.addons.customer_retention.tests.common import AS_OF
from odoo.addons.customer_retention.tests.health_common import HealthCase

from .ticket_common import TicketCase


class RequestRows:
    """What the seam says of tickets."""

    def rows(self, company=None):
        """Return {ticket: its row} of a company."""
        metrics = self.env["retention.metrics"]
        metrics._flush_requests()
        query = metrics._request_queries(company or self.company)["helpdesk.ticket"]
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        found = self.env.execute_query_dict(SQL("SELECT %s FROM (%s) request", columns, query))
        return {row["request_id"]: row for row in found}


@tagged("post_install", "-at_install")
class TestTicketRequests(RequestRows, TicketCase):
    def row(self, ticket):
        return self.rows().get(ticket.id)

    def test_a_new_ticket(self):
        ann = self.buyer("Ann")
        ticket = self.ticket(ann, 1, category_id=self.complaint.id)
        ticket.retention_product_id = self.product
        row = self.row(ticket)
        self.assertEqual(
            row,
            {
                "request_id": ticket.id,
                "contact_id": ann.id,
                "opened_at": self.moment(1),
                "closed_at": None,
                "solved": False,
                "severity": 1,  # a ticket's own "Medium" is not severe
                "complaint": True,
                "category_id": self.complaint.id,
                "product_id": self.product.id,
                "first_reply_at": None,
                "reply_hours": None,
                "sla_missed": None,
                "reopened": 0,
                "rating": None,
            },
        )
        self.complaint.retention_plain = True
        self.assertFalse(self.row(ticket)["complaint"])

    # ---------------------------------------------------------------- traps
    def test_the_date_of_closing_survives_a_reopening(self):
        ticket = self.ticket(self.buyer("Ann"), 1)
        self.move(ticket, self.done, 2)
        row = self.row(ticket)
        self.assertEqual((row["closed_at"], row["solved"]), (self.moment(2), True))
        self.move(ticket, self.new, 3)
        self.assertTrue(ticket.closed_date)
        row = self.row(ticket)
        self.assertEqual((row["closed_at"], row["solved"], row["reopened"]), (None, False, 1))
        self.move(ticket, self.done, 4)
        self.move(ticket, self.dropped, 5)  # from closed to closed: not reopened
        row = self.row(ticket)
        self.assertEqual((row["closed_at"], row["reopened"]), (self.moment(5), 1))

    def test_created_closed_it_has_no_date_of_closing(self):
        ticket = self.ticket(self.buyer("Ann"), 1, stage=self.done)
        self.assertFalse(ticket.closed_date)
        self.assertEqual(self.row(ticket)["closed_at"], self.moment(1))
        ticket.last_stage_update = False
        self.assertEqual(self.row(ticket)["closed_at"], self.moment(1))

    def test_cancelled_is_closed_and_not_solved(self):
        ticket = self.ticket(self.buyer("Ann"), 1)
        self.move(ticket, self.dropped, 2)
        row = self.row(ticket)
        self.assertEqual((row["closed_at"], row["solved"]), (self.moment(2), False))

    def test_severe_is_high_and_very_high(self):
        ann = self.buyer("Ann")
        tickets = {p: self.ticket(ann, 1, priority=p) for p in (False, "0", "1", "2", "3")}
        metrics = self.env["retention.metrics"]
        self.assertEqual(
            [self.row(ticket)["severity"] for ticket in tickets.values()], [0, 0, 1, 2, 3]
        )
        severe = metrics._open_requests(self.company, ann.ids, severe=True)
        self.assertEqual([r.res_id for r in severe], [tickets["3"].id, tickets["2"].id])

    def test_what_is_left_out(self):
        ann = self.buyer("Ann")
        other = self.make_company("Other")
        kept = self.ticket(ann, 1)
        self.ticket(None, 1, partner_email="somebody@x.test")
        self.ticket(ann, 1, active=False)
        self.ticket(ann, 1, duplicate_id=kept.id)
        theirs = self.ticket(ann, 1, company_id=other.id)
        self.assertEqual(set(self.rows()), {kept.id})
        self.assertEqual(set(self.rows(other)), {theirs.id})

    def test_a_branch_belongs_to_its_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        ticket = self.ticket(self.buyer("Ann"), 1, company_id=branch.id)
        self.assertEqual(set(self.rows()), {ticket.id})

    def test_merged_and_deleted_contacts(self):
        ann, bob, cy = self.buyer("Ann"), self.buyer("Bob"), self.env["res.partner"]
        cy = cy.create({"name": "Cy"})
        merged, orphan = self.ticket(bob, 1), self.ticket(cy, 1)
        cy.unlink()
        self.assertNotIn(orphan.id, self.rows())
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((ann + bob).ids, ann)
        self.env.invalidate_all()
        found = self.env["retention.metrics"]._open_requests(self.company, ann.ids)
        self.assertEqual([(r.res_id, r.customer) for r in found], [(merged.id, ann.id)])

    # ---------------------------------------------------------------- replies
    def say(self, ticket, user, days, hour=9.0, subtype="mail.mt_comment", **values):
        with self.at(days, hour):
            ticket.with_user(user).sudo().message_post(
                body="Words",
                author_id=user.partner_id.id,
                message_type="comment",
                subtype_xmlid=subtype,
                **values,
            )

    def test_first_reply(self):
        customer = new_test_user(self.env, "asks", groups="base.group_portal")
        ticket = self.ticket(customer.partner_id, 1)
        self.say(ticket, customer, 2)
        self.say(ticket, self.owner, 2, subtype="mail.mt_note")
        ticket.message_post(body="Moved", author_id=self.owner.partner_id.id)  # a notification
        self.assertFalse(ticket.retention_first_reply_at)
        self.say(ticket, self.owner, 3)
        self.say(ticket, self.owner, 4)
        self.assertEqual(self.row(ticket)["first_reply_at"], self.moment(3))

    def test_what_was_before_the_installation(self):
        customer = new_test_user(self.env, "asks", groups="base.group_portal")
        ticket = self.ticket(customer.partner_id, 1)
        tracked = ticket.with_context(tracking_disable=False)
        for stage, day in ((self.done, 2), (self.new, 3), (self.dropped, 4), (self.done, 5)):
            self.move(tracked, stage, day)
            self.flush_tracking()
        self.move(tracked, self.new, 6)
        self.flush_tracking()
        self.say(ticket, customer, 2)
        self.say(ticket, self.owner, 3)
        figures = (self.moment(3), 2)
        for _time in range(2):
            row = self.row(ticket)
            self.assertEqual((row["first_reply_at"], row["reopened"]), figures)
            ticket.write({"retention_first_reply_at": False, "retention_reopened_count": 0})
            self.env["helpdesk.ticket"]._retention_read_history()

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    # ---------------------------------------------------------------- who may
    def test_an_agent_works_on_tickets_without_rights_on_ours(self):
        agent = new_test_user(
            self.env,
            "agent",
            groups="base.group_user,helpdesk_mgmt.group_helpdesk_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.assertFalse(self.env["retention.profile"].with_user(agent).has_access("read"))
        ticket = self.ticket(self.buyer("Ann"), 1, user_id=agent.id).with_user(agent)
        ticket.retention_product_id = self.product
        ticket.stage_id = self.done
        ticket.stage_id = self.new
        self.assertEqual(ticket.retention_reopened_count, 1)


@tagged("post_install", "-at_install")
class TestTicketSignal(HealthCase):
    def tickets(self, partner, *days_of_june, **values):
        stage = self.env["helpdesk.ticket.stage"].search([("closed", "=", False)], limit=1)
        for day in days_of_june:
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "T",
                    "description": "T",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "stage_id": stage.id,
                    **values,
                }
            )
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                (datetime(2026, 6, day, 10), ticket.id),
            )
        self.env.invalidate_all()

    def test_the_fourth_of_a_calendar_month_opens_an_alert(self):
        three, four, six = (self.buyer(5) for _number in range(3))
        self.tickets(three, 1, 1, 1)
        self.tickets(four, 1, 1, 1, 1)
        self.tickets(six, 1, 2, 3, 4, 5, 6)
        self.refresh()
        fired = [self.fires("tickets_month", ann) for ann in (three, four, six)]
        self.assertEqual(fired, [False, True, True])
        earned = self.earned("tickets_month")
        self.assertEqual([earned[ann.id] for ann in (three, four, six)], [0, 1, 2])
        reason = self.profile(four).reason_ids.filtered("fires")
        self.assertEqual(reason.sentence, "4 complaints came within one calendar month.")
        action = reason.action_open_records()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual((found._name, found.partner_id, len(found)), ("helpdesk.ticket", four, 4))

    def test_they_open_one_alert(self):
        self.company.retention_alerts_started = True
        ann = self.buyer(5)
        self.tickets(ann, *[AS_OF.day] * 5)
        self.refresh()
        alert = self.env["retention.alert"].search([("partner_id", "=", ann.id)])
        self.assertEqual(alert.line_ids.signal_id.type, "tickets_month")

    def test_the_same_product_again(self):
        wanted = {}
        for count in (2, 3):
            wanted[ann := self.buyer(5)] = int(count > 2)
            self.tickets(ann, *[3] * count, retention_product_id=self.product.id)
        earned = self.earned("request_repeated")
        self.assertEqual({ann: earned[ann.id] for ann in wanted}, wanted)

    def test_a_reader_without_tickets_is_shown_the_customer(self):
        ann = self.buyer(5)
        self.tickets(ann, 1, 1, 1, 1)
        self.refresh()
        reader = self.make_user("reader", "customer_retention.group_user")
        reason = self.profile(ann).reason_ids.filtered("fires").with_user(reader)
        self.assertEqual(reason.action_open_records()["res_model"], "res.partner")

    def test_another_company_does_not_count(self):
        other = self.make_company("Other")
        ann = self.buyer(5)
        self.tickets(ann, 1, 1, 1, 1, company_id=other.id)
        self.assertIsNone(self.earned("tickets_month")[ann.id])
