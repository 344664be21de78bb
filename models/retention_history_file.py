import base64
import hashlib

from odoo import models
from odoo.exceptions import UserError

from ..analytics import cells, tabular
from .retention_history_import import COLUMN_FIELDS

SAMPLE_ROWS = 200


def json_cell(cell):
    """Return a cell as JSON can keep it: numbers stay numbers, dates become text."""
    plain = isinstance(cell, int | float) and not isinstance(cell, bool)
    return cell if plain else cells.cell_text(cell)


class RetentionHistoryImport(models.Model):
    """Reading the file: its columns, what they hold and how they are written."""

    _inherit = "retention.history.import"

    def _content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _parse_file(self):
        """Return the file as a :class:`tabular.Table`."""
        try:
            return tabular.read_table(self._content())
        except tabular.TableError as error:
            raise UserError(self._file_messages()[error.args[0]]) from error

    def _file_messages(self):
        return {
            "empty": self.env._(
                "The file has no rows. Its first row must name the columns; purchases follow."
            ),
            "old_excel": self.env._(
                "This is an old Excel file (.xls). Save it as .xlsx or .csv and upload that."
            ),
            "bad_excel": self.env._(
                "The file is no readable Excel workbook. Open it in Excel, save it as .xlsx or "
                ".csv and upload that."
            ),
            "bad_text": self.env._("The file is no readable text. Save it as csv (UTF-8) or xlsx."),
            "too_long": self.env._(
                "The file has more than %s rows. Split it into several files.",
                f"{tabular.MAX_ROWS:,}",
            ),
        }

    def _read_headers(self):
        """Read the file, name its columns and propose what they hold."""
        self.ensure_one()
        table = self._parse_file()
        self.line_ids.unlink()
        self.column_ids.unlink()
        columns = self.env["retention.history.import.column"].create(
            [
                {
                    "import_id": self.id,
                    "position": position,
                    "name": header or self.env._("Column %s", position + 1),
                }
                for position, header in enumerate(table.headers)
            ]
        )
        earlier = self._same_headers(columns)
        mapping = self._proposed(columns, earlier)
        self.write(
            {
                "state": "draft",
                "file_kind": table.kind,
                "checksum": hashlib.sha256(self._content()).hexdigest(),
                "row_count": len(table.rows),
                "sample": [
                    [number, *map(json_cell, row)] for number, row in table.rows[:SAMPLE_ROWS]
                ],
                **{
                    name: mapping[field].id if field in mapping else False
                    for field, name in COLUMN_FIELDS.items()
                },
                **self._detect_formats(mapping, [row for _number, row in table.rows], earlier),
            }
        )

    def _same_headers(self, columns):
        """Return the latest checked import whose mapped headers are all in ``columns``."""
        names = set(columns.mapped("name"))
        earlier = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "draft"),
                ("id", "!=", self.id),
            ],
            limit=20,
        )
        for one in earlier:
            mapped = {column.name for column in one._mapping().values()}
            if mapped and mapped <= names:
                return one
        return self.browse()

    def _proposed(self, columns, earlier):
        """Return {field: column} as it was for ``earlier``, else as the headers suggest."""
        if earlier:
            by_name = {column.name: column for column in reversed(columns)}
            return {field: by_name[one.name] for field, one in earlier._mapping().items()}
        guess = tabular.guess_columns(columns.mapped("name"))
        return {field: columns[position] for field, position in guess.items()}

    def _mapping(self):
        """Return {field: column} of the columns that are used."""
        return {field: self[name] for field, name in COLUMN_FIELDS.items() if self[name]}

    def _detect_formats(self, mapping, rows, earlier=None):
        """Return the date and number format that ``rows`` are written in."""
        formats = {}
        if day := mapping.get("day"):
            order, sure = cells.detect_date_order(row[day.position] for row in rows)
            if not sure:
                language = self.env["res.lang"]._get_data(code=self.env.user.lang)
                american = (language.date_format or "").startswith("%m")
                order = earlier.date_order if earlier else "mdy" if american else "dmy"
            formats["date_order"] = order
        if amount := mapping.get("amount"):
            formats["decimal"] = cells.detect_decimal(row[amount.position] for row in rows)
        return formats
