"""Before uninstalling: contacts get back what they had before tiers and procedures."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .benefit_common import BenefitCase

LOCK = "odoo.addons.customer_retention.models.retention_metrics_store.RetentionMetrics._try_lock"


@tagged("post_install", "-at_install")
class TestGiveBack(BenefitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("g_admin", "base.group_system")
        cls.tag = cls.env["res.partner.category"].create({"name": "Golden"})
        cls.gold_prices, cls.plain = cls.pricelist("Gold prices"), cls.pricelist("Plain prices")
        cls.benefit(cls.gold, "pricelist", pricelist_id=cls.gold_prices.id)
        cls.benefit(cls.gold, "tag", tag_id=cls.tag.id)

    def dialog(self, **values):
        action = self.env["retention.give.back"].with_user(self.admin).action_of_all()
        return self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])

    def put_back(self, dialog):
        with self.at(5):
            dialog.action_put_back()
        self.env.flush_all()
        self.env.invalidate_all()

    def listed(self, dialog):
        return [
            (line.name, line.given_by, line.contact_count, line.left_count)
            for line in dialog.line_ids
        ]

    def test_all_is_put_back(self):
        ann, bob, cem = self.members("Ann", "Bob", "Cem")
        name = "specific_property_product_pricelist"
        ann.partner_id.with_company(self.company)[name] = self.plain
        bob.partner_id.category_id = self.tag
        self.move(ann | bob | cem, self.gold)
        self.assertEqual({self.price(p) for p in ann | bob | cem}, {self.gold_prices})
        cem.partner_id.with_company(self.company)[name] = self.plain  # by a person, since
        dialog = self.dialog()
        self.assertEqual(
            self.listed(dialog),
            [
                (self.gold_prices.display_name, "Gold · Gold pricelist", 2, 1),
                ("Golden", "Gold · Gold tag", 2, 1),
            ],
        )
        shown = dialog.line_ids[0].action_open_contacts()
        self.assertCountEqual(shown["domain"][0][2], (ann | bob).partner_id.ids)
        shown = dialog.line_ids[1].action_open_contacts()
        self.assertCountEqual(shown["domain"][0][2], (ann | cem).partner_id.ids)
        self.put_back(dialog)
        self.assertEqual((dialog.done, dialog.done_count), (True, 3))
        self.assertEqual(
            [self.price(p) for p in ann | bob | cem],
            [self.plain, self.plain.browse(), self.plain],
        )
        self.assertEqual(
            [p.partner_id.category_id for p in ann | bob | cem],
            [self.tag.browse(), self.tag, self.tag.browse()],
        )
        grants = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual(set(grants.mapped("state")), {"taken_back"})
        self.assertEqual(set(grants.mapped("end_why")), {"Taken back before uninstalling"})
        self.assertFalse(self.dialog().line_ids)

    def test_what_is_not_ticked_stays(self):
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        dialog = self.dialog()
        dialog.line_ids[0].selected = False
        self.put_back(dialog)
        self.assertEqual(self.price(ann), self.gold_prices)
        self.assertFalse(ann.partner_id.category_id)
        self.assertEqual(len(self.dialog().line_ids), 1)

    def test_tags_of_procedures(self):
        warm = self.env["res.partner.category"].create({"name": "Warm"})
        ann, bob = self.buyer("Ann"), self.buyer("Bob", category_id=[(6, 0, warm.ids)])
        self.enter(self.make_sop({"type": "tag", "tag_id": warm.id}), ann, bob)
        self.tick(0)
        self.assertEqual((ann.category_id, bob.category_id), (warm, warm))
        dialog = self.dialog()
        self.assertEqual(self.listed(dialog), [("Warm", "Procedures", 1, 0)])
        self.assertEqual(dialog.line_ids.action_open_contacts()["domain"], [("id", "in", ann.ids)])
        self.put_back(dialog)
        self.assertEqual((ann.category_id, bob.category_id), (warm.browse(), warm))

    def test_who_keeps_something_is_counted(self):
        ann, bob = self.members("Ann", "Bob")
        both = (ann | bob).partner_id
        self.enter(self.make_sop({"type": "tag", "tag_id": self.tag.id}), *both)
        self.tick(0)
        self.move(ann, self.gold)
        dialog = self.dialog()
        dialog.line_ids.filtered("benefit_id").selected = False
        self.put_back(dialog)
        self.assertEqual(both.mapped("category_id"), self.tag)
        self.assertEqual((ann.partner_id.category_id, dialog.left_count), (self.tag, 1))
        self.assertEqual(dialog.done_count, 1)

    def test_all_companies(self):
        """The app goes from all companies, also from those the administrator does not see."""
        other = self.make_company("Other")
        theirs = self.make_tiers(other)
        foreign = self.pricelist("Theirs", company_id=other.id)
        self.benefit(theirs[3], "pricelist", pricelist_id=foreign.id)
        [ann] = self.members("Ann")
        again = self.profiles.create({"partner_id": ann.partner_id.id, "company_id": other.id})
        self.move(ann, self.gold)
        self.follow(self.moves(again, theirs[3]), company=other)
        self.put_back(self.dialog())
        self.assertFalse(self.price(ann) | self.price(ann, other))

    def test_not_while_figures_are_computed(self):
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        dialog = self.dialog()
        with patch(LOCK, return_value=False), self.assertRaises(UserError):
            dialog.action_put_back()
        self.assertEqual(self.price(ann), self.gold_prices)

    def test_only_administrators(self):
        with self.assertRaises(AccessError):
            self.env["retention.give.back"].with_user(self.manager).action_of_all()

    def test_offered_before_uninstalling(self):
        modules = self.env["ir.module.module"]
        uninstall = self.env["base.module.uninstall"].with_user(self.admin)
        ours, sale = (modules.search([("name", "=", n)]) for n in ("customer_retention", "sale"))
        dialog = uninstall.create({"module_ids": [(6, 0, ours.ids)]})
        self.assertFalse(dialog.retention_benefits)
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        dialog.invalidate_recordset()
        self.assertTrue(dialog.retention_benefits)
        # What takes ours along asks, too; what does not, does not.
        self.assertTrue(uninstall.create({"module_ids": [(6, 0, sale.ids)]}).retention_benefits)
        bridge = modules.search([("name", "=", "customer_retention_crm")])
        alone = uninstall.create({"module_ids": [(6, 0, bridge.ids)]})
        self.assertFalse(alone.retention_benefits)
        with Form(dialog) as form:
            self.assertTrue(form.retention_benefits)
        action = dialog.action_retention_give_back()
        mine = self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])
        self.assertEqual(len(mine.line_ids), 2)
        back = mine.action_back()
        self.assertEqual((back["res_model"], back["res_id"]), (dialog._name, dialog.id))
