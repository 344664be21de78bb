"""The first tiers from margins, where costs are known."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.common import RetentionCase


@tagged("post_install", "-at_install")
class TestMargin(RetentionCase):
    """The company of test_top_by_margin in the pure tests, smaller by 100.

    Five buy for 1,000 and leave 10 each, five for 100 and leave as much, ten for 10 and leave 1.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._retention_today()
        cls.lines = cls.env["sale.order.line"]
        for amount, cost, count in ((1000, 990, 5), (100, 0.01, 5), (10, 9, 10)):
            for number in range(count):
                order = cls.order(
                    cls.customer(f"{amount} {number}"), cls.today - timedelta(days=30), amount
                )
                order.order_line.purchase_price = cost
                cls.lines |= order.order_line

    def proposal(self):
        manager = self.make_user("tier_manager", "customer_retention.group_manager")
        mine = self.env["retention.tier.proposal"].with_user(manager)
        self.env.flush_all()
        wizard = mine.browse(mine.action_of_company()["res_id"])
        lines = wizard.line_ids.sorted("level")
        return wizard.source, lines.mapped("min_amount"), lines.mapped("customer_count")

    def test_by_margin(self):
        """80 % of the margin of 560 (less five cents) are the first five and four of the next."""
        amounts, margins = self.env["retention.metrics"]._tier_amounts(self.company, self.today)
        self.assertEqual(amounts, [1_000] * 10 + [10_000] * 5 + [100_000] * 5)
        self.assertEqual(margins, [100] * 10 + [9_999] * 5 + [1_000] * 5)
        self.assertEqual(self.proposal(), ("margin", [0, 20, 50, 100], [10, 0, 0, 10]))

    def test_by_revenue_where_costs_are_not_known(self):
        by_revenue = ("own", [0, 20, 100, 1000], [10, 0, 5, 5])
        self.lines.purchase_price = 0
        self.assertEqual(self.proposal(), by_revenue)

    def test_half_of_the_revenue_has_to_have_a_cost(self):
        """2,000 + 300 + 500 + 100 have a cost; 2,000 and another order have none."""
        costed = self.lines.filtered(lambda line: line.price_subtotal == 1000)
        costed[2:].purchase_price = 0
        costed[2].write({"price_unit": 300, "purchase_price": 290})
        other = self.order(self.customer("Other"), self.today - timedelta(days=30), 899.99)
        other.order_line.purchase_price = 0
        self.env.flush_all()
        find = self.env["retention.metrics"]._tier_amounts
        self.assertTrue(find(self.company, self.today)[1])
        other.order_line.price_unit = 900
        self.assertTrue(find(self.company, self.today)[1])
        other.order_line.price_unit = 900.01
        self.assertIsNone(find(self.company, self.today)[1])

    def test_in_company_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2020-01-01", "rate": 4}
        )
        prices = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        partner = self.customer("Abroad")
        order = self.order(partner, self.today, 400, pricelist_id=prices.id)
        order.order_line.write({"price_unit": 400, "purchase_price": 300})
        self.env.flush_all()
        amounts, margins = self.env["retention.metrics"]._tier_amounts(self.company, self.today)
        self.assertIn((10_000, 2_500), list(zip(amounts, margins, strict=True)))

    def test_invoices_have_no_margin(self):
        self.company.retention_basis = "invoice"
        scope = self.env["retention.metrics"]._scope(self.company, self.today)
        self.assertIsNone(self.env["retention.metrics"]._margin_query(scope))
