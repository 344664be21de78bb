import hashlib

from odoo import models

from ..analytics import cells, tabular


class RetentionHistoryImport(models.Model):
    """Reading the file: its columns, what they hold and how they are written."""

    _inherit = "retention.history.import"

    def _file_messages(self):
        empty = self.env._(
            "The file has no rows. Its first row must name the columns; purchases follow."
        )
        return {**super()._file_messages(), "empty": empty}

    def _read_headers(self):
        """Read the file, name its columns and propose what they hold."""
        self.ensure_one()
        table = self._parse_file()
        columns = self._name_columns(table)
        earlier = self._same_headers(columns)
        mapping = self._proposed(columns, earlier)
        self.write(
            {
                **self._file_values(table, mapping),
                "checksum": hashlib.sha256(self._content()).hexdigest(),
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

    def _detect_formats(self, mapping, rows, earlier=None):
        """Return the date and number format that ``rows`` are written in."""
        formats = {}
        if day := mapping.get("day"):
            days = (row[day.position] for row in rows)
            formats["date_order"] = self._detect_date_order(days, earlier)
        if amount := mapping.get("amount"):
            formats["decimal"] = cells.detect_decimal(row[amount.position] for row in rows)
        return formats
