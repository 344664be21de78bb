from odoo import api, fields, models
from odoo.exceptions import UserError

from ..analytics import cells

CUSTOMER_FIELDS = ("reference", "vat", "email", "phone", "name")
MEANINGS = (*CUSTOMER_FIELDS, "day", "amount", "currency", "outside")


def _column(string, help_text="The column of the file that holds it; empty: none does."):
    return fields.Many2one(
        "retention.history.import.column",
        string,
        domain="[('import_id', '=', id)]",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help=help_text,
    )


class RetentionHistoryImport(models.Model):
    """One file of purchases from before Odoo. Kept, so that it can be undone as a whole."""

    _name = "retention.history.import"
    _description = "Import of Earlier Purchases"
    _inherit = "retention.table.import"
    _order = "id desc"
    _rec_name = "file_name"
    _meanings = MEANINGS

    state = fields.Selection(
        [("draft", "Columns"), ("checked", "Checked"), ("done", "Imported"), ("undone", "Undone")],
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
        default=lambda self: self.env.company,
    )
    file = fields.Binary(required=True, attachment=True)
    file_name = fields.Char(required=True, default=lambda self: self.env._("Purchases"))
    file_kind = fields.Char("Read As", readonly=True, copy=False)
    checksum = fields.Char(index="btree_not_null", readonly=True, copy=False)
    sample = fields.Json(readonly=True, copy=False, prefetch=False)
    column_ids = fields.One2many("retention.history.import.column", "import_id", "Columns")
    reference_column_id = _column("Customer reference")
    vat_column_id = _column("Tax number")
    email_column_id = _column("E-mail")
    phone_column_id = _column("Phone")
    name_column_id = _column("Customer name")
    day_column_id = _column("Date")
    amount_column_id = _column("Net amount", "Without tax; returns negative.")
    currency_column_id = _column("Currency", "Empty cells: the company's currency.")
    outside_column_id = _column(
        "Outside number",
        "The document's number where it comes from: makes a second import "
        "correct purchases rather than add them again.",
    )
    decimal = fields.Selection(
        [(".", "Point: 1,234.56"), (",", "Comma: 1.234,56")],
        "Decimal separator",
        required=True,
        default=".",
        help="How amounts of the file are written.",
    )
    create_missing = fields.Boolean(
        "Create missing customers", help="Rows whose customer is not found make a new contact."
    )
    always_counts = fields.Boolean(
        "Count after the cut-over date too",
        help="Only when none of these purchases is an order or invoice in Odoo.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    warning = fields.Text(compute="_compute_warning")

    line_ids = fields.One2many("retention.history.import.line", "import_id", "Rows", copy=False)
    doubtful_ids = fields.One2many(
        "retention.history.import.line",
        "import_id",
        "Doubtful Rows",
        domain=[("kind", "=", "doubtful")],
        copy=False,
    )
    wrong_ids = fields.One2many(
        "retention.history.import.line",
        "import_id",
        "Wrong Rows",
        domain=[("kind", "=", "wrong")],
        copy=False,
    )
    row_count = fields.Integer(
        "Rows in the File", readonly=True, copy=False, help="Without the row of titles."
    )
    good_count = fields.Integer(
        "Good", readonly=True, copy=False, help="Rows that can be imported."
    )
    doubtful_count = fields.Integer(
        "Doubtful", readonly=True, copy=False, help="Rows that wait for your decision."
    )
    wrong_count = fields.Integer(
        "Wrong", readonly=True, copy=False, help="Rows that cannot be imported; each says why."
    )
    late_count = fields.Integer(
        "After the Cut-Over Date",
        readonly=True,
        copy=False,
        help="Rows that count in no figure: from that day on Odoo's own documents do.",
    )
    undecided_count = fields.Integer("Undecided", compute="_compute_undecided_count")
    created_count = fields.Integer(
        "Added", readonly=True, copy=False, help="Purchases that are new."
    )
    updated_count = fields.Integer(
        "Updated", readonly=True, copy=False, help="Purchases imported before and corrected."
    )
    unchanged_count = fields.Integer(
        "Unchanged", readonly=True, copy=False, help="Purchases imported before and the same."
    )
    left_count = fields.Integer(
        "Left Out", readonly=True, copy=False, help="Rows that are not imported."
    )
    purchase_ids = fields.One2many("retention.history.purchase", "import_id", "Added Purchases")
    previous = fields.Json(
        "Earlier Values of Updated Purchases", readonly=True, copy=False, prefetch=False
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "retention_history_import_contact_rel",
        string="Created Contacts",
        readonly=True,
        copy=False,
        context={"active_test": False},
    )
    contact_count = fields.Integer(compute="_compute_contact_count")
    done_at = fields.Datetime("Imported On", readonly=True, copy=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if self.filtered(lambda one: one.state == "done"):
            raise UserError(
                self.env._("Undo the import first: its purchases would stay without it.")
            )

    @api.onchange("day_column_id", "amount_column_id")
    def _onchange_columns(self):
        rows = [row[1:] for row in self.sample or []]
        self.update(self._detect_formats(self._mapping(), rows))

    # ---------------------------------------------------------------- what is shown
    @api.depends("date_order", "decimal", "file_kind", *(f"{name}_column_id" for name in MEANINGS))
    def _compute_preview(self):
        for one in self:
            one.preview = one._preview_table()

    def _shown_cell(self, meaning, cell):
        if meaning != "amount":
            return super()._shown_cell(meaning, cell)
        amount = cells.parse_amount(cell, self.decimal)
        return amount is not None and f"{amount:,.2f}"

    @api.depends("outside_column_id", "day_column_id", "checksum", "state")
    def _compute_warning(self):
        for one in self:
            open_file = one.state in ("draft", "checked") and one.checksum
            one.warning = "\n".join(one._warnings()) if open_file else False

    def _warnings(self):
        """Return what the person should know before importing."""
        warnings = []
        same_file = [
            ("company_id", "=", self.company_id.id),
            ("checksum", "=", self.checksum),
            ("state", "=", "done"),
        ]
        if twin := self.search(same_file, limit=1):
            day = fields.Datetime.context_timestamp(self, twin.done_at)
            warnings.append(
                self.env._("This very file was imported on %s.", fields.Date.to_string(day))
            )
        if not self.outside_column_id:
            warnings.append(
                self.env._("Without an outside number a second import adds the same rows again.")
            )
        if self.day_column_id and not self._sure_of_dates():
            warnings.append(
                self.env._("The dates fit both day first and month first: please check.")
            )
        return warnings

    def _sure_of_dates(self):
        position = self.day_column_id.position + 1
        return cells.detect_date_order(row[position] for row in self.sample or [])[1]

    @api.depends("line_ids.decision", "line_ids.kind")
    def _compute_undecided_count(self):
        counts = dict(
            self.env["retention.history.import.line"]._read_group(
                [
                    ("import_id", "in", self.ids),
                    ("kind", "=", "doubtful"),
                    ("decision", "=", False),
                ],
                ["import_id"],
                ["__count"],
            )
        )
        for one in self:
            one.undecided_count = counts.get(one._origin, 0)

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        for one in self:
            one.contact_count = len(one.contact_ids)

    # ---------------------------------------------------------------- buttons
    def action_read(self):
        """Saving has read the file: nothing is left to do but to show it."""
        self.check_access("read")

    def action_check(self):
        """Read every row and find its customer; nothing is imported yet."""
        for one in self:
            one._expect("draft", "checked")
            one._check_mapping()
            one._store_check(one._evaluate())
            one.state = "checked"

    def action_back(self):
        for one in self:
            one._expect("checked")
            one.state = "draft"

    def _check_may_import(self):
        """The purchases are written in SQL, which asks for no rights."""
        self.check_access("write")
        for operation in ("create", "write", "unlink"):
            self.env["retention.history.purchase"].check_access(operation)

    def _check_mapping(self):
        mapping = self._mapping()
        if not {"day", "amount"} <= mapping.keys() or not mapping.keys() & set(CUSTOMER_FIELDS):
            raise UserError(
                self.env._(
                    "Choose the columns of the date, the amount and at least one of reference, "
                    "tax number, e-mail, phone or name."
                )
            )

    def _check_may_create_contacts(self):
        if not self.env["res.partner"].has_access("create"):
            raise UserError(
                self.env._(
                    "You may not create contacts. Have an administrator give you the right "
                    "“Contact Creation”, or leave those rows out."
                )
            )
