"""What budgets say was spent in some months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def month_number(day: date) -> int:
    """Return the number of a day's month, counted without a gap."""
    return day.year * 12 + day.month


def spent(amounts: Iterable[tuple[date, date, float]], first: date, last: date) -> float | None:
    """Return the part of ``amounts`` that falls to the months ``first`` to ``last``.

    Each amount (first day, last day, amount) is spread evenly over its months.

    :return: None where a month has none: half a sum says nothing of the whole
    """
    wanted = range(month_number(first), month_number(last) + 1)
    known: set[int] = set()
    total = 0.0
    for begin, end, amount in amounts:
        months = range(month_number(begin), month_number(end) + 1)
        inside = set(months).intersection(wanted)
        total += amount * len(inside) / len(months)
        known |= inside
    return total if known.issuperset(wanted) else None
