import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..analytics import cells, tabular

SAMPLE_ROWS, PREVIEW_ROWS = 200, 5


def json_cell(cell):
    """Return a cell as JSON can keep it: numbers stay numbers, dates become text."""
    plain = isinstance(cell, int | float) and not isinstance(cell, bool)
    return cell if plain else cells.cell_text(cell)


class RetentionTableImport(models.AbstractModel):
    """One spreadsheet on its way in: the file, its columns, how its dates are written.

    Who inherits it has ``state``, ``file``, ``file_name``, ``row_count``, ``column_ids`` and
    ``line_ids``, and reads the columns in :meth:`_read_headers`.
    """

    _name = "retention.table.import"
    _description = "Import of a Table"
    # What a cell may say; the column it is read from is in the field "<meaning>_column_id".
    _meanings = ()

    date_order = fields.Selection(
        [
            ("ymd", "Year first: 2024-03-05"),
            ("dmy", "Day first: 05/03/2024 is 5 March"),
            ("mdy", "Month first: 03/05/2024 is 5 March"),
        ],
        "Dates",
        required=True,
        default="ymd",
        help="Date cells and dates with the year first are understood in any case.",
    )

    # ---------------------------------------------------------------- the file
    @api.model_create_multi
    def create(self, vals_list):
        imports = super().create(vals_list)
        for one in imports:
            one._read_headers()
        return imports

    def write(self, vals):
        if "file" in vals:
            for one in self:
                one._expect("draft", "checked")
        result = super().write(vals)
        if "file" in vals:
            for one in self:
                one._read_headers()
        return result

    def _expect(self, *states):
        self.ensure_one()
        if self.state not in states:
            raise UserError(
                self.env._("This import has moved on meanwhile. Reload the page to go on with it.")
            )

    def _content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _parse_file(self):
        """Return the file as a :class:`tabular.Table`."""
        try:
            return tabular.read_table(self._content())
        except tabular.TableError as error:
            raise UserError(self._file_messages()[error.args[0]]) from error

    def _file_messages(self):
        """Return {code of a :class:`tabular.TableError`: what to tell the user}."""
        return {
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

    # ---------------------------------------------------------------- columns
    def _name_columns(self, table):
        """Make the columns of the file anew, by position, and return them."""
        self.line_ids.unlink()
        self.column_ids.unlink()
        return self.column_ids.create(
            [
                {
                    "import_id": self.id,
                    "position": position,
                    "name": header or self.env._("Column %s", position + 1),
                }
                for position, header in enumerate(table.headers)
            ]
        )

    def _file_values(self, table, columns):
        """Return the fields that say what is in the file.

        :param columns: {meaning: column} as far as they are known
        """
        rows = table.rows[:SAMPLE_ROWS]
        return {
            "state": "draft",
            "file_kind": table.kind,
            "row_count": len(table.rows),
            "sample": [[number, *map(json_cell, row)] for number, row in rows],
            **{
                f"{meaning}_column_id": columns[meaning].id if meaning in columns else False
                for meaning in self._meanings
            },
        }

    def _mapping(self):
        """Return {meaning: column} of the columns that are used."""
        columns = {meaning: self[f"{meaning}_column_id"] for meaning in self._meanings}
        return {meaning: column for meaning, column in columns.items() if column}

    def _detect_date_order(self, values, earlier=None):
        """Return how dates are written: as they show, else as in ``earlier``, else as usual."""
        order, sure = cells.detect_date_order(values)
        if sure:
            return order
        language = self.env["res.lang"]._get_data(code=self.env.user.lang)
        american = (language.date_format or "").startswith("%m")
        return earlier.date_order if earlier else "mdy" if american else "dmy"

    # ---------------------------------------------------------------- the first rows
    def _preview_table(self):
        """Return the first rows as they are understood, for the eye."""
        self.ensure_one()
        mapping, rows = self._mapping(), (self.sample or [])[:PREVIEW_ROWS]
        if not rows:
            return False
        names = [self._fields[f"{meaning}_column_id"] for meaning in mapping]
        labels = [self.env._("Row"), *(name._description_string(self.env) for name in names)]
        head = Markup().join(Markup("<th>%s</th>") % label for label in labels)
        body = Markup().join(
            Markup("<tr><td class='text-muted'>%s</td>%s</tr>")
            % (
                number,
                Markup().join(
                    self._preview_cell(meaning, row[column.position])
                    for meaning, column in mapping.items()
                ),
            )
            for number, *row in rows
        )
        return Markup("<table class='table table-sm'><tr>%s</tr>%s</table>") % (head, body)

    def _preview_cell(self, meaning, cell):
        text = cells.cell_text(cell)
        shown = self._shown_cell(meaning, cell)
        if shown or not text:
            return Markup("<td>%s</td>") % (shown or "")
        return Markup("<td class='text-danger'>%s</td>") % self.env._("unreadable: %s", text)

    def _shown_cell(self, meaning, cell):
        """Return a cell as it is understood; nothing where it is not."""
        if meaning == "day":
            day = cells.parse_date(cell, self.date_order)
            return day and fields.Date.to_string(day)
        return cells.cell_text(cell)
