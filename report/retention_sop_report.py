from odoo import fields, models
from odoo.tools import SQL

# Columns that are no fields: a group's sums are divided, not the ratios of its rows averaged.
RATIOS = {
    "return_per_cost": ("judged_revenue", "judged_cost"),
    "cost_per_purchase": ("judged_cost", "judged_purchases"),
}


class RetentionSopReport(models.Model):
    """One row per enrollment with what can be summed: what procedures bring, and cost.

    Rates and ratios leave out enrollments whose goal window is not over; what is earned per
    cost leaves out control groups, which cost nothing.
    """

    _name = "retention.sop.report"
    _description = "Effect of Procedures"
    _auto = False
    _order = "entered_on desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "retention.enrollment": [
            "sop_id",
            "root_id",
            "purpose",
            "partner_id",
            "company_id",
            "profile_id",
            "user_id",
            "team_id",
            "arm",
            "state",
            "exit_reason",
            "entered_on",
            "window_over",
            "responded_on",
            "purchased_on",
            "bought_before_on",
            "revenue",
            "cost",
        ],
        "retention.sop": ["version"],
        "res.company": ["currency_id"],
    }

    sop_id = fields.Many2one("retention.sop", "Procedure", readonly=True)
    root_id = fields.Many2one("retention.sop", "Procedure, Any Version", readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    purpose = fields.Selection(lambda self: self._same_selection("purpose"), readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    arm = fields.Selection(lambda self: self._same_selection("arm"), readonly=True)
    state = fields.Selection(lambda self: self._same_selection("state"), readonly=True)
    exit_reason = fields.Selection(
        lambda self: self._same_selection("exit_reason"), string="Left Because", readonly=True
    )
    entered_on = fields.Date(readonly=True)
    window_over = fields.Boolean("Goal Window Over", readonly=True)
    judged = fields.Integer("Windows Over", readonly=True)
    responses = fields.Integer(readonly=True)
    purchases = fields.Integer("Bought Within the Window", readonly=True)
    response_rate = fields.Float(
        "Response Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Answered or talked to, of those whose goal window is over.",
    )
    repurchase_rate = fields.Float(
        "Repurchase Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Bought within the goal window, of those whose window is over.",
    )
    before_rate = fields.Float(
        "Repurchase Rate Before (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the same customers, in an equally long window before they entered.",
    )
    revenue = fields.Monetary(
        readonly=True, help="Net purchases within the goal window, without tax."
    )
    revenue_per_customer = fields.Monetary(
        "Revenue per Customer",
        readonly=True,
        aggregator="avg",
        help="Of those whose goal window is over.",
    )
    cost = fields.Monetary(readonly=True, help="Work and other cost of the steps done.")
    return_per_cost = fields.Float(
        "Return per Cost",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Revenue of those who took part for each unit of cost, once their window is over.",
    )
    cost_per_purchase = fields.Monetary(
        "Cost per Purchase",
        readonly=True,
        aggregator="avg",
        help="Cost of those who took part for each who bought, once their window is over.",
    )

    def _same_selection(self, name):
        return self.env["retention.enrollment"]._fields[name]._description_selection(self.env)

    def _read_group_select(self, aggregate_spec, query):
        sql = super()._read_group_select(aggregate_spec, query)
        name = aggregate_spec.partition(":")[0]
        if name in RATIOS:
            part, whole = (SQL.identifier(self._table, column) for column in RATIOS[name])
            sql = SQL("(SUM(%s)::float / NULLIF(SUM(%s), 0))", part, whole)
        return sql

    @property
    def _table_query(self):
        judged = SQL("enrollment.window_over")
        counted = SQL("enrollment.window_over AND enrollment.arm = 'treated'")
        return SQL(
            """SELECT line.*,
                      judged_revenue::float / NULLIF(judged_cost, 0) AS return_per_cost,
                      judged_cost / NULLIF(judged_purchases, 0) AS cost_per_purchase
               FROM (SELECT enrollment.id, enrollment.sop_id, enrollment.root_id, sop.version,
                            enrollment.purpose, enrollment.partner_id, enrollment.company_id,
                            company.currency_id, enrollment.profile_id, enrollment.user_id,
                            enrollment.team_id, enrollment.arm, enrollment.state,
                            enrollment.exit_reason, enrollment.entered_on,
                            enrollment.window_over, enrollment.revenue, enrollment.cost,
                            CASE WHEN %(judged)s THEN 1 ELSE 0 END AS judged,
                            CASE WHEN %(judged)s AND enrollment.responded_on IS NOT NULL
                                 THEN 1 ELSE 0 END AS responses,
                            CASE WHEN %(judged)s AND enrollment.purchased_on IS NOT NULL
                                 THEN 1 ELSE 0 END AS purchases,
                            CASE WHEN %(judged)s
                                 THEN 100.0 * (enrollment.responded_on IS NOT NULL)::int
                                 END::float AS response_rate,
                            CASE WHEN %(judged)s
                                 THEN 100.0 * (enrollment.purchased_on IS NOT NULL)::int
                                 END::float AS repurchase_rate,
                            CASE WHEN %(judged)s
                                 THEN 100.0 * (enrollment.bought_before_on IS NOT NULL)::int
                                 END::float AS before_rate,
                            CASE WHEN %(judged)s THEN enrollment.revenue END
                                AS revenue_per_customer,
                            CASE WHEN %(counted)s THEN enrollment.revenue END AS judged_revenue,
                            CASE WHEN %(counted)s THEN enrollment.cost END AS judged_cost,
                            CASE WHEN %(counted)s
                                 THEN (enrollment.purchased_on IS NOT NULL)::int END
                                AS judged_purchases
                     FROM retention_enrollment enrollment
                     JOIN retention_sop sop ON sop.id = enrollment.sop_id
                     JOIN res_company company ON company.id = enrollment.company_id) line""",
            judged=judged,
            counted=counted,
        )
