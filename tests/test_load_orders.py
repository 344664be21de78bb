import importlib.util
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL
from odoo.tools.sql import table_columns

LOADER = Path(__file__).resolve().parents[1] / "dev" / "load_orders.py"
# What two equal orders differ in: identity and the moment of writing.
OWN = {"id", "name", "order_id", "create_date", "write_date", "calendar_last_notif_ack"}


def import_loader():
    spec = importlib.util.spec_from_file_location("load_orders", LOADER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestLoadOrders(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = import_loader()
        cls.company = cls.env.company
        cls.company.retention_tz = "Asia/Shanghai"
        currencies = cls.env["res.currency"].with_context(active_test=False)
        own = cls.company.currency_id
        cls.foreign = currencies.search([("name", "in", ("EUR", "USD")), ("id", "!=", own.id)])[0]
        cls.foreign.active = True
        yen = currencies.search([("name", "=", "JPY")])
        yen.active = True
        cls.other = cls.env["res.company"].create({"name": "Load Two", "currency_id": yen.id})
        cls.other.retention_tz = "America/New_York"
        cls.env.user.company_ids |= cls.other
        for company in (cls.company, cls.other):
            cls.env["res.currency.rate"].create(
                [
                    {
                        "currency_id": cls.foreign.id,
                        "company_id": company.id,
                        "name": f"202{year}-0{month}-01",
                        "rate": 1 + year / 7 + month / 13,
                    }
                    for year in (2, 3, 4)
                    for month in (1, 5, 9)
                ]
            )

    def load(self, *rows, header="customer,date,amount,currency,company", **options):
        return self.loader.load_rows(self.env, [header, *rows], **options)

    def random_rows(self, count):
        """Rows of every company and currency, some of them zero or negative."""
        chance = random.Random(3)
        rows = []
        for _n in range(count):
            day = date(2021, 6, 1) + timedelta(days=chance.randrange(1200))
            company = chance.choice((self.company, self.company, self.other))
            currency = chance.choice((company.currency_id, self.foreign))
            amount = Decimal(chance.choice((0, 1, 1, 1, -1)) * chance.randrange(10**6))
            amount = amount.scaleb(-currency.decimal_places)
            customer = f"Load {chance.randrange(200)}"
            rows.append((customer, day, amount, currency, company))
        return rows

    def make(self, rows):
        """Make orders of rows through the ORM; return them in the order of the rows."""
        partners = {p.ref: p for p in self.env["res.partner"].search([("ref", "!=", False)])}
        values = defaultdict(list)
        for number, (customer, day, amount, currency, company) in enumerate(rows):
            kind = self.loader.Kind(self.env, company.id, currency.id, 1)
            order = kind.order_values(partners[customer], day, amount)
            values[company].append({**order, "client_order_ref": str(number)})
        made = self.env["sale.order"].union(
            *(self.loader.confirmed(self.env, of_company) for of_company in values.values())
        )
        made = made.with_env(self.env).sorted(lambda order: int(order.client_order_ref))
        made.client_order_ref = False
        self.env.flush_all()
        return made

    def stored(self, table, ids):
        """Return {column: values in the order of ids} without a row's identity."""
        names = [n for n in table_columns(self.env.cr, table) if n not in OWN]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = ANY(%s) ORDER BY array_position(%s, id)",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL.identifier(table),
                list(ids),
                list(ids),
            )
        )
        return {name: list(values) for name, values in zip(names, zip(*rows))}

    def assert_equal_columns(self, loaded, made):
        self.assertTrue(loaded)
        for name, values in made.items():
            self.assertEqual(loaded[name], values, name)

    def report(self, orders):
        """Return what Odoo's own sales analysis says of these orders, row by row."""
        names = [
            "price_subtotal",
            "price_total",
            "price_unit",
            "product_uom_qty",
            "qty_invoiced",
            "qty_to_invoice",
            "untaxed_amount_to_invoice",
            "untaxed_amount_invoiced",
        ]
        rows = self.env["sale.report"].search([("name", "in", orders.mapped("name"))])
        place = {f"sale.order,{order.id}": number for number, order in enumerate(orders)}
        rows = rows.sorted(lambda row: place[f"sale.order,{row.order_reference.id}"])
        self.assertEqual(len(rows), len(orders))
        return [
            (row.company_id, row.commercial_partner_id, row.date, row.invoice_status)
            + tuple(row[name] for name in names)
            for row in rows
        ]

    def test_equals_orders_made_by_odoo(self):
        rows = self.random_rows(1000)
        first = self.env["sale.order"].search([], order="id desc", limit=1).id or 0
        count, bad = self.load(
            *(
                f"{customer},{day},{amount},{currency.name},{company.name}"
                for customer, day, amount, currency, company in rows
            )
        )
        self.assertEqual((count, bad), (1000, []))
        loaded = self.env["sale.order"].search([("id", ">", first)], order="id")
        self.assertEqual(len(loaded), 1000)

        made = self.make(sorted(rows, key=lambda row: row[1]))

        self.assert_equal_columns(
            self.stored("sale_order", loaded.ids), self.stored("sale_order", made.ids)
        )
        self.assert_equal_columns(
            self.stored("sale_order_line", loaded.order_line.ids),
            self.stored("sale_order_line", made.order_line.ids),
        )
        companies = self.company | self.other
        self.env = self.env(context={"allowed_company_ids": companies.ids})
        loaded, made = loaded.with_env(self.env), made.with_env(self.env)
        self.assertEqual(self.report(loaded), self.report(made))
        self.assertEqual(len(set(loaded.mapped("name")) | set(made.mapped("name"))), 2000)
        for company in companies:
            self.same_facts(company, loaded, made)

    def same_facts(self, company, loaded, made):
        """Check that each half alone gives the same figures of every customer."""
        metrics = self.env["retention.metrics"]
        found = []
        for gone in (made, loaded):
            with self.env.cr.savepoint() as savepoint:
                gone.state = "cancel"
                scope = metrics._scope(company, date(2024, 9, 1))
                query = metrics._facts_query(scope, company._retention_config())
                found.append(sorted(self.env.execute_query(query)))
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
        self.assertTrue(found[0])
        self.assertEqual(*found)

    def test_partner_equals_one_made_by_odoo(self):
        self.load("Fresh,2024-01-01,1,,")
        loaded = self.env["res.partner"].search([("ref", "=", "Fresh")])
        made = self.env["res.partner"].create({"name": "Fresh", "ref": "Fresh", "is_company": True})
        self.env.flush_all()
        self.assertEqual(loaded.commercial_partner_id, loaded)
        columns = [self.stored("res_partner", p.ids) for p in (loaded, made)]
        for found in columns:
            del found["commercial_partner_id"]
        self.assert_equal_columns(*columns)

    def test_finds_customers_again(self):
        self.load("A,2024-01-02,10,,", "A,2024-01-01,5,,")
        self.load("A,2024-02-01,7,,", "B,2024-02-01,7,,")
        self.env["res.partner"].create({"name": "C", "ref": "C"})
        self.load("C,2024-02-01,7,,")
        partners = self.env["res.partner"].search([("ref", "in", ("A", "B", "C"))])
        self.assertEqual(len(partners), 3)
        orders = self.env["sale.order"].search([("partner_id.ref", "=", "A")], order="id")
        self.assertEqual(orders.mapped("amount_total"), [5, 10, 7], "stored in date order")

    def test_days_and_sequences(self):
        self.load("A,2024-01-01,10,,", f"A,2024-01-01,10,,{self.other.name}")
        orders = self.env["sale.order"].search([("partner_id.ref", "=", "A")], order="id")
        self.assertEqual(
            [o.date_order.isoformat() for o in orders],
            ["2024-01-01T04:00:00", "2024-01-01T17:00:00"],
        )
        partner = self.env["res.partner"].create({"name": "Later", "ref": "Later"})
        kind = self.loader.Kind(self.env, self.company.id, self.company.currency_id.id, 1)
        [later] = self.loader.confirmed(self.env, [kind.order_values(partner, date(2024, 1, 1), 5)])
        self.assertGreater(later.id, max(orders.ids))
        self.assertGreater(later.name, max(orders.mapped("name")))

    def test_numbers_by_year(self):
        sequence = self.loader.sequence(self.env, self.company)
        sequence.write({"use_date_range": True, "prefix": "Y%(range_year)s/"})
        self.load("A,2023-05-01,10,,", "A,2024-01-01,10,,", "B,2023-05-01,10,,")
        orders = self.env["sale.order"].search([("partner_id.ref", "in", ("A", "B"))], order="id")
        self.assertEqual([name[:5] for name in orders.mapped("name")], ["Y2023", "Y2023", "Y2024"])
        self.assertEqual(len(set(orders.mapped("name"))), 3)

    def test_refuses_bad_rows_by_line(self):
        partners = self.env["res.partner"]
        partners.create([{"name": "Twin", "ref": "twin"}, {"name": "Twin", "ref": "twin"}])
        inactive = self.env["res.currency"].search([("active", "=", False)], limit=1)
        unrated = self.env["res.currency"].search(
            [("active", "=", False), ("rate_ids", "=", False), ("id", "!=", inactive.id)], limit=1
        )
        unrated.active = True
        rows = (
            "A,2024-01-01,10,,",
            ",2024-01-01,10,,",
            "A,01/02/2024,10,,",
            "A,2024-01-01,ten,,",
            "A,2024-01-01,nan,,",
            "A,2024-01-01,1.005,,",
            f"A,2024-01-01,10.5,,{self.other.name}",
            f"A,2024-01-01,10,{inactive.name},",
            f"A,2024-01-01,10,{unrated.name},",
            "A,2024-01-01,10,,No such company",
            "twin,2024-01-01,10,,",
            "A,2024-01-01,10",
            "A,2024-01-01,10,,,more",
        )
        before = self.env["sale.order"].search_count([])
        with self.assertRaises(self.loader.BadRows) as refusal:
            self.load(*rows)
        self.assertEqual([line for line, _why in refusal.exception.rows], list(range(3, 15)))
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        count, bad = self.load(*rows, skip_bad=True)
        self.assertEqual((count, len(bad)), (1, 12))
        self.assertEqual(self.env["sale.order"].search_count([]), before + 1)

    def test_refuses_other_columns(self):
        for header in ("customer,date", "customer,date,amount,price", "customer,date,amount,date"):
            with self.assertRaises(self.loader.BadRows):
                self.load("A,2024-01-01,10", header=header)
