"""Audiences: who has bought from a category, and who has not."""

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from .affinity_common import AffinityCase


@tagged("post_install", "-at_install")
class TestBought(AffinityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls.env["product.category"].create(
            {"name": "Small Pumps", "parent_id": cls.pumps.id}
        )
        cls.seal.categ_id = cls.small
        cls.ann, cls.bob, cls.cid = (cls.customer(name) for name in ("Ann", "Bob", "Cid"))
        cls.buy(cls.ann, cls.pump, cls.oil)
        cls.buy(cls.bob, cls.seal, ago=1500)
        cls.buy(cls.cid, cls.oil, state="draft")
        cls.refresh()
        cls.cid_has_a_profile = bool(cls.profile(cls.cid))

    def found(self, *domain, company=None):
        own = Domain("company_id", "=", (company or self.company).id)
        return self.profiles.search(own & Domain(list(domain))).partner_id

    def everybody(self):
        return self.ann | self.bob | self.cid

    def test_a_quotation_makes_a_profile(self):
        self.assertTrue(self.cid_has_a_profile)

    def test_bought(self):
        for operator, value, expected in (
            ("in", self.pumps.ids, self.ann),
            ("in", (self.small | self.care).ids, self.ann | self.bob),
            ("=", self.small.id, self.bob),
            ("child_of", self.pumps.ids, self.ann | self.bob),
            ("any", [("name", "=", "Care")], self.ann),
            ("ilike", "pumps", self.ann | self.bob),
            ("in", [False], self.cid),
            ("in", [False, self.small.id], self.bob | self.cid),
            ("in", [], self.env["res.partner"]),
            ("!=", False, self.ann | self.bob),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(self.found(("bought_category_ids", operator, value)), expected)

    def test_not_bought(self):
        for operator, value, bought in (
            ("not in", self.pumps.ids, self.ann),
            ("!=", self.small.id, self.bob),
            ("not any", [("id", "child_of", self.pumps.ids)], self.ann | self.bob),
            ("not ilike", "pumps", self.ann | self.bob),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(
                    self.found(("bought_category_ids", operator, value)),
                    self.everybody() - bought,
                )
        self.assertEqual(
            self.found("!", ("bought_category_ids", "child_of", self.pumps.ids)), self.cid
        )

    def test_bought_this_and_not_that(self):
        self.buy(self.bob, self.oil)
        self.assertEqual(
            self.found(
                ("bought_category_ids", "in", self.care.ids),
                ("bought_category_ids", "not in", self.pumps.ids),
            ),
            self.bob,
        )

    def test_products(self):
        self.assertEqual(self.found(("bought_product_ids", "in", self.seal.ids)), self.bob)
        self.assertEqual(
            self.found(("bought_product_ids", "not in", self.seal.ids)), self.ann | self.cid
        )
        self.seal.active = False
        self.assertEqual(self.found(("bought_product_ids", "ilike", "seal")), self.bob)

    def test_filtered_in_memory_as_searched(self):
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        for domain in (
            [("bought_category_ids", "in", self.pumps.ids)],
            [("bought_category_ids", "not in", self.pumps.ids)],
        ):
            with self.subTest(domain=domain):
                self.assertEqual(profiles.filtered_domain(domain).partner_id, self.found(*domain))

    def test_values(self):
        self.assertEqual(self.profile(self.ann).bought_category_ids, self.pumps | self.care)
        self.assertEqual(self.profile(self.bob).bought_product_ids, self.seal)
        self.assertFalse(self.profile(self.cid).bought_category_ids)

    def test_two_companies(self):
        other = self.make_company("Other")
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.buy(self.bob, self.pump, company=other)
        self.buy(self.cid, self.pump, company=branch)
        self.refresh()
        self.refresh(company=other)
        bought = ("bought_category_ids", "in", self.pumps.ids)
        without = ("bought_category_ids", "not in", self.pumps.ids)
        self.assertEqual(self.found(bought), self.ann | self.cid)
        self.assertEqual(self.found(without), self.bob)
        self.assertEqual(self.found(bought, company=other), self.bob)
        self.assertFalse(self.found(without, company=other))
        self.assertEqual(self.profile(self.bob, other).bought_product_ids, self.pump)
        self.assertEqual(self.profile(self.bob).bought_product_ids, self.seal)

    def test_a_user_of_retention_may_filter(self):
        user = self.make_user("b_user", "customer_retention.group_user")
        found = (
            self.profiles.with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .search([("bought_category_ids", "child_of", self.pumps.ids)])
        )
        self.assertEqual(found.partner_id, self.ann | self.bob)
        self.assertEqual(found[0].company_id._retention_company(), self.company)

    def test_postgresql_makes_joins_of_it(self):
        """Not a sub-query per profile, nor a NOT IN over everybody."""
        for operator in ("in", "not in"):
            query = self.profiles._search([("bought_category_ids", operator, self.pumps.ids)])
            plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            text = "\n".join(line for (line,) in plan)
            with self.subTest(operator=operator):
                self.assertEqual("Anti Join" in text, operator == "not in", text)
                self.assertNotIn("SubPlan", text)
