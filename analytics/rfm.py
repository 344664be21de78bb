"""RFM scores: recency, frequency, monetary.

The rule, in one sentence: a score is one plus the number of limits strictly below the
value, so equal values always get equal scores and the order of rows never matters.
Cut points are existing values at the integer positions ceil(k*n/5), k = 1..4 (the same
as PostgreSQL's ``percentile_disc``). Money is compared in whole cents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

Limits = tuple[int, int, int, int]

METHOD_EDGES = "edges"
METHOD_CUTS = "cuts"
MEDIAN_MULTIPLES = (1, 2, 5, 10)
DEFAULT_R_EDGES: Limits = (30, 90, 180, 365)
DEFAULT_F_EDGES: Limits = (1, 2, 4, 7)


@dataclass(frozen=True)
class Config:
    """How one company scores its customers.

    :param window_months: length of the window of frequency and monetary
    :param r_edges: days; R5 up to the first, R4 up to the second …, R1 beyond the last
    :param f_edges: purchase days; F1 up to the first …, F5 beyond the last
    :param m_edges: cents; M1 up to the first …, M5 beyond the last; only read when
        ``m_method`` is "edges"
    :param min_population: below this number of customers cut points say nothing
    :param core_share: percent of the window's revenue that core customers make
    """

    window_months: int = 24
    r_method: str = METHOD_EDGES
    f_method: str = METHOD_EDGES
    m_method: str = METHOD_CUTS
    r_edges: Limits = DEFAULT_R_EDGES
    f_edges: Limits = DEFAULT_F_EDGES
    m_edges: Limits = (0, 0, 0, 0)
    min_population: int = 30
    core_share: int = 80


class CutPoints(NamedTuple):
    """The limits in force on one day: days, purchase days, cents; ``core`` in cents."""

    r: Limits
    f: Limits
    m: Limits
    core: int | None


def cut_points(values: np.ndarray) -> Limits:
    """Return the four values at positions ceil(k*n/5) of the sorted ``values``.

    :param values: non-empty one-dimensional array of integers
    :raises ValueError: when there is no value
    """
    ordered = np.sort(np.asarray(values))
    count = len(ordered)
    if not count:
        raise ValueError("cut points need at least one value")
    return tuple(int(ordered[(k * count + 4) // 5 - 1]) for k in (1, 2, 3, 4))


def score_up(values: np.ndarray, limits: Limits) -> np.ndarray:
    """Return 1–5, more is better: one plus the number of limits strictly below."""
    return 1 + np.searchsorted(np.asarray(limits), np.asarray(values), side="left")


def score_down(days: np.ndarray, limits: Limits) -> np.ndarray:
    """Return 5–1, fewer is better: five minus the number of limits strictly below."""
    return 5 - np.searchsorted(np.asarray(limits), np.asarray(days), side="left")


def core_threshold(cents: np.ndarray, share: int) -> int | None:
    """Return the smallest amount that still belongs to the core customers.

    Core customers are the smallest set that makes ``share`` percent of the net revenue;
    customers with the amount of the last one in that set belong to it too, so that equal
    customers are treated alike.

    :param cents: net amounts in whole cents, any sign; amounts ≤ 0 cannot be core
    :return: threshold in cents, or None when there is no positive amount
    """
    positive = np.sort(np.asarray(cents)[np.asarray(cents) > 0])[::-1]
    if not len(positive):
        return None
    reached = np.cumsum(positive.astype(object)) * 100
    goal = int(positive.astype(object).sum()) * share
    return int(positive[int(np.argmax(reached >= goal))])


def limits_in_force(
    facts: pd.DataFrame, as_of: date, config: Config, fallback_m: Callable[[], Limits]
) -> CutPoints:
    """Return the limits that score the customers of ``facts`` on ``as_of``.

    A dimension set to cut points takes them from the data when at least
    ``config.min_population`` customers have a value; with fewer, recency and frequency use
    the fixed edges and monetary what ``fallback_m()`` returns (last stored cut points, or
    multiples of the median order).
    """
    customers = facts[facts["purchase_days"] > 0]
    r, f, m = config.r_edges, config.f_edges, config.m_edges
    enough = config.min_population
    if config.r_method == METHOD_CUTS and len(customers) >= enough:
        r = cut_points(_days_since(customers["last_day"], as_of))
    active = customers.loc[customers["frequency"] > 0, "frequency"]
    if config.f_method == METHOD_CUTS and len(active) >= enough:
        f = cut_points(active.to_numpy())
    positive = customers.loc[customers["monetary_cents"] > 0, "monetary_cents"]
    if config.m_method == METHOD_CUTS:
        m = cut_points(positive.to_numpy()) if len(positive) >= enough else fallback_m()
    core = core_threshold(customers["monetary_cents"].to_numpy(), config.core_share)
    return CutPoints(r, f, m, core)


def median_edges(median: int) -> Limits:
    """Return 1, 2, 5 and 10 times the median document amount (cents)."""
    return tuple(int(median) * k for k in MEDIAN_MULTIPLES)


def score(facts: pd.DataFrame, as_of: date, limits: CutPoints) -> pd.DataFrame:
    """Score every row of ``facts``.

    :param facts: as returned by :func:`analytics.purchases.aggregate`
    :return: same index; ``r f m`` (0 = no purchase yet), ``rfm_score`` ("545" or ""),
        ``is_core``
    """
    is_customer = (facts["purchase_days"] > 0).to_numpy()
    scores = pd.DataFrame(0, index=facts.index, columns=["r", "f", "m"], dtype="int64")
    customers = facts[is_customer]
    scores.loc[is_customer, "r"] = score_down(_days_since(customers["last_day"], as_of), limits.r)
    scores.loc[is_customer, "f"] = score_up(customers["frequency"].to_numpy(), limits.f)
    cents = customers["monetary_cents"].to_numpy()
    scores.loc[is_customer, "m"] = np.where(cents > 0, score_up(cents, limits.m), 1)
    text = scores["r"].astype(str) + scores["f"].astype(str) + scores["m"].astype(str)
    scores["rfm_score"] = text.where(is_customer, "")
    scores["is_core"] = is_customer & (
        False if limits.core is None else (facts["monetary_cents"] >= limits.core).to_numpy()
    )
    return scores


def _days_since(days: pd.Series, as_of: date) -> np.ndarray:
    return (pd.Timestamp(as_of) - pd.to_datetime(days)).dt.days.to_numpy()
