"""Factories for the ledger: nights at month ends, closing, and the company of twelve."""

import calendar
from datetime import date

from odoo.fields import Command
from odoo.tools import SQL

from .health_common import HealthCase
from .pure import kpi_company


class LedgerCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["retention.ledger"]
        cls.months = cls.env["retention.ledger.month"]

    @classmethod
    def twelve(cls):
        """Make the company of tests/pure/kpi_company.py: customers and orders."""
        cls.company.write(
            {
                "retention_silent_days": 45,
                "retention_at_risk_days": 60,
                "retention_lost_days": kpi_company.LOST_DAYS,
            }
        )
        names = dict.fromkeys(name for name, _day, _amount in kpi_company.purchases())
        cls.people = {name: cls.customer(name) for name in names}
        for name, day, amount in kpi_company.purchases():
            cls.order(cls.people[name], day, amount)

    @classmethod
    def close(cls, company=None):
        """Close all months that are due; return how many."""
        count = 0
        while cls.months._advance(company or cls.company):
            count += 1
        return count

    @classmethod
    def night(cls, as_of, company=None):
        """Compute everybody and close what is over then."""
        cls.refresh(as_of, company=company)
        return cls.close(company)

    @classmethod
    def rows(cls, partner, company=None):
        return cls.ledger.search(
            [("partner_id", "=", partner.id), ("company_id", "=", (company or cls.company).id)],
            order="month",
        )

    @classmethod
    def told(cls, partner, *names, company=None):
        """Return one tuple for each month: its number and these columns."""
        rows = cls.rows(partner, company)
        return [(row.month.month, *(row[name] for name in names)) for row in rows]

    @classmethod
    def everything(cls, company=None):
        """Return all that the ledger says, but for ids."""
        cls.env.flush_all()
        names = sorted(
            name for name, field in cls.ledger._fields.items() if field.store and field.column_type
        )
        names.remove("id")
        rows = cls.env.execute_query(
            SQL(
                """SELECT %s FROM retention_ledger WHERE company_id = %s
                   ORDER BY partner_id, month""",
                SQL(", ").join(SQL.identifier(name) for name in names),
                (company or cls.company).id,
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    @classmethod
    def refund(cls, order, day, amount):
        """Make a posted credit note for the order's line."""
        invoice = cls.invoice(order.partner_id, 0, amount)  # brings journal and accounts
        line = invoice.invoice_line_ids
        move = cls.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": order.partner_id.id,
                "company_id": cls.company.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Back",
                            "price_unit": amount,
                            "account_id": line.account_id.id,
                            "tax_ids": False,
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move


def month_start(number, year=kpi_company.YEAR):
    return date(year, number, 1)


def month_end(number, year=kpi_company.YEAR):
    return date(year, number, calendar.monthrange(year, number)[1])
