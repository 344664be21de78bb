from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

from ..demo import catalog, names, people
from .retention_demo import NAMESPACE

BATCH = 500
# Order fields that would be worked out order by order; some come with other modules.
LEFT_EMPTY = (
    "campaign_id",
    "medium_id",
    "source_id",
    "quotation_document_ids",
    "fiscal_position_id",
    "payment_term_id",
)


class RetentionDemo(models.AbstractModel):
    """The making half: staff, products, customers, orders, invoices."""

    _inherit = "retention.demo"

    @api.model
    def _keep(self, model, rows):
        """Create records under external ids; return {key: record}.

        :param rows: {key: values}; the external id is ``customer_retention_demo.<key>``
        """
        kept = {}
        keys = list(rows)
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            records = self.env[model]._load_records(
                [
                    {"xml_id": f"{NAMESPACE}.{key}", "values": rows[key], "noupdate": True}
                    for key in batch
                ]
            )
            kept.update(zip(batch, records, strict=True))
        return kept

    @api.model
    def _speaks_chinese(self):
        return bool(self.env["res.lang"]._get_data(code="zh_CN"))

    @api.model
    def _name_in_chinese(self, texts):
        """Translate names where Chinese is active: {record: Chinese name}."""
        if self._speaks_chinese():
            for record, text in texts.items():
                record.with_context(lang="zh_CN").name = text

    @api.model
    def _in_both(self, english, chinese):
        """Return a name that Odoo does not translate, for who reads either language."""
        return f"{english} {chinese}" if self._speaks_chinese() else english

    @api.model
    def _lang(self, chinese):
        return "zh_CN" if chinese and self._speaks_chinese() else "en_US"

    @api.model
    def _make_staff(self):
        company = self.env.company
        users = self._keep(
            "res.users",
            {
                f"user_{person.login}": {
                    "name": person.name,
                    "login": person.login,
                    "password": person.login,
                    "email": f"{person.login}@demo-company.example",
                    "lang": self._lang(person.chinese),
                    "notification_type": "inbox",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set([self.env.ref(xmlid).id for xmlid in person.groups])],
                }
                for person in people.EMPLOYEES
            },
        )
        users = {user.login: user for user in users.values()}
        teams = self._keep(
            "crm.team",
            {
                f"team_{sector}": {
                    "name": name,
                    "company_id": company.id,
                    "user_id": users[logins[0]].id,
                    "member_ids": [Command.set([users[login].id for login in logins])],
                }
                for sector, (name, _name_zh, logins) in people.TEAMS.items()
            },
        )
        self._name_in_chinese(
            {teams[f"team_{sector}"]: row[1] for sector, row in people.TEAMS.items()}
        )
        return users, {sector: teams[f"team_{sector}"] for sector in people.TEAMS}

    @api.model
    def _make_products(self):
        categories = self._keep(
            "product.category",
            {
                f"category_{key.lower()}": {"name": self._in_both(name, name_zh)}
                for key, (name, name_zh) in catalog.CATEGORIES.items()
            },
        )
        products = self._keep(
            "product.product",
            {
                f"product_{row.code.replace('-', '_').lower()}": {
                    "name": row.name,
                    "default_code": row.code,
                    "type": "service" if row.category == catalog.SERVICES else "consu",
                    "categ_id": categories[f"category_{row.category.lower()}"].id,
                    "list_price": row.price,
                    "standard_price": round(row.price * 0.62, 2),
                    # Delivered quantities stay empty, so old orders do not ask to be invoiced.
                    "invoice_policy": "delivery",
                }
                for row in catalog.PRODUCTS
            },
        )
        self._name_in_chinese(
            {
                product: catalog.BY_CODE[product.default_code].name_zh
                for product in products.values()
            }
        )
        return {product.default_code: product for product in products.values()}

    @api.model
    def _make_currency(self, plan, products):
        """Switch a second currency on, with a rate a month and a price list; return the list."""
        company = self.env.company
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        foreign = usd if company.currency_id == eur else eur
        foreign.active = True
        pricelists = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user")._apply_group(pricelists)
        company._activate_or_create_pricelists()
        rates = self.env["res.currency.rate"]
        mine = {"currency_id": foreign.id, "company_id": company.id}
        taken = set(rates.search([(k, "=", v) for k, v in mine.items()]).mapped("name"))
        rates.create(
            [
                {**mine, "name": day, "company_rate": rate}
                for day, rate in plan.rates
                if day not in taken
            ]
        )
        values = {"name": f"Export {foreign.name}", "sequence": 99, **mine}
        values["item_ids"] = [
            Command.create(
                {
                    "applied_on": "0_product_variant",
                    "product_id": products[row.code].id,
                    "compute_price": "fixed",
                    "fixed_price": row.price_foreign,
                }
            )
            for row in catalog.PRODUCTS
        ]
        return self._keep("product.pricelist", {"pricelist": values})["pricelist"]

    @api.model
    def _make_customers(self, plan, users, pricelist):
        """Return {key: partner} of customers, departments and people."""
        rows = {c.key: self._firm(c, users, pricelist) for c in plan.customers}
        parents = {c.key: c.parent for c in plan.customers}
        for customer in plan.customers:
            for contact in customer.contacts:
                parents[contact.key] = contact.parent
                rows[contact.key] = {
                    "name": contact.name,
                    "type": contact.kind,
                    "email": contact.email,
                    "phone": contact.phone,
                    "lang": rows[customer.key]["lang"],
                }
        partners = {}
        while len(partners) < len(rows):
            # Level by level: whoever stands above comes first.
            ready = [
                key
                for key in rows
                if key not in partners and (not parents[key] or parents[key] in partners)
            ]
            for key in ready:
                if parents[key]:
                    rows[key]["parent_id"] = partners[parents[key]].id
            partners.update(self._keep("res.partner", {key: rows[key] for key in ready}))
        return partners

    @api.model
    def _firm(self, customer, users, pricelist):
        address = customer.address
        return {
            "name": customer.name,
            "is_company": True,
            "ref": customer.reference,
            "lang": self._lang(customer.flavour == names.CHINESE),
            "street": address.street,
            "city": address.city,
            "zip": address.zip,
            "country_id": self.env.ref(f"base.{address.country.lower()}").id,
            "phone": address.phone,
            "email": customer.email,
            "website": customer.website,
            "user_id": users[customer.seller].id,
            "specific_property_product_pricelist": customer.foreign and pricelist.id,
        }

    @api.model
    def _make_orders(self, plan, partners, users, teams, products, pricelist):
        """Return the orders as planned, in the plan's sequence."""
        company, sectors = self.env.company, {c.key: c.sector for c in plan.customers}
        own_list = self.env["product.pricelist"]._get_country_pricelist_multi([])[False]
        known = self.env["sale.order"]._fields
        empty = {name: False for name in LEFT_EMPTY if name in known}
        values = [
            {
                "partner_id": partners[order.orderer].id,
                "partner_invoice_id": partners[order.customer].id,
                "partner_shipping_id": partners[order.orderer].id,
                "company_id": company.id,
                "date_order": order.moment,
                "state": order.state,
                "user_id": users[order.seller].id,
                "team_id": teams[sectors[order.customer]].id,
                "pricelist_id": pricelist.id if order.foreign else own_list.id,
                **empty,
                "order_line": [
                    Command.create(self._line(products[code], quantity, order))
                    for code, quantity in order.lines
                ],
            }
            for order in plan.orders
        ]
        orders = self.env["sale.order"]
        for start in range(0, len(values), BATCH):
            orders += orders.create(values[start : start + BATCH])
            orders.flush_model()
        return orders

    @api.model
    def _line(self, product, quantity, order):
        row = catalog.BY_CODE[product.default_code]
        price = row.price_foreign if order.foreign else row.price
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "technical_price_unit": price,
            "discount": order.discount,
            "analytic_distribution": False,
        }

    @api.model
    def _make_invoices(self, plan, orders):
        """Invoice some orders, and credit part of what came back."""
        journals = self.env["account.journal"]._check_company_domain(self.env.company)
        if not self.env["account.journal"].search([("type", "=", "sale"), *journals], limit=1):
            return  # a company without a chart of accounts cannot invoice
        rows = {order: row for order, row in zip(orders, plan.orders, strict=True) if row.invoiced}
        chosen = self.env["sale.order"].concat(*rows)
        for line in chosen.order_line:
            line.qty_delivered = line.product_uom_qty
        chosen = chosen.filtered(lambda order: order.invoice_status == "to invoice")
        if not chosen:
            return
        invoices = chosen._create_invoices(grouped=True)
        returns = defaultdict(self.env["account.move"].browse)
        for invoice in invoices:
            row = rows[invoice.invoice_line_ids.sale_line_ids.order_id]
            invoice.invoice_date = row.moment.date() + timedelta(days=3)
            if row.credited:
                returns[row.credited] |= invoice
        invoices._post(soft=False)
        for share, returned in returns.items():
            self._credit(returned, share, plan.as_of)

    @api.model
    def _credit(self, invoices, share, as_of):
        days = [min(as_of, i.invoice_date + timedelta(days=9)) for i in invoices]
        notes = invoices._reverse_moves(
            [{"date": day, "invoice_date": day, "ref": "Goods returned"} for day in days]
        )
        for line in notes.invoice_line_ids:
            line.quantity = max(1, round(line.quantity * share))
            line.sale_line_ids.qty_delivered -= line.quantity  # not to be invoiced again
        notes._post(soft=False)
