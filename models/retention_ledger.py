from odoo import api, fields, models

# Columns that a merge of contacts adds up.
SUMS = (
    "purchase_days",
    "orders",
    "revenue",
    "revenue_restated",
    "margin",
    "tickets",
    "tickets_solved",
    "resolution_hours",
    "nps_answers",
    "nps_promoters",
    "nps_detractors",
    "csat_answers",
    "csat_satisfied",
    "touches",
    "sop_cost",
    "referrals",
    "alerts_saved",
    "alerts_gone",
)
# Those that describe the customer: the first known one stays.
DESCRIPTIONS = (
    "segment_id",
    "previous_segment_id",
    "tier_id",
    "previous_tier_id",
    "stage",
    "risk_level",
    "user_id",
    "team_id",
)


class RetentionLedger(models.Model):
    """One row per customer, company and month: what all key figures are made of.

    Rows run from the first purchase to the month of loss, and again from a return; a month with
    nothing but a credit note has one too, so that revenue always adds up. They are written when a
    month is closed (``retention_ledger_month.py``) and stay: only ``revenue_restated`` follows
    what happens to documents later. Of months from before the addon was there, only what
    documents tell is known; the rest is empty, not zero.
    """

    _name = "retention.ledger"
    _description = "Customer Ledger"
    _order = "month desc, revenue desc, id"
    _rec_name = "partner_id"
    _allow_sudo_commands = False
    # A month says when it was closed; two more foreign keys would cost a fifth of building.
    _log_access = False

    profile_id = fields.Many2one(
        "retention.profile",
        "Figures",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Empty for who objects to profiling, and has none.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    cohort = fields.Date(
        "First Purchase Month", readonly=True, help="Empty: nothing has been bought yet."
    )
    recorded = fields.Boolean(
        "Recorded at Month End",
        readonly=True,
        help="Tier, stage, risk, account manager, tickets and answers are known. Other months "
        "were rebuilt from documents.",
    )

    segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="restrict")
    previous_segment_id = fields.Many2one(
        "retention.segment",
        "Segment at Start",
        readonly=True,
        ondelete="restrict",
        help="At the end of the month before; empty for who was no customer then.",
    )
    tier_id = fields.Many2one("retention.tier", readonly=True, ondelete="restrict")
    previous_tier_id = fields.Many2one(
        "retention.tier", "Tier at Start", readonly=True, ondelete="restrict"
    )
    stage = fields.Selection(lambda self: self._same_selection("stage"), readonly=True)
    risk_level = fields.Selection(lambda self: self._same_selection("risk_level"), readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")

    active_start = fields.Boolean(
        "Customer at Start", readonly=True, help="As the company's retention standard says."
    )
    active_end = fields.Boolean("Customer at End", readonly=True)
    is_new = fields.Boolean("New Customer", readonly=True, help="A customer for the first time.")
    is_lost = fields.Boolean("Lost in the Month", readonly=True)
    is_reactivated = fields.Boolean(
        "Came Back", readonly=True, help="Was lost before and is a customer again."
    )

    purchase_days = fields.Integer(readonly=True, help="Several orders of a day are one purchase.")
    orders = fields.Integer("Order Count", readonly=True)
    revenue = fields.Monetary(
        readonly=True, help="Net, without tax, as it was when the month was closed."
    )
    revenue_restated = fields.Monetary(
        readonly=True,
        help="What it is by now: credit notes count in the month of what they take back.",
    )
    margin = fields.Monetary(readonly=True, help="Empty where nobody keeps margins.")
    tickets = fields.Integer("Requests", readonly=True, help="Cases and tickets opened.")
    tickets_solved = fields.Integer("Requests Solved", readonly=True)
    resolution_hours = fields.Float(
        "Hours to Solution", readonly=True, help="Of all requests solved in the month together."
    )
    nps_answers = fields.Integer("NPS Answers", readonly=True)
    nps_promoters = fields.Integer("Promoters", readonly=True)
    nps_detractors = fields.Integer("Detractors", readonly=True)
    csat_answers = fields.Integer("Satisfaction Answers", readonly=True)
    csat_satisfied = fields.Integer("Satisfied Answers", readonly=True)
    touches = fields.Integer("Contacts Made", readonly=True, help="That procedures made.")
    sop_cost = fields.Monetary("Cost of Procedures", readonly=True)
    referrals = fields.Integer(
        "Customers Referred", readonly=True, help="Of those, who bought first in this month."
    )
    alerts_saved = fields.Integer(readonly=True)
    alerts_gone = fields.Integer(readonly=True)

    _customer_month_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, month)", "A customer has one row for each month."
    )
    _company_month_idx = models.Index("(company_id, month)")

    def _same_selection(self, name):
        return self.env["retention.profile"]._fields[name]._description_selection(self.env)

    @api.depends("partner_id", "month")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.display_name} {row.month:%Y-%m}"
