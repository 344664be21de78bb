"""What a customer likes and may buy next, on the customer page."""

from odoo.tests import tagged

from .affinity_common import AffinityCase
from .common import AS_OF
from .page_common import plain


@tagged("post_install", "-at_install")
class TestPageTaste(AffinityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user(
            "t_user", "customer_retention.group_user", "sales_team.group_sale_salesman_all_leads"
        )

    def taste(self, partner, user=None):
        self.env.flush_all()
        partner = partner.with_user(user or self.user).with_context(
            allowed_company_ids=self.company.ids
        )
        return partner.env["retention.page"]._data(partner, AS_OF)["taste"]

    def test_nothing_bought(self):
        self.assertEqual(
            self.taste(self.customer("Ann")), {"categories": [], "basket": "", "next": None}
        )

    def test_categories_and_basket(self):
        """Three orders with 1, 2 and 2 lines, 100 + 20 + 30: 1.7 products for 50."""
        ann = self.customer("Ann")
        contact = self.env["res.partner"].create({"name": "Ida", "parent_id": ann.id})
        self.buy(ann, self.pump, ago=30, amount=100)
        self.buy(contact, self.oil, self.rag, ago=20)
        self.buy(ann, self.oil, self.rag, ago=10, amount=15)
        self.buy(ann, self.pump, ago=1500)
        self.buy(ann, self.pump, ago=5, state="draft")
        self.buy(ann, self.pump, ago=5, amount=0)
        found = self.taste(ann)
        self.assertEqual(found["categories"], ["Care", "Pumps"])
        self.assertEqual(plain(found["basket"]), "1.7 products for $ 50.00")
        self.assertIsNone(found["next"])

    def test_one_product_at_a_time(self):
        ann = self.customer("Ann")
        self.buy(ann, self.pump, amount=7)
        self.assertEqual(plain(self.taste(ann)["basket"]), "1 product for $ 7.00")

    def test_goes_well_with_what_they_have(self):
        """4 of 10 bought the seal; of 5 with the pump 4 did, damped 8/15: 1.33 times as often."""
        partners = self.pump_and_seal()
        self.compute()
        found = self.taste(partners[4])["next"]
        self.assertEqual(
            found,
            {
                "id": self.seal.id,
                "name": "Seal",
                "why": "Customers who bought Pump also buy it 1.3 times as often as others.",
            },
        )
        self.assertIsNone(self.taste(partners[9])["next"])

    def test_due_again(self):
        ann = self.customer("Ann")
        for ago in (100, 70, 40):
            self.buy(ann, self.oil, ago=ago)
        self.assertEqual(
            self.taste(ann)["next"]["why"],
            "Ordered about every 30 days so far: it may be time again.",
        )

    def test_what_the_reader_may_not_see_is_not_named(self):
        partners = self.pump_and_seal()
        self.compute()
        group = self.env["res.groups"].create({"name": "Few", "user_ids": [(4, self.user.id)]})
        self.env["ir.rule"].create(
            {
                "name": "No pumps",
                "model_id": self.env["ir.model"]._get_id("product.product"),
                "groups": [(4, group.id)],
                "domain_force": f"[('id', '!=', {self.pump.id})]",
            }
        )
        self.assertIsNone(self.taste(partners[4])["next"])

    def test_another_companys_purchases(self):
        ann, other = self.customer("Ann"), self.make_company("Other")
        self.buy(ann, self.pump, company=other)
        self.assertEqual(self.taste(ann), {"categories": [], "basket": "", "next": None})
