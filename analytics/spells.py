"""Spells at risk or lost, and the purchases that ended them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .closures import DAY, NONE, Closures, open_days, to_days
from .rhythm import expected_gap, own_gap, summarise
from .stage import Limits, by_tier, limit


def ended_spell(
    gaps: pd.DataFrame,
    interactions: pd.DataFrame | None = None,
    limits: Limits | None = None,
    closed: Closures = NONE,
) -> np.ndarray:
    """Say for each gap whether its customer was at risk or lost just before it ended.

    Just before: on the day of the purchase, knowing only what happened on earlier days, with
    the own gap as it was then (from the gaps before this one). So any past day can be
    replayed, and a later purchase never rewrites it.

    :param gaps: as :func:`analytics.rhythm.purchase_gaps` returns them, all of each customer's
    :param interactions: ``customer``, ``day`` of other interactions; days outside the gap are
        ignored
    :param limits: those in force then; where they are arrays, one entry per row of ``gaps``
    :return: boolean, one per row of ``gaps``
    """
    limits = limits or Limits()
    spell = np.zeros(len(gaps), dtype=bool)
    floor = min(int(np.min(limits.at_risk)), int(np.min(limits.lost)))
    places = np.flatnonzero((gaps["gap"] > floor).to_numpy())
    if not len(places):
        return spell
    long = gaps.iloc[places].assign(place=places)
    own, limits = _gap_known_then(gaps, long), limits.at(places)
    days = long["gap"].to_numpy()
    quiet = open_days(_last_touch(long, interactions), to_days(long["end"]), closed)
    lost = days > limit(limits.lost, limits.lost_gaps, own)
    at_risk = quiet > limit(limits.at_risk, limits.at_risk_gaps, own)
    spell[places] = lost | at_risk
    return spell


def limits_then(gaps, long, limits: Limits, tier_limits, tiers_then) -> Limits:
    """Return the limits by which each gap was judged when it ended, one entry per row.

    Coming back may itself have brought another tier, whose limits were not in force.

    :param long: which rows to ask for; the company's ``limits`` for the others
    :param tier_limits, tiers_then: see :class:`analytics.snapshot.Snapshot`
    """
    if not tier_limits or not tiers_then:
        return limits
    tiers, ended = np.zeros(len(gaps), dtype="int64"), gaps[long]
    if len(ended):
        tiers[long] = tiers_then(ended["customer"], ended["end"])
    return by_tier(limits, tier_limits, tiers)


def won_back_on(customers: pd.Index, gaps: pd.DataFrame, spell: np.ndarray) -> np.ndarray:
    """Return each customer's last purchase that ended a spell at risk or lost.

    :param spell: what :func:`ended_spell` returned for ``gaps``
    :return: ``datetime64[D]`` in the order of ``customers``, NaT for most
    """
    latest = gaps[spell].groupby("customer")["end"].max()
    return to_days(latest.reindex(customers))


def _gap_known_then(gaps: pd.DataFrame, long: pd.DataFrame) -> np.ndarray:
    """Return, per row of ``long``, the own expected gap when it began; 0 if too few."""
    earlier = long[["customer", "place", "back"]].merge(
        gaps[["customer", "start", "gap", "back"]], on="customer", suffixes=("", "_then")
    )
    earlier = earlier[earlier["back_then"] > earlier["back"]]
    earlier = earlier[["place", "start", "gap"]].rename(columns={"place": "customer"})
    then = summarise(earlier, long.set_index("place")["start"])
    return own_gap(then, expected_gap(then, None))


def _last_touch(long: pd.DataFrame, interactions: pd.DataFrame | None) -> np.ndarray:
    """Return, per row of ``long``, the last interaction or purchase before the gap ended."""
    touch = to_days(long["start"])
    if interactions is None or interactions.empty:
        return touch
    talks = pd.DataFrame(
        {"customer": interactions["customer"].to_numpy(), "day": to_days(interactions["day"])}
    )
    inside = long[["customer", "place", "start", "end"]].merge(talks, on="customer")
    inside = inside[(inside["day"] > inside["start"]) & (inside["day"] < inside["end"])]
    latest = inside.groupby("place")["day"].max().reindex(long["place"])
    return np.fmax(touch, to_days(latest)).astype(DAY)
