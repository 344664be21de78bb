"""The risk card: whole points per signal that add up to a score of 0 to 100.

Each signal earns whole points up to its maximum, or has no data. With S the points earned and
W the maxima of the signals that have data,

    score = 100 · S / W, halves rounded up;   coverage = W / (maxima of the whole card).

So a signal without data is left out of both sums. Because W never exceeds the whole card, a
missing signal never makes anyone look safer than that signal with nothing to report would:
silence is not health. (Risk that stayed the same even when a signal with many points went
missing would need missing data to count as the worst case: every customer of a company
without a helpdesk would look endangered.)

The points shown are 100 · points / W, rounded by largest remainder so that they add up to the
score exactly; equal remainders go to the signal that comes first on the card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .closures import timestamps
from .recency import recency_points

RECENCY, OVERDUE = "recency", "overdue"
# The most that the signals of one group may earn together.
GROUP_MAXIMA = {
    "purchase": 60,
    "trend": 10,
    "service": 10,
    "voice": 7,
    "engagement": 8,
    "commercial": 5,
}
LEVELS = ("low", "watch", "high", "critical")
LEVEL_EDGES = (35, 55, 75)  # the score from which a level begins
MARGIN = 5  # points beyond its level a score must be to leave it
STAKE_SHARES = (5, 20, 45, 70)  # percent lost per level; judgement, until calibrated


class Scored(NamedTuple):
    """``score`` and ``coverage`` (percent, rounded down) per customer; ``parts`` the points
    shown per customer and signal, 0 where there is no data; all int64."""

    score: np.ndarray
    coverage: np.ndarray
    parts: np.ndarray


class LevelState(NamedTuple):
    """Per customer: ``level`` 0 to 3, −1 before the first night; ``pending`` −1, 0 or 1: out of
    the level downwards, not, upwards; ``pending_on`` the first night of that, NaT without."""

    level: np.ndarray
    pending: np.ndarray
    pending_on: np.ndarray


def score_card(points: np.ndarray, maxima: Sequence[int]) -> Scored:
    """Score every customer.

    :param points: shape (customers, signals), whole points, NaN = no data
    :param maxima: maximum of each signal, whole and positive, in the order of the columns
    :raises ValueError: when points are negative, not whole or above the maximum
    """
    points = np.asarray(points, dtype="float64")
    maxima = np.asarray(maxima, dtype="int64")
    known = ~np.isnan(points)
    earned = np.where(known, points, 0)
    if (earned < 0).any() or (earned > maxima).any() or (earned % 1).any():
        raise ValueError("points must be whole numbers between 0 and the signal's maximum")
    earned = earned.astype("int64")
    weight = known @ maxima
    divisor = np.maximum(weight, 1)
    score = (200 * earned.sum(axis=1) + divisor) // (2 * divisor)
    coverage = 100 * weight // max(int(maxima.sum()), 1)
    exact = 100 * earned
    parts = exact // divisor[:, None]
    rest = score - parts.sum(axis=1)
    order = np.argsort(-(exact % divisor[:, None]), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(points.shape[1])[None, :], axis=1)
    return Scored(score, coverage, parts + (rank < rest[:, None]))


def score_after_purchase(
    points: pd.DataFrame,
    maxima: Mapping[str, int],
    purchase_days: np.ndarray,
    fresh: np.ndarray | None = None,
) -> np.ndarray:
    """Return the score each customer would have after buying today: "what would lower it".

    :param points: one column per signal of ``maxima``, as for :func:`score_card`
    :param purchase_days: before that purchase
    :param fresh: points of the purchase part after it; None: those of the expert card
    """
    after = points[list(maxima)].copy()
    if RECENCY in after:
        if fresh is None:
            today = np.zeros(len(after), dtype="int64")
            fresh = recency_points(today, np.asarray(purchase_days) + 1)
        after[RECENCY] = np.where(after[RECENCY].isna(), np.nan, np.fmin(after[RECENCY], fresh))
    if OVERDUE in after:
        after[OVERDUE] = after[OVERDUE].where(after[OVERDUE].isna(), 0)
    return score_card(after.to_numpy(), list(maxima.values())).score


def plain_level(score: np.ndarray, edges: Sequence[int] = LEVEL_EDGES) -> np.ndarray:
    """Return the level (0 to 3) that the score alone says."""
    return np.searchsorted(np.asarray(edges), np.asarray(score), side="right")


def step_levels(
    state: LevelState,
    score: np.ndarray,
    night,
    edges: Sequence[int] = LEVEL_EDGES,
    margin: int = MARGIN,
) -> LevelState:
    """Return the state after one nightly run.

    A level is left when the score is at least ``margin`` points beyond it, on the same side,
    on two successive nightly dates: upwards from its first score above plus the margin (watch:
    from 60), downwards to its first score minus the margin (watch: to 30). The new level is
    what the second night's score says. The first night takes the plain level at once. Doing
    the same night twice changes nothing.

    :param night: the nightly date; dates never go back
    """
    night = np.datetime64(night, "D")
    score, level = np.asarray(score), np.asarray(state.level)
    plain = plain_level(score, edges)
    lower = np.array([-np.inf, *edges])[np.maximum(level, 0)]
    upper = np.array([*edges, np.inf])[np.maximum(level, 0)]
    side = (score >= upper + margin).astype("int8") - (score <= lower - margin).astype("int8")
    since = np.asarray(state.pending_on, dtype="datetime64[D]")
    same = (side != 0) & (side == np.asarray(state.pending)) & ~np.isnat(since)
    move = (level < 0) | (same & (since < night))
    pending = np.where(move, 0, side).astype("int8")
    pending_on = np.where(same, since, night)
    pending_on = np.where(pending != 0, pending_on, np.datetime64("NaT", "D"))
    return LevelState(np.where(move, plain, level), pending, pending_on)


def amount_before_last(purchases: pd.DataFrame, last_day: pd.Series) -> pd.Series:
    """Return the net cents of the 12 months up to and including the last purchase day.

    :param purchases: ``customer``, ``day``, ``cents`` (credit notes negative)
    :param last_day: last purchase day, indexed by customer
    """
    days = timestamps(purchases["day"])
    ends = pd.DataFrame({"last": timestamps(last_day)})
    ends["start"] = ends["last"] - pd.DateOffset(months=12)
    place = ends.index.get_indexer(purchases["customer"])
    last, start = (ends[name].to_numpy()[place] for name in ("last", "start"))
    inside = (place >= 0) & (days.to_numpy() <= last) & (days.to_numpy() > start)
    sums = purchases[inside].groupby("customer")["cents"].sum()
    return sums.reindex(last_day.index, fill_value=0).astype("int64")


def value_at_stake(
    cents: np.ndarray, level: np.ndarray, shares: Sequence[int] = STAKE_SHARES
) -> np.ndarray:
    """Return cents that may be lost: amount · share of the level, halves rounded up.

    :param cents: what :func:`amount_before_last` returned; nothing is at stake below zero
    """
    cents = np.maximum(np.asarray(cents, dtype="int64"), 0)
    return (cents * np.asarray(shares)[np.asarray(level)] + 50) // 100
