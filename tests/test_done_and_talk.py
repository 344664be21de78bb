"""Finishing an activity and noting the talk in one step."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestDoneAndTalk(InteractionCase):
    def planned(self, document, kind="mail.mail_activity_data_call"):
        return document.activity_schedule(
            kind, summary="Ask about May", user_id=self.user.id
        ).with_user(self.user)

    def test_what_was_planned_and_said_is_filled_in(self):
        order = self.order(self.ann, "2026-06-20", state="draft", user_id=self.user.id)
        for document in (self.ann, order):
            activity = self.planned(document)
            self.assertTrue(activity._can_log_talk())
            action = activity.action_done_and_talk("Will order in May")
            self.assertFalse(activity.active)
            self.assertEqual(activity.feedback, "Will order in May")
            view = self.env["ir.ui.view"].browse(action["views"][0][0])
            records = self.as_user(self.user).with_context(**action["context"])
            with Form(records, view) as form:
                self.assertEqual(form.kind, "call")
            talk = form.record
            self.assertEqual(talk.partner_id, self.ann)
            self.assertEqual((talk.topic, talk.note), ("Ask about May", "Will order in May"))

    def test_only_about_customers(self):
        other = self.planned(self.product.product_tmpl_id, "mail.mail_activity_data_todo")
        self.assertFalse(other._can_log_talk())
        self.assertRefused(UserError, "not about a customer", other.action_done_and_talk)
        self.assertTrue(other.active)

    def test_nobody_without_our_role(self):
        stranger = self.make_user("t_stranger", "sales_team.group_sale_salesman_all_leads")
        activity = self.planned(self.ann).with_user(stranger)
        self.assertFalse(activity._can_log_talk())
        with self.assertRaises(UserError):
            activity.action_done_and_talk()

    def test_nobody_who_may_not_read_the_document(self):
        order = self.order(self.ann, "2026-06-20", state="draft", user_id=self.env.user.id)
        activity = self.planned(order).with_user(self.colleague)
        with self.assertRaises(AccessError):
            activity.action_done_and_talk()
