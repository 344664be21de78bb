"""Bring outside orders into a database as confirmed sale orders, fast. Behind dev/load-orders.

For test databases and benchmarks only: a company's history is imported with the wizard, into
``retention.history.purchase``, and never becomes orders.

How: for each company, currency and sign of the amount one *prototype* order is made and
confirmed by Odoo itself, its rows are read, and it is rolled back. The orders are then copies
of the prototype's rows in which the customer, the day, the rate and the amount are replaced,
so that every column, of whatever module, is what Odoo would have written. What an order leaves
in its chatter and its followers is not made.
"""

import csv
import os
import sys
import time
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.sql import table_columns

REQUIRED = ("customer", "date", "amount")
OPTIONAL = ("currency", "company")
PRODUCT_CODE = "IMPORTED-ORDER"
PRICELIST_NAME = "Imported orders"
PROTOTYPE = "prototype of imported rows"
PROTOTYPE_AMOUNT = 8192  # unlike any other number in an order
MAX_AMOUNT = Decimal(10) ** 12
NUMBERS = ("numeric", "float8")


class BadRows(Exception):
    """Rows that cannot be loaded: ``rows`` is a list of (line number, reason)."""

    def __init__(self, rows):
        super().__init__(f"{len(rows)} bad rows")
        self.rows = rows


class Order(NamedTuple):
    line: int
    customer: str
    day: date
    amount: Decimal
    currency_id: int
    company_id: int


# ---------------------------------------------------------------------- reading
class Reader:
    """Turns csv records into orders; knows the database's companies, currencies, contacts."""

    def __init__(self, env):
        self.companies = {}
        for company in env["res.company"].search([]):
            self.companies.setdefault(company.name, []).append(company)
        self.currencies = {c.name: c for c in env["res.currency"].search([])}
        rated = env["res.currency.rate"]._read_group([], ["currency_id", "company_id"])
        self.rated = {(currency.id, company.id) for currency, company in rated}
        self.company = env.company
        contacts = env["res.partner"].with_context(active_test=False)
        several = contacts._read_group(
            [("ref", "!=", False)], ["ref"], having=[("__count", ">", 1)]
        )
        self.ambiguous = {ref for (ref,) in several}

    def read(self, lines):
        """Return (orders, [(line number, reason)]) of csv text ``lines``."""
        records = csv.DictReader(lines)
        header = [name.strip().lower() for name in records.fieldnames or []]
        records.fieldnames = header
        unknown = set(header) - {*REQUIRED, *OPTIONAL}
        missing = set(REQUIRED) - set(header)
        if unknown or missing or len(set(header)) < len(header):
            columns = f"{','.join(REQUIRED)}[,{'][,'.join(OPTIONAL)}]"
            raise BadRows([(1, f"the columns must be {columns}; found: {','.join(header)}")])
        orders, bad = [], []
        for record in records:
            try:
                orders.append(self._order(records.line_num, record))
            except ValueError as error:
                bad.append((records.line_num, str(error)))
        return orders, bad

    def _order(self, line, record):
        if None in record or None in record.values():
            raise ValueError("wrong number of columns")
        record = {name: value.strip() for name, value in record.items()}
        customer = record["customer"]
        if not customer:
            raise ValueError("customer is empty")
        if customer in self.ambiguous:
            raise ValueError(f"several contacts have the reference {customer!r}")
        try:
            day = date.fromisoformat(record["date"])
        except ValueError:
            raise ValueError(f"{record['date']!r} is not a date (YYYY-MM-DD)") from None
        company = self._company(record.get("company"))
        currency = self._currency(record.get("currency"), company)
        return Order(
            line, customer, day, self._amount(record["amount"], currency), currency.id, company.id
        )

    def _company(self, name):
        if not name:
            return self.company
        found = self.companies.get(name, [])
        if len(found) != 1:
            raise ValueError(f"{len(found) or 'no'} companies are named {name!r}")
        return found[0]

    def _currency(self, code, company):
        if not code or code == company.currency_id.name:
            return company.currency_id
        currency = self.currencies.get(code)
        if not currency:
            raise ValueError(f"{code!r} is no active currency")
        if not {(currency.id, company.root_id.id), (currency.id, False)} & self.rated:
            raise ValueError(f"currency {code} has no rate in company {company.name}")
        return currency

    def _amount(self, text, currency):
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount") from None
        if not amount.is_finite() or abs(amount) >= MAX_AMOUNT:
            raise ValueError(f"{text!r} is not an amount")
        if amount != round(amount, currency.decimal_places):
            raise ValueError(f"{text} has more decimals than {currency.name} knows")
        return amount


# ---------------------------------------------------------------------- loading
def load_rows(env, lines, skip_bad=False):
    """Load csv text ``lines``; return (orders loaded, bad rows).

    :param skip_bad: load the good rows although there are bad ones
    :raises BadRows: all of them; nothing has been loaded then
    """
    orders, bad = Reader(env).read(lines)
    if bad and not skip_bad:
        raise BadRows(bad)
    load_orders(env, orders)
    return len(orders), bad


def load_orders(env, orders):
    stage(env)
    text = StringIO()
    writer = csv.writer(text)
    for line, customer, day, amount, currency, company in orders:
        writer.writerow((line, customer, day, amount, currency, company, 1))
    text.seek(0)
    env.cr.copy_expert("COPY load_row FROM STDIN (FORMAT csv)", text)
    load_staged(env)


def stage(env):
    """Make the empty table ``load_row`` that :func:`load_staged` reads.

    ``lines``: over how many order lines the amount is spread.
    """
    env.cr.execute(
        """DROP TABLE IF EXISTS load_row, load_kind, load_order, load_proto_partner,
               load_proto_order, load_proto_line;
           CREATE TEMP TABLE load_row (line int, customer text, day date, amount numeric,
               currency_id int, company_id int, lines int)"""
    )


def load_staged(env):
    """Make partners and confirmed orders of the rows in ``load_row``, in order of the day."""
    env.flush_all()
    kinds = [
        Kind(env, company, currency, sign)
        for company, currency, sign in env.execute_query(
            SQL("SELECT DISTINCT company_id, currency_id, SIGN(amount)::int FROM load_row")
        )
    ]
    if not kinds:
        return
    make_prototypes(env, kinds)
    make_partners(env)
    _orders(env, kinds)
    for table in ("res_partner", "sale_order", "sale_order_line"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all(flush=False)


class Kind:
    """What orders have in common: company, currency and the sign of the amount."""

    def __init__(self, env, company_id, currency_id, sign):
        self.company = env["res.company"].browse(company_id)
        self.currency = env["res.currency"].browse(currency_id)
        self.sign = sign

    def order_values(self, partner, day, amount):
        """Return values for ``sale.order.create`` that make a quotation of this kind."""
        env = self.company.env
        env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        values = {
            "partner_id": partner.id,
            "company_id": self.company.id,
            "date_order": noon(self.company, day),
            "order_line": [
                Command.create({"product_id": product(env).id, "price_unit": float(amount)})
            ],
        }
        usual = partner.with_env(env).property_product_pricelist.currency_id
        if (usual or self.company.currency_id) != self.currency:
            values["pricelist_id"] = pricelist(env, self.currency).id
        return values


def noon(company, day):
    """Return noon of ``day`` where the company's days are counted, in UTC, without a zone."""
    query = "SELECT (%s::date + time '12:00') AT TIME ZONE %s AT TIME ZONE 'UTC'"
    [[found]] = company.env.execute_query(SQL(query, day, zone(company)))
    return found


def zone(company):
    return company._retention_company()._retention_timezone()


def confirmed(env, rows):
    """Make orders the way a user does: enter them, confirm them, then set their dates back.

    Confirming puts the present moment into the order date.

    :param rows: values of orders of one company
    """
    context = {**env.context, "tracking_disable": True}
    context["allowed_company_ids"] = [rows[0]["company_id"]]
    orders = env(context=context)["sale.order"].create(rows)
    orders.action_confirm()
    for order, values in zip(orders, rows):
        order.date_order = values["date_order"]
    return orders


def product(env):
    found = env["product.product"].search([("default_code", "=", PRODUCT_CODE)], limit=1)
    return found or env["product.product"].create(
        {
            "name": "Imported order",
            "default_code": PRODUCT_CODE,
            "type": "service",
            "invoice_policy": "order",
            "company_id": False,
            "list_price": 0,
            "taxes_id": [Command.clear()],
            "supplier_taxes_id": [Command.clear()],
        }
    )


def pricelist(env, currency):
    pricelists = env["product.pricelist"]
    mine = [("name", "=", PRICELIST_NAME), ("currency_id", "=", currency.id)]
    return pricelists.search(mine, limit=1) or pricelists.create(
        # Last in the list, so that it never becomes anybody's default.
        {"name": PRICELIST_NAME, "currency_id": currency.id, "company_id": False, "sequence": 9999}
    )


# ---------------------------------------------------------------------- prototypes
def make_prototypes(env, kinds):
    """Fill load_kind and load_proto_*: the rows of orders that Odoo made, then took back."""
    product(env)
    for kind in kinds:
        if kind.currency != kind.company.currency_id:
            pricelist(env, kind.currency)
    env.flush_all()
    rows = []
    savepoint = env.cr.savepoint()
    try:
        partner = env["res.partner"].create(
            {"name": PROTOTYPE, "ref": PROTOTYPE, "is_company": True}
        )
        for number, kind in enumerate(kinds):
            amount = kind.sign * PROTOTYPE_AMOUNT
            values = kind.order_values(partner, date(2001, 1, 1), amount)
            order = confirmed(env, [{**values, "name": PROTOTYPE}])
            if order.currency_id != kind.currency:
                raise ValueError(f"no order in {kind.currency.name} can be made here")
            env.flush_all()
            rows += [
                ("order", number, partner.id, amount, _row(env, order)),
                ("line", number, partner.id, amount, _row(env, order.order_line)),
            ]
        rows.append(("partner", 0, partner.id, 0, _row(env, partner)))
    finally:
        savepoint.close(rollback=True)
        env.invalidate_all(flush=False)
    for what, table in (
        ("partner", "res_partner"),
        ("order", "sale_order"),
        ("line", "sale_order_line"),
    ):
        _keep_prototypes(env, what, table, [row[1:] for row in rows if row[0] == what])
    _keep_kinds(env, kinds)


def _row(env, record):
    record.ensure_one()
    table = SQL.identifier(record._table)
    return env.execute_query(
        SQL("SELECT to_jsonb(t)::text FROM %s t WHERE id = %s", table, record.id)
    )[0][0]


def _keep_prototypes(env, what, table, rows):
    env.cr.execute(
        SQL(
            """CREATE TEMP TABLE %s AS
               SELECT kind AS proto_kind, partner AS proto_partner, amount AS proto_amount, t.*
               FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::text[])
                        AS k (kind, partner, amount, doc),
                    jsonb_populate_record(NULL::%s, k.doc::jsonb) t""",
            SQL.identifier(f"load_proto_{what}"),
            *map(list, zip(*rows)),
            SQL.identifier(table),
        )
    )


def _keep_kinds(env, kinds):
    env.cr.execute(
        """CREATE TEMP TABLE load_kind (kind int, company_id int, currency_id int, sign int,
               zone text, sequence text, prefix text, suffix text, padding int)"""
    )
    rows = []
    for number, kind in enumerate(kinds):
        numbers = sequence(env, kind.company)
        simple = numbers and not numbers.use_date_range and numbers.implementation == "standard"
        prefix, suffix = numbers._get_prefix_suffix() if simple else ("", "")
        rows.append(
            (
                number,
                kind.company.id,
                kind.currency.id,
                kind.sign,
                zone(kind.company),
                f"ir_sequence_{numbers.id:03d}" if simple else None,
                prefix,
                suffix,
                numbers.padding or 0,
            )
        )
    env.cr.execute_values("INSERT INTO load_kind VALUES %s", rows)


def sequence(env, company):
    """Return the sequence that numbers the company's orders, as sale.order picks it."""
    domain = [("code", "=", "sale.order"), ("company_id", "in", (company.id, False))]
    return env["ir.sequence"].search(domain, order="company_id", limit=1)


# ---------------------------------------------------------------------- writing
def _insert(env, table, prototype, source, replaced, order):
    """Insert copies of prototypes ``p``, one per row of ``source``, in the given order.

    :param source: SQL of what ``p`` is joined with; gives ``s.partner_id`` and ``s.amount``
    :param replaced: {column: SQL} of columns that have their own value
    """
    partners = {
        name
        for name, field in env[table.replace("_", ".")]._fields.items()
        if field.type == "many2one" and field.comodel_name == "res.partner"
    }
    names, values = [], []
    for name, column in table_columns(env.cr, table).items():
        mine = SQL.identifier("p", name)
        if name in replaced:
            value = replaced[name]
        elif name in partners:
            value = SQL("CASE WHEN %s = p.proto_partner THEN s.partner_id ELSE %s END", mine, mine)
        elif column["udt_name"] in NUMBERS:
            value = SQL("CASE WHEN %s = p.proto_amount THEN s.amount ELSE %s END", mine, mine)
        else:
            value = mine
        names.append(SQL.identifier(name))
        values.append(value)
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s p %s ORDER BY %s",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(values),
            SQL.identifier(prototype),
            source,
            order,
        )
    )


def make_partners(env):
    """Make a company contact for every customer whose reference nobody has."""
    text = {
        name: SQL(
            "CASE WHEN %(c)s = %(x)s THEN s.customer ELSE %(c)s END",
            c=SQL.identifier("p", name),
            x=PROTOTYPE,
        )
        for name, column in table_columns(env.cr, "res_partner").items()
        if column["udt_name"] in ("varchar", "text")
    }
    source = SQL(
        """CROSS JOIN (SELECT customer, 0 AS amount,
                              nextval(pg_get_serial_sequence('res_partner', 'id')) AS partner_id
                       FROM (SELECT customer FROM load_row r
                             WHERE NOT EXISTS (SELECT FROM res_partner known
                                               WHERE known.ref = r.customer)
                             GROUP BY customer ORDER BY MIN(day), MIN(line)) fresh) s"""
    )
    replaced = {**text, "id": SQL("s.partner_id")}
    _insert(env, "res_partner", "load_proto_partner", source, replaced, SQL("s.partner_id"))


def _orders(env, kinds):
    env.cr.execute("ANALYZE load_row; ANALYZE res_partner")
    env.cr.execute(
        """CREATE TEMP TABLE load_order AS
           SELECT *, nextval(pg_get_serial_sequence('sale_order', 'id'))::int AS id,
                  nextval(sequence::regclass) AS number, NULL::text AS name, 1::numeric AS rate
           FROM (SELECT k.kind, k.sequence, partner.id AS partner_id, r.day, r.amount, r.lines,
                        (r.day + time '12:00') AT TIME ZONE k.zone AT TIME ZONE 'UTC' AS date_order
                 FROM load_row r
                 JOIN load_kind k ON k.company_id = r.company_id
                     AND k.currency_id = r.currency_id AND k.sign = SIGN(r.amount)
                 JOIN res_partner partner ON partner.ref = r.customer
                 ORDER BY r.day, r.line) sorted"""
    )
    _rates(env, kinds)
    _odd_names(env, kinds)
    named = SQL(
        """COALESCE(s.name, k.prefix || LPAD(s.number::text,
               GREATEST(k.padding, LENGTH(s.number::text)), '0') || k.suffix)"""
    )
    _insert(
        env,
        "sale_order",
        "load_proto_order",
        SQL("JOIN load_order s ON s.kind = p.proto_kind JOIN load_kind k ON k.kind = s.kind"),
        {
            "id": SQL("s.id"),
            "name": named,
            "date_order": SQL("s.date_order"),
            "currency_rate": SQL("s.rate"),
        },
        SQL("s.id"),
    )
    # The last of several lines takes what rounding left over.
    lines = SQL(
        """JOIN (SELECT o.id, o.kind, o.partner_id, n, CASE
                     WHEN n < o.lines THEN ROUND(o.amount / o.lines, 2)
                     ELSE o.amount - (o.lines - 1) * ROUND(o.amount / o.lines, 2) END AS amount
                 FROM load_order o, generate_series(1, o.lines) n) s ON s.kind = p.proto_kind"""
    )
    _insert(
        env,
        "sale_order_line",
        "load_proto_line",
        lines,
        {
            "id": SQL("nextval(pg_get_serial_sequence('sale_order_line', 'id'))"),
            "order_id": SQL("s.id"),
        },
        SQL("s.id, n"),
    )


def _rates(env, kinds):
    """Put the rate of the day on orders in a foreign currency, as sale.order computes it."""
    foreign = {n: k for n, k in enumerate(kinds) if k.currency != k.company.currency_id}
    if not foreign:
        return
    days = env.execute_query(
        SQL("SELECT DISTINCT kind, date_order FROM load_order WHERE kind = ANY(%s)", list(foreign))
    )
    rates = [
        (
            number,
            moment,
            env["res.currency"]._get_conversion_rate(
                foreign[number].company.currency_id,
                foreign[number].currency,
                foreign[number].company,
                moment.date(),
            ),
        )
        for number, moment in days
    ]
    env.cr.execute_values(
        """UPDATE load_order o SET rate = v.rate FROM (VALUES %s) AS v (kind, moment, rate)
           WHERE o.kind = v.kind AND o.date_order = v.moment::timestamp""",
        rates,
    )


def _odd_names(env, kinds):
    """Number orders one by one where the sequence is without gaps or by date range."""
    rows = env.execute_query(
        SQL("SELECT id, kind, date_order FROM load_order WHERE sequence IS NULL ORDER BY id")
    )
    if not rows:
        return
    used = {number: sequence(env, kind.company) for number, kind in enumerate(kinds)}
    names = [
        (order, used[number]._next(moment) if used[number] else env._("New"))
        for order, number, moment in rows
    ]
    env.cr.execute_values(
        "UPDATE load_order o SET name = v.name FROM (VALUES %s) AS v (id, name) WHERE o.id = v.id",
        names,
    )


# ---------------------------------------------------------------------- command line
def main(env):
    """Load the file named in LOAD_FILE, commit, and say what was done."""
    if "retention.profile" not in env:
        sys.exit("error: customer_retention is not installed in this database.")
    start = time.monotonic()
    try:
        with Path(os.environ["LOAD_FILE"]).open(encoding="utf-8-sig", newline="") as lines:
            count, bad = load_rows(env, lines, skip_bad=bool(os.environ.get("LOAD_SKIP_BAD")))
    except BadRows as error:
        count, bad = 0, error.rows
    for line, reason in bad:
        print(f"line {line}: {reason}", file=sys.stderr)
    if bad and not count:
        sys.exit(f"error: {len(bad)} bad rows; nothing was loaded (--skip-bad leaves them out).")
    env.cr.commit()
    seconds = time.monotonic() - start
    print(
        f"{count:,} orders loaded in {seconds:.1f} s "
        f"({count / max(seconds, 0.01) * 60:,.0f} a minute), {len(bad)} bad rows left out."
    )
    print(
        "Their customers are scored by the next full refresh: "
        'env["retention.profile"]._refresh(env.company, date)'
    )
