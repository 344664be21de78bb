"""Products bought together: in SQL as in pandas; favourites and the next product."""

from datetime import timedelta
from unittest.mock import patch

import pandas as pd

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..analytics.affinity import NextProduct, co_purchases
from .affinity_common import AffinityCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAffinity(AffinityCase):
    # ------------------------------------------------------------ pairs
    def test_pairs_by_hand(self):
        self.pump_and_seal()
        self.assertEqual(self.compute(), 2)
        pairs = self.pairs()
        self.assertEqual(set(pairs), {(self.pump, self.seal), (self.seal, self.pump)})
        pair = pairs[self.pump, self.seal]
        self.assertEqual((pair.support, pair.confidence), (4, 0.8))
        self.assertAlmostEqual(pair.strength, 8 / 15)
        self.assertAlmostEqual(pair.lift, 8 / 15 / 0.4)

    def test_sql_is_pandas(self):
        products = [self.make_product(f"P{number}") for number in range(9)]
        rows = []
        for number in range(40):
            partner = self.customer(f"C{number}")
            bought = [
                product
                for place, product in enumerate(products)
                if place % 3 == number % 3 and (number + place) % 4 or number * place % 11 == 1
            ]
            self.buy(partner, *bought, ago=number)
            rows += [(partner.id, p.id, p.product_tmpl_id.id) for p in bought]
        self.compute()
        expected = co_purchases(pd.DataFrame(rows, columns=["customer", "product", "family"]))
        self.assertGreater(len(expected), 5)
        found = self.pairs()
        self.assertEqual(
            {(p.id, o.id) for p, o in found},
            set(zip(expected["product"], expected["other"], strict=True)),
        )
        for row in expected.itertuples():
            browse = self.env["product.product"].browse
            pair = found[browse(row.product), browse(row.other)]
            self.assertEqual(pair.support, row.support)
            for name in ("confidence", "strength", "lift"):
                self.assertAlmostEqual(pair[name], getattr(row, name), 9)

    def test_a_second_time_writes_only_what_changed(self):
        partners = self.pump_and_seal()
        self.compute()
        kept = set(self.affinity.search([]).ids)
        self.assertEqual(self.compute(), 0)
        self.buy(partners[4], self.seal)
        self.assertEqual(self.compute(), 2)
        self.assertEqual(self.pairs()[self.seal, self.pump].support, 5)
        self.assertEqual(set(self.affinity.search([]).ids), kept)
        self.env["sale.order"].search([("partner_id", "in", partners.ids)])._action_cancel()
        self.assertEqual(self.compute(), 2)
        self.assertFalse(self.pairs())

    def test_only_the_last_two_years(self):
        self.pump_and_seal()
        self.compute(as_of=AS_OF + timedelta(days=366 + 365))
        self.assertFalse(self.pairs())

    def test_what_is_no_purchase_makes_no_pair(self):
        for number in range(8):
            partner = self.customer(f"C{number}")
            self.buy(partner, self.pump, state="sale" if number < 5 else "draft")
            if number < 5:
                self.buy(partner, self.seal, state="draft")
                self.buy(partner, self.oil, amount=0)
                self.buy(partner, self.rag).order_line.is_downpayment = True
            else:
                self.buy(partner, self.oil)
        self.compute()
        self.assertFalse(self.pairs())

    def test_what_cannot_be_sold_makes_no_pair(self):
        for values in ({"sale_ok": False}, {"active": False}, {"type": "combo"}):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.pump_and_seal()
                if "type" in values:
                    values["combo_ids"] = self.env["product.combo"].create(
                        {
                            "name": "Either",
                            "combo_item_ids": [Command.create({"product_id": self.rag.id})],
                        }
                    )
                self.seal.product_tmpl_id.write(values)
                self.compute()
                self.assertFalse(self.pairs())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_companies_are_apart(self):
        other = self.make_company("Other")
        branch = self.make_company("Branch", parent_id=self.company.id)
        partners = self.pump_and_seal()
        for partner in partners[:4]:
            self.buy(partner, self.rag, company=branch)
            self.buy(partner, self.pump, self.oil, company=other)
        self.compute()
        self.compute(other)
        self.assertIn((self.pump, self.rag), self.pairs())
        self.assertNotIn((self.pump, self.oil), self.pairs())
        # Four of four bought both there: no more than chance.
        self.assertFalse(self.pairs(other))

    @freeze_time(f"{AS_OF} 12:00:00")
    def test_once_a_week(self):
        self.pump_and_seal()
        everybody = self.env["res.company"]._retention_companies()
        everybody.sudo().retention_affinity_date = AS_OF
        self.company.sudo().retention_affinity_date = AS_OF - timedelta(days=6)
        computed = []
        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            patch.object(
                self.registry["retention.affinity"],
                "_recompute",
                lambda _self, company, day: computed.append((company, day)),
            ),
        ):
            self.affinity._cron_affinity()
            self.company.sudo().retention_affinity_date = AS_OF - timedelta(days=7)
            self.affinity._cron_affinity()
        self.assertEqual(computed, [(self.company, AS_OF)])

    # ------------------------------------------------------------ customers
    def test_favourite_categories(self):
        ann, bob, cid = (self.customer(name) for name in ("Ann", "Bob", "Cid"))
        self.buy(ann, self.pump, self.oil, ago=30, amount=100)
        self.buy(ann, self.oil, ago=3, amount=1)
        self.buy(bob, self.pump, ago=1000)
        self.buy(bob, self.pump, ago=-1)
        everybody = [ann.id, bob.id, cid.id]
        found = self.affinity._favourite_categories(self.company, everybody, AS_OF)
        self.assertEqual(found, {ann.id: [self.care.id, self.pumps.id]})
        found = self.affinity._favourite_categories(self.company, everybody, AS_OF, limit=1)
        self.assertEqual(found, {ann.id: [self.care.id]})

    def test_purchases_of_contacts_count_for_their_company(self):
        ann = self.customer("Ann")
        buyer = self.customer("Buyer", is_company=False, parent_id=ann.id)
        self.buy(buyer, self.oil)
        found = self.affinity._favourite_categories(self.company, [ann.id], AS_OF)
        self.assertEqual(found, {ann.id: [self.care.id]})

    def test_next_product_goes_with_what_was_bought(self):
        partners = self.pump_and_seal()
        self.compute()
        found = self.affinity._next_products(self.company, partners.ids, AS_OF)
        self.assertEqual(
            found, {partners[4].id: NextProduct(self.seal.id, "pair", self.pump.id, 0.8)}
        )
        self.assertEqual(
            self.affinity._reason_text(found[partners[4].id]),
            "goes well with Pump; 8 of 10 customers who bought that bought this, too",
        )
        self.seal.sale_ok = False
        self.assertEqual(self.affinity._next_products(self.company, partners.ids, AS_OF), {})

    def test_next_product_is_due_again(self):
        ann = self.customer("Ann")
        for ago in (100, 70, 40):
            self.buy(ann, self.oil, ago=ago)
        found = self.affinity._next_products(self.company, [ann.id], AS_OF)
        self.assertEqual(found, {ann.id: NextProduct(self.oil.id, "due", None, 30.0)})
        self.assertEqual(
            self.affinity._reason_text(found[ann.id]),
            "ordered about every 30 days so far, so it may be time again",
        )

    def test_nobody_and_nothing(self):
        self.assertEqual(self.affinity._next_products(self.company, [], AS_OF), {})
        ann = self.customer("Ann")
        self.assertEqual(self.affinity._next_products(self.company, [ann.id], AS_OF), {})
        self.assertEqual(self.affinity._last_products(self.company, [ann.id], AS_OF), {})

    def test_another_companys_purchases_suggest_nothing(self):
        other = self.make_company("Other")
        partners = self.pump_and_seal()
        self.compute()
        self.compute(other)
        found = self.affinity._next_products(other, partners.ids, AS_OF)
        self.assertEqual(found, {})

    def test_as_many_queries_for_all_as_for_one(self):
        partners = self.pump_and_seal()
        self.compute()

        def ask(ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.affinity._next_products(self.company, ids, AS_OF)
            return found, self.env.cr.sql_log_count - before

        ask(partners.ids)
        _few, count = ask(partners[4].ids)
        found, same = ask(partners.ids)
        self.assertEqual(len(found), 1)
        self.assertEqual(same, count)
