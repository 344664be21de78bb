from odoo import api, fields, models


class RetentionCompensation(models.Model):
    """What a customer got to make good for what went wrong; part of what keeping them costs."""

    _name = "retention.compensation"
    _description = "Compensation"
    _inherit = ["retention.file.record"]
    _order = "given_on desc, id desc"
    _rec_names_search = ["partner_id", "reason"]
    _allow_sudo_commands = False

    kind = fields.Selection(
        [
            ("discount", "Price reduction"),
            ("refund", "Money back"),
            ("gift", "Something on top"),
            ("credit", "Credit for the next purchase"),
            ("other", "Another compensation"),
        ],
        required=True,
        default="discount",
        index=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount = fields.Monetary(required=True, help="What it costs us, without tax.")
    reason = fields.Text(required=True, help="What it makes good for.")
    given_on = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._retention_today(),
        help="The day its cost counts in budgets and reviews.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Given By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    res_model = fields.Char("Model of the Request", readonly=True)
    res_id = fields.Many2oneReference("Request", model_field="res_model", readonly=True)
    request_name = fields.Char("Given For", compute="_compute_request_name")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A compensation costs something.")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for record in self:
            record.currency_id = record.currency_id or record.company_id.currency_id

    @api.depends("kind", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            # Not by sudo: an unsaved form may name any contact.
            contact = record.partner_id._filtered_access("read").display_name
            parts = (kinds.get(record.kind), contact)
            record.display_name = " · ".join(part for part in parts if part)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_request_name(self):
        """The ticket's or case's name, for who may read it."""
        self.request_name = False
        for model, records in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            found = self.env[model].browse(set(records.mapped("res_id")))
            names = {f.id: f.display_name for f in found.exists()._filtered_access("read")}
            for record in records:
                record.request_name = names.get(record.res_id, False)

    def action_open_request(self):
        """Open the ticket or case it was given for."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
