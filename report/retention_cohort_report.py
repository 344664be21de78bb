from odoo import fields, models
from odoo.tools import SQL

from .months import closed_months

# Longer than any customer has been one; makes one number of a ledger row and an age.
AGES = 1200


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
    revenue = fields.Monetary(readonly=True, help="Net, as it was when the month was closed.")
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
        # Each row of the ledger also stands for the months without one that follow it, and the
        # first one for those before it: no join, and one sort.
        return SQL(
            """SELECT line.id * %(ages)s + reached.age AS id, line.profile_id, line.partner_id,
                      line.company_id, company.currency_id, profile.segment_id, profile.tier_id,
                      profile.user_id, line.cohort, reached.age,
                      (line.cohort + reached.age * INTERVAL '1 month')::date AS month,
                      1 AS cohort_size, fact.bought::int, fact.bought_by_then::int,
                      100 * fact.bought::int::float8 AS share,
                      100 * fact.bought_by_then::int::float8 AS share_by_then,
                      CASE WHEN reached.age = line.age THEN line.revenue ELSE 0 END AS revenue,
                      CASE WHEN reached.age >= line.age THEN line.so_far ELSE 0 END
                          AS revenue_by_then,
                      CASE WHEN reached.age >= line.age THEN line.so_far ELSE 0 END
                          AS value_by_then
               FROM (SELECT entry.*,
                            LAG(age) OVER mine AS age_before, LEAD(age) OVER mine AS age_after,
                            BOOL_OR(age > 0 AND purchase_days > 0) OVER mine AS again,
                            SUM(revenue) OVER mine AS so_far
                     FROM (SELECT ledger.id::int8, ledger.profile_id, ledger.partner_id,
                                  ledger.company_id, ledger.cohort,
                                  COALESCE(ledger.purchase_days, 0) AS purchase_days,
                                  COALESCE(ledger.revenue, 0) AS revenue,
                                  %(age)s AS age, %(oldest)s AS oldest
                           FROM retention_ledger ledger
                           JOIN (%(closed)s) closed ON closed.company_id = ledger.company_id
                           WHERE ledger.month BETWEEN ledger.cohort AND closed.month) entry
                     WINDOW mine AS (PARTITION BY partner_id, company_id, cohort ORDER BY age)
                    ) line
               CROSS JOIN LATERAL GENERATE_SERIES(
                   CASE WHEN line.age_before IS NULL THEN 0 ELSE line.age END,
                   COALESCE(line.age_after - 1, line.oldest)) reached(age)
               CROSS JOIN LATERAL (
                   SELECT reached.age = line.age AND line.purchase_days > 0 AS bought,
                          CASE WHEN reached.age > 0 THEN reached.age >= line.age AND line.again
                               ELSE line.age = 0 AND line.purchase_days > 0 END
                              AS bought_by_then) fact
               JOIN retention_profile profile ON profile.id = line.profile_id
               JOIN res_company company ON company.id = line.company_id""",
            ages=AGES,
            age=_months_between(SQL("ledger.month"), SQL("ledger.cohort")),
            oldest=_months_between(SQL("closed.month"), SQL("ledger.cohort")),
            closed=closed_months(),
        )

    def action_open_customer(self):
        """Open the contact, where everything about it stands."""
        self.ensure_one()
        self.check_access("read")
        return self.profile_id.action_open_partner()


def _months_between(later, earlier):
    return SQL(
        """(12 * (EXTRACT(YEAR FROM %(later)s) - EXTRACT(YEAR FROM %(earlier)s))
            + EXTRACT(MONTH FROM %(later)s) - EXTRACT(MONTH FROM %(earlier)s))::int""",
        later=later,
        earlier=earlier,
    )
