"""Tickets of the Helpdesk, real or the stand-in, as requests of customers."""

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from odoo.addons.customer_retention.analytics.gate import Ask
from odoo.addons.customer_retention.tests.sop_common import SopCase


@tagged("post_install", "-at_install")
class TestHelpdesk(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.team"].create({"name": "T", "company_id": cls.company.id})
        stages = cls.env["helpdesk.stage"]
        cls.new, cls.solved = (
            stages.create({"name": name, "fold": fold})
            for name, fold in (("Begun", False), ("Solved", True))
        )
        cls.dropped = stages.create({"name": "Dropped", "fold": True, "retention_unsolved": True})

    @classmethod
    def ticket(cls, partner, days=0, **values):
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "It broke",
                "partner_id": partner.id,
                "team_id": cls.team.id,
                "stage_id": cls.new.id,
                **values,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            (cls.moment(days), ticket.id),
        )
        ticket.invalidate_recordset(["create_date"])
        return ticket

    def move(self, ticket, stage, days):
        with self.at(days):
            ticket.stage_id = stage

    def requests(self):
        metrics = self.env["retention.metrics"]
        rows = self.env.execute_query_dict(metrics._requests(self.company))
        return {row["request_id"]: row for row in rows if row["res_model"] == "helpdesk.ticket"}

    def test_a_ticket_through_its_life(self):
        ann = self.buyer("Ann")
        ticket = self.ticket(ann, 1)
        row = self.requests()[ticket.id]
        self.assertEqual(
            (row["contact_id"], row["opened_at"], row["closed_at"], row["severity"]),
            (ann.id, self.moment(1), None, 0),
        )
        for stage, day, wanted in (
            (self.solved, 2, (self.moment(2), True, 0)),
            (self.new, 3, (None, False, 1)),
            (self.dropped, 4, (self.moment(4), False, 1)),
        ):
            self.move(ticket, stage, day)
            row = self.requests()[ticket.id]
            self.assertEqual((row["closed_at"], row["solved"], row["reopened"]), wanted)
        ticket.active = False
        self.assertNotIn(ticket.id, self.requests())

    def test_service_levels_and_ratings(self):
        ticket = self.ticket(self.buyer("Ann"), 1)
        self.assertIsNone(self.requests()[ticket.id]["sla_missed"])
        status = {"deadline": self.moment(2)}
        ticket.sla_status_ids = [Command.create(status)]
        ticket.rating_apply(1, token=ticket._rating_get_access_token())
        with self.at(1, 12):
            row = self.requests()[ticket.id]
            self.assertEqual((row["sla_missed"], row["rating"]), (False, 1))
        with self.at(2, 9.01):
            self.assertTrue(self.requests()[ticket.id]["sla_missed"])
        ticket.sla_status_ids.reached_datetime = self.moment(2)
        with self.at(9):
            self.assertFalse(self.requests()[ticket.id]["sla_missed"])

    def test_first_reply(self):
        ticket = self.ticket(self.buyer("Ann"), 1)
        with self.at(3):
            ticket.message_post(
                body="Words",
                author_id=self.owner.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(self.requests()[ticket.id]["first_reply_at"], self.moment(3))

    def test_signal_and_records(self):
        ann = self.buyer("Ann")
        self.order(ann, self.moment(-3))
        tickets = self.env["helpdesk.ticket"].union(*(self.ticket(ann, 1) for _number in range(4)))
        with self.at(2):
            self.refresh(self.moment(2).date())
        reason = self.profile(ann).reason_ids.filtered("fires")
        self.assertEqual(reason.signal_id.type, "tickets_month")
        action = reason.action_open_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), tickets)

    def test_severe_is_high_and_urgent(self):
        for priority, state in (("1", "go"), ("2", "defer"), ("3", "defer")):
            ann = self.buyer(f"P{priority}")
            self.ticket(ann, 0, priority=priority)
            moment = self.moment(1, 10)
            ask = Ask(1, ann.id, ann.id, "call", "promotion", moment)
            verdict = self.touches._gate(self.company, [ask], moment)[1]
            self.assertEqual(verdict.state, state)

    def test_it_asks_for_its_customers(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        requests = self.env["retention.refresh.request"]
        ticket = self.ticket(ann, 1)
        self.commit_requests()
        self.assertIn(ann.id, requests._pending_partner_ids((ann + bob).ids))
        requests.search([]).unlink()
        ticket.partner_id = bob
        self.commit_requests()
        self.assertEqual(requests._pending_partner_ids((ann + bob).ids), {ann.id, bob.id})

    def test_the_forms_show_what_is_ours(self):
        for model, name in (
            ("helpdesk.ticket", "retention_product_id"),
            ("helpdesk.stage", "retention_unsolved"),
        ):
            arch = etree.fromstring(
                self.env[model].get_views([(False, "form")])["views"]["form"]["arch"]
            )
            self.assertEqual(len(arch.xpath(f"//field[@name='{name}']")), 1)

    def test_the_panel_and_the_cue(self):
        ann = self.buyer("Ann")
        self.profiles.sudo().create(
            {"partner_id": ann.id, "company_id": self.company.id, "user_id": self.owner.id}
        )
        ticket = self.ticket(ann, 0, priority="2")
        service = self.env["retention.service"].with_user(self.owner)
        service = service.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(service.panel(ticket._name, ticket.id)["customer"], "Ann")
        self.move(ticket, self.solved, 1)
        cue = self.env["retention.cue"].search([("res_id", "=", ticket.id)])
        self.assertEqual((cue.res_model, cue.user_id), (ticket._name, self.owner))
        self.move(ticket, self.new, 2)
        self.assertFalse(cue.live)

    def test_cases_are_kept_here(self):
        self.assertTrue(self.env["retention.case"]._kept_elsewhere())
