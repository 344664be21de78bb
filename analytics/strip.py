"""The rhythm strip: a customer's purchases as dots on a time axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import median

from dateutil.relativedelta import relativedelta

# Days kept free to the right of what is drawn, and the furthest the axis looks ahead.
MARGIN = 14
FURTHEST_MONTHS = 12
TICK_MONTHS = 6


def size_bands(amounts: Sequence[float]) -> list[int]:
    """Return 1 (below half the median amount), 2, or 3 (above twice the median) for each."""
    if not amounts:
        return []
    usual = median(amounts)
    return [1 if amount < usual / 2 else 3 if amount > usual * 2 else 2 for amount in amounts]


def expected_window(next_day: date | None, gap: int) -> tuple[date, date] | None:
    """Return (first, last) day on which the next purchase is expected.

    A quarter of the usual gap, halves rounded up, to either side of ``next_day``.
    """
    if not next_day:
        return None
    slack = timedelta(days=(gap + 2) // 4)
    return next_day - slack, next_day + slack


def strip(
    purchases: Sequence[tuple[date, float]],
    as_of: date,
    months: int,
    next_day: date | None = None,
    gap: int = 0,
    closed: Iterable[tuple[date, date]] = (),
) -> dict:
    """Lay out the strip of the window ``(as_of - months, as_of]`` and what is expected next.

    Every place on the axis is a fraction: 0 its first day, 1 its last.

    :param purchases: (day, net amount), one per purchase day
    :param closed: (first, last) closed days of the company
    :return: ``start``, ``end`` (dates), ``today`` (fraction), ``dots`` (day, amount, size, at),
        ``window`` (first, last, from, to) or None, ``closed`` (first, last, from, to),
        ``ticks`` (day, at)
    """
    start = as_of - relativedelta(months=months)
    furthest = as_of + relativedelta(months=FURTHEST_MONTHS)
    window = expected_window(next_day, gap)
    shown_until = max(as_of, window[1]) if window else as_of
    end = min(shown_until + timedelta(days=MARGIN), furthest)

    def at(day: date) -> float:
        share = (day - start).days / (end - start).days
        return round(min(max(share, 0), 1), 4)

    def span(first: date, last: date) -> dict:
        return {"first": first, "last": last, "from": at(first), "to": at(last)}

    shown = [(day, amount) for day, amount in sorted(purchases) if start < day <= as_of]
    sizes = size_bands([amount for _day, amount in shown])
    visible = window and window[0] < end and window[1] > start
    return {
        "start": start,
        "end": end,
        "today": at(as_of),
        "dots": [
            {"day": day, "amount": amount, "size": size, "at": at(day)}
            for (day, amount), size in zip(shown, sizes, strict=True)
        ],
        "window": span(*window) if visible else None,
        "closed": [span(first, last) for first, last in closed if first < end and last > start],
        "ticks": [{"day": day, "at": at(day)} for day in _ticks(start, end)],
    }


def _ticks(start: date, end: date) -> list[date]:
    """Return the first of January and July within the axis."""
    day = start.replace(day=1)
    found = []
    while day <= end:
        if day >= start and day.month % TICK_MONTHS == 1:
            found.append(day)
        day += relativedelta(months=1)
    return found
