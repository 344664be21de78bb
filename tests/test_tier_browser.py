"""A manager accepts the first tiers; whoever sells sees the customer's tier on the order."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import RetentionCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestTierBrowser(RetentionCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._retention_today()
        for name, amount in (("Ann", 300), ("Ben", 400), ("Eve", 9300)):
            cls.orders(cls.customer(name), 30, amount=amount, as_of=cls.today)
        cls.refresh(cls.today)
        cls.manager = new_test_user(
            cls.env,
            "tour_tier_manager",
            groups=f"{OURS}.group_manager,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_proposal_accept_board(self):
        self.start_tour(
            "/odoo/retention-customers", "customer_retention_tiers", login=self.manager.login
        )
        self.env.invalidate_all()
        tiers = self.env["retention.tier"].search([("company_id", "=", self.company.id)])
        self.assertEqual(tiers.mapped("name"), ["Standard", "Silver", "Gold", "VIP"])
        self.assertEqual(tiers.mapped("min_amount"), [0, 300, 1000, 2000])
        self.assertEqual(tiers.mapped("customer_count"), [0, 2, 0, 1])

    def test_tier_on_the_order(self):
        tier = self.env["retention.tier"].create(
            {"name": "Gold", "level": 2, "min_amount": 9000, "company_id": self.company.id}
        )
        eve = self.env["res.partner"].search([("name", "=", "Eve")], order="id desc", limit=1)
        self.profile(eve).tier_id = tier
        order = self.order(self.customer("Buyer", parent_id=eve.id, is_company=False), self.today)
        self.assertEqual(order.retention_tier_id, tier)
        self.assertIn("Gold", order.retention_tier_tip)
        user = self.make_user("tour_seller", f"{OURS}.group_user", "sales_team.group_sale_manager")
        plain = self.make_user("tour_plain", "sales_team.group_sale_manager")
        for who, seen in ((user, True), (plain, False)):
            view = (
                self.env["sale.order"]
                .with_user(who)
                .get_view(self.env.ref("sale.view_order_form").id, "form")
            )
            self.assertEqual("retention_tier_id" in view["arch"], seen)
