"""From a snapshot and the points of its signals to what a profile says of each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from . import risk, stage
from .closures import DAY, to_days
from .snapshot import Snapshot

NAT = np.datetime64("NaT", "D")
DAYS = "datetime64[s]"
# Columns of Judged.profiles.
COLUMNS = {
    "stage": object,
    "entered": DAYS,
    "churned_on": DAYS,
    "won_back_on": DAYS,
    "expected_gap_days": "int64",
    "next_order_date": DAYS,
    "risk_score": "int64",
    "risk_coverage": "int64",
    "risk_after_purchase": "int64",
    "risk_level": "int64",
    "risk_pending": "int64",
    "risk_pending_on": DAYS,
    "amount_before_last": "int64",
    "value_at_stake": "int64",
    "signal_points": object,
}


class Card(NamedTuple):
    """The signals' say on every customer of a snapshot, one column per signal.

    ``codes``: stable whole number of each signal; ``points``: whole points, NaN = no data;
    ``maxima``: 0 for a signal that is not part of the score; ``fires``: opens an alert whatever
    the score; ``recency`` and ``overdue``: columns of those two signals, −1 for none; ``fresh``:
    points of recency after a purchase today, None for the expert card's; ``shares``: percent
    lost at each level.
    """

    codes: np.ndarray
    points: np.ndarray
    maxima: np.ndarray
    fires: np.ndarray
    recency: int = -1
    overdue: int = -1
    fresh: np.ndarray | None = None
    shares: Sequence[int] = risk.STAKE_SHARES


class Judged(NamedTuple):
    """``profiles``: one row per customer; ``parts``: points shown, one column per signal."""

    profiles: pd.DataFrame
    parts: np.ndarray


def judge(snap: Snapshot, card: Card, old: pd.DataFrame, nightly: bool) -> Judged:
    """Judge every customer of ``snap``.

    :param old: same index: ``risk_level`` (0 to 3, −1 none), ``risk_pending``,
        ``risk_pending_on``, ``churned_on``, ``archived``
    :param nightly: whether this is a night that counts for leaving a level; otherwise only
        customers without a level get one
    :return: Judged; the profile columns are named as on the profile, ``risk_level`` 0 to 3,
        amounts in cents, days datetime64[D]
    """
    if snap.index.empty:
        nobody = {name: pd.Series([], dtype=kind) for name, kind in COLUMNS.items()}
        return Judged(pd.DataFrame(nobody), np.empty(card.points.shape, dtype="int64"))
    scored = card.maxima > 0
    points, maxima = card.points[:, scored], card.maxima[scored]
    result = risk.score_card(points, maxima)
    parts = np.zeros(card.points.shape, dtype="int64")
    parts[:, scored] = result.parts
    level = _levels(result.score, old, snap.as_of, nightly)
    amount = risk.amount_before_last(
        snap.days.assign(cents=snap.days["amount"] * 100), snap.customers["last_day"]
    )
    code, entered, churned = _stage(snap, old)
    profiles = pd.DataFrame(
        {
            "stage": code,
            "entered": entered,
            "churned_on": churned,
            "won_back_on": snap.won_back_on,
            "expected_gap_days": snap.expected_gap,
            "next_order_date": snap.next_order_date,
            "risk_score": result.score,
            "risk_coverage": result.coverage,
            "risk_after_purchase": _after_purchase(snap, card),
            "risk_level": level.level,
            "risk_pending": level.pending,
            "risk_pending_on": level.pending_on,
            "amount_before_last": amount.to_numpy(),
            "value_at_stake": risk.value_at_stake(amount.to_numpy(), level.level, card.shares),
            "signal_points": fingerprints(snap, card),
        },
        index=snap.index,
    )
    return Judged(profiles.astype(COLUMNS), parts)


def fingerprints(snap: Snapshot, card: Card) -> np.ndarray:
    """Return a text per customer that changes whenever any point or purchase does.

    A night in which nobody's points move then writes nothing, and one comparison tells whose
    reasons have to be written again.
    """
    columns = [
        *(np.where(np.isnan(column), -1, column) for column in card.points.T),
        *card.fires.T,
        *np.broadcast_to(card.codes[:, None], (len(card.codes), len(snap.index))),
        *np.broadcast_to(card.maxima[:, None], (len(card.codes), len(snap.index))),
        to_days(snap.customers["last_day"]),
        snap.purchase_days,
    ]
    total = np.full(len(snap.index), 14695981039346656037, dtype="uint64")
    for column in columns:
        # FNV-1a over whole numbers: order matters, and so does every column. Its product carries
        # upwards only; without the shift -1 and 3 would be the same as 3 and -1.
        total = (total ^ column.astype("int64").astype("uint64")) * np.uint64(1099511628211)
        total ^= total >> np.uint64(29)
    return total.astype(str)


def _levels(score, old: pd.DataFrame, night, nightly: bool) -> risk.LevelState:
    state = risk.LevelState(
        old["risk_level"].to_numpy(dtype="int64"),
        old["risk_pending"].to_numpy(dtype="int64"),
        to_days(old["risk_pending_on"]),
    )
    stepped = risk.step_levels(state, score, night)
    if nightly:
        return stepped
    first = state.level < 0
    return risk.LevelState(
        *(np.where(first, new, before) for new, before in zip(stepped, state, strict=True))
    )


def _stage(snap: Snapshot, old: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (stage, first day of it, day lost); an archived customer is lost."""
    archived = old["archived"].to_numpy(dtype=bool)
    by_dates = np.asarray(snap.stage, dtype=object)
    code = np.where(archived, stage.LOST, by_dates)
    entered = np.where(archived & (by_dates != stage.LOST), NAT, snap.entered).astype(DAY)
    known = to_days(old["churned_on"])
    since = np.where(np.isnat(known), np.datetime64(snap.as_of, "D"), known)
    churned = np.where(np.isnat(entered), since, entered)
    return code, entered, np.where(code == stage.LOST, churned, NAT).astype(DAY)


def _after_purchase(snap: Snapshot, card: Card) -> np.ndarray:
    """Return the score each customer would have after buying today."""
    names = [f"signal {position}" for position in range(len(card.codes))]
    for position, name in ((card.recency, risk.RECENCY), (card.overdue, risk.OVERDUE)):
        if position >= 0:
            names[position] = name
    points = pd.DataFrame(card.points, columns=names, index=snap.index)
    maxima: Mapping[str, int] = {
        name: int(most) for name, most in zip(names, card.maxima, strict=True) if most > 0
    }
    return risk.score_after_purchase(points, maxima, snap.purchase_days, card.fresh)
