"""Importing what an outside survey (SurveyMonkey, 腾讯问卷) brought in: file and columns."""

from odoo import api, fields, models

from ..analytics import tabular, voice
from ..analytics.voice_table import ANSWER_WORDS

PERSON_FIELDS = ("reference", "email", "phone", "name")


def _column(string, help_text="The column of the file that holds it; empty: none does."):
    return fields.Many2one(
        "retention.feedback.import.column",
        string,
        domain="[('import_id', '=', id)]",
        ondelete="set null",
        help=help_text,
    )


class RetentionFeedbackImport(models.TransientModel):
    """One file of answers. Reading it a second time adds nothing."""

    _name = "retention.feedback.import"
    _description = "Import of Survey Answers"
    _inherit = "retention.table.import"
    _meanings = tuple(ANSWER_WORDS)

    state = fields.Selection(
        [("draft", "Which columns"), ("checked", "Looked through"), ("done", "Brought in")],
        required=True,
        default="draft",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._retention_company(),
        ondelete="cascade",
    )
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char(required=True, default=lambda self: self.env._("Survey"))
    file_kind = fields.Char("Read As", readonly=True)
    survey = fields.Char(
        "Name of the Survey",
        compute="_compute_survey",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Tells the answers of two surveys apart: import the same survey under one name.",
    )
    kind = fields.Selection(
        lambda self: self._selection_kind(),
        "What Was Asked",
        required=True,
        default="nps",
        help="Decides how the scores of the file are read.",
    )
    unknown = fields.Selection(
        [("keep", "Keep as anonymous"), ("skip", "Leave these answers out")],
        "Unknown People",
        required=True,
        default="keep",
        help="Answers of people who are not, or not surely, among your contacts.",
    )
    sample = fields.Json(readonly=True)
    column_ids = fields.One2many("retention.feedback.import.column", "import_id", "Columns")
    email_column_id = _column("E-mail")
    phone_column_id = _column("Phone")
    reference_column_id = _column("Customer number", "Your reference, or a number like C000123.")
    name_column_id = _column("Name")
    day_column_id = _column("Answered on")
    score_column_id = _column("Score")
    comment_column_id = _column("Comment")
    outside_column_id = _column(
        "Number of the answer",
        "With it, a second import corrects answers rather than add changed ones again.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    line_ids = fields.One2many("retention.feedback.import.line", "import_id", "Rows to Look At")
    row_count = fields.Integer("Rows in the File", readonly=True, help="Without the row of titles.")
    good_count = fields.Integer(
        "With a Known Contact", readonly=True, help="Answers whose sender is a contact."
    )
    anonymous_count = fields.Integer(
        "Anonymous", readonly=True, help="Answers whose sender is not known."
    )
    left_count = fields.Integer("Rows Left Out", readonly=True, help="Rows that are not imported.")
    added_count = fields.Integer("Added", readonly=True)
    corrected_count = fields.Integer("Corrected", readonly=True)
    same_count = fields.Integer("Known Already", readonly=True)

    @api.model
    def _selection_kind(self):
        kinds = self.env["retention.feedback"]._selection_kind()
        return [(code, label) for code, label in kinds if code in voice.SCALES]

    @api.depends("file_name")
    def _compute_survey(self):
        for one in self:
            one.survey = one.survey or (one.file_name or "").rpartition(".")[0] or one.file_name

    # ---------------------------------------------------------------- the file
    def _file_messages(self):
        empty = self.env._(
            "The file has no rows. Its first row must name the columns; answers follow."
        )
        return {**super()._file_messages(), "empty": empty}

    def _read_headers(self):
        """Read the file, name its columns and propose what they hold."""
        self.ensure_one()
        table = self._parse_file()
        columns = self._name_columns(table)
        guess = tabular.guess_columns(columns.mapped("name"), ANSWER_WORDS)
        mapping = {meaning: columns[position] for meaning, position in guess.items()}
        values = self._file_values(table, mapping)
        if "day" in guess:
            days = (row[guess["day"]] for _number, row in table.rows)
            values["date_order"] = self._detect_date_order(days)
        self.write(values)

    # ---------------------------------------------------------------- what is shown
    @api.depends(
        "date_order", "kind", "file_kind", *(f"{meaning}_column_id" for meaning in ANSWER_WORDS)
    )
    def _compute_preview(self):
        for one in self:
            one.preview = one._preview_table()

    def _shown_cell(self, meaning, cell):
        if meaning != "score":
            return super()._shown_cell(meaning, cell)
        score = voice.parse_score(cell, self.kind)
        return score is not None and str(score)

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Survey Answers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ---------------------------------------------------------------- buttons
    def action_read(self):
        """Saving has read the file: nothing is left to do but to show it."""
        self.check_access("read")
        return self._show()

    def action_back(self):
        self.state = "draft"
        return self._show()


class RetentionFeedbackImportColumn(models.TransientModel):
    """A column of the file."""

    _name = "retention.feedback.import.column"
    _description = "Column of an Import of Answers"
    _order = "import_id, position"

    import_id = fields.Many2one(
        "retention.feedback.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(required=True)
    name = fields.Char("Header", required=True)


class RetentionFeedbackImportLine(models.TransientModel):
    """A row that is left out, or kept without the contact it names, and why."""

    _name = "retention.feedback.import.line"
    _description = "Row of an Import of Answers"
    _order = "import_id, row_number"
    _rec_name = "reason"

    import_id = fields.Many2one(
        "retention.feedback.import", required=True, index=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row", required=True, aggregator=None)
    left_out = fields.Boolean(help="The row is not imported.")
    who = fields.Char("Who, as in the File", help="As it stands in the file.")
    day = fields.Char("Date in the File", help="As it stands in the file.")
    score = fields.Char("Score in the File", help="As it stands in the file.")
    reason = fields.Char(required=True)
