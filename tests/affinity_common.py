"""Products in two categories, and customers who bought some of them."""

from datetime import timedelta

from odoo.fields import Command

from .common import AS_OF, RetentionCase


class AffinityCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.affinity = cls.env["retention.affinity"]
        cls.pumps, cls.care = cls.env["product.category"].create(
            [{"name": "Pumps"}, {"name": "Care"}]
        )
        cls.pump, cls.seal, cls.oil, cls.rag = (
            cls.make_product(name, categ_id=category.id)
            for name, category in (
                ("Pump", cls.pumps),
                ("Seal", cls.pumps),
                ("Oil", cls.care),
                ("Rag", cls.care),
            )
        )

    @classmethod
    def make_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "taxes_id": False, **values}
        )

    @classmethod
    def buy(cls, partner, *products, ago=10, amount=10.0, **values):
        lines = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "price_unit": amount,
                    "tax_ids": False,
                }
            )
            for product in products
        ]
        day = AS_OF - timedelta(days=ago)
        return cls.order(partner, day, **{"order_line": lines, **values})

    @classmethod
    def pump_and_seal(cls):
        """Ten customers: four have pump and seal, one only the pump, five only oil."""
        found = cls.env["res.partner"]
        for number in range(10):
            partner = cls.customer(f"C{number}")
            both = (cls.pump, cls.seal) if number < 4 else (cls.pump,)
            cls.buy(partner, *(both if number < 5 else (cls.oil,)))
            found |= partner
        return found

    def compute(self, company=None, as_of=AS_OF):
        self.env.flush_all()
        return self.affinity._recompute(company or self.company, as_of)

    def pairs(self, company=None):
        found = self.affinity.search([("company_id", "=", (company or self.company).id)])
        return {(pair.product_id, pair.other_product_id): pair for pair in found}
