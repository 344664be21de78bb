"""The fresh path: what asks for it, and what a minute later is known."""

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..hooks import post_init_hook, uninstall_hook
from .till_common import AS_OF, TillCase


@tagged("post_install", "-at_install")
class TestTillFresh(TillCase):
    def setUp(self):
        super().setUp()
        self.first = self.sell("2026-05-01", (self.ten, 1))
        self.env.flush_all()
        self.profiles._refresh(self.company, AS_OF)
        self.asked()

    def asked(self):
        """Write what a commit would write; return the asked partners and forget them."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM retention_refresh_request WHERE company_id = %s",
                self.company.id,
            )
        )
        self.env.cr.execute("DELETE FROM retention_refresh_request")
        return sorted(row[0] for row in rows)

    def profile(self, partner):
        return self.profiles.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def test_synced_from_the_till_and_computed_by_the_next_tick(self):
        self.assertFalse(self.profile(self.other_customer))
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.sell(str(AS_OF), (self.ten, 7), customer=self.other_customer)
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env["retention.refresh.request"]._answer(self.company)
        profile = self.profile(self.other_customer)
        self.assertEqual(profile.last_order_date, AS_OF)
        self.assertEqual((profile.revenue_total, profile.rfm_r), (70.0, 5))

    def test_who_sold_to_nobody_asks_nothing(self):
        self.sell("2026-05-02", (self.ten, 1), customer=False)
        self.assertEqual(self.asked(), [])

    def test_what_is_not_paid_yet_asks_nothing(self):
        draft = self.first.copy({"partner_id": self.other_customer.id})
        draft.lines.qty = 3
        self.assertEqual(self.asked(), [])

    def test_a_refund(self):
        self.take_back(self.first, "2026-06-20")
        self.assertEqual(self.asked(), self.customer.ids)

    def test_an_invoice(self):
        self.first.with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertEqual(self.asked(), self.customer.ids)

    def test_closing_the_session_asks_nothing(self):
        self.pos_session.post_closing_cash_details(10.0)
        self.pos_session.close_session_from_ui()
        self.assertEqual(self.first.state, "done")
        self.assertEqual(self.asked(), [])

    def test_another_customer_asks_for_both(self):
        self.first.partner_id = self.other_customer
        self.assertEqual(self.asked(), sorted((self.customer | self.other_customer).ids))

    def test_changed_lines(self):
        self.first.lines.price_subtotal = 5.0
        self.assertEqual(self.asked(), self.customer.ids)
        self.first.lines.customer_note = "words"
        self.assertEqual(self.asked(), [])

    def test_hooks(self):
        """Installing and uninstalling have everybody computed anew in the background."""
        for hook in (post_init_hook, uninstall_hook):
            hook(self.env)
            self.assertEqual(set(self.asked()), {0})
