"""Factories: a company of its own, customers, and orders on fixed days."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

AS_OF = date(2026, 6, 30)


class RetentionCase(TransactionCase):
    """A fresh company in UTC, with nothing in it but what a test puts there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.make_company("Retention Test")
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": [cls.company.id]})
        cls.company = cls.company.with_env(cls.env)
        cls.product = cls.env["product.product"].create(
            {"name": "Thing", "type": "service", "list_price": 100, "taxes_id": False}
        )
        cls.profiles = cls.env["retention.profile"]

    @classmethod
    def make_company(cls, name, **values):
        return cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.env.ref("base.USD").id,
                "retention_tz": "UTC",
                **values,
            }
        )

    @classmethod
    def make_user(cls, login, *groups, company=None, **values):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    @contextmanager
    def asked_by(cls, user):
        """Let this transaction be one of a request of ``user``.

        Commands on models that take none from sudo are done with the rights of who asked; a test
        without a request is superuser even then.
        """
        transaction = cls.env.transaction
        before, transaction.default_env = transaction.default_env, cls.env(user=user.id)
        try:
            yield
        finally:
            transaction.default_env = before

    @classmethod
    def customer(cls, name="Customer", **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def order(cls, partner, day, amount=100.0, company=None, state="sale", **values):
        """Make an order of one line on ``day`` (a date, noon UTC, or a datetime)."""
        when = day if hasattr(day, "hour") else f"{day} 12:00:00"
        company = company or cls.company
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "date_order": when,
                    "state": state,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def orders(cls, partner, *days_ago, amount=100.0, as_of=AS_OF):
        """Make one order for each number of days before ``as_of``."""
        found = cls.env["sale.order"]
        for days in days_ago:
            found |= cls.order(partner, as_of - timedelta(days=days), amount)
        return found

    @classmethod
    def refresh(cls, as_of=AS_OF, partners=None, company=None):
        cls.env.flush_all()
        return cls.profiles._refresh(
            company or cls.company, as_of, partners.ids if partners is not None else None
        )

    @classmethod
    def profile(cls, partner, company=None):
        return cls.profiles.search(
            [("partner_id", "=", partner.id), ("company_id", "=", (company or cls.company).id)]
        )

    def assertRefused(self, error, words, call):
        """Check that ``call`` raises ``error`` with ``words`` in it, and undo what it did."""
        with self.assertRaises(error) as caught:
            call()
        self.assertIn(words, str(caught.exception))

    def commit_requests(self):
        """Write what a commit would write, then answer it as the scheduled action does."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def answer_requests(self, company=None):
        return self.env["retention.refresh.request"]._answer(company or self.company)
