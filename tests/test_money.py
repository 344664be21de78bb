"""Totals equal Odoo's own reports to the cent; what makes a purchase day and what does not."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale.tests.common import TestSaleCommon

AS_OF = date(2026, 6, 30)


class MoneyCase(TestSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.retention_tz = "UTC"
        cls.profiles = cls.env["retention.profile"]
        cls.eur = cls.setup_other_currency(
            "CHF", rates=[("2020-01-01", 1.1), ("2026-03-01", 0.93), ("2026-05-01", 1.0777)]
        )
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": cls.eur.id}
        )
        cls.tax_19 = cls.percent_tax(cls, 19, price_include_override="tax_excluded")
        cls.tax_incl = cls.percent_tax(cls, 7, price_include_override="tax_included")

    def line(self, price, qty=1, discount=0, taxes=None, **values):
        return Command.create(
            {
                "product_id": self.product_a.id,
                "product_uom_qty": qty,
                "price_unit": price,
                "discount": discount,
                "tax_ids": [Command.set(taxes.ids if taxes else [])],
                **values,
            }
        )

    def sell(self, partner, day, *lines, pricelist=None, company=None, confirm=True):
        company = company or self.company
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "pricelist_id": pricelist.id if pricelist else False,
                    "order_line": list(lines),
                }
            )
        )
        if confirm:
            order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    def facts(self, basis="order", company=None, as_of=AS_OF):
        return self.profiles._compute_as_of(company or self.company, as_of, basis=basis)

    def invoice(self, partner, day, price, move_type="out_invoice", **values):
        return self._create_invoice_one_line(
            price_unit=price,
            product_id=self.product_a,
            partner_id=partner,
            move_type=move_type,
            invoice_date=day,
            post=True,
            **values,
        )


@tagged("post_install", "-at_install")
class TestOrderBasis(MoneyCase):
    def reported(self, company=None):
        company = company or self.company
        self.env.flush_all()
        report = self.env["sale.report"].with_context(allowed_company_ids=company.ids)
        rows = report.formatted_read_group(
            [("state", "=", "sale"), ("company_id", "=", company.id)],
            ["commercial_partner_id"],
            ["price_subtotal:sum"],
        )
        return {row["commercial_partner_id"][0]: row["price_subtotal:sum"] for row in rows}

    def assertEqualToReport(self, company=None):
        ours = self.facts(company=company)["revenue_total"].to_dict()
        reported = self.reported(company)
        self.assertEqual(set(ours), set(reported))
        for partner_id, amount in reported.items():
            self.assertAlmostEqual(ours[partner_id], amount, places=2)
        self.assertAlmostEqual(sum(ours.values()), sum(reported.values()), places=2)
        return ours

    def test_equals_sale_report(self):
        partner = self.partner_a
        self.sell(
            partner,
            "2026-01-10",
            self.line(99.99, 3, 12.5, self.tax_19),
            self.line(10, 7, 0, self.tax_19 | self.tax_incl),
            self.line(107, 1, 0, self.tax_incl),
        )
        self.sell(
            partner,
            "2026-02-10",
            self.line(49.9, 2, product_id=self.company_data["product_service_order"].id),
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
        )
        self.sell(partner, "2026-03-10", self.line(10), pricelist=self.pricelist)
        cancelled = self.sell(partner, "2026-04-10", self.line(5000))
        cancelled._action_cancel()
        self.sell(partner, "2026-04-11", self.line(7000), confirm=False)
        down = self.sell(self.partner_b, "2026-05-01", self.line(1000, taxes=self.tax_19))
        self._create_down_payment_invoice(down, "percentage", 30, post=True)
        ours = self.assertEqualToReport()
        self.assertAlmostEqual(ours[self.partner_b.id], 1000.0)

    def test_foreign_currency_does_not_drift(self):
        for number in range(200):
            day = f"2026-{1 + number % 6:02d}-{1 + number % 28:02d}"
            self.sell(
                self.partner_a, day, self.line(10.01 + number * 0.37, 3), pricelist=self.pricelist
            )
        self.assertEqualToReport()

    def test_two_companies_do_not_mix(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self.sell(self.partner_a, "2026-05-01", self.line(100))
        self.sell(self.partner_a, "2026-05-02", self.line(11), company=other)
        self.assertAlmostEqual(self.assertEqualToReport()[self.partner_a.id], 100.0)
        self.assertAlmostEqual(self.assertEqualToReport(other)[self.partner_a.id], 11.0)

    def test_company_department_contact(self):
        partners = self.env["res.partner"]
        group = partners.create({"name": "Group", "is_company": True})
        department = partners.create({"name": "Purchasing", "parent_id": group.id})
        contact = partners.create({"name": "Ann", "parent_id": department.id})
        below = partners.create({"name": "Sub Ltd", "is_company": True, "parent_id": group.id})
        for partner, price in ((group, 1), (department, 10), (contact, 100), (below, 1000)):
            self.sell(partner, "2026-05-01", self.line(price))
        ours = self.assertEqualToReport()
        self.assertAlmostEqual(ours[group.id], 111.0)
        self.assertAlmostEqual(ours[below.id], 1000.0)
        self.assertEqual(set(ours), {group.id, below.id})

    def test_company_day_not_utc_day(self):
        order = self.sell(self.partner_a, "2026-05-01", self.line(10))
        order.date_order = "2026-05-01 17:00:00"
        self.company.retention_tz = "Asia/Shanghai"
        row = self.facts().loc[self.partner_a.id]
        self.assertEqual(row.last_order_date, date(2026, 5, 2))
        self.company.retention_tz = "America/New_York"
        row = self.facts().loc[self.partner_a.id]
        self.assertEqual(row.last_order_date, date(2026, 5, 1))

    def test_last_minute_of_the_as_of_day(self):
        self.company.retention_tz = "Asia/Shanghai"
        order = self.sell(self.partner_a, "2026-06-30", self.line(10))
        order.date_order = "2026-06-30 15:59:59"
        self.assertIn(self.partner_a.id, self.facts().index)
        order.date_order = "2026-06-30 16:00:00"
        self.assertNotIn(self.partner_a.id, self.facts().index)

    def test_free_and_returned_goods_make_no_purchase_day(self):
        self.sell(self.partner_a, "2026-05-01", self.line(0))
        self.sell(self.partner_b, "2026-05-01", self.line(50))
        self.sell(self.partner_b, "2026-05-03", self.line(20, -1))
        facts = self.facts()
        self.assertEqual(facts.loc[self.partner_a.id, "order_count"], 0)
        self.assertEqual(facts.loc[self.partner_a.id, "rfm_score"], "")
        self.assertEqual(facts.loc[self.partner_b.id, "last_order_date"], date(2026, 5, 1))
        self.assertAlmostEqual(facts.loc[self.partner_b.id, "rfm_monetary"], 30.0)

    def test_orders_of_one_day_are_one_purchase_day(self):
        for price in (10, 20, 30):
            self.sell(self.partner_a, "2026-05-01", self.line(price))
        row = self.facts().loc[self.partner_a.id]
        self.assertEqual((row.rfm_frequency, row.order_count), (1, 3))
        self.assertAlmostEqual(row.avg_order_value, 20.0)


@tagged("post_install", "-at_install")
class TestInvoiceBasis(MoneyCase):
    def assertEqualToReport(self):
        self.env.flush_all()
        report = self.env["account.invoice.report"].with_context(
            allowed_company_ids=self.company.ids
        )
        rows = report.formatted_read_group(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("company_id", "=", self.company.id),
            ],
            ["commercial_partner_id"],
            ["price_subtotal:sum"],
        )
        reported = {row["commercial_partner_id"][0]: row["price_subtotal:sum"] for row in rows}
        ours = self.facts("invoice")["revenue_total"].to_dict()
        self.assertEqual(set(ours), set(reported))
        for partner_id, amount in reported.items():
            self.assertAlmostEqual(ours[partner_id], amount, places=2)
        return ours

    def test_equals_invoice_report(self):
        self.invoice(
            self.partner_a, "2026-01-10", 99.99, quantity=3, discount=12.5, tax_ids=self.tax_19
        )
        self.invoice(self.partner_a, "2026-02-10", 107, tax_ids=self.tax_incl)
        self.invoice(self.partner_a, "2026-03-10", 10.01, currency_id=self.eur)
        self.invoice(self.partner_b, "2026-03-11", 33.33, "out_refund", tax_ids=self.tax_19)
        self.invoice(self.partner_b, "2026-03-12", 1000, "in_invoice")
        self._create_invoice_one_line(price_unit=900, product_id=self.product_a)
        ours = self.assertEqualToReport()
        self.assertAlmostEqual(ours[self.partner_b.id], -33.33)

    def test_credit_note_reduces_money_on_its_own_date_only(self):
        self.invoice(self.partner_a, "2026-04-01", 100)
        self.invoice(self.partner_a, "2026-05-01", 40, "out_refund")
        before = self.facts("invoice", as_of=date(2026, 4, 30)).loc[self.partner_a.id]
        after = self.facts("invoice").loc[self.partner_a.id]
        self.assertAlmostEqual(before.rfm_monetary, 100.0)
        self.assertAlmostEqual(after.rfm_monetary, 60.0)
        self.assertEqual(after.last_order_date, date(2026, 4, 1))
        self.assertEqual((after.rfm_frequency, after.order_count), (1, 1))

    def test_down_payment_is_no_purchase_day(self):
        order = self.sell(self.partner_a, "2026-03-01", self.line(1000))
        down = self._create_down_payment_invoice(order, "percentage", 30)
        down.invoice_date = "2026-03-02"
        down.action_post()
        row = self.facts("invoice").loc[self.partner_a.id]
        self.assertEqual((row.order_count, row.rfm_score), (0, ""))
        self.assertAlmostEqual(row.revenue_total, 300.0)
        order.order_line.filtered(lambda line: not line.is_downpayment).qty_delivered = 1
        final = self._create_final_invoice(order)
        final.invoice_date = "2026-04-02"
        final.action_post()
        row = self.facts("invoice").loc[self.partner_a.id]
        self.assertEqual((row.order_count, row.last_order_date), (1, date(2026, 4, 2)))
        self.assertAlmostEqual(row.revenue_total, 1000.0)
        self.assertEqualToReport()

    def test_fully_prepaid_order_still_has_its_purchase_day(self):
        order = self.sell(self.partner_a, "2026-03-01", self.line(1000))
        down = self._create_down_payment_invoice(order, "percentage", 100)
        down.invoice_date = "2026-03-02"
        down.action_post()
        order.order_line.filtered(lambda line: not line.is_downpayment).qty_delivered = 1
        final = self._create_final_invoice(order)
        final.invoice_date = "2026-04-02"
        final.action_post()
        self.assertAlmostEqual(final.amount_untaxed, 0.0)
        row = self.facts("invoice").loc[self.partner_a.id]
        self.assertEqual((row.order_count, row.last_order_date), (1, date(2026, 4, 2)))

    def test_invoices_are_where_odoo_has_them(self):
        """Odoo moves a contact's accounting entries along when it joins a company."""
        contact = self.env["res.partner"].create({"name": "Ann"})
        self.invoice(contact, "2026-04-01", 100)
        self.assertEqual(list(self.assertEqualToReport()), [contact.id])
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact.parent_id = firm
        self.assertEqual(list(self.assertEqualToReport()), [firm.id])
