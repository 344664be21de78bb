"""A customer with a contact and a department, and people who look at their page."""

from datetime import datetime, timedelta

from odoo.tools import SQL

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = datetime(2026, 6, 20, 12)


def plain(amount):
    """Return a formatted amount with ordinary spaces."""
    return amount.replace("\xa0", " ")


class PageCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.customer("Firm")
        cls.contact = cls.env["res.partner"].create({"name": "Bo", "parent_id": cls.firm.id})
        cls.user = cls.make_user(
            "p_user",
            f"{OURS}.group_user",
            "sales_team.group_sale_salesman_all_leads",
            name="Uma",
        )
        cls.own_only = cls.make_user(
            "p_own", f"{OURS}.group_user", "sales_team.group_sale_salesman"
        )
        cls.plain = cls.make_user("p_plain", "sales_team.group_sale_manager")

    @classmethod
    def as_user(cls, user, record):
        return record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, tracking_disable=True
        )

    def page(self, partner=None, user=None, as_of=AS_OF):
        """Return the page's data as ``user`` reads it, as of a fixed day."""
        self.env.flush_all()
        partner = self.as_user(user or self.user, partner or self.firm)
        return partner.env["retention.page"]._data(partner, as_of)

    @classmethod
    def talk(cls, partner=None, date=NOON, **values):
        return cls.env["retention.interaction"].create(
            {
                "partner_id": (partner or cls.contact).id,
                "company_id": cls.company.id,
                "user_id": cls.user.id,
                "kind": "call",
                "date": date,
                **values,
            }
        )

    @classmethod
    def message(cls, author=None, date=NOON, **values):
        author = author or cls.contact
        return cls.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": author.id,
                "author_id": author.id,
                "message_type": "email",
                "record_company_id": cls.company.id,
                "subject": "Question",
                "body": "<p>When?</p>",
                "date": date,
                **values,
            }
        )

    @classmethod
    def multiply(cls, record, count, column, step=timedelta(hours=1), **changes):
        """Copy a row ``count`` times by SQL, each one ``step`` before the last.

        :return: the ids of the copies
        """
        cls.env.flush_all()
        [[columns]] = cls.env.execute_query(
            SQL(
                """SELECT ARRAY_AGG(column_name::text) FROM information_schema.columns
                   WHERE table_name = %s AND column_name != 'id' AND is_generated = 'NEVER'""",
                record._table,
            )
        )
        values = {name: SQL.identifier(name) for name in columns} | changes
        if column:
            values[column] = SQL("%s - n * %s", SQL.identifier(column), step)
        rows = cls.env.execute_query(
            SQL(
                """INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) n
                   WHERE id = %s RETURNING id""",
                SQL.identifier(record._table),
                SQL(", ").join(SQL.identifier(name) for name in values),
                SQL(", ").join(values.values()),
                SQL.identifier(record._table),
                count,
                record.id,
            )
        )
        cls.env.invalidate_all()
        return [row[0] for row in rows]

    @classmethod
    def multiply_orders(cls, order, count):
        """Copy an order with its line ``count`` times, an hour apart, back in time."""
        copies = cls.multiply(order, count, "date_order")
        line = order.order_line
        for start in range(0, count, 1000):
            part = copies[start : start + 1000]
            cls.multiply(line, len(part), None, order_id=SQL("(%s::int[])[n]", part))

    def queries(self, call):
        """Return how many queries ``call`` makes with an empty cache, once it is warm."""
        call()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before
