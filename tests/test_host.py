"""Odoo's everyday work that is none of ours asks our tables nothing."""

import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged

TABLE = re.compile(r"""\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(retention_\w+)""", re.IGNORECASE)


@tagged("post_install", "-at_install")
class TestHost(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "h_user", "base.group_user,base.group_partner_manager")
        cls.colleague = new_test_user(cls.env, "h_colleague", "base.group_user")
        cls.partner = cls.env["res.partner"].create({"name": "Ann"})

    @contextmanager
    def watched(self, expected=()):
        """Fail when a statement reads or writes another of our tables than ``expected``."""
        asked, original = [], Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            result = original(cursor, query, *args, **kwargs)
            asked.extend(TABLE.findall(str(cursor._obj.query or "", "utf-8", "replace")))
            return result

        self.env.flush_all()
        with patch.object(Cursor, "execute", execute):
            yield
            self.env.flush_all()
        self.assertEqual(sorted(set(asked)), sorted(expected))

    def test_watching_sees_a_statement(self):
        with self.watched(["retention_profile"]):
            self.env["retention.profile"].search([("partner_id", "=", self.partner.id)]).mapped(
                "id"
            )

    def test_contacts(self):
        mine = self.env["res.partner"].with_user(self.user)
        with self.watched():
            bob = mine.create({"name": "Bob", "email": "bob@x.test"})
            bob.write({"phone": "+1 555 0100", "comment": "<p>Nice</p>"})
            bob.message_post(body="Hello")
            bob.copy()

    def test_a_task_that_is_none_of_ours_is_deleted_without_reading_who_does_it(self):
        """Every deleted record and every mail that went out passes there, mostly without tasks."""
        nothing = self.env["mail.activity"].with_user(self.user)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            nothing.unlink()

    def test_documents_are_duplicated_without_our_rights(self):
        """A copy reads every field that is copied, with the rights of who makes it."""
        found = [
            f"{name}.{field.name}"
            for name, model in self.env.items()
            if not name.startswith("retention.") and model._auto and not model._transient
            for field in model._fields.values()
            if field.copy and field.groups and "retention" in field.groups
        ]
        self.assertEqual(found, [])

    def test_activities(self):
        partner = self.partner.with_user(self.user)
        with self.watched():
            first, second = (
                partner.activity_schedule("mail.mail_activity_data_todo", summary=text)
                for text in ("One", "Two")
            )
            first.write({"date_deadline": "2030-01-01", "user_id": self.colleague.id})
            first.write({"user_id": self.user.id, "note": "<p>More</p>"})
            first.action_feedback("Done")
            second.unlink()

    def test_users(self):
        with self.watched():
            self.colleague.write({"name": "Other", "signature": "<p>O</p>"})
