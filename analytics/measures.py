"""What the purchase signals measure, and how a measure becomes points.

Every function takes and returns one entry per customer. A share is the part of a signal's
maximum that a measure earns, 0 to 1; NaN means "no data", which is not the same as healthy.
A quotient is rounded once, so it is above a threshold exactly when the true one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from .closures import timestamps, to_days
from .purchases import to_cents, window_start

SEASON_MONTHS = 24  # of history from which the same season is compared
PERIODS = ("current", "previous", "season")
MONTH_ENDS = 6  # how far back falling customers are looked at


def share_to_points(share: np.ndarray, maximum: int) -> np.ndarray:
    """Return whole points, halves rounded up; NaN stays NaN."""
    return np.floor(np.round(np.asarray(share, dtype="float64") * maximum, 6) + 0.5)


def stairs(measure: np.ndarray, thresholds: Sequence[float]) -> np.ndarray:
    """Return the share of ``thresholds`` that each measure is above; NaN stays NaN.

    Without thresholds the measure is itself the share.
    """
    measure = np.asarray(measure, dtype="float64")
    if not len(thresholds):
        return measure
    passed = sum((measure > threshold).astype("int64") for threshold in thresholds)
    return np.where(np.isnan(measure), np.nan, passed / len(thresholds))


def times_late(open_gap: np.ndarray, expected_gap: np.ndarray) -> np.ndarray:
    """Return the days since the last purchase as a multiple of the expected gap.

    :param expected_gap: days; 0 = not known, hence no data
    """
    gap = np.asarray(expected_gap, dtype="float64")
    return np.where(gap > 0, np.asarray(open_gap) / np.where(gap > 0, gap, 1), np.nan)


def lengthening_share(gaps: pd.DataFrame, customers: pd.Index, count: int = 3) -> np.ndarray:
    """Return 1 where each of the last ``count`` gaps is longer than the one before it there.

    :param gaps: as :func:`analytics.rhythm.purchase_gaps` returns them
    :return: NaN for customers with fewer than ``count`` gaps
    """
    recent = gaps[gaps["back"] <= count].sort_values(["customer", "back"], kind="stable")
    wide = recent.pivot(index="customer", columns="back", values="gap")
    wide = wide.reindex(index=customers, columns=range(1, count + 1)).to_numpy(dtype="float64")
    longer = (np.diff(wide, axis=1) < 0).all(axis=1)
    return np.where(np.isnan(wide).any(axis=1), np.nan, longer.astype("float64"))


def trade_windows(purchases: pd.DataFrame, as_of: date, months: int = 6) -> pd.DataFrame:
    """Sum purchases over three windows of equal length.

    Current: the ``months`` up to ``as_of``; previous: the same number before; season: the
    current one a year earlier.

    :param purchases: as in :func:`analytics.purchases.aggregate`
    :return: index ``customer``; ``days_…`` (purchase days), ``documents_…``, ``cents_…`` for
        each of PERIODS, and ``first_day``
    """
    rows = purchases.assign(day=timestamps(purchases["day"]))
    rows = rows[rows["day"] <= pd.Timestamp(as_of)]
    found = pd.DataFrame(index=pd.Index(rows["customer"].unique(), name="customer").sort_values())
    found["first_day"] = rows[rows["documents"] > 0].groupby("customer")["day"].min()
    for period, back in zip(PERIODS, (0, months, 12)):
        last, before = (pd.Timestamp(window_start(as_of, count)) for count in (back, back + months))
        part = rows[(rows["day"] > before) & (rows["day"] <= last)]
        bought = part[part["documents"] > 0].groupby("customer")
        sums = {
            "days": bought["day"].nunique(),
            "documents": bought["documents"].sum(),
            "cents": to_cents(part.groupby("customer")["amount"].sum()),
        }
        for name, values in sums.items():
            column = values.reindex(found.index, fill_value=0)
            found[f"{name}_{period}"] = column.astype("int64")
    return found


def compared_with(windows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return ``days documents cents`` of the window to compare with.

    The same season a year ago once the customer is known for SEASON_MONTHS, so that nobody's
    low season counts as a drop; the previous window before that.
    """
    oldest = pd.Timestamp(window_start(as_of, SEASON_MONTHS))
    known = (timestamps(windows["first_day"]) <= oldest).to_numpy()
    return pd.DataFrame(
        {
            name: np.where(known, windows[f"{name}_season"], windows[f"{name}_previous"])
            for name in ("days", "documents", "cents")
        },
        index=windows.index,
    )


def drop_percent(current: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return by how many percent ``current`` is below ``before``; below zero for a rise.

    :param current, before: whole numbers (purchase days, cents)
    :return: NaN where there was nothing before
    """
    current, before = np.asarray(current), np.asarray(before)
    known = before > 0
    return np.where(known, (before - current) * 100 / np.where(known, before, 1), np.nan)


def falling_month_ends(
    purchases: pd.DataFrame, customers: pd.Index, as_of: date, window_months: int = 24
) -> tuple[np.ndarray, np.ndarray]:
    """Return for how many successive month ends R, F and M have each been lower than before.

    Looks back over MONTH_ENDS + 1 completed months. R is lower when the days since the last
    purchase are more; F and M are purchase days and net amount in the window.

    :param purchases: ``customer``, ``day`` (timestamps), ``amount``, ``documents``
    :return: (number of month ends, number at which the customer was known already)
    """
    rows = purchases[purchases["customer"].isin(customers)].sort_values("day", kind="stable")
    place = customers.get_indexer(rows["customer"])
    day, cents = to_days(rows["day"]), np.rint(rows["amount"].to_numpy(dtype="float64") * 100)
    bought = (rows["documents"] > 0).to_numpy()
    history = [
        _standing(place, day, cents, bought, end, window_months, len(customers))
        for end in month_ends(as_of, MONTH_ENDS + 1)
    ]
    fell = np.ones(len(customers), dtype=bool)
    count = np.zeros(len(customers), dtype="int64")
    for now, before in pairwise(history):
        fell &= (now < before).all(axis=0)
        count += fell
    known = sum((~np.isnan(standing[0])).astype("int64") for standing in history)
    return count, known


def month_ends(as_of: date, count: int) -> list[date]:
    """Return the last ``count`` month ends not after ``as_of``, latest first."""
    first = (as_of + timedelta(days=1)).replace(day=1)
    return [window_start(first, back) - timedelta(days=1) for back in range(count)]


def _standing(place, day, cents, bought, end, window_months, size):
    """Return rows (R, F, M) on ``end``, more is better; NaN before the first purchase."""
    known = day <= np.datetime64(end, "D")
    inside = known & (day > np.datetime64(window_start(end, window_months), "D"))
    # Rows are in order of day, so the last one of each customer stays.
    last = np.full(size, np.nan)
    last[place[known & bought]] = day[known & bought].astype("int64")
    recency = last - np.datetime64(end, "D").astype("int64")
    frequency = np.bincount(place[inside & bought], minlength=size)
    monetary = np.bincount(place[inside], weights=cents[inside], minlength=size)
    return np.array([recency, frequency, monetary])
