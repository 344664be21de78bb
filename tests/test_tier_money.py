"""Credit notes for what was ordered lower the amount that a tier is earned and kept by."""

from datetime import date, timedelta

from odoo.tests import tagged

from .test_money import MoneyCase

START = date(2026, 1, 5)


def on(days):
    return START + timedelta(days=days)


@tagged("post_install", "-at_install")
class TestTierMoney(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = (
            cls.env["retention.tier"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "level": level,
                        "min_amount": amount,
                        "company_id": cls.company.id,
                    }
                    for level, (name, amount) in enumerate((("Standard", 0), ("Silver", 300)))
                ]
            )
        )
        cls.company.sudo().retention_tiers_started = True

    def credit(self, order, days, amount):
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = on(days)
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": on(days)}])
        note.invoice_line_ids.price_unit = amount
        note.action_post()

    def night(self, days):
        self.env.flush_all()
        self.profiles.sudo()._refresh(self.company, on(days))
        profile = self.profiles.sudo().search(
            [("partner_id", "=", self.partner_a.id), ("company_id", "=", self.company.id)]
        )
        return profile.tier_id.name, profile.tier_spend, profile.tier_grace_until

    def test_refund_within_the_period(self):
        order = self.sell(self.partner_a, on(0), self.line(300))
        self.assertEqual(self.night(0), ("Silver", 300, False))
        # Given back, not cancelled: it counts when the tier is reviewed.
        self.credit(order, 5, 40)
        self.assertEqual(self.night(5), ("Silver", 260, False))
        # 340, less 40, less a cent.
        order = self.sell(self.partner_a, on(100), self.line(340))
        self.credit(order, 110, 0.01)
        self.assertEqual(self.night(365), ("Silver", 299.99, False))
        self.assertEqual(self.night(366), ("Silver", 299.99, on(425)))

    def test_refund_before_the_tier(self):
        order = self.sell(self.partner_a, on(0), self.line(300))
        self.credit(order, 0, 0.01)
        self.assertEqual(self.night(0), ("Standard", 299.99, False))
