"""What happens to closed months: credit notes, merges of contacts."""

from datetime import date

from odoo.tests import tagged

from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestLedgerChanges(LedgerCase):
    def totals(self, *names):
        return tuple(sum(self.ledger.search([]).mapped(name)) for name in names)

    def test_a_refund_in_may_for_an_order_of_april(self):
        ann = self.customer("Ann")
        self.refresh(date(2025, 3, 31))
        order = self.order(ann, date(2025, 4, 10), 100)
        self.night(date(2025, 5, 1))
        self.assertEqual(self.told(ann, "revenue", "revenue_restated"), [(4, 100, 100)])
        self.refund(order, date(2025, 5, 20), 30)
        self.refresh(date(2025, 5, 21), partners=ann)
        self.assertEqual(self.told(ann, "revenue", "revenue_restated"), [(4, 100, 70)])
        self.night(date(2025, 6, 1))
        self.assertEqual(
            self.told(ann, "revenue", "revenue_restated", "orders"),
            [(4, 100, 70, 1), (5, -30, 0, 0)],
        )
        self.assertEqual(self.totals("revenue", "revenue_restated"), (70, 70))
        before = self.everything()
        self.refresh(date(2025, 6, 1), partners=ann)
        self.assertEqual(self.everything(), before)

    def test_on_the_basis_of_invoices(self):
        self.company.retention_basis = "invoice"
        ann = self.customer("Ann")
        invoice = self.invoice(ann, 80, 100)  # 11 April 2026
        refund = invoice._reverse_moves([{"invoice_date": date(2026, 5, 5)}])
        refund.invoice_line_ids.price_unit = 40
        refund.action_post()
        self.night(date(2026, 6, 1))
        self.assertEqual(self.told(ann, "revenue", "revenue_restated"), [(4, 100, 60), (5, -40, 0)])

    def test_a_refund_long_after_stays_where_it_is(self):
        self.env["ir.config_parameter"].sudo().set_param("customer_retention.ledger_lookback", 2)
        ann = self.customer("Ann")
        order = self.order(ann, date(2025, 1, 10), 100)
        self.refund(order, date(2025, 4, 20), 30)
        self.night(date(2025, 6, 1))
        self.assertEqual(
            self.told(ann, "revenue", "revenue_restated"),
            [(1, 100, 100), (2, 0, 0), (3, 0, 0), (4, -30, -30), (5, 0, 0)],
        )

    def test_an_order_that_comes_in_late(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, date(2025, 1, 10), 50)
        self.night(date(2025, 2, 1))
        self.order(bob, date(2025, 1, 5), 20)
        self.order(ann, date(2025, 1, 11), 10)
        self.refresh(date(2025, 2, 2), partners=ann | bob)
        self.assertEqual(self.told(ann, "revenue", "revenue_restated"), [(1, 50, 60)])
        self.assertEqual(
            self.told(bob, "revenue", "revenue_restated", "is_new"), [(1, 0, 20, False)]
        )
        self.night(date(2025, 3, 1))
        # Counted as new where it was first seen; its cohort is that of the purchase.
        self.assertEqual(self.told(bob, "is_new", "active_end")[1], (2, True, True))
        self.assertEqual(self.rows(bob)[1].cohort, date(2025, 1, 1))

    # ---------------------------------------------------------------- merges
    def merge(self, *partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([into.id, *(partner.id for partner in partners)], into)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merged_contacts_have_one_row_a_month(self):
        self.company.write({"retention_silent_days": 20, "retention_at_risk_days": 30})
        self.company.write({"retention_lost_days": 40})
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for partner, day, months in ((ann, 15, (1, 2, 6)), (bob, 16, (2, 3, 4))):
            for number in months:
                self.order(partner, date(2025, number, day), number * 10)
        self.night(date(2025, 8, 1))
        self.assertEqual([month for (month,) in self.told(ann)], [1, 2, 3, 6, 7])
        self.assertEqual([month for (month,) in self.told(bob)], [2, 3, 4, 5])
        ids = self.rows(ann).ids
        self.merge(ann, into=bob)
        self.assertEqual(
            self.told(bob, "revenue", "orders", "is_new", "is_lost", "is_reactivated"),
            [
                (1, 10, 1, True, False, False),
                (2, 40, 2, False, False, False),
                (3, 30, 1, False, False, False),
                (4, 40, 1, False, False, False),
                (5, 0, 0, False, True, False),
                (6, 60, 1, False, False, True),
                (7, 0, 0, False, True, False),
            ],
        )
        self.assertFalse(self.ledger.search([("id", "in", ids), ("partner_id", "=", ann.id)]))
        rows = self.rows(bob)
        self.assertEqual(set(rows.mapped("cohort")), {date(2025, 1, 1)})
        self.assertEqual(rows.profile_id, self.profile(bob))
        self.assertEqual(rows.mapped("active_start")[1:], rows.mapped("active_end")[:-1])
        # What documents say of the one customer is the same.
        before = self.everything()
        self.months.action_rebuild()
        self.close()
        told = [{k: v for k, v in row.items() if "segment" not in k} for row in self.everything()]
        for row in before:
            row.pop("segment_id"), row.pop("previous_segment_id")
        self.assertEqual(told, before)

    def test_merged_into_one_without_rows(self):
        ann, bob, new = self.customer("Ann"), self.customer("Bob"), self.customer("New")
        self.order(ann, date(2025, 1, 15), 10)
        self.order(bob, date(2025, 1, 15), 20)
        self.night(date(2025, 2, 1))
        self.merge(ann, bob, into=new)
        self.assertEqual(self.told(new, "revenue", "is_new"), [(1, 30, True)])
