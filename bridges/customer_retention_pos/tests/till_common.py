"""Tills that sell on fixed days, as the till's own client sends them."""

from datetime import date

from odoo.addons.point_of_sale.tests.common import TestPoSCommon

AS_OF = date(2026, 6, 30)


class TillCase(TestPoSCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("customer_retention.group_manager")
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.company = cls.env.company
        cls.company.retention_tz = "UTC"
        cls.profiles = cls.env["retention.profile"]
        cls.ten = cls.create_product("Ten", cls.categ_basic, 10.0)
        # 10 % included: 22 at the till are 20 net.
        cls.taxed = cls.create_product(
            "Taxed", cls.categ_basic, 22.0, tax_ids=cls.taxes["tax10"].ids
        )

    def setUp(self):
        super().setUp()
        self.open(self.basic_config)

    def open(self, config):
        self.config = config
        self.open_new_session()

    def sell(self, day, *lines, customer=None, invoiced=False, **values):
        """Sync one paid order from the till; ``lines``: (product, quantity) or dicts."""
        when = day if len(day) > 10 else f"{day} 12:00:00"
        customer = self.customer if customer is None else customer
        data = self.create_ui_order_data(
            list(lines),
            {"date_order": when, **values},
            customer=customer,
            is_invoiced=invoiced,
        )
        orders = self.env["pos.order"].with_context(generate_pdf=False)
        [found] = orders.sync_from_ui([data])["pos.order"]
        return self.env["pos.order"].browse(found["id"])

    def take_back(self, order, day):
        """Refund what is left of an order, in cash."""
        refund = order._refund()
        refund.date_order = f"{day} 12:00:00"
        cash = self.config.payment_method_ids.filtered(
            lambda method: method.is_cash_count and not method.split_transactions
        )[:1]
        self.make_payment(refund, cash, refund.amount_total)
        return refund

    def facts(self, basis="order", company=None, as_of=AS_OF):
        self.env.flush_all()
        return self.profiles._compute_as_of(company or self.company, as_of, basis=basis)

    def bought(self, basis="order", customer=None, **values):
        """Return (revenue, purchase days of the window, last day) of a customer; None: nobody."""
        facts = self.facts(basis, **values)
        partner = (customer or self.customer).commercial_partner_id
        if partner.id not in facts.index:
            return None
        row = facts.loc[partner.id]
        last = row["last_order_date"]
        return (row["revenue_total"], row["rfm_frequency"], str(last)[:10] if last else None)
