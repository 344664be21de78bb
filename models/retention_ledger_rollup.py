from odoo import api, fields, models
from odoo.tools import SQL


class RetentionLedgerRollup(models.Model):
    """The ledger added up by month and by what dashboards filter on: a few rows for each month.

    A customer stands where it was when the month began, who was not active then where it ended
    up; so ``at_start - left_count + joined`` customers are ``at_end`` in every group. Written by
    SQL in the transaction that writes the ledger (``retention_metrics_ledger_rollup.py``).
    """

    _name = "retention.ledger.rollup"
    _description = "Customer Ledger by Month"
    _order = "month desc, id"
    _rec_name = "month"
    _allow_sudo_commands = False
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="restrict")
    tier_id = fields.Many2one("retention.tier", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True, ondelete="set null")

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

    _company_month_idx = models.Index("(company_id, month)")

    @api.private
    def init(self):
        """Add up a ledger that is older than this table."""
        self._roll_up_older("retention_ledger_rollup", "_roll_up")

    @api.model
    def _roll_up_older(self, table, method):
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, ARRAY_AGG(DISTINCT month) FROM retention_ledger
                   WHERE NOT EXISTS (SELECT FROM %s) GROUP BY company_id""",
                SQL.identifier(table),
            )
        )
        for company_id, months in rows:
            getattr(self.env["retention.metrics"], method)(company_id, months)


class RetentionLedgerPeriod(models.Model):
    """The same for the periods that the dashboard opens with: three months, the last of which
    is ``month``. Customers are different ones over the period, placed as it began.
    """

    _name = "retention.ledger.period"
    _description = "Customer Ledger by Three Months"
    _order = "month desc, id"
    _rec_name = "month"
    _allow_sudo_commands = False
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date("Last Month", required=True, readonly=True)
    segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="restrict")
    tier_id = fields.Many2one("retention.tier", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True, ondelete="set null")

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

    _company_month_idx = models.Index("(company_id, month)")

    @api.private
    def init(self):
        """Add up a ledger that is older than this table."""
        rollup = self.env["retention.ledger.rollup"]
        rollup._roll_up_older("retention_ledger_period", "_roll_up_periods")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_retention_rollup(self):
        """Take the customers' part out before the database deletes their rows of the ledger."""
        self.env["retention.ledger"]._leave_out(self.ids)


class RetentionLedger(models.Model):
    _inherit = "retention.ledger"

    @api.model
    def _leave_out(self, partner_ids):
        """Delete the rows of these customers, and their part of the sums."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id FROM retention_ledger WHERE partner_id = ANY(%s)",
                list(partner_ids),
            )
        )
        for (company_id,) in rows:
            metrics = self.env["retention.metrics"].sudo()
            metrics._roll_up_customers(company_id, partner_ids, -1)
        self.env.cr.execute(
            SQL("DELETE FROM retention_ledger WHERE partner_id = ANY(%s)", list(partner_ids))
        )
