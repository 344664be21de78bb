from odoo import fields, models
from odoo.tools import SQL

from ..analytics.kpi_ratios import BUYERS, RATIOS
from ..models.retention_metrics_ledger_rollup import COUNTS

# How many customers a group of rows has of each kind, and what ratios are made of; as
# analytics.kpi_ratios.with_parts has it.
COUNTED = ("at_start", "at_end", "new_count", "lost_count", "back_count", "kept", "left_count")
PARTS = {
    **{name: SQL("(%s)::int", COUNTS[name]) for name in (*COUNTED, BUYERS)},
    "end_less_new": SQL("active_end::int - (active_end AND is_new)::int"),
    "margin_revenue": SQL("CASE WHEN margin IS NOT NULL THEN revenue END"),
    "nps_net": SQL("nps_promoters - nps_detractors"),
    "alerts_ended": SQL("alerts_saved + alerts_gone"),
}
SHOWN = (
    "profile_id",
    "partner_id",
    "company_id",
    "month",
    "cohort",
    "recorded",
    "segment_id",
    "previous_segment_id",
    "tier_id",
    "previous_tier_id",
    "stage",
    "risk_level",
    "user_id",
    "team_id",
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
FLAGS = ("active_start", "active_end", "is_new", "is_lost", "is_reactivated")


class RetentionLedgerReport(models.Model):
    """The ledger with figures that divide properly: a group's sums, not its rows' ratios.

    Over several months a customer counts once for each: a year's retention rate is that of its
    months taken together, as if it were one month.
    """

    _name = "retention.ledger.report"
    _description = "Retention Key Figures by Month"
    _auto = False
    _order = "month desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "retention.ledger": [*SHOWN, *FLAGS],
        "res.company": ["currency_id"],
    }

    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    cohort = fields.Date("First Purchase Month", readonly=True)
    recorded = fields.Boolean("Recorded at Month End", readonly=True)
    segment_id = fields.Many2one("retention.segment", readonly=True)
    previous_segment_id = fields.Many2one("retention.segment", "Segment at Start", readonly=True)
    tier_id = fields.Many2one("retention.tier", readonly=True)
    previous_tier_id = fields.Many2one("retention.tier", "Tier at Start", readonly=True)
    stage = fields.Selection(lambda self: self._same_selection("stage"), readonly=True)
    risk_level = fields.Selection(lambda self: self._same_selection("risk_level"), readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)

    at_start = fields.Integer("Customers at Start", readonly=True)
    at_end = fields.Integer("Customers at End", readonly=True)
    new_count = fields.Integer("New Customers", readonly=True)
    lost_count = fields.Integer("Lost Customers", readonly=True)
    back_count = fields.Integer("Customers Who Came Back", readonly=True)
    kept = fields.Integer("Customers Kept", readonly=True)
    left_count = fields.Integer(
        "Lost of Those at Start",
        readonly=True,
        help="Without who became a customer and was lost in the same month.",
    )
    buyers = fields.Integer(
        "Buying Customers", readonly=True, help="How many different customers bought."
    )
    retention_rate = fields.Float(
        "Retention Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Still a customer at the end of the month, of those at its start.",
    )
    churn_rate = fields.Float(
        "Churn Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="No customer any more at the end of the month, of those at its start.",
    )
    classic_rate = fields.Float(
        "Retention, Classic Formula (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Customers at the end less new ones, of those at the start. Who came back counts "
        "as kept.",
    )
    order_value = fields.Monetary(
        readonly=True, aggregator="avg", help="Net revenue divided by orders."
    )
    revenue_per_customer = fields.Monetary(
        "Revenue per Buying Customer", readonly=True, aggregator="avg"
    )
    purchase_frequency = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Purchase days divided by the different customers who bought.",
    )
    margin_rate = fields.Float("Margin (%)", readonly=True, aggregator="avg", digits=(5, 1))
    resolution_mean = fields.Float(
        "Time to Solution (h)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    nps = fields.Float("Net Promoter Score", readonly=True, aggregator="avg", digits=(5, 1))
    csat = fields.Float("Satisfaction (%)", readonly=True, aggregator="avg", digits=(5, 1))
    save_rate = fields.Float("Save Rate (%)", readonly=True, aggregator="avg", digits=(5, 1))
    purchase_days = fields.Integer(readonly=True)
    orders = fields.Integer("Order Count", readonly=True)
    revenue = fields.Monetary(readonly=True)
    revenue_restated = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    tickets = fields.Integer("Requests", readonly=True)
    tickets_solved = fields.Integer("Requests Solved", readonly=True)
    nps_answers = fields.Integer("NPS Answers", readonly=True)
    csat_answers = fields.Integer("Satisfaction Answers", readonly=True)
    touches = fields.Integer("Contacts Made", readonly=True)
    sop_cost = fields.Monetary("Cost of Procedures", readonly=True)
    referrals = fields.Integer("Customers Referred", readonly=True)
    alerts_saved = fields.Integer(readonly=True)
    alerts_gone = fields.Integer(readonly=True)

    def _same_selection(self, name):
        return self.env["retention.profile"]._fields[name]._description_selection(self.env)

    def _read_group_select(self, aggregate_spec, query):
        sql = super()._read_group_select(aggregate_spec, query)
        name = aggregate_spec.partition(":")[0]
        if name == BUYERS:
            return self._count_buyers()
        if name not in RATIOS:
            return sql
        part, whole, scale = RATIOS[name]
        divisor = (
            self._count_buyers()
            if whole == BUYERS
            else SQL("SUM(%s)", SQL.identifier(self._table, whole))
        )
        total = SQL("SUM(%s)", SQL.identifier(self._table, part))
        return SQL("(%s * %s::float8 / NULLIF(%s, 0))", scale, total, divisor)

    def _count_buyers(self):
        return SQL(
            "COUNT(DISTINCT CASE WHEN %s > 0 THEN %s END)",
            SQL.identifier(self._table, "purchase_days"),
            SQL.identifier(self._table, "partner_id"),
        )

    @property
    def _table_query(self):
        def named(values):
            return SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name)) for name, value in values.items()
            )

        ratios = {
            name: SQL(
                "(%s * %s::float8 / NULLIF(%s, 0))",
                ratio.scale,
                SQL.identifier(ratio.part),
                SQL.identifier(ratio.whole),
            )
            for name, ratio in RATIOS.items()
        }
        return SQL(
            """SELECT line.*, company.currency_id, %(ratios)s
               FROM (SELECT id, %(shown)s, %(parts)s FROM retention_ledger line) line
               JOIN res_company company ON company.id = line.company_id""",
            ratios=named(ratios),
            shown=SQL(", ").join(SQL.identifier(name) for name in SHOWN),
            parts=named(PARTS),
        )
