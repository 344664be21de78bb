"""What a review speaks of: its period, what is compared with it, what changed most."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

MONTHS = {"monthly": 1, "quarterly": 3}
# Customers that a group needs in both periods: of fewer, chance moves rates by whole percents.
MINIMUM = 20
TOP = 3


class Span(NamedTuple):
    """First days of the first and the last month."""

    first: date
    last: date

    def back(self, months: int) -> Span:
        """Return the span as long, ``months`` earlier."""
        by = relativedelta(months=months)
        return Span(self.first - by, self.last - by)

    @property
    def months(self) -> int:
        """Return the number of months."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def end(self) -> date:
        """Return the last day."""
        return self.last + relativedelta(months=1, days=-1)


def span(kind: str, day: date) -> Span:
    """Return the month, or the calendar quarter, in which a day lies."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Span(first, first + relativedelta(months=months - 1))


def over(kind: str, today: date) -> Span:
    """Return the latest month or quarter that was over before ``today`` began."""
    return span(kind, span(kind, today).first - relativedelta(days=1))


def tone(good: str, change: float | None) -> str:
    """Return "good", "bad" or "" for a change of a figure that should go "up" or "down"."""
    if not change:
        return ""
    return "good" if (change > 0) == (good == "up") else "bad"


class Measured(NamedTuple):
    """A rate of one group now and before, with the customers each of them is of."""

    axis: str
    key: object
    code: str
    value: float | None
    before: float | None
    base: float
    base_before: float

    @property
    def impact(self) -> float:
        """Return how many customers more there are than at the rate before."""
        return (self.value - self.before) * self.base


class Ranking(NamedTuple):
    """The largest changes for the better and the worse, and how many rates could be compared."""

    up: list
    down: list
    compared: int


def rank(measured, minimum: int = MINIMUM, top: int = TOP) -> Ranking:
    """Rank changes of rates by the customers they mean, so that groups of any size compare.

    Left out: groups with fewer than ``minimum`` customers in one of the periods, and changes of
    less than one customer. A group is named once in each direction, by its largest change.

    :param measured: :class:`Measured` rates of which more is better
    """
    known = [
        item
        for item in measured
        if item.value is not None
        and item.before is not None
        and min(item.base, item.base_before) >= minimum
    ]
    return Ranking(_largest(known, 1, top), _largest(known, -1, top), len(known))


def _largest(known, sign, top):
    found = [item for item in known if sign * item.impact >= 1]
    found.sort(key=lambda item: (-sign * item.impact, item.axis, str(item.key), item.code))
    named = {}
    for item in found:
        named.setdefault((item.axis, item.key), item)
    return list(named.values())[:top]
