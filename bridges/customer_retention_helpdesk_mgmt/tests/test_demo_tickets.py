"""Tickets of the demo company, and what installing and uninstalling the bridge leave."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_retention_helpdesk_mgmt.hooks import post_init_hook, uninstall_hook


@tagged("post_install", "-at_install")
class TestDemoTickets(TransactionCase):
    def test_a_story_is_told_once_in_each_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        partners = self.env["res.partner"].create(
            [
                {"name": "Ann", "lang": "en_US"},
                {"name": "Li", "lang": "zh_CN"},
                {"name": "Bob", "lang": "en_US"},
            ]
        )
        demo = self.env["retention.demo"]
        told = {"steady": partners}
        nobody = partners.browse()
        self.env["ir.model.data"].search([("name", "=like", "ticket\\_steady\\_%")]).unlink()
        with (
            patch.object(type(demo), "_as_of", lambda self: date(2026, 6, 30)),
            patch.object(type(demo), "_customers", lambda self, story: told.get(story, nobody)),
        ):
            demo._tell_tickets()
            demo._tell_tickets()
        tickets = self.env["helpdesk.ticket"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(
            {(ticket.partner_id.name, ticket.name) for ticket in tickets},
            {("Ann", "Cracked funnels"), ("Li", "漏斗破裂")},
        )
        self.assertEqual(len(tickets), 2)
        for ticket in tickets:
            self.assertEqual(ticket.create_date, datetime(2026, 5, 1, 10))
            self.assertEqual(ticket.closed_date, datetime(2026, 5, 9, 10))
            self.assertTrue(ticket.stage_id.closed)

    def test_stages_that_solve_nothing_are_known_from_the_beginning(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        stage.retention_unsolved = False
        post_init_hook(self.env)
        self.assertTrue(stage.retention_unsolved)

    def test_uninstalling_drops_the_index(self):
        name = "helpdesk_ticket__partner_id_index"
        found = "SELECT COUNT(*) FROM pg_indexes WHERE indexname = %s"
        self.env.cr.execute(found, [name])
        self.assertEqual(self.env.cr.fetchone(), (1,))
        uninstall_hook(self.env)
        self.env.cr.execute(found, [name])
        self.assertEqual(self.env.cr.fetchone(), (0,))
