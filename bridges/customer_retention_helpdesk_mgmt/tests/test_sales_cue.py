"""Sales is asked to call when a hard ticket is solved, once for each closing."""

from odoo.tests import tagged

from .test_service_panel import AgentCase


@tagged("post_install", "-at_install")
class TestSalesCue(AgentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["helpdesk.ticket.stage"]
        cls.begun = stages.create({"name": "Begun", "company_id": False})
        cls.done = stages.create({"name": "Solved", "closed": True, "company_id": False})
        cls.dropped = stages.create(
            {"name": "Off", "closed": True, "retention_unsolved": True, "company_id": False}
        )
        cls.judged()

    def move(self, ticket, stage):
        self.as_user(self.boss, "helpdesk.ticket").browse(ticket.ids).write({"stage_id": stage.id})
        self.env.flush_all()
        self.env.invalidate_all()

    def tasks(self, ticket):
        return self.cues(ticket).activity_id.filtered("active")

    def test_once_for_each_closing(self):
        ticket = self.ticket(priority="2", stage_id=self.begun.id)
        self.move(ticket, self.done)
        self.move(ticket, self.done)
        self.assertEqual(len(self.cues(ticket)), 1)
        self.assertEqual(self.tasks(ticket).user_id, self.owner)
        [told] = self.block(ticket, "told", user=self.boss)["entries"]
        self.assertEqual((told["note"], told["badge"]), ("Uma", "06/30/2026"))
        self.move(ticket, self.begun)
        self.assertFalse(self.tasks(ticket))
        self.move(ticket, self.done)
        self.assertEqual((len(self.cues(ticket)), len(self.tasks(ticket))), (2, 1))

    def test_easy_ones_and_those_without_a_solution_are_not_told(self):
        easy = self.ticket(priority="1", stage_id=self.begun.id)
        self.move(easy, self.done)
        dropped = self.ticket(priority="3", stage_id=self.begun.id)
        self.move(dropped, self.dropped)
        self.assertFalse(self.cues(easy) | self.cues(dropped))

    def test_not_without_a_contact(self):
        ticket = self.ticket(priority="3", stage_id=self.begun.id, partner_id=False)
        self.move(ticket, self.done)
        self.assertFalse(self.cues(ticket))

    def test_other_tickets_without_their_words(self):
        mine = self.ticket(user_id=self.own.id, team_id=self.crew.id)
        second = self.ticket(user_id=self.own.id, team_id=self.crew.id, priority="3")
        hidden = self.ticket(user_id=self.boss.id, name="Secret", priority="2")
        self.env.flush_all()
        block = self.block(mine, "request", user=self.own)
        self.assertEqual(
            [(e["title"], e["badge"], e["res_id"]) for e in block["entries"]],
            [
                (second.display_name, "Very high", second.id),
                ("A request at another desk", "High", False),
            ],
        )
        self.assertNotIn("Secret", str(block))
        block = self.block(mine, "request", user=self.boss)
        self.assertIn(hidden.display_name, [entry["title"] for entry in block["entries"]])
