"""Reading every row of a file of answers, and keeping what is good exactly once."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..analytics import cells, matching, voice
from ..analytics.voice_table import ANSWER_WORDS, row_keys
from ..models.joining import paragraph_text
from ..models.retention_feedback_case import FRESH_DAYS
from .retention_feedback_import import PERSON_FIELDS

OWN_NUMBER = re.compile(r"[Cc](\d{6,})$")


@dataclass(slots=True)
class Row:
    """One row as understood, with what is wrong and who answered."""

    number: int
    texts: dict
    day: object = None
    score: int | None = None
    problems: list = field(default_factory=list)
    partner_id: int | None = None
    doubt: str = ""  # why the contact it names is not taken

    @property
    def identity(self):
        """Who answered, in the order of ``matching.KINDS``; tax numbers are not asked for."""
        named = {**dict.fromkeys(matching.KINDS, ""), **self.texts}
        return tuple(named[kind] for kind in matching.KINDS)

    @property
    def who(self):
        return " · ".join(filter(None, (self.texts[name] for name in PERSON_FIELDS)))


class RetentionFeedbackImport(models.TransientModel):
    _inherit = "retention.feedback.import"

    # ---------------------------------------------------------------- buttons
    def action_check(self):
        """Read every row and find who answered; nothing is kept yet."""
        self.ensure_one()
        self._check_mapping()
        self._store_check(self._evaluate())
        self.state = "checked"
        return self._show()

    def action_import(self):
        self.ensure_one()
        self.env["retention.feedback"].check_access("create")
        self._check_mapping()
        rows = self._evaluate()
        self._store_check(rows)
        kept = [row for row in rows if self._is_kept(row)]
        if not kept:
            raise UserError(
                self.env._("There is nothing to import: every row is wrong or left out.")
            )
        answers, added, corrected = self.env["retention.feedback"]._note(
            list(map(self._answer_values, kept, self._outside_ids(kept)))
        )
        self.write(
            {
                "state": "done",
                "added_count": added,
                "corrected_count": corrected,
                "same_count": len(answers) - added - corrected,
            }
        )
        return self._show()

    def action_open_answers(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_feedback")
        mine = [("survey", "=", self.survey), ("source", "=", "import")]
        return {**action, "domain": mine, "context": {}}

    def _check_mapping(self):
        if not (self.day_column_id and self.score_column_id):
            raise UserError(self.env._("Choose the columns of the date and of the score."))

    # ---------------------------------------------------------------- rows
    def _evaluate(self):
        """Return a Row for every row of the file."""
        mapping = {name: column.position for name, column in self._mapping().items()}
        rows = [self._read_row(*record, mapping) for record in self._parse_file().rows]
        today = self.company_id._retention_today()
        for row in rows:
            row.problems += self._problems(row, today)
        self._refuse_repeated_numbers(rows)
        self._find_people(rows)
        return rows

    def _read_row(self, number, record, mapping):
        texts = {
            name: cells.cell_text(record[mapping[name]]) if name in mapping else ""
            for name in ANSWER_WORDS
        }
        row = Row(number, {**texts, "email": email_normalize(texts["email"]) or ""})
        row.day = cells.parse_date(record[mapping["day"]], self.date_order)
        row.score = voice.parse_score(record[mapping["score"]], self.kind)
        return row

    def _problems(self, row, today):
        found = []
        if row.score is None:
            low, high = voice.SCALES[self.kind]
            found.append(
                self.env._(
                    "“%(text)s” is no score from %(low)s to %(high)s.",
                    text=row.texts["score"],
                    low=low,
                    high=high,
                )
                if row.texts["score"]
                else self.env._("The score is missing.")
            )
        if not row.day:
            text = row.texts["day"]
            missing = self.env._("The date is missing.")
            found.append(
                self.env._("“%s” is no date in the chosen form.", text) if text else missing
            )
        elif row.day > today:
            day = fields.Date.to_string(row.day)
            found.append(self.env._("The date %s is in the future.", day))
        return found

    def _refuse_repeated_numbers(self, rows):
        first = {}
        for row in rows:
            number = row.texts["outside"]
            if not number or row.problems:
                continue
            if number in first:
                row.problems.append(
                    self.env._(
                        "Row %(row)s has the number %(number)s already.",
                        row=first[number],
                        number=number,
                    )
                )
            first.setdefault(number, row.number)

    # ---------------------------------------------------------------- people
    def _find_people(self, rows):
        """Find who answered, in a few queries for all rows."""
        metrics, candidates = self.env["retention.metrics"], {}
        for kind in PERSON_FIELDS:
            keys = matching.lookup_keys(kind, {row.texts[kind] for row in rows} - {""})
            if keys:
                candidates[kind] = metrics._history_candidates(self.company_id, kind, keys)
        matcher, own = matching.Matcher(candidates), self._own_numbers(rows)
        for row in rows:
            if not any(row.identity):
                continue
            match = matcher.match(row.identity)
            row.partner_id = own.get(row.texts["reference"])
            if row.partner_id:
                continue
            if not match:
                row.doubt = self.env._("Nobody among the contacts fits.")
            elif match.doubt == "phone_name":
                row.doubt = self.env._("The phone number fits a contact, but the name differs.")
            elif match.doubt:
                row.doubt = self.env._("Several contacts fit.")
            else:
                row.partner_id = match.partner_id

    def _own_numbers(self, rows):
        """Return {customer number as in the file: contact id} of our own numbers."""
        numbers = {
            row.texts["reference"]: int(found[1])
            for row in rows
            if (found := OWN_NUMBER.match(row.texts["reference"]))
        }
        profiles = self.env["retention.profile"].search(
            [
                ("partner_id", "in", list(numbers.values())),
                ("company_id", "=", self.company_id._retention_company().id),
            ]
        )
        known = set(profiles.partner_id.ids)
        return {text: number for text, number in numbers.items() if number in known}

    # ---------------------------------------------------------------- what is kept
    def _is_kept(self, row):
        return not row.problems and not (row.doubt and self.unknown == "skip")

    def _outside_ids(self, rows):
        """Return what makes each row unique among all answers of the company."""
        said = row_keys(
            (*row.identity, str(row.day), str(row.score), row.texts["comment"]) for row in rows
        )
        return [
            f"{self.survey}: {row.texts['outside'] or key}"
            for row, key in zip(rows, said, strict=True)
        ]

    def _answer_values(self, row, outside_id):
        company = self.company_id._retention_company()
        values = {
            "company_id": company.id,
            "source": "import",
            "outside_id": outside_id,
            "survey": self.survey,
            "partner_id": row.partner_id or False,
            "date": row.day,
            "kind": self.kind,
            "score": row.score,
            "comment": row.texts["comment"] or False,
        }
        if row.day <= company._retention_today() - timedelta(days=FRESH_DAYS):
            values["needs_reply"] = False
        return values

    def _store_check(self, rows):
        """Keep counts, and a line for each row that is left out or loses its contact."""
        kept = [row for row in rows if self._is_kept(row)]
        self.line_ids.unlink()
        self.env["retention.feedback.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "row_number": row.number,
                    "left_out": not self._is_kept(row),
                    "who": row.who,
                    "day": row.texts["day"],
                    "score": row.texts["score"],
                    "reason": paragraph_text(self.env, row.problems) or row.doubt,
                }
                for row in rows
                if row.problems or row.doubt
            ]
        )
        known = sum(bool(row.partner_id) for row in kept)
        self.write(
            {
                "row_count": len(rows),
                "good_count": known,
                "anonymous_count": len(kept) - known,
                "left_count": len(rows) - len(kept),
            }
        )
