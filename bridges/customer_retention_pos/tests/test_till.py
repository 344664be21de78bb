"""Hand-worked figures of till sales on both bases; totals equal Odoo's own reports."""

from odoo.fields import Command
from odoo.tests import tagged

from .till_common import AS_OF, TillCase


@tagged("post_install", "-at_install")
class TestTill(TillCase):
    def assertBoth(self, expected, **values):
        for basis in ("order", "invoice"):
            with self.subTest(basis=basis):
                self.assertEqual(self.bought(basis, **values), expected)

    def test_net_amounts_and_days(self):
        # 3 × 10 + 20 net of 22; twice on the 10th is one purchase day.
        self.sell("2026-05-10", (self.ten, 3), (self.taxed, 1))
        self.sell("2026-05-10 18:00:00", (self.ten, 1))
        # 20 net less 25 %
        self.sell("2026-06-01", {"product": self.taxed, "quantity": 1, "discount": 25.0})
        self.assertBoth((75.0, 2, "2026-06-01"))

    def test_the_day_is_the_company_s(self):
        self.company.retention_tz = "Asia/Shanghai"
        self.sell("2026-05-10 17:30:00", (self.ten, 1))
        self.assertBoth((10.0, 1, "2026-05-11"))
        self.sell("2026-06-30 16:30:00", (self.ten, 1))  # already the first of July there
        self.assertBoth((10.0, 1, "2026-05-11"))

    def test_nobody_and_nothing(self):
        self.sell("2026-05-10", (self.ten, 1), customer=False)
        self.assertTrue(self.facts().empty)
        order = self.sell("2026-05-10", (self.ten, 1))
        draft = order.copy({"partner_id": self.other_customer.id})
        self.assertEqual(draft.state, "draft")
        cancelled = order.copy({"partner_id": self.other_customer.id})
        cancelled.action_pos_order_cancel()
        self.assertEqual(list(self.facts().index), self.customer.ids)

    def test_posted_by_closing_the_session(self):
        order = self.sell("2026-05-10", (self.ten, 1))
        self.pos_session.post_closing_cash_details(10.0)
        self.pos_session.close_session_from_ui()
        self.assertEqual(order.state, "done")
        # The session's entry is no invoice: nothing counts twice.
        self.assertBoth((10.0, 1, "2026-05-10"))

    def test_a_refund_counts_on_its_own_date_and_makes_nobody_recent(self):
        order = self.sell("2026-04-10", (self.ten, 5))
        self.sell("2026-05-10", (self.ten, 1))
        self.take_back(order, "2026-06-20")
        self.assertBoth((10.0, 2, "2026-05-10"))
        before = self.facts(as_of=AS_OF.replace(day=19)).loc[self.customer.id]
        self.assertEqual(before["revenue_total"], 60.0)

    def test_only_taken_back(self):
        self.sell("2026-05-10", (self.ten, -2))
        self.assertBoth((-20.0, 0, None))

    def test_exchange(self):
        self.sell("2026-05-10", (self.ten, -1), (self.taxed, 2))
        self.assertBoth((30.0, 1, "2026-05-10"))
        self.sell("2026-06-10", (self.ten, -3), (self.taxed, 1))
        self.assertBoth((20.0, 1, "2026-05-10"))

    def test_the_sign_of_what_is_taken_back(self):
        """A till may store the subtotal of a refund without a sign."""
        order = self.sell("2026-05-10", (self.ten, 5))
        refund = self.take_back(order, "2026-06-20")
        refund.lines.price_subtotal = 50.0
        self.assertBoth((0.0, 1, "2026-05-10"))

    def test_an_invoiced_order_counts_once(self):
        order = self.sell("2026-05-10", (self.ten, 3), (self.taxed, 1), invoiced=True)
        self.assertEqual(order.account_move.state, "posted")
        self.sell("2026-05-20", (self.ten, 1))
        self.assertBoth((60.0, 2, "2026-05-20"))

    def test_another_currency(self):
        self.sell("2026-05-10", (self.ten, 1))
        self.open(self.other_currency_config)
        order = self.sell("2026-05-12", (self.ten, 3))
        # One of the company's is half of the other's: what costs 15 there is 30 here.
        self.assertEqual(order.currency_rate, 0.5)
        self.assertEqual(order.amount_total, 15.0)
        self.assertBoth((40.0, 2, "2026-05-12"))

    def test_two_companies(self):
        self.sell("2026-05-10", (self.ten, 1))
        other = self.setup_other_company()["company"]
        order = self.sell("2026-05-12", (self.ten, 5))
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE pos_order SET company_id = %s WHERE id = %s", (other.id, order.id)
        )
        self.env.invalidate_all()
        self.assertBoth((10.0, 1, "2026-05-10"))
        self.assertBoth((50.0, 1, "2026-05-12"), company=other)

    def test_a_branch_counts_under_its_company(self):
        branch = self.env["res.company"].create({"name": "Shop", "parent_id": self.company.id})
        order = self.sell("2026-05-12", (self.ten, 5))
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE pos_order SET company_id = %s WHERE id = %s", (branch.id, order.id)
        )
        self.env.invalidate_all()
        self.assertBoth((50.0, 1, "2026-05-12"))

    def test_contacts_and_merged_partners(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.sell("2026-05-10", (self.ten, 1), customer=contact)
        self.sell("2026-05-12", (self.ten, 2), customer=self.other_customer)
        self.assertBoth((10.0, 1, "2026-05-10"))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other_customer).ids, self.customer)
        self.assertBoth((30.0, 2, "2026-05-12"))

    def test_imported_history_ends_where_the_till_begins(self):
        rows = self.env["retention.history.purchase"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "day": day,
                    "amount": amount,
                }
                for day, amount in (("2026-05-09", 100.0), ("2026-05-10", 1000.0))
            ]
        )
        self.assertEqual(len(rows), 2)
        self.sell("2026-05-10", (self.ten, 1))
        self.assertBoth((110.0, 2, "2026-05-10"))

    def test_restated_refunds(self):
        """The ledger moves what was taken back to the month in which it was sold."""
        metrics = self.env["retention.metrics"]
        order = self.sell("2026-04-10", (self.ten, 5))
        self.sell("2026-06-01", (self.ten, 1))
        self.take_back(order, "2026-06-20")
        for basis in ("order", "invoice"):
            scope = metrics._scope(self.company, AS_OF, basis=basis)
            rows = metrics._restated_rows(scope, AS_OF.replace(month=1, day=1), AS_OF, None)
            found = {
                str(month): float(revenue)
                for _partner, month, revenue in self.env.execute_query(rows)
            }
            self.assertEqual(found, {"2026-04-01": 0.0, "2026-06-01": 10.0})

    def test_timeline(self):
        order = self.sell("2026-05-10", (self.ten, 3), (self.taxed, 1))
        timeline = self.env["retention.timeline"].with_company(self.company)
        [entry] = timeline.load(self.customer.id, "purchase")["entries"]
        self.assertEqual((entry["res_model"], entry["res_id"]), ("pos.order", order.id))
        self.assertEqual(entry["title"], order.pos_reference)
        self.assertIn("50.00", entry["amount"])


@tagged("post_install", "-at_install")
class TestTillReports(TillCase):
    def setUp(self):
        super().setUp()
        first = self.sell("2026-03-10", (self.ten, 3), (self.taxed, 7))
        self.sell("2026-04-10", {"product": self.taxed, "quantity": 3, "discount": 12.5})
        self.sell("2026-04-11", (self.ten, 9), customer=self.other_customer)
        self.sell("2026-04-12", (self.taxed, 2), customer=self.other_customer, invoiced=True)
        self.take_back(first, "2026-05-01")
        self.sell("2026-05-02", (self.taxed, 1))
        self.env.flush_all()

    def reported(self, model, measure):
        report = self.env[model].with_context(allowed_company_ids=self.company.ids)
        rows = report._read_group(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "!=", False),
                ("state", "in", ("paid", "done", "sale")),
            ],
            ["partner_id"],
            [f"{measure}:sum"],
        )
        return {partner.id: round(amount, 2) for partner, amount in rows}

    def test_equal_to_the_till_s_report(self):
        # 30 + 140 + 52.5 − 170 + 20, and 90 + 40
        ours = self.facts()["revenue_total"].to_dict()
        self.assertEqual(ours, {self.customer.id: 72.5, self.other_customer.id: 130.0})
        self.assertEqual(ours, self.reported("report.pos.order", "price_subtotal_excl"))

    def test_equal_to_the_sales_report(self):
        if not self.env["retention.metrics"]._till_settles_orders():
            self.skipTest("Sales reports have no till sales without pos_sale")
        ours = self.facts()["revenue_total"].to_dict()
        self.assertEqual(ours, self.reported("sale.report", "price_subtotal"))

    def test_invoices_and_the_rest_of_the_till_make_the_invoice_basis(self):
        invoiced = {self.other_customer.id: 40.0}
        report = self.env["account.invoice.report"]
        rows = report._read_group(
            [("company_id", "=", self.company.id), ("state", "=", "posted")],
            ["commercial_partner_id"],
            ["price_subtotal:sum"],
        )
        self.assertEqual({partner.id: amount for partner, amount in rows}, invoiced)
        ours = self.facts("invoice")["revenue_total"].to_dict()
        self.assertEqual(ours, {self.customer.id: 72.5, self.other_customer.id: 130.0})


@tagged("post_install", "-at_install")
class TestSettledOrders(TillCase):
    """What a till does with sale orders (``pos_sale``) counts once, too."""

    def setUp(self):
        super().setUp()
        if not self.env["retention.metrics"]._till_settles_orders():
            self.skipTest("pos_sale is not installed")
        self.sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.ten.id, "product_uom_qty": 4, "tax_ids": False}
                    )
                ],
            }
        )
        self.sale.action_confirm()
        self.sale.date_order = "2026-05-01 12:00:00"

    def settle(self, day, line, product, quantity, **values):
        return self.sell(
            day,
            {
                "product": product,
                "quantity": quantity,
                "sale_order_line_id": line.id,
                "sale_order_origin_id": self.sale.id,
                **values,
            },
        )

    def test_settled_at_the_till(self):
        self.settle("2026-05-20", self.sale.order_line, self.ten, 4)
        self.assertEqual(self.bought("order"), (40.0, 1, "2026-05-01"))
        self.assertEqual(self.bought("invoice"), (40.0, 1, "2026-05-20"))

    def test_settled_and_something_more(self):
        order = self.settle("2026-05-20", self.sale.order_line, self.ten, 4)
        self.sell("2026-05-20 13:00:00", (self.taxed, 1))
        self.assertEqual(len(order.lines), 1)
        self.assertEqual(self.bought("order"), (60.0, 2, "2026-05-20"))
        self.assertEqual(self.bought("invoice"), (60.0, 1, "2026-05-20"))

    def test_a_down_payment_is_money_but_no_purchase_day(self):
        down = self.env["sale.order.line"].create(
            {
                "order_id": self.sale.id,
                "product_id": self.ten.id,
                "product_uom_qty": 0,
                "is_downpayment": True,
                "tax_ids": False,
            }
        )
        self.settle("2026-05-10", down, self.ten, 1)
        self.assertEqual(self.bought("order"), (40.0, 1, "2026-05-01"))
        self.assertEqual(self.bought("invoice"), (10.0, 0, None))
