"""The list of probable duplicates leads into Odoo's own merge."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RetentionCase


@tagged("post_install", "-at_install")
class TestDuplicates(RetentionCase):
    def pairs(self, *partners):
        self.env.flush_all()
        ids = [partner.id for partner in partners]
        found = self.env["retention.duplicate"].search([("partner_id", "in", ids)])
        return {(row.kind, row.partner_id) for row in found}

    def test_same_numbers_written_differently(self):
        ann = self.customer("Ann", phone="+86 (0)21 5555-1234", email="A@x.example")
        ann2 = self.customer("Ann Ltd", phone="02155551234", email='"Ann" <a@x.example>')
        bob = self.customer("Bob", phone="0215555123", email="b@x.example")
        self.assertEqual(
            self.pairs(ann, ann2, bob),
            {("phone", ann), ("phone", ann2), ("email", ann), ("email", ann2)},
        )

    def test_tax_number(self):
        ann = self.customer("Ann", vat="XX 123.456")
        ann2 = self.customer("Ann Ltd", vat="xx123456")
        self.assertEqual(self.pairs(ann, ann2), {("vat", ann), ("vat", ann2)})

    def test_contacts_of_one_company_are_none(self):
        ann = self.customer("Ann", email="same@x.example")
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": ann.id, "email": "same@x.example"}
        )
        self.assertEqual(self.pairs(ann, contact), set())

    def test_archived_are_none(self):
        ann = self.customer("Ann", email="same@x.example")
        old = self.customer("Old", email="same@x.example", active=False)
        self.assertEqual(self.pairs(ann, old), set())

    def test_leads_into_the_merge(self):
        ann = self.customer("Ann", email="same@x.example")
        ann2 = self.customer("Ann Ltd", email="same@x.example")
        self.env.flush_all()
        rows = self.env["retention.duplicate"].search([("partner_id", "in", (ann | ann2).ids)])
        action = rows.action_merge()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, ann | ann2)
        with self.assertRaises(UserError):
            rows[0].action_merge()
