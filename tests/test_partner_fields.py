"""Figures on contacts: search, sort, group and sum through the joined profile."""

from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
@freeze_time(f"{AS_OF} 12:00:00")
class TestPartnerFields(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.cid = (cls.customer(name) for name in ("Ann", "Bob", "Cid"))
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.ann.id})
        cls.orders(cls.ann, 10, 40, 70, amount=100)
        cls.orders(cls.bob, 200, amount=50)
        cls.refresh()
        cls.all = cls.ann | cls.bob | cls.cid | cls.contact
        cls.partners = cls.env["res.partner"]

    def find(self, *domain, **options):
        return self.partners.search([("id", "in", self.all.ids), *domain], **options)

    def test_contact_shows_its_companys_figures(self):
        self.assertEqual(self.contact.rfm_monetary, 300.0)
        self.assertEqual(self.contact.retention_profile_id, self.profile(self.ann))
        self.assertFalse(self.cid.retention_profile_id)

    def test_search(self):
        self.assertEqual(self.find(("rfm_monetary", ">", 100)), self.ann | self.contact)
        self.assertEqual(self.find(("retention_segment_id", "=", False)), self.cid)
        self.assertEqual(self.find(("retention_profile_id", "=", False)), self.cid)
        self.assertEqual(self.find(("retention_segment_id.code", "=", "general")), self.bob)
        self.assertEqual(
            self.find(("retention_segment_id", "!=", self.bob.retention_segment_id.id)),
            self.all - self.bob,
        )
        self.assertEqual(self.find(("rfm_monetary", ">", 0)), self.all - self.cid)
        self.assertEqual(self.find(("rfm_frequency", ">=", 0)), self.all - self.cid)
        self.assertEqual(self.find(("rfm_score", "=like", "2%")), self.bob)
        self.assertEqual(self.find(("customer_number", "=", f"C{self.bob.id:06d}")), self.bob)

    def test_recency_boundaries(self):
        for operator, value, found in (
            ("=", 10, self.ann | self.contact),
            (">", 10, self.bob),
            (">=", 10, self.ann | self.contact | self.bob),
            ("<", 10, self.partners),
            ("<=", 10, self.ann | self.contact),
            (">", 199, self.bob),
            (">", 200, self.partners),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(self.find(("rfm_recency_days", operator, value)), found)
        self.assertEqual(self.ann.rfm_recency_days, 10)

    def test_negation_looks_profiles_up_one_by_one_at_worst(self):
        """A negated IN over many profiles takes minutes once they outgrow work_mem."""
        segment = self.bob.retention_segment_id.id
        query = self.partners._search([("retention_segment_id", "!=", segment)])
        code = query.select().code
        self.assertIn('EXISTS (SELECT 1 FROM "retention_profile"', code)
        self.assertNotIn("IN (SELECT", code)
        self.assertFalse(self.find(("retention_segment_id", "in", [])))

    def test_sort_puts_contacts_without_figures_last(self):
        for order in ("rfm_monetary desc", "rfm_monetary asc", "rfm_recency_days desc"):
            with self.subTest(order=order):
                self.assertEqual(self.find(order=order)[-1], self.cid)
        self.assertEqual(self.find(order="rfm_recency_days desc")[0], self.bob)

    def test_group_and_sum(self):
        rows = self.partners.formatted_read_group(
            [("id", "in", self.all.ids)],
            ["retention_segment_id"],
            ["rfm_monetary:sum", "rfm_recency_days:avg", "__count"],
        )
        found = {
            row["retention_segment_id"] and row["retention_segment_id"][1]: (
                row["__count"],
                row["rfm_monetary:sum"],
                row["rfm_recency_days:avg"],
            )
            for row in rows
        }
        self.assertEqual(found[False], (1, False, False))
        self.assertEqual(found["General"], (1, 50.0, 200))
        # Ann's contact stands in her segment; her figures count once.
        self.assertEqual(found[self.ann.retention_segment_id.name], (2, 300.0, 10))

    def test_every_figure_is_searchable_sortable_groupable(self):
        described = self.partners.fields_get()
        for name in (
            "rfm_recency_days",
            "rfm_frequency",
            "rfm_monetary",
            "rfm_r",
            "rfm_f",
            "rfm_m",
            "rfm_score",
            "retention_segment_id",
            "first_order_date",
            "last_order_date",
            "next_order_date",
            "is_core_customer",
            "avg_order_value",
        ):
            with self.subTest(field=name):
                self.assertTrue(described[name]["searchable"])
                self.assertTrue(described[name]["sortable"])
                self.assertTrue(described[name]["groupable"])

    def test_from_other_models(self):
        orders = self.env["sale.order"].search(
            [("partner_id.rfm_monetary", ">", 100), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(orders.partner_id, self.ann)

    def test_per_company(self):
        other = self.make_company("Other")
        self.assertFalse(self.ann.with_company(other).retention_profile_id)
        self.assertFalse(self.partners.with_company(other).search_count([("rfm_monetary", ">", 0)]))

    def test_reading_a_page_costs_the_same_for_many(self):
        names = ["rfm_score", "rfm_monetary", "retention_segment_id", "rfm_recency_days"]

        def statements(records):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        more = self.partners
        for number in range(30):
            more |= self.customer(f"More {number}")
            self.orders(more[-1], 20)
        self.refresh()
        statements(more)
        self.assertEqual(statements(more[:2]), statements(more))

    def test_core_customers(self):
        self.assertTrue(self.ann.is_core_customer)
        self.assertFalse(self.bob.is_core_customer)

    def test_overlay(self):
        overlay = self.env["retention.overlay"].create(
            {"name": "Named B", "domain": "[('partner_id.name', 'like', 'Bo')]"}
        )
        self.assertEqual(overlay.customer_count, 1)
        self.assertEqual(self.bob.retention_overlay_ids, overlay)
        self.assertFalse(self.ann.retention_overlay_ids)
        found = self.profiles.search(
            [("overlay_ids", "in", overlay.ids), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(found.partner_id, self.bob)

    def test_next_order(self):
        self.orders(self.ann, 100)
        self.refresh(partners=self.ann)
        self.assertEqual(self.ann.expected_gap_days, 30)
        self.assertEqual(self.ann.next_order_date, AS_OF - timedelta(days=10) + timedelta(days=30))
        self.assertEqual(self.ann.first_order_date, date(2026, 3, 22))
