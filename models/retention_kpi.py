"""The one set of key figures: what each is called, says and is made of."""

from functools import cached_property, partial
from typing import NamedTuple

import pandas as pd

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics import kpi, kpi_sales, kpi_service

SHARE, MONEY, HOURS, NUMBER, POINTS = "share", "money", "hours", "number", "points"
# Columns of the ledger and the names they have in analytics.kpi.
NAMES = {"partner_id": "customer", "segment_id": "segment", "tier_id": "tier", "user_id": "user"}
DAYS, FLAGS = (
    ("month", "cohort"),
    ("active_start", "active_end", "is_new", "is_lost", "is_reactivated"),
)
COUNTS = (
    "purchase_days",
    "orders",
    "tickets",
    "tickets_solved",
    "nps_answers",
    "nps_promoters",
    "nps_detractors",
    "csat_answers",
    "csat_satisfied",
    "referrals",
    "alerts_saved",
    "alerts_gone",
)
AMOUNTS = ("revenue", "revenue_restated", "margin", "sop_cost", "resolution_hours")
KEYS = ("partner_id", "segment_id", "tier_id", "user_id", "team_id", "stage", "risk_level")


class Kpi(NamedTuple):
    """``compute``: function of a :class:`Source` that returns a Figure.

    ``sentence`` says what it is; for a rate, by list of customers and by the classic formula,
    and why they differ. ``unit``: SHARE (0 to 1), MONEY, HOURS, POINTS (−100 to 100), NUMBER.
    ``simple``: everybody sees it; the others stand behind "Advanced analysis".
    """

    label: str
    sentence: str
    unit: str
    simple: bool
    compute: object


class Source:
    """What a key figure may ask for, read when it does: the ledger, and what it cannot hold."""

    def __init__(self, model, company, period):
        self.model, self.company, self.period = model, company, period

    def _last_day(self):
        return (self.period.last + pd.offsets.MonthEnd(0)).date()

    @cached_property
    def first_purchases(self):
        """Return the first two purchase days of each customer: ``customer first_day second_day``.

        As documents say today, up to the last day of the period.
        """
        rows = self.model._first_purchases(self.company, self._last_day())
        table = pd.DataFrame(rows, columns=["customer", "first_day", "second_day"])
        for name in ("first_day", "second_day"):
            table[name] = pd.to_datetime(table[name])
        return table[table["customer"].isin(self.period.ledger["customer"])]

    @cached_property
    def hours(self):
        """Return the hours that each request solved in the period took."""
        rows = self.model._solution_hours(self.company, self.period.first.date(), self._last_day())
        customers = set(self.period.ledger["customer"])
        return [float(hours) for customer, hours in rows if customer in customers]

    def repurchase(self, days):
        period, last = self.period, self._last_day()
        return kpi_sales.repurchase(self.first_purchases, period.first, last, days, last)

    def resolution(self, name):
        found = kpi_service.spread(self.hours)
        value = getattr(found, name)
        return kpi.Figure(value, (value or 0) * found.count, found.count)

    def cost_ratio(self):
        spent = self.model._acquisition_cost(self.company, self.period)
        return kpi_service.cost_against_acquisition(self.period, spent)


class RetentionKpi(models.AbstractModel):
    """Key figures over the ledger, for views, reports, digests and tests alike."""

    _name = "retention.kpi"
    _description = "Retention Key Figures"

    @api.model
    def _kpi_definitions(self):
        """Return {code: :class:`Kpi`}, in the order they are shown. Hook for bridges."""
        return {**self._customer_kpis(), **self._sales_kpis(), **self._service_kpis()}

    @api.model
    def _figures(self, company, first, last, codes=None, by=None):
        """Return {code: Figure} of the months ``first`` to ``last``, as the caller may see them.

        :param first, last: first days of months
        :param codes: only these; None for all
        :param by: "segment", "tier", "user", "team_id", "stage" or "risk_level": then
            {id, selection key or None: {code: Figure}}; see :meth:`analytics.kpi.Period.groups`
        :raises KeyError: for an unknown code, naming it
        """
        definitions = self._kpi_definitions()
        wanted = {code: definitions[code] for code in (codes or definitions)}
        period = kpi.Period(self._ledger(company, last), first, last)
        groups = period.groups(by) if by else {None: period}
        found = {}
        for name, group in groups.items():
            source = Source(self, company, group)
            found[name] = {code: item.compute(source) for code, item in wanted.items()}
        return found if by else found[None]

    # ---------------------------------------------------------------- reading
    @api.model
    def _ledger(self, company, last, domain=None):
        """Return the ledger up to the month ``last`` as :mod:`analytics.kpi` reads it."""
        rows = self.env["retention.ledger"]
        where = Domain("company_id", "=", company.id) & Domain("month", "<=", last)
        if domain:
            where &= Domain(domain)
        query = rows._search(where, order="month, partner_id")

        def column(name):
            field = SQL.identifier(rows._table, name)
            return SQL("%s::float8", field) if name in AMOUNTS else field

        names = (*KEYS, *DAYS, *FLAGS, *COUNTS, *AMOUNTS)
        found = self.env.execute_query(query.select(*(column(name) for name in names)))
        table = pd.DataFrame(found, columns=names).rename(columns=NAMES)
        for name in DAYS:
            table[name] = pd.to_datetime(table[name])
        kinds = dict.fromkeys(FLAGS, bool) | dict.fromkeys((*COUNTS, *AMOUNTS), "float64")
        return table.astype(kinds).astype({"purchase_days": int, "orders": int})

    @api.model
    def _first_purchases(self, company, as_of):
        """Return rows (customer id, first and second purchase day)."""
        metrics = self.env["retention.metrics"].sudo()
        scope = metrics._scope(company, as_of)
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, MIN(day), MIN(day) FILTER (WHERE number = 2) FROM (
                       SELECT partner_id, day,
                              ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY day) AS number
                       FROM (%s) bought WHERE documents > 0) days
                   WHERE number <= 2 GROUP BY partner_id""",
                metrics._purchase_rows(scope),
            )
        )

    @api.model
    def _solution_hours(self, company, first, last):
        """Return rows (customer id, hours) of requests solved from ``first`` to ``last``."""
        return self.env["retention.metrics"].sudo()._solved_requests(company, first, last)

    @api.model
    def _acquisition_cost(self, company, period):
        """Return what winning the new customers of ``period`` cost; None: nobody knows. Hook."""
        return

    # ---------------------------------------------------------------- definitions
    @api.model
    def _customer_kpis(self):
        def of(function):
            return lambda source: function(source.period)

        _ = self.env._
        return {
            "retention": Kpi(
                _("Retention Rate"),
                _(
                    "Of the customers at the start, how many are still customers at the end, by "
                    "list of names. The classic formula, customers at the end less new ones "
                    "divided by those at the start, also counts who was lost and came back."
                ),
                SHARE,
                True,
                of(kpi.retention),
            ),
            "churn": Kpi(
                _("Churn Rate"),
                _(
                    "Of the customers at the start, how many are no customers at the end, by list "
                    "of names: of 1,000 customers 50 lost are 5%. With retention it makes 100%; "
                    "the classic formula says less as soon as others come back."
                ),
                SHARE,
                True,
                of(kpi.churn),
            ),
            "classic_retention": Kpi(
                _("Retention Rate, Classic Formula"),
                _(
                    "Customers at the end less new ones, divided by customers at the start. It "
                    "needs no names, and counts who came back as kept: 100 at the start, 20 lost, "
                    "15 won back and 30 new make 95%, by list of names 80%."
                ),
                SHARE,
                False,
                of(kpi.classic_retention),
            ),
            "reactivation": Kpi(
                _("Win-back Rate"),
                _(
                    "Of the customers who were lost before the start, how many came back. The "
                    "classic formula has no place for them; it adds them to those kept."
                ),
                SHARE,
                False,
                of(kpi.reactivation),
            ),
        }

    @api.model
    def _sales_kpis(self):
        def of(function):
            return lambda source: function(source.period)

        def value(function):
            return lambda source: function(source.period).figure

        _ = self.env._
        found = {
            "repeat": Kpi(
                _("Repeat Purchase Rate"),
                _(
                    "Of the customers who bought in the period, how many bought on two days or "
                    "more of it. Several orders of a day are one purchase, while the classic "
                    "formula counts orders."
                ),
                SHARE,
                True,
                of(kpi_sales.repeat),
            ),
            "returning": Kpi(
                _("Returning Customer Rate"),
                _(
                    "Of the customers who bought in the period, how many had bought on an earlier "
                    "day, in the period or before it. Shop systems often call this repeat rate."
                ),
                SHARE,
                False,
                of(kpi_sales.returning),
            ),
            "order_value": Kpi(
                _("Order Value"),
                _("Net revenue divided by orders. Credit notes lessen revenue, not the count."),
                MONEY,
                True,
                of(kpi_sales.order_value),
            ),
            "revenue_per_customer": Kpi(
                _("Revenue per Buying Customer"),
                _("Net revenue divided by the different customers who bought."),
                MONEY,
                False,
                of(kpi_sales.revenue_per_customer),
            ),
            "frequency": Kpi(
                _("Purchase Frequency"),
                _("Purchase days divided by the different customers who bought."),
                NUMBER,
                False,
                of(kpi_sales.frequency),
            ),
            "nrr": Kpi(
                _("Net Revenue Retention"),
                _(
                    "Revenue of the last 12 months from customers with revenue in the 12 months "
                    "before, divided by their revenue then. New customers are left out."
                ),
                SHARE,
                False,
                of(kpi_sales.net_revenue_retention),
            ),
            "grr": Kpi(
                _("Gross Revenue Retention"),
                _("The same without what customers spend more than before: at most 100%."),
                SHARE,
                False,
                of(kpi_sales.gross_revenue_retention),
            ),
            "clv_historical": Kpi(
                _("Lifetime Value to Date"),
                _(
                    "What customers have brought since their first purchase, on average: margin "
                    "where all of it is known, else revenue."
                ),
                MONEY,
                False,
                value(kpi_sales.lifetime_historical),
            ),
            "clv_predictive": Kpi(
                _("Expected Lifetime Value"),
                _(
                    "Order value × orders a year × margin share × years as a customer, which are "
                    "one divided by the yearly churn, at most three."
                ),
                MONEY,
                False,
                value(kpi_sales.lifetime_predictive),
            ),
        }
        for days in kpi_sales.REPURCHASE_DAYS:
            found[f"repurchase_{days}"] = Kpi(
                _("Repurchase within %s Days", days),
                _(
                    "Of the customers whose first purchase is in the period and %s or more days "
                    "ago, how many bought again within that time.",
                    days,
                ),
                SHARE,
                False,
                partial(Source.repurchase, days=days),
            )
        return found
