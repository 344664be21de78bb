from odoo import api, fields, models


class RetentionHistoryImportColumn(models.Model):
    """A column of the file."""

    _name = "retention.history.import.column"
    _description = "Column of an Import"
    _order = "import_id, position"

    import_id = fields.Many2one(
        "retention.history.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(required=True)
    name = fields.Char("Header", required=True)


class RetentionHistoryImportLine(models.Model):
    """A row that is wrong, or whose customer a person must decide. Good rows have none."""

    _name = "retention.history.import.line"
    _description = "Doubtful or Wrong Row of an Import"
    _order = "import_id, row_number"
    _rec_name = "customer"
    _check_company_auto = True

    import_id = fields.Many2one(
        "retention.history.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    state = fields.Selection(related="import_id.state", string="Import State")
    row_number = fields.Integer("Row", required=True, aggregator=None)
    kind = fields.Selection([("doubtful", "Doubtful"), ("wrong", "Wrong")], required=True)
    code = fields.Selection(
        [
            ("no_customer_given", "No customer given"),
            ("no_customer", "No customer found"),
            ("bad_date", "Unreadable date"),
            ("future_date", "Future date"),
            ("bad_amount", "Unreadable amount"),
            ("zero_amount", "Zero amount"),
            ("unknown_currency", "Unknown currency"),
            ("no_rate", "No exchange rate"),
            ("twice", "Outside number twice"),
            ("several", "Several customers fit"),
            ("phone_name", "Phone fits, name differs"),
        ],
        "Kind of Reason",
        required=True,
        help="Why the row is doubtful or wrong.",
    )
    reason = fields.Char(required=True)
    cells = fields.Json("Cells as in the File")
    customer = fields.Char("Customer in the File")
    customer_key = fields.Char(index=True, help="The same for all rows of one customer.")
    day = fields.Char("Date in the File", help="As it stands in the file.")
    amount = fields.Char("Amount in the File")
    candidate_ids = fields.Many2many(
        "res.partner",
        "retention_history_import_line_candidate_rel",
        string="Who It May Be",
        context={"active_test": False},
        help="Customers whom the row could mean.",
    )
    decision = fields.Selection(
        [("pick", "Use this customer"), ("create", "Create a new contact"), ("skip", "Leave out")],
        help="What becomes of the row when the file is imported.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        context={"active_test": False},
    )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            self.decision = "pick"

    @api.onchange("decision")
    def _onchange_decision(self):
        if self.decision != "pick":
            self.partner_id = False
        elif len(self.candidate_ids) == 1:
            self.partner_id = self.candidate_ids._origin

    def write(self, vals):
        """Decide for all undecided rows of the same customer in the file at once."""
        if not {"decision", "partner_id"} & vals.keys():
            return super().write(vals)
        if vals.get("partner_id"):
            vals = {**vals, "decision": "pick"}
        elif vals.get("decision") in ("create", "skip"):
            vals = {**vals, "partner_id": False}
        decided = self
        if vals.get("decision"):
            decided |= self.search(
                [
                    ("import_id", "in", self.import_id.ids),
                    ("customer_key", "in", self.mapped("customer_key")),
                    ("kind", "=", "doubtful"),
                    ("decision", "=", False),
                ]
            ).filtered(lambda line: line._same_customer(self))
        return super(RetentionHistoryImportLine, decided).write(vals)

    def _same_customer(self, lines):
        pairs = {(line.import_id, line.customer_key) for line in lines}
        return (self.import_id, self.customer_key) in pairs
