"""The panel on tickets, by role; with what priority tickets begin."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.customer_retention.tests.service_common import ServiceCase

HELPDESK = "helpdesk_mgmt.group_helpdesk"


class AgentCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.make_user("h_own", f"{HELPDESK}_user_own", name="Own")
        cls.member = cls.make_user("h_team", f"{HELPDESK}_user_team")
        cls.boss = cls.make_user("h_boss", f"{HELPDESK}_manager")
        cls.foreign = cls.make_user("h_foreign", f"{HELPDESK}_manager", company=cls.other)
        cls.crew = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Crew",
                "company_id": cls.company.id,
                "user_ids": [Command.set((cls.own | cls.member).ids)],
            }
        )

    @classmethod
    def ticket(cls, **values):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "It broke",
                "description": "It broke",
                "partner_id": cls.bo.id,
                "company_id": cls.company.id,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestTicketPanel(AgentCase):
    def test_roles(self):
        self.judged()
        own = self.ticket(user_id=self.own.id, team_id=self.crew.id)
        teams = self.ticket(user_id=self.member.id, team_id=self.crew.id)
        elsewhere = self.ticket(
            user_id=self.boss.id,
            team_id=self.env["helpdesk.ticket.team"]
            .create({"name": "Elsewhere", "company_id": self.company.id})
            .id,
        )
        for user, readable in (
            (self.own, own),
            (self.member, own | teams),
            (self.boss, own | teams | elsewhere),
            (self.foreign, own.browse()),
            (self.plain, own.browse()),
        ):
            for ticket in own | teams | elsewhere:
                with self.subTest(user=user.login, ticket=ticket.number):
                    if ticket in readable:
                        found = self.call("panel", ticket, user=user)
                        self.assertEqual(found["danger"]["light"], "red")
                    else:
                        with self.assertRaises(AccessError):
                            self.call("panel", ticket, user=user)

    def test_not_for_customers_and_colleagues_who_follow_it(self):
        portal = new_test_user(self.env, "h_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.firm
        ticket = self.ticket()
        ticket.message_subscribe((self.plain | portal).partner_id.ids)
        for user in (self.plain, portal):
            mine = self.as_user(user, "helpdesk.ticket").browse(ticket.id)
            self.assertTrue(mine.has_access("read"))
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.call("panel", ticket, user=user)

    def test_no_other_way_to_what_it_says(self):
        for user in (self.own, self.member, self.boss):
            for name, model in self.env.items():
                if name.startswith("retention.") and not model._abstract:
                    for operation in ("read", "write", "create", "unlink"):
                        with self.subTest(user=user.login, model=name, operation=operation):
                            mine = self.as_user(user, name)
                            self.assertFalse(mine.has_access(operation))
            with self.assertRaises(AccessError):
                self.as_user(user, "retention.timeline").load(self.firm.id)

    def test_noting_without_any_right(self):
        self.judged()
        ticket = self.ticket(user_id=self.own.id, team_id=self.crew.id)
        given = {"kind": "call", "text": "Is angry"}
        self.call("log_interaction", ticket, given, user=self.own)
        given = {"text": "A new pump", "date": "2026-07-03", "mine": True}
        self.assertEqual(self.call("log_promise", ticket, given, user=self.own), "Uma")
        given = {"kind": "gift", "amount": 5, "text": "Late"}
        self.call("log_compensation", ticket, given, user=self.own)
        talk = self.env["retention.interaction"].search([])
        self.assertEqual((talk.user_id, talk.create_uid), (self.own, self.own))
        promise = self.env["retention.promise"].search([])
        self.assertEqual((promise.user_id, promise.create_uid), (self.owner, self.own))
        paid = self.env["retention.compensation"].search([])
        self.assertEqual((paid.res_model, paid.res_id), (ticket._name, ticket.id))
        self.assertEqual((paid.user_id, paid.company_id), (self.own, self.company))
        found = self.call("panel", ticket, user=self.own)
        self.assertEqual([p["name"] for p in found["promises"]], ["A new pump"])
        self.assertFalse(found["may_own"])

    def test_a_promise_that_nobody_named_keeps(self):
        """Without an account manager it is still somebody's who can open it."""
        ticket = self.ticket(user_id=self.own.id, team_id=self.crew.id)
        given = {"text": "A new pump", "date": "2026-07-03"}
        self.assertEqual(self.call("log_promise", ticket, given, user=self.own), self.manager.name)


@tagged("post_install", "-at_install")
class TestStartPriority(AgentCase):
    def rescue(self, **values):
        sop = self.env["retention.sop"].create(
            {
                "name": "Rescue",
                "company_id": self.company.id,
                "trigger": "manual",
                "purpose": "rescue",
            }
        )
        return self.env["retention.enrollment"].create(
            {
                "sop_id": sop.id,
                "root_id": sop.id,
                "partner_id": self.firm.id,
                "contact_id": self.firm.id,
                "company_id": self.company.id,
                "anchor_date": self.day(0),
                "entered_on": self.day(0),
                **values,
            }
        )

    def served(self, level="3"):
        """Give the firm a tier with a raised service level."""
        tier = self.env["retention.tier"].create(
            {"name": "Gold", "level": 2, "company_id": self.company.id, "min_amount": 1}
        )
        benefit = self.env["retention.tier.benefit"].create(
            {"name": "First", "tier_id": tier.id, "type": "service", "service_priority": level}
        )
        self.env["retention.tier.grant"].create(
            {
                "profile_id": self.judged().id,
                "company_id": self.company.id,
                "tier_id": tier.id,
                "benefit_id": benefit.id,
                "state": "given",
                "earned_on": self.day(0),
                "given_on": self.day(0),
            }
        )

    def test_off_by_default(self):
        self.rescue()
        self.served()
        self.assertEqual(self.ticket().priority, "1")

    def test_while_being_rescued(self):
        self.company.retention_priority_rescue = "2"
        self.assertEqual(self.ticket().priority, "1")
        enrollment = self.rescue()
        self.assertEqual(self.ticket().priority, "2")
        self.assertEqual(self.ticket(priority="0").priority, "0")
        self.assertEqual(self.ticket(partner_id=False).priority, "1")
        enrollment.write({"state": "left"})
        self.assertEqual(self.ticket().priority, "1")

    def test_not_who_is_only_watched(self):
        self.company.retention_priority_rescue = "2"
        self.rescue(arm="control")
        self.assertEqual(self.ticket().priority, "1")

    def test_by_service_level(self):
        self.company.write({"retention_priority_by_level": True, "retention_priority_rescue": "2"})
        self.served("3")
        self.rescue()
        self.assertEqual(self.ticket().priority, "3")

    def test_in_the_form_a_person_sees_and_decides(self):
        self.company.retention_priority_rescue = "2"
        self.rescue()
        tickets = self.as_user(self.boss, "helpdesk.ticket")
        for chosen, expected in ((None, "2"), ("1", "1"), ("0", "0")):
            with self.subTest(chosen=chosen), Form(tickets) as form:
                form.name, form.description = "It broke", "It broke"
                form.partner_id = self.bo
                self.assertEqual(form.priority, "2")
                if chosen:
                    form.priority = chosen
            self.assertEqual(form.record.priority, expected)
        with Form(tickets) as form:
            form.name, form.description, form.priority = "It broke", "It broke", "3"
            form.partner_id = self.bo
        self.assertEqual(form.record.priority, "3")

    def test_an_sla_may_ask_for_the_service_level(self):
        if "helpdesk.sla" not in self.env:
            self.assertNotIn("sla_ids", self.env["helpdesk.ticket"]._fields)
            return
        self.served("2")
        self.crew.use_sla = True
        fast = self.env["helpdesk.sla"].create(
            {
                "name": "Fast",
                "hours": 1,
                "stage_id": self.env["helpdesk.ticket.stage"].search([], limit=1).id,
                "domain": "[('retention_service_level', 'in', ['2', '3'])]",
            }
        )
        tickets = self.as_user(self.own, "helpdesk.ticket")
        values = {"name": "It broke", "description": "It broke", "team_id": self.crew.id}
        served = tickets.create({**values, "partner_id": self.bo.id, "user_id": self.own.id})
        usual = tickets.create(
            {**values, "partner_id": self.customer("Other").id, "user_id": self.own.id}
        )
        self.assertIn(fast, served.sudo().sla_ids)
        self.assertNotIn(fast, usual.sudo().sla_ids)
