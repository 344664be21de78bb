import secrets
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError

HOURS = {"0": "low", "1": "medium", "2": "high", "3": "very_high"}  # by severity


class ResCompany(models.Model):
    """Within how many hours cases are answered, and whether customers open them on a form."""

    _inherit = "res.company"

    retention_case_hours_low = fields.Float(
        "Hours to answer: low severity",
        default=24.0,
        help="Within so many hours a case of low severity has its first answer.",
    )
    retention_case_hours_medium = fields.Float(
        "Hours to answer: medium severity",
        default=24.0,
        help="Within so many hours a case of medium severity has its first answer.",
    )
    retention_case_hours_high = fields.Float(
        "Hours to answer: high severity",
        default=8.0,
        help="Within so many hours a case of high severity has its first answer.",
    )
    retention_case_hours_very_high = fields.Float(
        "Hours to answer: very high severity",
        default=2.0,
        help="Within so many hours a case of very high severity has its first answer.",
    )
    retention_case_workdays = fields.Boolean(
        "Hours pass on working days only",
        help="The clock stands still on weekends, public holidays and days off of the company.",
    )

    retention_case_form = fields.Boolean(
        "Public form for customers",
        help="Whoever has the link, or scans its QR code, opens a case without logging in.",
    )
    retention_case_token = fields.Char(
        compute="_compute_retention_case_token",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        groups="customer_retention.group_user",
    )
    retention_case_url = fields.Char(
        "Link of the Form",
        compute="_compute_retention_case_url",
        groups="customer_retention.group_user",
    )

    _retention_case_hours_check = models.Constraint(
        "CHECK (retention_case_hours_low > 0 AND retention_case_hours_medium > 0"
        " AND retention_case_hours_high > 0 AND retention_case_hours_very_high > 0)",
        "Customers are answered within more than no time at all.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self._retention_case_sequences(companies)
        return companies

    @api.model
    def _retention_case_sequences(self, companies=None):
        """Let each company count its cases for itself; all of them when none are given."""
        shared = self.env.ref("customer_retention.sequence_case", raise_if_not_found=False)
        if not shared:
            return
        if companies is None:
            companies = self.search([])  # few.  pylint: disable=no-search-all
        sequences = self.env["ir.sequence"].sudo()
        mine = [("code", "=", shared.code), ("company_id", "in", companies.ids)]
        for company in companies - sequences.search(mine).company_id:
            shared.sudo().copy({"company_id": company.id, "name": shared.name})

    @api.depends("retention_case_form")
    def _compute_retention_case_token(self):
        for company in self:
            token = company.retention_case_token
            if company.retention_case_form and not token:
                token = secrets.token_urlsafe(16)
            company.retention_case_token = token

    @api.depends("retention_case_form", "retention_case_token")
    def _compute_retention_case_url(self):
        for company in self:
            token = company.retention_case_form and company.retention_case_token
            base = company.get_base_url()
            company.retention_case_url = token and f"{base}/retention/case/{token}"

    def _retention_case_hours(self, severity):
        return self.sudo()[f"retention_case_hours_{HOURS[severity]}"]

    def _action_retention_case_qr(self):
        self.ensure_one()
        if not self.retention_case_url:
            raise UserError(self.env._("Switch the public form on first, in the settings."))
        values = {"barcode_type": "QR", "value": self.retention_case_url}
        query = urlencode({**values, "width": 600, "height": 600})
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/barcode/?{query}",
            "target": "new",
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_case_hours_low = fields.Float(
        related="company_id.retention_case_hours_low", readonly=False
    )
    retention_case_hours_medium = fields.Float(
        related="company_id.retention_case_hours_medium", readonly=False
    )
    retention_case_hours_high = fields.Float(
        related="company_id.retention_case_hours_high", readonly=False
    )
    retention_case_hours_very_high = fields.Float(
        related="company_id.retention_case_hours_very_high", readonly=False
    )
    retention_case_workdays = fields.Boolean(
        related="company_id.retention_case_workdays", readonly=False
    )
    retention_case_form = fields.Boolean(related="company_id.retention_case_form", readonly=False)
    retention_case_url = fields.Char(related="company_id.retention_case_url")

    def action_retention_case_qr(self):
        """Open the QR code of the form, to be printed or stuck on a product."""
        self.ensure_one()
        return self.company_id._action_retention_case_qr()

    def action_retention_case_new_link(self):
        """Make a new link: the old one, and every QR code of it, is over."""
        self.ensure_one()
        self.check_access("write")
        self.company_id.retention_case_token = secrets.token_urlsafe(16)
        return True
