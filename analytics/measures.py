"""What the purchase signals measure, and how a measure becomes points.

Every function takes and returns one entry per customer. A share is the part of a signal's
maximum that a measure earns, 0 to 1; NaN means "no data", which is not the same as healthy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from .purchases import to_cents, window_start

OVERDUE_STEPS = (1.0, 1.5, 2.0)  # multiples of the expected gap
DROP_STEPS = (25, 50, 75)  # percent
SEASON_MONTHS = 24  # of history from which the same season is compared
PERIODS = ("current", "previous", "season")


def share_to_points(share: np.ndarray, maximum: int) -> np.ndarray:
    """Return whole points, halves rounded up; NaN stays NaN."""
    return np.floor(np.round(np.asarray(share, dtype="float64") * maximum, 6) + 0.5)


def threshold_share(measure: np.ndarray, limit: float) -> np.ndarray:
    """Return 1 where ``measure`` is more than ``limit``, 0 where not, NaN without data."""
    measure = np.asarray(measure, dtype="float64")
    return np.where(np.isnan(measure), np.nan, (measure > limit).astype("float64"))


def overdue_share(
    open_gap: np.ndarray, expected_gap: np.ndarray, steps: Sequence[float] = OVERDUE_STEPS
) -> np.ndarray:
    """Return how late a customer is against the expected gap: 0, 1/3, 2/3, 1.

    :param open_gap: days since the last purchase, closures left out
    :param expected_gap: days; 0 = not known, hence no data
    """
    gap = np.asarray(expected_gap, dtype="float64")
    share = _stairs(np.asarray(open_gap), [np.round(gap * step, 6) for step in steps])
    return np.where(gap > 0, share, np.nan)


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
    rows = purchases[purchases["day"] <= as_of]
    found = pd.DataFrame(index=pd.Index(rows["customer"].unique(), name="customer").sort_values())
    found["first_day"] = rows[rows["documents"] > 0].groupby("customer")["day"].min()
    for period, back in zip(PERIODS, (0, months, 12)):
        last, before = window_start(as_of, back), window_start(as_of, back + months)
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
    known = (windows["first_day"] <= window_start(as_of, SEASON_MONTHS)).to_numpy()
    return pd.DataFrame(
        {
            name: np.where(known, windows[f"{name}_season"], windows[f"{name}_previous"])
            for name in ("days", "documents", "cents")
        },
        index=windows.index,
    )


def drop_share(current: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return 0, 1/3, 2/3 or 1 for a drop of more than 25, 50 or 75 percent.

    :param current, before: whole numbers (purchase days, cents)
    :return: NaN where there was nothing before
    """
    current, before = np.asarray(current), np.asarray(before)
    share = _stairs((before - current) * 100, [before * step for step in DROP_STEPS])
    return np.where(before > 0, share, np.nan)


def value_drop_share(cents, documents, cents_before, documents_before) -> np.ndarray:
    """Return :func:`drop_share` of the average order value; NaN without orders in either."""
    known = (np.asarray(documents) > 0) & (np.asarray(documents_before) > 0)
    share = drop_share(
        np.asarray(cents) * np.asarray(documents_before),
        np.asarray(cents_before) * np.asarray(documents),
    )
    return np.where(known, share, np.nan)


def falling(history: np.ndarray, months: int) -> np.ndarray:
    """Say who has each of R, F and M lower at each of the last ``months`` month ends.

    :param history: shape (customers, month ends, 3), oldest first, more is better (scores, or
        minus days, purchase days and cents); NaN where nothing was recorded
    :return: 1 falling, 0 not, NaN with fewer than ``months`` + 1 recorded month ends
    """
    history = np.asarray(history, dtype="float64")
    if history.shape[1] <= months:
        return np.full(len(history), np.nan)
    recent = history[:, -months - 1 :]
    lower = (np.diff(recent, axis=1) < 0).all(axis=(1, 2))
    return np.where(np.isnan(recent).any(axis=(1, 2)), np.nan, lower.astype("float64"))


def _stairs(value: np.ndarray, limits: Sequence[np.ndarray]) -> np.ndarray:
    """Return the share of ``limits`` that ``value`` is above."""
    return sum((value > limit).astype("int64") for limit in limits) / len(limits)
