from dataclasses import dataclass, field

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import email_normalize

from ..analytics import cells, matching
from .joining import paragraph_text
from .retention_table_import import json_cell

# Other ways to write a currency than its code.
CURRENCY_WORDS = {"RMB": "CNY", "人民币": "CNY", "元": "CNY", "美元": "USD", "欧元": "EUR"}
# A line and its decision stay as long as these stay the same.
LINE_FACTS = ("kind", "code", "reason", "customer_key", "day", "amount")


@dataclass(slots=True)
class Row:
    """One row of the file as understood, with what is wrong and who its customer is."""

    number: int
    cells: list
    texts: dict
    day: object = None
    amount: float = None
    currency_id: int = None
    problems: list = field(default_factory=list)  # (code, sentence)
    partner_id: int = None
    doubt: tuple = ()  # (code, sentence, candidate ids)
    create: bool = False
    skip: bool = False

    @property
    def identity(self):
        """The customer as the row names it, in the order of ``matching.KINDS``."""
        return tuple(self.texts[kind] for kind in matching.KINDS)

    @property
    def ready(self):
        return not self.problems and not self.skip and bool(self.partner_id or self.create)


class RetentionHistoryImport(models.Model):
    """Checking: every row is read, and all customers are looked up in a few queries."""

    _inherit = "retention.history.import"

    def _evaluate(self):
        """Return a Row for every row of the file, with the decisions made so far."""
        self.ensure_one()
        mapping = {name: column.position for name, column in self._mapping().items()}
        table = self._parse_file()
        rows = [self._read_row(number, record, mapping) for number, record in table.rows]
        self._read_amounts_of_money(rows)
        self._find_customers(rows)
        self._apply_decisions(rows)
        self._refuse_repeated_numbers(rows)
        return rows

    def _read_row(self, number, record, mapping):
        texts = {
            name: cells.cell_text(record[mapping[name]]) if name in mapping else ""
            for name in self._meanings
        }
        email = texts["email"]
        row = Row(number, record, {**texts, "email": email_normalize(email) or "", "mail": email})
        row.day = cells.parse_date(record[mapping["day"]], self.date_order)
        row.amount = cells.parse_amount(record[mapping["amount"]], self.decimal)
        return row

    # ---------------------------------------------------------------- day, amount, currency
    def _read_amounts_of_money(self, rows):
        today = self.company_id._retention_today()
        own = self.company_id.currency_id
        texts = {row.texts["currency"].upper() for row in rows} - {""}
        known = self._currencies_by_text(texts)
        used = own.union(*(known[text] for text in texts if text in known))
        rates = self.env["retention.metrics"]._history_rates(self.company_id, used)
        for row in rows:
            text = row.texts["currency"]
            currency = known.get(text.upper()) if text else own
            row.currency_id = currency and currency.id
            row.problems += self._day_problems(row, today)
            row.problems += self._amount_problems(row, currency or own)
            if not currency:
                row.problems.append(
                    (
                        "unknown_currency",
                        self.env._("Odoo knows no currency “%s”: use its three-letter code.", text),
                    )
                )
            elif currency != own and row.day and rates.on(currency.id, row.day) is None:
                row.problems.append(
                    (
                        "no_rate",
                        self.env._(
                            "There is no rate of %(currency)s on or before %(day)s: add one under "
                            "Currencies, then check again.",
                            currency=currency.name,
                            day=fields.Date.to_string(row.day),
                        ),
                    )
                )

    def _currencies_by_text(self, texts):
        """Return {text: currency} for those of ``texts`` that mean one; not active ones too."""
        own = self.company_id.currency_id
        codes = {text: CURRENCY_WORDS.get(text, text) for text in texts}
        currencies = self.env["res.currency"].with_context(active_test=False)
        by_code = {
            currency.name.upper(): currency
            for currency in currencies.search([("name", "in", list(codes.values()))])
        }
        known = {text: by_code[code] for text, code in codes.items() if code in by_code}
        return {(own.symbol or own.name).upper(): own, **known}

    def _day_problems(self, row, today):
        if row.day and row.day <= today:
            return []
        if row.day:
            return [
                (
                    "future_date",
                    self.env._("The date %s is in the future.", fields.Date.to_string(row.day)),
                )
            ]
        text = row.texts["day"]
        missing = self.env._("The date is missing.")
        return [
            (
                "bad_date",
                self.env._("“%s” is no date in the chosen form.", text) if text else missing,
            )
        ]

    def _amount_problems(self, row, currency):
        if row.amount is None:
            text = row.texts["amount"]
            missing = self.env._("The amount is missing.")
            return [
                (
                    "bad_amount",
                    self.env._("“%s” is no amount with the chosen decimal separator.", text)
                    if text
                    else missing,
                )
            ]
        if currency.is_zero(row.amount):
            return [("zero_amount", self.env._("The amount is zero."))]
        return []

    # ---------------------------------------------------------------- customers
    def _find_customers(self, rows):
        matcher = matching.Matcher(self._candidates(rows))
        for row in rows:
            if not any(row.identity) and not row.texts["mail"]:
                row.problems.append(
                    (
                        "no_customer_given",
                        self.env._(
                            "No customer: the row has no reference, tax number, e-mail, phone or "
                            "name."
                        ),
                    )
                )
            elif not (match := matcher.match(row.identity)):
                row.create = self.create_missing
                if not row.create:
                    row.problems.append(
                        (
                            "no_customer",
                            self.env._(
                                "No such customer. Add the contact, or choose “Create missing "
                                "customers”; then check again."
                            ),
                        )
                    )
            elif match.doubt:
                row.doubt = (match.doubt, self._doubt_sentence(match), match.candidates)
            else:
                row.partner_id = match.partner_id

    def _candidates(self, rows):
        """Return {kind: candidates} for all rows: one query for each kind in the file."""
        metrics = self.env["retention.metrics"]
        found = {}
        for kind in matching.KINDS:
            keys = matching.lookup_keys(kind, {row.texts[kind] for row in rows} - {""})
            if keys:
                found[kind] = metrics._history_candidates(self.company_id, kind, keys)
        return found

    def _doubt_sentence(self, match):
        if match.doubt == "phone_name":
            return self.env._("The phone number is this customer's, but the name differs.")
        return {
            "reference": self.env._("Several customers have this reference."),
            "vat": self.env._("Several customers have this tax number."),
            "email": self.env._("Several customers have this e-mail address."),
            "phone": self.env._("Several customers have this phone number."),
            "name": self.env._("Several customers have this name."),
        }[match.kind]

    def _apply_decisions(self, rows):
        decided = {
            line.row_number: line
            for line in self.line_ids
            if line.kind == "doubtful" and line.decision
        }
        for row in rows:
            line = decided.get(row.number)
            if not line or not row.doubt:
                continue
            if line.decision == "pick":
                row.partner_id = line.partner_id.id
            row.create = line.decision == "create"
            row.skip = line.decision == "skip"

    def _refuse_repeated_numbers(self, rows):
        first = {}
        for row in rows:
            number = row.texts["outside"]
            if not number or row.problems:
                continue
            if number in first:
                row.problems.append(
                    (
                        "twice",
                        self.env._(
                            "Row %(row)s has the outside number %(number)s already.",
                            row=first[number],
                            number=number,
                        ),
                    )
                )
            first.setdefault(number, row.number)

    # ---------------------------------------------------------------- what remains to be done
    def _store_check(self, rows):
        """Keep counts, and a line for each row that is wrong or doubtful; decisions stay."""
        bad = {row.number: self._line_values(row) for row in rows if row.problems or row.doubt}
        kept = self.line_ids.filtered(
            lambda line: (
                line.row_number in bad
                and all(line[name] == bad[line.row_number][name] for name in LINE_FACTS)
            )
        )
        (self.line_ids - kept).unlink()
        kept_numbers = set(kept.mapped("row_number"))
        self.env["retention.history.import.line"].create(
            [values for number, values in bad.items() if number not in kept_numbers]
        )
        wrong = sum(values["kind"] == "wrong" for values in bad.values())
        self.write(
            {
                "row_count": len(rows),
                "good_count": len(rows) - len(bad),
                "doubtful_count": len(bad) - wrong,
                "wrong_count": wrong,
                "late_count": self._count_late(rows),
            }
        )

    def _count_late(self, rows):
        """Return how many rows lie in the time of which Odoo's own documents tell."""
        company = self.company_id._retention_company()
        basis = company.sudo().retention_basis
        first = self.env["retention.metrics"]._cutover_day(company, basis)
        return sum(bool(first) and not row.problems and row.day >= first for row in rows)

    def _verdict(self, row):
        """Return (kind, code, sentences) of a row that is not simply good."""
        if row.problems:
            reason = paragraph_text(self.env, [text for _code, text in row.problems])
            return "wrong", row.problems[0][0], reason
        return "doubtful", row.doubt[0], row.doubt[1]

    def _line_values(self, row):
        kind, code, reason = self._verdict(row)
        named = [
            row.texts["name"],
            row.texts["reference"],
            row.texts["vat"],
            row.texts["mail"],
            row.texts["phone"],
        ]
        return {
            "import_id": self.id,
            "row_number": row.number,
            "kind": kind,
            "code": code,
            "reason": reason,
            "cells": [json_cell(cell) for cell in row.cells],
            "customer": " · ".join(filter(None, named)),
            "customer_key": "|".join(matching.name_key(text) for text in row.identity),
            "day": row.texts["day"] or False,
            "amount": row.texts["amount"] or False,
            "candidate_ids": [Command.set(row.doubt[2] if kind == "doubtful" else ())],
        }
