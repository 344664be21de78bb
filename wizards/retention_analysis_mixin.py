from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RetentionAnalysisMixin(models.AbstractModel):
    """A question about some months of a company, answered from the ledger when asked."""

    _name = "retention.analysis.mixin"
    _description = "Analysis of Some Months"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._retention_company(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    first = fields.Date(
        "From Month",
        required=True,
        default=lambda self: self._last_month(self._months_before()),
        help="The first month whose cost and customers count.",
    )
    last = fields.Date(
        "To Month",
        required=True,
        default=lambda self: self._last_month(),
        help="The last month whose cost and customers count.",
    )
    sentence = fields.Char("What It Means", readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env["ir.model"]._get(self._name).name

    @api.model
    def _months_before(self):
        """Return how many months before the last one the question begins, unless changed."""
        return 2

    @api.model
    def _last_month(self, before=0):
        """Return the last month that is closed, or one so many months before it."""
        company = self.env.company._retention_company()
        closed = self.env["retention.ledger.month"].search(
            [("company_id", "=", company.id), ("state", "=", "closed")], limit=1
        )
        month = closed.month or company._retention_today().replace(day=1)
        return month - relativedelta(months=before)

    def _period(self):
        """Return the first days of the first and the last month, as far as they may be read."""
        self.ensure_one()
        self.env["retention.ledger"].check_access("read")
        allowed = (
            self.env["res.company"].sudo().search([("id", "parent_of", self.env.companies.ids)])
        )
        if self.company_id not in allowed:
            raise AccessError(self.env._("This is another company's."))
        first, last = self.first.replace(day=1), self.last.replace(day=1)
        if first > last:
            raise UserError(self.env._("The last month comes before the first one."))
        return first, last
