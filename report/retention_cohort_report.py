from odoo import fields, models
from odoo.tools import SQL

from .months import closed_months

# Longer than any customer has been one, in months.
AGES = 720


class RetentionCohortReport(models.Model):
    """One row per customer and month since the first purchase, up to the last closed month.

    A month without a purchase has a row too, so whoever has reached an age counts in what is
    divided by; what is still open has none. As :func:`analytics.kpi_tables.cohorts` has it.
    """

    _name = "retention.cohort.report"
    _description = "Customers by First Purchase Month"
    _auto = False
    _order = "cohort desc, age, id"
    _rec_name = "partner_id"
    _depends = {
        "retention.ledger": [
            "profile_id",
            "partner_id",
            "company_id",
            "month",
            "cohort",
            "purchase_days",
            "revenue",
        ],
        "retention.ledger.month": ["company_id", "month", "closed_at"],
        "retention.profile": ["segment_id", "tier_id", "user_id"],
        "res.company": ["currency_id"],
    }

    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cohort = fields.Date("First Purchase Month", readonly=True)
    month = fields.Date(readonly=True)
    age = fields.Integer(
        "Months Since", readonly=True, aggregator=None, help="0 is the month of first purchase."
    )
    segment_id = fields.Many2one("retention.segment", "Segment Today", readonly=True)
    tier_id = fields.Many2one("retention.tier", "Tier Today", readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager Today", readonly=True)
    cohort_size = fields.Integer(
        "Customers in the Cohort",
        readonly=True,
        help="Different customers who have reached the month.",
    )
    bought = fields.Integer(
        "Customers Who Bought", readonly=True, help="Different customers who bought in the month."
    )
    bought_by_then = fields.Integer(
        "Bought Again by Then",
        readonly=True,
        help="Different customers who bought in a later month than the first, up to this one. "
        "Month 0 is the whole cohort.",
    )
    share = fields.Float(
        "Share Who Bought (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Bought in the month, of those who have reached it. Several months together: "
        "purchase months of all months reached.",
    )
    share_by_then = fields.Float(
        "Share Who Bought Again by Then (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Bought in a later month than the first, up to this one, of those who have reached "
        "it. Month 0 is 100%.",
    )
    revenue = fields.Monetary(
        "Revenue in the Month", readonly=True, help="Net, as it was when the month was closed."
    )
    revenue_by_then = fields.Monetary(
        "Revenue by Then",
        readonly=True,
        help="From month 0 to this one. Empty for several months together, which would count "
        "the same revenue again and again.",
    )
    value_by_then = fields.Monetary(
        "Revenue by Then per Customer",
        readonly=True,
        aggregator="avg",
        help="Revenue from month 0 to this one, divided by the customers who have reached it.",
    )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function in ("sum", "avg") and (sql := self._measure(name)):
            return sql
        return super()._read_group_select(aggregate_spec, query)

    def _measure(self, name):
        """Return SQL of a figure that is neither a sum nor a mean of rows; else None."""

        def column(of):
            return SQL.identifier(self._table, of)

        def different(condition):
            return SQL("COUNT(DISTINCT CASE WHEN %s THEN %s END)", condition, column("partner_id"))

        def per_customer(of):
            return SQL("SUM(%s)::float8 / NULLIF(COUNT(*), 0)", column(of))

        def of_one_month(total):
            return SQL(
                "CASE WHEN MIN(%s) = MAX(%s) THEN %s END", column("age"), column("age"), total
            )

        match name:
            case "cohort_size":
                return different(SQL("TRUE"))
            case "bought" | "bought_by_then":
                return different(SQL("%s = 1", column(name)))
            case "share":
                return SQL("(100 * %s)", per_customer("bought"))
            case "share_by_then":
                return SQL("(100 * %s)", per_customer("bought_by_then"))
            case "revenue_by_then":
                return of_one_month(SQL("SUM(%s)", column(name)))
            case "value_by_then":
                return of_one_month(per_customer("revenue_by_then"))
        return None

    @property
    def _table_query(self):
        # A customer's months of purchase are the bits of one value, so that who has reached what
        # needs no join. PostgreSQL leaves out the left joins whose columns nobody asks for.
        return SQL(
            """SELECT line.*, 1 AS cohort_size, 100.0 * bought::float8 AS share,
                      100.0 * bought_by_then::float8 AS share_by_then,
                      SUM(revenue) OVER so_far AS revenue_by_then,
                      SUM(revenue) OVER so_far AS value_by_then
               FROM (SELECT customer.id * %(ages)s + reached.age AS id, customer.profile_id,
                            customer.partner_id, customer.company_id, company.currency_id,
                            profile.segment_id, profile.tier_id, profile.user_id,
                            customer.cohort, reached.age,
                            (customer.cohort + reached.age * INTERVAL '1 month')::date AS month,
                            COALESCE(GET_BIT(customer.bought, reached.age), 0) AS bought,
                            CASE WHEN reached.age > 0
                                 THEN COALESCE(reached.age >= customer.back, FALSE)::int
                                 ELSE COALESCE(GET_BIT(customer.bought, 0), 0)
                                 END AS bought_by_then,
                            COALESCE(paid.revenue, 0) AS revenue
                     FROM (SELECT MIN(id)::int8 AS id, MIN(profile_id) AS profile_id, partner_id,
                                  company_id, cohort,
                                  LEAST(%(age)s, %(ages)s - 1) AS oldest,
                                  BIT_OR(SET_BIT(0::bit(%(ages)s), age, 1))
                                      FILTER (WHERE purchase_days > 0) AS bought,
                                  MIN(age) FILTER (WHERE age > 0 AND purchase_days > 0) AS back
                           FROM (%(rows)s) entry
                           GROUP BY partner_id, company_id, cohort) customer
                     CROSS JOIN LATERAL GENERATE_SERIES(0, customer.oldest) reached(age)
                     LEFT JOIN (SELECT partner_id, company_id, cohort, age, SUM(revenue) AS revenue
                                FROM (%(rows)s) entry WHERE revenue != 0
                                GROUP BY partner_id, company_id, cohort, age) paid
                         ON paid.partner_id = customer.partner_id AND paid.age = reached.age
                         AND paid.company_id = customer.company_id
                         AND paid.cohort = customer.cohort
                     LEFT JOIN retention_profile profile ON profile.id = customer.profile_id
                     LEFT JOIN res_company company ON company.id = customer.company_id) line
               WINDOW so_far AS (PARTITION BY partner_id, company_id, cohort ORDER BY age)""",
            ages=AGES,
            age=_months_since(SQL("MAX(last)")),
            rows=SQL(
                """SELECT ledger.id, profile_id, partner_id, ledger.company_id, cohort,
                          purchase_days, revenue, closed.month AS last, %(age)s AS age
                   FROM retention_ledger ledger
                   JOIN (%(closed)s) closed ON closed.company_id = ledger.company_id
                   WHERE ledger.month BETWEEN ledger.cohort AND closed.month""",
                age=_months_since(SQL("ledger.month")),
                closed=closed_months(),
            ),
        )

    def action_open_customer(self):
        """Open the contact, where everything about it stands."""
        self.ensure_one()
        self.check_access("read")
        return self.env["retention.profile"]._open_partner(self.partner_id)


def _months_since(month):
    """Return SQL of how many months ``month`` is after the first purchase.

    Between first days of months, days divided by their mean are never half a month off; several
    times as fast as years and months.
    """
    return SQL("ROUND((%s - cohort) / 30.436875::float8)::int", month)
