from odoo import api, fields, models


class RetentionChange(models.Model):
    """Dated history of what a customer was. Append-only; written by the engine."""

    _name = "retention.change"
    _description = "Retention Change"
    _order = "date desc, id desc"
    _allow_sudo_commands = False

    profile_id = fields.Many2one(
        "retention.profile", "Customer", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Contact")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date(required=True, help="The day the change is due to.")
    create_date = fields.Datetime("Noticed On", readonly=True)
    what = fields.Selection(
        [
            ("rfm_score", "RFM Score"),
            ("segment", "Segment"),
            ("stage", "Life-cycle Stage"),
            ("risk_level", "Risk Level"),
            ("tier", "Tier"),
        ],
        required=True,
        readonly=True,
    )
    old_value = fields.Char("Technical Old Value", readonly=True)
    new_value = fields.Char("Technical New Value", readonly=True)
    old_label = fields.Char("From", compute="_compute_labels")
    new_label = fields.Char("To", compute="_compute_labels")
    cause = fields.Selection(
        [
            ("first", "First computation"),
            ("nightly", "Nightly run"),
            ("fresh", "Purchase or other change"),
            ("rescore", "Settings changed"),
            ("manual", "Set by a person"),
            ("joined", "Contacts merged"),
        ],
        required=True,
        readonly=True,
    )
    evidence = fields.Json(readonly=True)

    @api.depends("what", "old_value", "new_value")
    @api.depends_context("lang")
    def _compute_labels(self):
        for change in self:
            change.old_label = change._label(change.old_value)
            change.new_label = change._label(change.new_value)

    def _label(self, value):
        """Return what a person calls a technical value; hook for further kinds of change."""
        if not value:
            return False
        if self.what == "segment":
            segment = self.env["retention.segment"].sudo().browse(int(value)).exists()
            return segment.name or self.env._("Deleted segment")
        if self.what == "tier":
            tier = self.env["retention.tier"].sudo().browse(int(value)).exists()
            return tier.name or self.env._("Deleted tier")
        if self.what in ("stage", "risk_level"):
            field = self.env["retention.profile"]._fields[self.what]
            return dict(field._description_selection(self.env)).get(value, value)
        return value
