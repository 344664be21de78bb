"""Life-cycle stages, derived from dates alone.

The rule, in order: *prospect* no purchase; *lost* more than 365 days since the last purchase;
*at risk* more than 180 since any interaction, a purchase being one; *silent* more than 90
since the last purchase; *new* first purchase at most 90 ago; *won back* at most 90 since a
purchase that ended at risk or lost; *active* everybody else. With a rhythm of their own
(rhythm.MIN_GAPS gaps) the first three limits are at least 3, 2 and 1.5 expected gaps.
All numbers are settings, all days are counted without the company's closures, and a limit
that is reached is not yet passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .closures import DAY, NONE, Closures, open_days, to_days
from .rhythm import expected_gap, own_gap, summarise

PROSPECT, NEW, ACTIVE, SILENT = "prospect", "new", "active", "silent"
AT_RISK, LOST, WON_BACK = "at_risk", "lost", "won_back"
STAGES = (PROSPECT, NEW, ACTIVE, SILENT, AT_RISK, LOST, WON_BACK)


@dataclass(frozen=True)
class Limits:
    """Days and multiples of the own expected gap.

    Days are numbers, or arrays with one number per customer (limits per tier).
    """

    silent: int | np.ndarray = 90
    at_risk: int | np.ndarray = 180
    lost: int | np.ndarray = 365
    new: int | np.ndarray = 90
    won_back: int | np.ndarray = 90
    silent_gaps: float = 1.5
    at_risk_gaps: float = 2.0
    lost_gaps: float = 3.0


def limit(days, multiple: float, own_gap) -> np.ndarray:
    """Return max(days, multiple · own_gap) in whole days; more than that is past the limit.

    :param own_gap: expected gap of customers with a rhythm of their own, 0 for the others
    """
    own = np.floor(np.round(np.asarray(own_gap) * multiple, 6)).astype("int64")
    return np.maximum(np.asarray(days), own)


def stages(
    as_of: date,
    first_purchase,
    last_purchase,
    last_interaction,
    own_gap,
    won_back_on,
    limits: Limits | None = None,
    closed: Closures = NONE,
) -> np.ndarray:
    """Return the stage code of each customer on ``as_of``.

    All arguments hold one entry per customer and know nothing later than ``as_of``.

    :param first_purchase, last_purchase: days, NaT without any
    :param last_interaction: day of the last talk, message or visit, NaT without any; purchases
        need not be in it
    :param own_gap: expected gap in days, 0 with fewer than MIN_GAPS own gaps
    :param won_back_on: last purchase that ended a spell at risk or lost (:func:`won_back_on`)
    """
    limits = limits or Limits()
    first, last = to_days(first_purchase), to_days(last_purchase)
    own_gap = np.asarray(own_gap)

    def since(days):
        filled = np.where(np.isnat(days), np.datetime64(as_of, "D"), days)
        return open_days(filled, np.datetime64(as_of, "D"), closed)

    untouched = since(np.fmax(to_days(last_interaction), last))
    silent_for, returned = since(last), to_days(won_back_on)
    rules = {
        PROSPECT: np.isnat(last),
        LOST: silent_for > limit(limits.lost, limits.lost_gaps, own_gap),
        AT_RISK: untouched > limit(limits.at_risk, limits.at_risk_gaps, own_gap),
        SILENT: silent_for > limit(limits.silent, limits.silent_gaps, own_gap),
        NEW: since(first) <= np.asarray(limits.new),
        WON_BACK: ~np.isnat(returned) & (since(returned) <= np.asarray(limits.won_back)),
    }
    return np.select(list(rules.values()), list(rules), ACTIVE)


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
    :param limits: of the whole company; limits per customer need one call per tier
    :return: boolean, one per row of ``gaps``
    """
    limits = limits or Limits()
    spell = np.zeros(len(gaps), dtype=bool)
    floor = min(int(np.min(limits.at_risk)), int(np.min(limits.lost)))
    places = np.flatnonzero((gaps["gap"] > floor).to_numpy())
    if not len(places):
        return spell
    long = gaps.iloc[places].assign(place=places)
    own = _gap_known_then(gaps, long)
    days = long["gap"].to_numpy()
    quiet = open_days(_last_touch(long, interactions), to_days(long["end"]), closed)
    lost = days > limit(limits.lost, limits.lost_gaps, own)
    at_risk = quiet > limit(limits.at_risk, limits.at_risk_gaps, own)
    spell[places] = lost | at_risk
    return spell


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
