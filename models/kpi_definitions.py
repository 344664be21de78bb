"""What each key figure is called, says and is made of."""

from functools import cached_property, partial
from typing import NamedTuple

import pandas as pd

from odoo.tools.translate import LazyTranslate

from ..analytics import kpi, kpi_sales, kpi_service

_lt = LazyTranslate(__name__)
SHARE, MONEY, HOURS, NUMBER, POINTS = "share", "money", "hours", "number", "points"


class Kpi(NamedTuple):
    """``compute``: function of a :class:`Source` that returns a Figure.

    ``sentence`` says what it is; for a rate, by list of customers and by the classic formula,
    and why they differ. ``unit``: SHARE (0 to 1), MONEY, HOURS, POINTS (−100 to 100), NUMBER.
    ``simple``: everybody sees it; the others stand behind "Advanced analysis". ``good``: whether
    it is better when it goes "up" or "down". ``rows``: whether it reads rows of the ledger;
    else :class:`analytics.kpi_sums.Outline` is enough.
    """

    label: str
    sentence: str
    unit: str
    simple: bool
    compute: object
    good: str = "up"
    rows: bool = True


class Source:
    """What a key figure may ask for, read when it does: the ledger, and what it cannot hold."""

    def __init__(self, model, company, period, whole=None):
        self.model, self.company, self.period, self.whole = model, company, period, whole
        self._read = {}

    def of(self, group):
        """Return the same for a group of customers; nothing is read twice."""
        return self if group is self.period else Source(self.model, self.company, group, self)

    @cached_property
    def expected_values(self):
        """Return {customer: what 12 months will bring, discounted} of the purchase model."""
        if self.whole:
            return self.whole.expected_values
        return self.model._expected_values(self.company)

    def lifetime_expected(self):
        known = {c: self.expected_values[c] for c in self.period.end if c in self.expected_values}
        return kpi.figure(sum(known.values()), len(known), known, known)

    def _last_day(self):
        return (self.period.last + pd.offsets.MonthEnd(0)).date()

    def _mine(self, table):
        return table[table["customer"].isin(self.period.ledger["customer"])]

    @cached_property
    def first_purchases(self):
        """Return the first two purchase days of each customer: ``customer first_day second_day``.

        As documents say today, up to the last day of the period.
        """
        if self.whole:
            return self._mine(self.whole.first_purchases)
        return self._mine(self.model._first_purchases(self.company, self._last_day()))

    @cached_property
    def hours(self):
        """Return what each request solved in the period took: ``customer hours``."""
        if self.whole:
            return self._mine(self.whole.hours)
        rows = self.model._solution_hours(self.company, self.period.first.date(), self._last_day())
        return self._mine(pd.DataFrame(rows, columns=["customer", "hours"]))

    def found(self, name, columns):
        """Return what the method ``name`` of ``retention.kpi`` finds in the days of the period.

        Read once for all groups; the first of ``columns`` is the customer.
        """
        if self.whole:
            return self._mine(self.whole.found(name, columns))
        if name not in self._read:
            method = getattr(self.model, name)
            rows = method(self.company, self.period.first.date(), self._last_day())
            self._read[name] = self._mine(pd.DataFrame(rows, columns=columns))
        return self._read[name]

    @cached_property
    def won_for(self):
        """Return what each of the company's new customers cost to win; None: not known."""
        if self.whole:
            return self.whole.won_for
        new = len(self.period.new)
        spent = self.model._acquisition_cost(self.company, self.period) if new else None
        return None if spent is None else spent / new

    @cached_property
    def kept_for(self):
        """Return what was spent by hand on each customer kept; None: not known."""
        if self.whole:
            return self.whole.kept_for
        kept = len(self.period.start & self.period.end)
        spent = self.model._keeping_cost(self.company, self.period) if kept else None
        return None if spent is None else spent / kept

    def repurchase(self, days):
        period, last = self.period, self._last_day()
        return kpi_sales.repurchase(self.first_purchases, period.first, last, days, last)

    def resolution(self, name):
        found = kpi_service.spread(self.hours["hours"])
        value, who = getattr(found, name), frozenset(self.hours.dropna()["customer"])
        return kpi.Figure(value, (value or 0) * found.count, found.count, who, who)

    def retention_cost(self):
        kept = len(self.period.start & self.period.end)
        by_hand = None if self.kept_for is None else self.kept_for * kept
        return kpi_service.retention_cost(self.period, by_hand)

    def acquisition_cost(self):
        return kpi_service.acquisition_cost(self.period.new, self.won_for)

    def cost_ratio(self):
        return kpi_service.cost_against_acquisition(self.retention_cost(), self.acquisition_cost())


def _of(function):
    return lambda source: function(source.period)


def _value(function):
    return lambda source: function(source.period).figure


def _repurchase(days):
    return Kpi(
        _lt("Repurchase within %s Days", days),
        _lt(
            "Of the customers whose first purchase is in the period and %s or more days ago, how "
            "many bought again within that time.",
            days,
        ),
        SHARE,
        False,
        partial(Source.repurchase, days=days),
        rows=False,
    )


# In the order they are shown.
KPIS = {
    "retention": Kpi(
        _lt("Retention Rate"),
        _lt(
            "Of the customers at the start, how many are still customers at the end, by "
            "list of names. The classic formula, customers at the end less new ones "
            "divided by those at the start, also counts who was lost and came back."
        ),
        SHARE,
        True,
        _of(kpi.retention),
    ),
    "churn": Kpi(
        _lt("Churn Rate"),
        _lt(
            "Of the customers at the start, how many are no customers at the end, by list "
            "of names: of 1,000 customers 50 lost are 5%. With retention it makes 100%; "
            "the classic formula says less as soon as others come back."
        ),
        SHARE,
        True,
        _of(kpi.churn),
        "down",
    ),
    "classic_retention": Kpi(
        _lt("Retention Rate, Classic Formula"),
        _lt(
            "Customers at the end less new ones, divided by customers at the start. It "
            "needs no names, and counts who came back as kept: 100 at the start, 20 lost, "
            "15 won back and 30 new make 95%, by list of names 80%."
        ),
        SHARE,
        False,
        _of(kpi.classic_retention),
    ),
    "reactivation": Kpi(
        _lt("Win-back Rate"),
        _lt(
            "Of the customers who were lost before the start, how many came back. The "
            "classic formula has no place for them; it adds them to those kept."
        ),
        SHARE,
        False,
        _of(kpi.reactivation),
    ),
    "repeat": Kpi(
        _lt("Repeat Purchase Rate"),
        _lt(
            "Of the customers who bought in the period, how many bought on two days or "
            "more of it. Several orders of a day are one purchase, while the classic "
            "formula counts orders."
        ),
        SHARE,
        True,
        _of(kpi_sales.repeat),
    ),
    "returning": Kpi(
        _lt("Returning Customer Rate"),
        _lt(
            "Of the customers who bought in the period, how many had bought on an earlier "
            "day, in the period or before it. Shop systems often call this repeat rate."
        ),
        SHARE,
        False,
        _of(kpi_sales.returning),
    ),
    "order_value": Kpi(
        _lt("Order Value"),
        _lt("Net revenue divided by orders. Credit notes lessen revenue, not the count."),
        MONEY,
        True,
        _of(kpi_sales.order_value),
    ),
    "revenue_per_customer": Kpi(
        _lt("Revenue per Buying Customer"),
        _lt("Net revenue divided by the different customers who bought."),
        MONEY,
        False,
        _of(kpi_sales.revenue_per_customer),
    ),
    "frequency": Kpi(
        _lt("Purchase Frequency"),
        _lt("Purchase days divided by the different customers who bought."),
        NUMBER,
        False,
        _of(kpi_sales.frequency),
    ),
    "nrr": Kpi(
        _lt("Net Revenue Retention"),
        _lt(
            "Revenue of the last 12 months from customers with revenue in the 12 months "
            "before, divided by their revenue then. New customers are left out."
        ),
        SHARE,
        False,
        _of(kpi_sales.net_revenue_retention),
    ),
    "grr": Kpi(
        _lt("Gross Revenue Retention"),
        _lt("The same without what customers spend more than before: at most 100%."),
        SHARE,
        False,
        _of(kpi_sales.gross_revenue_retention),
    ),
    "clv_historical": Kpi(
        _lt("Lifetime Value to Date"),
        _lt(
            "What customers have brought since their first purchase, on average: margin "
            "where all of it is known, else revenue."
        ),
        MONEY,
        False,
        _value(kpi_sales.lifetime_historical),
    ),
    "clv_predictive": Kpi(
        _lt("Expected Lifetime Value"),
        _lt(
            "Order value × orders a year × margin share × years as a customer, which are "
            "one divided by the yearly churn, at most three."
        ),
        MONEY,
        False,
        _value(kpi_sales.lifetime_predictive),
    ),
    "clv_expected": Kpi(
        _lt("Lifetime Value, Purchase Model"),
        _lt(
            "What the purchase model expects of a customer within 12 months from its latest "
            "fit, discounted, on average of the customers at the end of the period."
        ),
        MONEY,
        False,
        Source.lifetime_expected,
        rows=False,
    ),
    **{f"repurchase_{days}": _repurchase(days) for days in kpi_sales.REPURCHASE_DAYS},
    "nps": Kpi(
        _lt("Net Promoter Score"),
        _lt(
            "Of a hundred answers, those of 9 or 10 less those of 6 or less. Answers in "
            "between count as answers."
        ),
        POINTS,
        True,
        _of(kpi_service.net_promoter_score),
    ),
    "csat": Kpi(
        _lt("Customer Satisfaction"),
        _lt("Satisfied answers divided by all answers."),
        SHARE,
        False,
        _of(kpi_service.satisfaction),
    ),
    "resolution": Kpi(
        _lt("Time to Solution"),
        _lt("Hours from opening to solving a request, on average of those solved."),
        HOURS,
        True,
        partial(Source.resolution, name="mean"),
        "down",
        rows=False,
    ),
    "resolution_median": Kpi(
        _lt("Time to Solution, Median"),
        _lt("Half of the requests solved took no longer."),
        HOURS,
        False,
        partial(Source.resolution, name="median"),
        "down",
        rows=False,
    ),
    "resolution_p90": Kpi(
        _lt("Time to Solution, Nine in Ten"),
        _lt("Nine of ten requests solved took no longer."),
        HOURS,
        False,
        partial(Source.resolution, name="p90"),
        "down",
        rows=False,
    ),
    "save_rate": Kpi(
        _lt("Save Rate"),
        _lt("Alerts that ended with the customer saved, of those saved or gone."),
        SHARE,
        False,
        _of(kpi_service.save_rate),
    ),
    "referral_rate": Kpi(
        _lt("Referral Rate"),
        _lt(
            "Of the customers of the period, how many referred somebody who became a "
            "customer in it."
        ),
        SHARE,
        False,
        _of(kpi_service.referral_rate),
    ),
    "retention_cost": Kpi(
        _lt("Cost per Customer Kept"),
        _lt(
            "What procedures cost, and what budgets say was spent besides on keeping, winning "
            "back and growing customers, divided by the customers kept over the period."
        ),
        MONEY,
        False,
        Source.retention_cost,
        "down",
    ),
    "acquisition_cost": Kpi(
        _lt("Cost per New Customer"),
        _lt(
            "What budgets say was spent on winning new customers, divided by the new customers "
            "of the period."
        ),
        MONEY,
        False,
        Source.acquisition_cost,
        "down",
    ),
    "cost_ratio": Kpi(
        _lt("Keeping against Winning"),
        _lt("The cost of keeping one customer divided by the cost of winning a new one."),
        NUMBER,
        False,
        Source.cost_ratio,
        "down",
    ),
}
