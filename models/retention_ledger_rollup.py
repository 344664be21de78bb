from odoo import api, fields, models


class RetentionLedgerSums(models.AbstractModel):
    """The ledger added up by what dashboards filter on: a few rows for each month.

    A customer stands where it was when the time began, who was not active then where it ended
    up. Written by SQL in the transaction that writes the ledger
    (``retention_metrics_ledger_rollup.py``).
    """

    _name = "retention.ledger.sums"
    _description = "Sums of the Customer Ledger"
    _order = "month desc, id"
    _rec_name = "month"
    _allow_sudo_commands = False
    _sums_method = None  # of retention.metrics, which adds up the months given

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="restrict")
    tier_id = fields.Many2one("retention.tier", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True, ondelete="set null")

    _company_month_idx = models.Index("(company_id, month)")

    @api.private
    def init(self):
        """Add up a ledger that is older than this table."""
        if self._sums_method:
            self.env["retention.metrics"]._roll_up_older(self._table, self._sums_method)


class RetentionLedgerRollup(models.Model):
    """Months: ``at_start - left_count + joined`` customers are ``at_end`` in every group."""

    _name = "retention.ledger.rollup"
    _description = "Customer Ledger by Month"
    _inherit = "retention.ledger.sums"
    _log_access = False
    _sums_method = "_roll_up"

    row_count = fields.Integer("Customers in the Month", readonly=True)
    at_start = fields.Integer("Customers at Start", readonly=True)
    at_end = fields.Integer("Customers at End", readonly=True)
    kept = fields.Integer("Customers Kept", readonly=True)
    left_count = fields.Integer("Lost of Those at Start", readonly=True)
    joined = fields.Integer(
        "Customers Joined", readonly=True, help="At the end, but not at the start."
    )
    joined_new = fields.Integer("Of These, New", readonly=True)
    new_count = fields.Integer("New Customers", readonly=True)
    lost_count = fields.Integer("Lost Customers", readonly=True)
    back_count = fields.Integer("Customers Who Came Back", readonly=True)
    buyers = fields.Integer("Buying Customers", readonly=True)
    repeat_buyers = fields.Integer(
        "Bought on Two Days or More", readonly=True, help="Days of this month."
    )

    purchase_days = fields.Integer(readonly=True)
    orders = fields.Integer("Order Count", readonly=True)
    revenue = fields.Monetary(readonly=True)
    revenue_restated = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    tickets = fields.Integer("Requests", readonly=True)
    tickets_solved = fields.Integer("Requests Solved", readonly=True)
    resolution_hours = fields.Float("Hours to Solution", readonly=True)
    nps_answers = fields.Integer("NPS Answers", readonly=True)
    nps_promoters = fields.Integer("Promoters", readonly=True)
    nps_detractors = fields.Integer("Detractors", readonly=True)
    csat_answers = fields.Integer("Satisfaction Answers", readonly=True)
    csat_satisfied = fields.Integer("Satisfied Answers", readonly=True)
    touches = fields.Integer("Contacts Made", readonly=True)
    sop_cost = fields.Monetary("Cost of Procedures", readonly=True)
    referrals = fields.Integer("Customers Referred", readonly=True)
    alerts_saved = fields.Integer(readonly=True)
    alerts_gone = fields.Integer(readonly=True)


class RetentionLedgerPeriod(models.Model):
    """The periods that the dashboard opens with: three months, the last of which is ``month``.

    Customers are different ones over the period.
    """

    _name = "retention.ledger.period"
    _description = "Customer Ledger by Three Months"
    _inherit = "retention.ledger.sums"
    _log_access = False
    _sums_method = "_roll_up_periods"

    month = fields.Date("Last Month")

    start_count = fields.Integer("Customers at Start", readonly=True)
    end_count = fields.Integer("Customers at End", readonly=True)
    kept_count = fields.Integer("Customers Kept", readonly=True)
    lost_count = fields.Integer("Lost of Those at Start", readonly=True)
    new_count = fields.Integer("New Customers", readonly=True)
    back_count = fields.Integer("Customers Who Came Back", readonly=True)
    buyers_count = fields.Integer("Buying Customers", readonly=True)
    repeat_buyers_count = fields.Integer("Bought on Two Days or More", readonly=True)
    promoters_count = fields.Integer("Promoters", readonly=True)
    answered_count = fields.Integer("Customers Who Answered", readonly=True)
    revenue = fields.Monetary(readonly=True)
    orders = fields.Integer("Order Count", readonly=True)
    nps_net = fields.Integer(
        "Promoters Less Detractors (%)", readonly=True, help="A hundred for each promoter."
    )
    nps_answers = fields.Integer("NPS Answers", readonly=True)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_retention_rollup(self):
        """Take the customers' part out before the database deletes their rows of the ledger."""
        self.env["retention.metrics"].sudo()._ledger_leave_out(self.ids)
