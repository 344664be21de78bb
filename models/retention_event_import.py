from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..analytics import cells, events, tabular

SAMPLE_ROWS = 3
CUSTOMER_MEANINGS = ("ref", "vat", "email", "phone", "customer")
# Headers that name what only events have; the others are those of imported purchases.
HEADERS = {
    "kind": "kind eventtype eventkind type event 类型 事件类型 事件",
    "name": "feature page product what 功能 页面 产品",
    "moment": "moment time timestamp datetime date day 时间 日期 时刻",
    "weight": "weight count times quantity 次数 数量 权重",
    "sentiment": "sentiment mood 情绪 情感",
    "note": "note text comment content review 备注 内容 评论",
}
PURCHASE_WORDS = {
    "reference": "ref",
    "vat": "vat",
    "email": "email",
    "phone": "phone",
    "name": "customer",
    "outside": "outside_id",
}


class RetentionEventImport(models.Model):
    """One file of events, a row each. Importing it again adds only what is new."""

    _name = "retention.event.import"
    _description = "Import of Outside Events"
    _inherit = "retention.table.import"
    _order = "id desc"
    _rec_name = "file_name"
    _allow_sudo_commands = False

    state = fields.Selection(
        [
            ("draft", "Columns"),
            ("checked", "Checked"),
            ("done", "Imported"),
            ("undone", "Undone"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    file = fields.Binary(required=True, attachment=True)
    file_name = fields.Char(required=True, default=lambda self: self.env._("Events"))
    kind = fields.Selection(
        lambda self: self.env["retention.event"]._fields["kind"]._description_selection(self.env),
        "Kind of Event",
        help="Of rows without a kind of their own.",
    )
    source = fields.Char(
        required=True,
        default=lambda self: self.env._("Spreadsheet"),
        help="Outside numbers are compared with those of the same source only.",
    )
    column_ids = fields.One2many("retention.event.import.column", "import_id", "Columns")
    line_ids = fields.One2many("retention.event.import.line", "import_id", "Wrong Rows")
    row_count = fields.Integer(
        "Rows in the File", readonly=True, copy=False, help="Without the row of titles."
    )
    good_count = fields.Integer(
        "Good", readonly=True, copy=False, help="Rows that can be imported."
    )
    duplicate_count = fields.Integer(
        "Recorded Before",
        readonly=True,
        copy=False,
        help="Rows recorded by an earlier import; nothing changes.",
    )
    wrong_count = fields.Integer(
        "Wrong", readonly=True, copy=False, help="Rows that cannot be imported; each says why."
    )
    done_at = fields.Datetime("Imported On", readonly=True, copy=False)

    # ---------------------------------------------------------------- the file
    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if self.filtered(lambda one: one.state == "done"):
            raise UserError(self.env._("Undo the import first: its events would stay without it."))

    def _file_messages(self):
        empty = self.env._(
            "The file has no rows. Its first row must name the columns; events follow."
        )
        return {**super()._file_messages(), "empty": empty}

    def _read_headers(self):
        """Name the columns of the file and guess what they mean."""
        table = self._parse_file()
        guess = self._guess(table.headers)
        rows = [row for _number, row in table.rows]
        columns = [
            {
                "position": position,
                "name": header or self.env._("Column %s", position + 1),
                "sample": " · ".join(
                    filter(None, (cells.cell_text(row[position]) for row in rows[:SAMPLE_ROWS]))
                ),
                "meaning": guess.get(position, False),
            }
            for position, header in enumerate(table.headers)
        ]
        moment = next((p for p, meaning in guess.items() if meaning == "moment"), None)
        order = cells.detect_date_order(row[moment] for row in rows)[0] if moment is not None else 0
        self.line_ids.unlink()
        self.write(
            {
                "state": "draft",
                "row_count": len(rows),
                "date_order": order or "ymd",
                "column_ids": [Command.clear(), *map(Command.create, columns)],
            }
        )

    @api.model
    def _guess(self, headers):
        """Return {position: meaning}."""
        found = tabular.guess_columns(headers, HEADERS)
        meanings = {position: meaning for meaning, position in found.items()}
        for field, position in tabular.guess_columns(headers).items():
            if field in PURCHASE_WORDS and PURCHASE_WORDS[field] not in found:
                meanings.setdefault(position, PURCHASE_WORDS[field])
        return meanings

    # ---------------------------------------------------------------- rows
    def _check_columns(self):
        meanings = [meaning for meaning in self.column_ids.mapped("meaning") if meaning]
        if len(meanings) != len(set(meanings)):
            raise UserError(self.env._("Two columns have the same meaning. Choose one of them."))
        if "moment" not in meanings or not {*meanings} & {*CUSTOMER_MEANINGS}:
            raise UserError(
                self.env._(
                    "Choose the columns of the moment and of at least one of customer reference, "
                    "tax number, e-mail, phone or name."
                )
            )
        if "kind" not in meanings and not self.kind:
            raise UserError(self.env._("Choose the kind of event, or the column that says it."))

    def _records(self):
        """Return [(row number, record)] as ``action_record`` takes them."""
        meanings = {c.meaning: c.position for c in self.column_ids if c.meaning}
        zone = self.company_id._retention_timezone()
        kinds = self._words("kind")
        moods = self._words("sentiment")
        seen, records = {}, []
        for number, row in self._parse_file().rows:
            record = {meaning: row[position] for meaning, position in meanings.items()}
            kind = cells.cell_text(record.get("kind")).lower()
            record["kind"] = kinds.get(kind, kind) or self.kind
            mood = cells.cell_text(record.get("sentiment")).lower()
            record["sentiment"] = moods.get(mood, mood)
            record["moment"] = events.read_moment(record["moment"], self.date_order, zone)
            record["source"] = self.source
            if not cells.cell_text(record.get("outside_id")):
                said = tuple(record.get(name) for name in (*CUSTOMER_MEANINGS, "kind", "name"))
                same = (*said, record["moment"], record.get("note"))
                seen[same] = seen.get(same, 0) + 1
                record["outside_id"] = events.content_id(*same, seen[same])
            records.append((number, record))
        return records

    def _words(self, name):
        """Return {what a cell may say in lower case: value}: the labels the user reads."""
        field = self.env["retention.event"]._fields[name]
        return {label.lower(): value for value, label in field._description_selection(self.env)}

    def _run(self, dry_run):
        """Record the rows, or say what would be; keep what is wrong, return the counts."""
        self._check_columns()
        numbered = self._records()
        results = (
            self.env["retention.event"]
            .sudo()
            ._record(
                self.company_id._retention_company(),
                [record for _number, record in numbered],
                fields.Datetime.now(),
                self.id,
                dry_run,
            )
        )
        wrong = [
            (number, record, result)
            for (number, record), result in zip(numbered, results, strict=True)
            if result["status"] == "error"
        ]
        self.line_ids.unlink()
        self.env["retention.event.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "row_number": number,
                    "reason": result["message"],
                    "customer": self._customer_words(record),
                }
                for number, record, result in wrong
            ]
        )
        statuses = [result["status"] for result in results]
        return {
            "row_count": len(results),
            "good_count": statuses.count("accepted"),
            "duplicate_count": statuses.count("duplicate"),
            "wrong_count": len(wrong),
        }

    def _customer_words(self, record):
        said = (cells.cell_text(record.get(name)) for name in CUSTOMER_MEANINGS)
        return " · ".join(filter(None, said))

    # ---------------------------------------------------------------- buttons
    def action_check(self):
        """Read every row and find its customer; nothing is recorded yet."""
        for one in self:
            one._expect("draft", "checked")
            one.check_access("write")
            one.write({**one._run(dry_run=True), "state": "checked"})

    def action_back(self):
        for one in self:
            one._expect("checked")
            one.state = "draft"

    def action_import(self):
        """Record the good rows; the others stay in the list."""
        self.env["retention.event"].check_access("create")
        for one in self:
            one._expect("checked")
            one.check_access("write")
            counts = one._run(dry_run=False)
            if not counts["good_count"]:
                raise UserError(self.env._("Nothing new: every row is wrong or recorded already."))
            one.write({**counts, "state": "done", "done_at": fields.Datetime.now()})

    def action_undo(self):
        """Delete the events that this import recorded."""
        self.ensure_one()
        self._expect("done")
        self.check_access("write")
        self.env["retention.event"].search([("import_id", "=", self.id)]).unlink()
        self.state = "undone"

    def action_open_events(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.event",
            "view_mode": "list,form",
            "domain": [("import_id", "=", self.id)],
            "name": self.env._("Outside Events"),
        }


class RetentionEventImportColumn(models.Model):
    """A column of the file, and what it says of an event."""

    _name = "retention.event.import.column"
    _description = "Column of an Import of Events"
    _order = "import_id, position"
    _allow_sudo_commands = False

    import_id = fields.Many2one(
        "retention.event.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(required=True)
    name = fields.Char("Header", required=True)
    sample = fields.Char("First Cells", help="What stands in the first rows of the column.")
    meaning = fields.Selection(
        [
            ("ref", "Customer's reference"),
            ("vat", "Customer's tax number"),
            ("email", "Customer's e-mail"),
            ("phone", "Customer's phone"),
            ("customer", "Customer's name"),
            ("moment", "When it happened"),
            ("kind", "Which kind of event"),
            ("name", "What it was about"),
            ("weight", "How often"),
            ("outside_id", "Number at the source"),
            ("sentiment", "In which mood"),
            ("note", "Words"),
        ],
        help="Empty: the column is not read.",
    )


class RetentionEventImportLine(models.Model):
    """A row of the file that cannot be recorded, and why."""

    _name = "retention.event.import.line"
    _description = "Wrong Row of an Import of Events"
    _order = "import_id, row_number"
    _rec_name = "reason"
    _allow_sudo_commands = False

    import_id = fields.Many2one(
        "retention.event.import", required=True, index=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row", required=True, aggregator=None)
    customer = fields.Char("Customer in the File")
    reason = fields.Char(required=True)
