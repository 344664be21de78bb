from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_retention.tests.common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestPrivacyLookup(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.customer("Ann Lookup", email="ann.lookup@example.com")
        cls.history = cls.env["retention.history.purchase"].create(
            {"partner_id": cls.ann.id, "company_id": cls.company.id, "day": AS_OF, "amount": 9}
        )
        cls.env["retention.need"].create(
            {"partner_id": cls.ann.id, "company_id": cls.company.id, "name": "Faster delivery"}
        )
        cls.refresh()

    def lookup(self):
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.ann.name, "email": self.ann.email}
        )
        wizard.action_lookup()
        return wizard.line_ids

    def test_one_line_stands_for_all_of_retention(self):
        models = self.lookup().mapped("res_model")
        self.assertIn("res.partner", models)
        self.assertFalse([name for name in models if name.startswith("retention.")])

    def test_deleting_a_contact_erases_retention_first(self):
        line = self.lookup().filtered(lambda line: line.res_model == "res.partner")
        line.action_unlink()
        self.assertFalse(self.ann.exists())
        self.assertEqual(self.history.partner_id.name, "Erased customer")
        log = self.env["privacy.log"].search([], order="id desc", limit=1)
        self.assertIn(f"#{self.ann.id} erased", log.execution_details)
        self.assertNotIn("Ann", log.anonymized_name)

    def test_what_is_open_stops_it(self):
        self.env["retention.case"].create(
            {"name": "It broke", "partner_id": self.ann.id, "company_id": self.company.id}
        )
        line = self.lookup().filtered(lambda line: line.res_model == "res.partner")
        with self.assertRaises(UserError):
            line.action_unlink()
        self.assertTrue(self.ann.exists())

    def test_the_button_is_for_managers_of_retention(self):
        line = self.lookup().filtered(lambda line: line.res_model == "res.partner")
        action = line.action_retention_data()
        self.assertEqual(action["res_model"], "retention.privacy.request")
        system = self.make_user("l_system", "base.group_system")
        for name in ("group_manager", "group_user"):
            group = self.env.ref(f"customer_retention.{name}")
            system.write({"group_ids": [Command.unlink(group.id)]})
        if not system.has_group("customer_retention.group_user"):
            with self.assertRaises(AccessError):
                line.with_user(system).action_retention_data()
