"""Key figures as sets of customers, over the ledger: one row per customer and month.

A ledger is a DataFrame with the columns ``customer``; ``month`` (its first day) and ``cohort``
(month of the first purchase, NaT for none) as datetime64; ``active_start``, ``active_end``,
``is_new``, ``is_lost``, ``is_reactivated`` (bool); ``purchase_days``, ``orders``, ``revenue``;
further columns where a function says so. Customers have no row in months in which they were not
active and nothing happened. NaN stands for "not recorded".

Rates are shares (0.8 is 80 %) of sets, so retention and churn sum to one whatever happens in
between. Where there is nothing to divide by, a figure's value is None, never zero.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import pandas as pd

NOBODY: frozenset = frozenset()


class Figure(NamedTuple):
    """A key figure, what it is made of and who is behind it.

    ``customers`` are those counted in the numerator, ``base`` those of the denominator.
    """

    value: float | None
    numerator: float
    denominator: float
    customers: frozenset = NOBODY
    base: frozenset = NOBODY


class Bridge(NamedTuple):
    """How the customers at the start became those at the end, each a set of customers."""

    start: frozenset
    lost: frozenset
    new: frozenset
    reactivated: frozenset
    end: frozenset


def figure(part: float, whole: float, customers=NOBODY, base=NOBODY) -> Figure:
    """Return ``part / whole`` with what is behind it."""
    value = float(part) / float(whole) if whole else None
    return Figure(value, part, whole, frozenset(customers), frozenset(base))


def counted(customers: frozenset) -> Figure:
    """Return how many they are. Nobody is zero: there is nothing to divide by."""
    return Figure(float(len(customers)), len(customers), 1, frozenset(customers))


def share(part: frozenset, whole: frozenset) -> Figure:
    """Return how many of the set ``whole`` are in its subset ``part``."""
    return figure(len(part), len(whole), part, whole)


class Period:
    """The ledger as seen over the months ``first`` to ``last``, both included."""

    def __init__(self, ledger: pd.DataFrame, first, last):
        """Take the ledger with as many earlier months as there are; later ones are left out."""
        self.first, self.last = pd.Timestamp(first), pd.Timestamp(last)
        if self.first > self.last:
            raise ValueError(f"The period ends ({last}) before it begins ({first}).")
        self.ledger = ledger[ledger["month"] <= self.last].sort_values("month", kind="stable")
        self.rows = self.ledger[self.ledger["month"] >= self.first]

    @property
    def months(self) -> int:
        """Return the number of months."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def who(self, condition) -> frozenset:
        """Return the customers with a row in the period that meets ``condition``."""
        return frozenset(self.rows.loc[condition, "customer"])

    @cached_property
    def start(self) -> frozenset:
        """Return who was active when the period began."""
        return self.who(self.rows["active_start"] & (self.rows["month"] == self.first))

    @cached_property
    def end(self) -> frozenset:
        """Return who was active when the period ended."""
        return self.who(self.rows["active_end"] & (self.rows["month"] == self.last))

    @cached_property
    def active(self) -> frozenset:
        """Return who was active at some time in the period."""
        rows = self.rows
        return self.who(
            rows["active_start"] | rows["active_end"] | rows["is_new"] | rows["is_reactivated"]
        )

    @cached_property
    def new(self) -> frozenset:
        """Return who became a customer in the period, active at its end or not."""
        return self.who(self.rows["is_new"])

    @cached_property
    def lapsed(self) -> frozenset:
        """Return who had bought before the period and was not active when it began."""
        known = self.ledger["cohort"] < self.first
        return frozenset(self.ledger.loc[known, "customer"]) - self.start

    @cached_property
    def buyers(self) -> frozenset:
        """Return who bought in the period."""
        return self.who(self.rows["purchase_days"] > 0)

    @cached_property
    def by_customer(self) -> pd.DataFrame:
        """Return purchases of the period, one row per customer."""
        names = ["purchase_days", "orders", "revenue"]
        return self.rows.groupby("customer")[names].sum()

    @cached_property
    def placing(self) -> pd.DataFrame:
        """Return the row of each customer that says where it belongs, by customer.

        That is where it was when the period began, at the end of the month before; of who was
        not active then, where it ended up. So customers leave no group by moving to another.
        """
        ledger = self.ledger
        before = ledger[ledger["month"] == self.first - pd.DateOffset(months=1)]
        before = before[before["customer"].isin(self.start)]
        others = ledger[~ledger["customer"].isin(before["customer"])]
        last = others.drop_duplicates("customer", keep="last")
        return pd.concat([before, last]).set_index("customer")

    def of(self, customers) -> Period:
        """Return the same of these customers only."""
        mine = self.ledger[self.ledger["customer"].isin(customers)]
        return Period(mine, self.first, self.last)

    def groups(self, column: str) -> dict:
        """Return {value of ``column``: Period of its customers}, a partition of everybody.

        Each belongs where :attr:`placing` says. None: not recorded.
        """
        value, found = self.placing[column], {}
        for name, customers in value.groupby(value, dropna=False).groups.items():
            found[None if pd.isna(name) else name] = self.of(customers)
        return found


def bridge(period: Period) -> Bridge:
    """Return start − lost + new + reactivated = end.

    Who came and went within the period is in none of the five.

    :raises ArithmeticError: when the ledger's flags do not add up
    """
    joined = period.end - period.start
    new = joined & period.new
    back = (joined - new) & period.who(period.rows["is_reactivated"])
    lost = period.start - period.end
    if len(period.start) - len(lost) + len(new) + len(back) != len(period.end):
        raise ArithmeticError(
            f"{len(period.end)} customers at the end of {period.last:%Y-%m} are not "
            f"{len(period.start)} - {len(lost)} + {len(new)} + {len(back)}."
        )
    return Bridge(period.start, lost, new, back, period.end)


def retention(period: Period) -> Figure:
    """Return the customer retention rate: active at the start and the end / at the start."""
    return share(period.start & period.end, period.start)


def churn(period: Period) -> Figure:
    """Return the churn rate: active at the start but not at the end / at the start."""
    return share(period.start - period.end, period.start)


def classic_retention(period: Period) -> Figure:
    """Return (end − new) / start.

    It counts those who came back as if they had stayed, so it may pass 100 %.
    """
    parts = bridge(period)
    counted = parts.end - parts.new
    return figure(len(counted), len(parts.start), counted, parts.start)


def reactivation(period: Period) -> Figure:
    """Return who came back in the period / who had bought earlier and was gone at its start."""
    return share(period.lapsed & period.who(period.rows["is_reactivated"]), period.lapsed)


def yearly(monthly: float) -> float:
    """Return the churn of a year with this churn in each month: 1 − (1 − c)^12, not 12 c."""
    return 1 - (1 - monthly) ** 12
