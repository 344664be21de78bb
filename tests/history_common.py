"""What the tests of importing earlier purchases share."""

import base64

from odoo.fields import Command

from .common import RetentionCase

HEADERS = ["Customer reference", "Name", "Date", "Amount", "Currency", "Order No"]


class HistoryCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchases = cls.env["retention.history.purchase"]
        cls.one = cls.customer("One Ltd", ref="C-1")
        cls.two = cls.customer("Two Ltd", ref="C-2")

    def load(self, *rows, headers=HEADERS, encoding="utf-8", **values):
        text = "\n".join(",".join(map(str, row)) for row in (headers, *rows))
        return self.upload(text.encode(encoding), **values)

    def upload(self, content, name="purchases.csv", **values):
        return self.env["retention.history.import"].create(
            {"file": base64.b64encode(content), "file_name": name, **values}
        )

    def checked(self, *rows, **values):
        one = self.load(*rows, **values)
        one.action_check()
        return one

    def imported(self, *rows, **values):
        one = self.checked(*rows, **values)
        one.action_import()
        return one

    def rate(self, code, day, rate):
        currency = self.env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids = [
            Command.create({"name": day, "rate": rate, "company_id": self.company.id})
        ]

    def all_purchases(self):
        found = self.purchases.search([("company_id", "=", self.company.id)], order="day, id")
        return [(p.partner_id.name, str(p.day), p.amount, p.outside_id) for p in found]
