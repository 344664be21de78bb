"""Everything that one day's judgement of some customers is made from, worked out once.

A snapshot knows nothing later than its day. What is derived is worked out when first asked
for: rhythm, stage and the measures of trade share the same gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from . import measures, rhythm, spells, stage
from .closures import DAY, NONE, Closures, open_days, to_days

# Columns of ``customers``, days (NaT = none) but for the last two; a talk is a contact that is
# no purchase; a tier is any whole number, 0 = none.
CUSTOMER_COLUMNS = (
    "first_day",
    "last_day",
    "last_contact",
    "last_talk",
    "expected_date",
    "expected_set_on",
    "is_core",
    "tier",
)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Customers with at least one purchase, on one day.

    ``customers``: indexed by customer, columns CUSTOMER_COLUMNS; ``days``: one row per
    customer and day (``customer``, ``day``, ``amount`` in company currency, ``documents``),
    also of days without a purchase (credit notes); ``company_gap``: see
    :func:`rhythm.company_gap`; ``talks_of``: function of customers that returns ``customer``,
    ``day`` of their interactions that are no purchases; ``agreement``: per customer 1 = one
    is in force, 0 = the last one has ended, NaN = none ever or not looked at;
    ``agreement_end``: the last day of the last one, NaT = none ever or until further notice;
    ``tier_limits``: limits of tiers that have their own; ``tiers_then``: function of customers
    and days that returns the tier each had just before.
    """

    as_of: date
    customers: pd.DataFrame
    days: pd.DataFrame
    company_gap: int | None = None
    closed: Closures = NONE
    limits: stage.Limits = field(default_factory=stage.Limits)
    standard: str = stage.BY_DAYS
    talks_of: Callable[[np.ndarray], pd.DataFrame] | None = None
    agreement: np.ndarray | None = None
    agreement_end: np.ndarray | None = None
    tier_limits: Mapping[int, stage.Limits] = field(default_factory=dict)
    tiers_then: Callable[[pd.Series, pd.Series], np.ndarray] | None = None

    @property
    def index(self) -> pd.Index:
        return self.customers.index

    @cached_property
    def bought(self) -> pd.DataFrame:
        """Rows of ``days`` that are purchase days."""
        return self.days[self.days["documents"] > 0]

    @cached_property
    def gaps(self) -> pd.DataFrame:
        return rhythm.purchase_gaps(self.bought, self.as_of, self.closed)

    @cached_property
    def own(self) -> pd.DataFrame:
        found = rhythm.own_rhythm(self.bought, self.gaps, self.as_of, self.closed)
        return found.reindex(self.index)

    @cached_property
    def purchase_days(self) -> np.ndarray:
        return self.own["gap_count"].to_numpy() + 1

    @cached_property
    def by_hand(self) -> np.ndarray:
        """Days from the last purchase to the date a person expects the next; 0 = none set.

        It counts from the day it was set until the next purchase.
        """
        names = ("expected_set_on", "expected_date", "last_day")
        set_on, day, last = (to_days(self.customers[name]) for name in names)
        counts = ~np.isnat(day) & (set_on >= last) & (set_on <= np.datetime64(self.as_of, "D"))
        counts &= day > last
        gap = open_days(last, np.where(counts, day, last), self.closed)
        return np.where(counts, np.maximum(gap, 1), 0)

    @cached_property
    def expected_gap(self) -> np.ndarray:
        """Days; 0 = not known."""
        own = rhythm.expected_gap(self.own, self.company_gap)
        return np.where(self.by_hand > 0, self.by_hand, own)

    @cached_property
    def own_gap(self) -> np.ndarray:
        """The expected gap of customers with a rhythm of their own or a date by hand, else 0."""
        own = rhythm.own_gap(self.own, self.expected_gap)
        return np.where(self.by_hand > 0, self.by_hand, own)

    @cached_property
    def next_order_date(self) -> np.ndarray:
        found = rhythm.next_order_date(self.customers["last_day"], self.expected_gap, self.closed)
        day = to_days(self.customers["expected_date"])
        return np.where(self.by_hand > 0, day, found).astype(DAY)

    @cached_property
    def open_gap(self) -> np.ndarray:
        """Days since the last purchase, closures left out."""
        return self.own["open_gap"].to_numpy()

    def days_since(self, days) -> np.ndarray:
        """Return open days from each customer's day to the as-of date; NaN for NaT."""
        days = to_days(days)
        missing = np.isnat(days)
        today = np.datetime64(self.as_of, "D")
        since = open_days(np.where(missing, today, days), today, self.closed)
        return np.where(missing, np.nan, since)

    # ---------------------------------------------------------------- stage
    @cached_property
    def own_limits(self) -> stage.Limits:
        """The limits of each customer's tier."""
        return stage.by_tier(self.limits, self.tier_limits, self.customers["tier"])

    @cached_property
    def won_back_on(self) -> np.ndarray:
        floor = min(min(one.at_risk, one.lost) for one in (self.limits, *self.tier_limits.values()))
        # Only a gap longer than that can have been a spell; most customers have none.
        long = (self.gaps["gap"] > floor).to_numpy()
        customers = self.gaps.loc[long, "customer"].unique()
        talks = self.talks_of(customers) if self.talks_of and len(customers) else None
        then = (self.limits, self.tier_limits, self.tiers_then)
        limits = spells.limits_then(self.gaps, long, *then)
        spell = spells.ended_spell(self.gaps, talks, limits, self.closed)
        return spells.won_back_on(self.index, self.gaps, spell)

    @cached_property
    def stage(self) -> np.ndarray:
        return stage.stages(
            self.as_of,
            self.customers["first_day"],
            self.customers["last_day"],
            self.customers["last_contact"],
            self.own_gap,
            self.won_back_on,
            self.own_limits,
            self.closed,
            self.standard,
            self.agreement,
        )

    @cached_property
    def entered(self) -> np.ndarray:
        """The day each customer's stage began, where dates alone tell; NaT for others."""
        return stage.entered(
            self.stage,
            self.customers["first_day"],
            self.customers["last_day"],
            self.customers["last_contact"],
            self.own_gap,
            self.won_back_on,
            self.own_limits,
            self.closed,
            self.standard,
            self.agreement_end,
        )

    # ---------------------------------------------------------------- trade
    @cached_property
    def windows(self) -> pd.DataFrame:
        return measures.trade_windows(self.days, self.as_of).reindex(self.index)

    @cached_property
    def before(self) -> pd.DataFrame:
        return measures.compared_with(self.windows, self.as_of)

    def drop(self, name: str) -> np.ndarray:
        """Return the drop of ``name`` (days, cents) against the window before, in percent."""
        return measures.drop_percent(self.windows[f"{name}_current"], self.before[name])

    @property
    def value_drop(self) -> np.ndarray:
        """The drop of the average order value, in percent; NaN without orders in either."""
        now, then = self.windows, self.before
        known = (now["documents_current"] > 0) & (then["documents"] > 0)
        percent = measures.drop_percent(
            now["cents_current"] * then["documents"], then["cents"] * now["documents_current"]
        )
        return np.where(known, percent, np.nan)
