from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..report.months import FIRST, LAST


class RetentionMonthChoice(models.AbstractModel):
    """Two closed months to choose, for dialogs that open a report on them."""

    _name = "retention.month.choice"
    _description = "Choice of Two Months"

    _back = 3  # from the last month to the first, to begin with

    first = fields.Selection(
        lambda self: self._months(),
        "From Month",
        default=lambda self: self._default_month(self._back),
        help="Where customers were at the end of this month …",
    )
    last = fields.Selection(
        lambda self: self._months(),
        "To Month",
        default=lambda self: self._default_month(0),
        help="… and where they are at the end of this one.",
    )

    @api.model
    def _closed_months(self):
        """Return the closed months of the companies at hand, the newest first."""
        groups = self.env["retention.ledger.month"]._read_group(
            [("closed_at", "!=", False), ("company_id", "parent_of", self.env.companies.ids)],
            ["month:month"],
            order="month:month desc",
        )
        return [month for [month] in groups]

    @api.model
    def _months(self):
        return [
            (fields.Date.to_string(month), format_date(self.env, month, date_format="MMMM y"))
            for month in self._closed_months()
        ]

    @api.model
    def _default_month(self, back):
        months = self._closed_months()
        if not months:
            return False
        wanted = max(months[0] - relativedelta(months=back), months[-1])
        return fields.Date.to_string(wanted)

    def _chosen(self):
        """Return (context for the report, "March 2026 – June 2026").

        :raises UserError: when there is nothing to show
        """
        self.ensure_one()
        if not self.first or not self.last:
            raise UserError(
                self.env._("No month has been closed yet. Months are closed after their end.")
            )
        if self.first > self.last:
            raise UserError(self.env._("The second month is before the first."))
        labels = dict(self._months())
        return (
            {FIRST: self.first, LAST: self.last},
            f"{labels[self.first]} – {labels[self.last]}",
        )

    @api.model
    def _report_action(self, xml_id, name, context):
        """Return the action of a report, on the months of the context.

        Without its address: that one always speaks of the last months.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(f"customer_retention.{xml_id}")
        kept = ("type", "res_model", "view_mode", "help")
        return {**{key: action[key] for key in kept}, "name": name, "context": context}
