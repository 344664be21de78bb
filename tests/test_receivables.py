"""What a customer owes, for people without any accounting right."""

from odoo.fields import Command
from odoo.tests import tagged

from .page_common import OURS, plain
from .test_money import AS_OF, MoneyCase


@tagged("post_install", "-at_install")
class TestReceivables(MoneyCase):
    def owed(self):
        self.env.flush_all()
        seller = self.env["res.users"].create(
            {
                "name": "Sales only",
                "login": "p_seller",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.set(
                        [
                            self.env.ref("base.group_user").id,
                            self.env.ref(f"{OURS}.group_user").id,
                        ]
                    )
                ],
            }
        )
        partner = self.partner_a.with_user(seller)
        found = partner.env["retention.page"]._data(partner, AS_OF)["receivables"]
        return found and (
            [(label, plain(amount), note) for label, amount, note, _tone in found["lines"]],
            found["can_open"],
        )

    def test_what_is_owed(self):
        term = self.env.ref("account.account_payment_term_immediate")
        late = {"invoice_payment_term_id": term.id}
        self.invoice(self.partner_a, "2026-06-29", 100, tax_ids=False, **late)
        self.invoice(self.partner_a, "2026-06-30", 70, tax_ids=False, **late)
        paid = self.invoice(self.partner_a, "2026-05-01", 400, tax_ids=False, **late)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({"amount": 150})._create_payments()
        self.invoice(self.partner_a, "2026-06-01", 5, "out_refund", tax_ids=False)
        self.invoice(self.partner_b, "2026-01-01", 9999, tax_ids=False, **late)
        self.invoice(self.partner_a, "2026-01-01", 8888, "in_invoice", tax_ids=False)
        self._create_invoice_one_line(price_unit=7777, partner_id=self.partner_a)
        lines, can_open = self.owed()
        self.assertEqual(
            lines,
            [
                ("Overdue", "$ 350.00", "invoices: 2, oldest 60 days late"),
                ("Not paid", "$ 420.00", "invoices: 3"),
                ("Credit left", "$ 5.00", ""),
            ],
        )
        self.assertFalse(can_open)

    def test_only_the_instalments_past_their_date_are_overdue(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in a month",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        self.invoice(
            self.partner_a, "2026-06-10", 100, tax_ids=False, invoice_payment_term_id=term.id
        )
        lines, _can_open = self.owed()
        self.assertEqual(
            lines,
            [
                ("Overdue", "$ 50.00", "invoices: 1, oldest 20 days late"),
                ("Not paid", "$ 100.00", "invoices: 1"),
            ],
        )

    def test_nothing_owed(self):
        self.assertIsNone(self.owed())
