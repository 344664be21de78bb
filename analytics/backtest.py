"""Replaying past month ends: which alerts would have opened, and whether they were right.

A month is judged as the nightly engine judges a night, with nobody answering in between: a cause
opens an alert or joins the customer's open one; a cause gone on two month ends is over, and an
alert without a cause closes; an archived customer's closes at once; nobody already lost gets a
new one. Causes are bits of a whole number per customer: HIGH and CRITICAL for the risk level,
from FIRST on one for each signal that fires.

Somebody *leaves* who buys nothing within a window after a month end on which he was not lost yet;
each stretch without a purchase counts once. Whoever's window is not over is not judged.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from .risk_calibration import GROUPS, groups

HIGH, CRITICAL, FIRST = 1, 2, 2  # two bits; position of the first signal's bit
SIGNALS = 60  # at most, so that all causes fit one number
GAPS = 1.5  # own gaps that a window lasts at least
OPEN, WRONG, RIGHT = -1, 0, 1  # outcome of an alert; OPEN: its window is not over
NAT = np.datetime64("NaT", "s")
MEMORY = {"lines": "int64", "gone": "int64", "alert": "int64"}
ALERTS = {
    "customer": "int64",
    "opened": "datetime64[s]",
    "closed": "datetime64[s]",
    "causes": "int64",
    "cents": "int64",
    "last_day": "datetime64[s]",
    "outcome": "int64",
    "lost_on": "datetime64[s]",
}
LEFT = {
    "customer": "int64",
    "last_day": "datetime64[s]",
    "seen": "datetime64[s]",
    "found": "bool",
}


class State(NamedTuple):
    """What is known after some months.

    ``memory``: index customer; bits of the causes of the open alert and of those gone since
    the month before, row of it in ``alerts`` (−1: none). ``alerts``: all of them. ``left``: a row
    per stretch without a purchase in which somebody left; ``seen``: the first month end that
    tells; ``found``: an alert was open then or on a later one. ``tenths``: shape (10, 2),
    customers judged and those who left by tenth of the score, lowest first.
    """

    memory: pd.DataFrame
    alerts: pd.DataFrame
    left: pd.DataFrame
    tenths: np.ndarray


def begin() -> State:
    """Return the state before the first month."""
    return State(_table(MEMORY), _table(ALERTS), _table(LEFT), np.zeros((GROUPS, 2), dtype="int64"))


def month_ends(months: int, last: date) -> list[date]:
    """Return the last ``months`` ends of a month up to ``last``, oldest first."""
    ends = pd.date_range(end=pd.Timestamp(last), periods=months, freq="ME")
    return [day.date() for day in ends]


def windows(own_gap: np.ndarray, least: int) -> np.ndarray:
    """Return days within which each customer has to buy, halves rounded up.

    :param own_gap: days, 0 for customers without a rhythm of their own
    """
    own = np.floor(GAPS * np.asarray(own_gap, dtype="float64") + 0.5)
    return np.maximum(own, least).astype("int64")


def wanted(level: np.ndarray, fires: np.ndarray) -> np.ndarray:
    """Return the causes that speak for an alert.

    :param level: 0 to 3   :param fires: bool, shape (customers, signals)
    :raises ValueError: for more signals than fit
    """
    if fires.shape[1] > SIGNALS:
        raise ValueError(f"{fires.shape[1]} signals, at most {SIGNALS}")
    bits = np.int64(1) << np.arange(FIRST, FIRST + fires.shape[1], dtype="int64")
    level = np.asarray(level)
    return fires.astype("int64") @ bits + HIGH * (level == 2) + CRITICAL * (level == 3)


def outcomes(month: pd.DataFrame, day, known_until) -> np.ndarray:
    """Return OPEN, WRONG (bought within the window) or RIGHT per customer.

    :param month: ``window`` (days), ``next_day`` (next purchase, NaT for none)
    """
    ends = np.datetime64(day, "D") + month["window"].to_numpy().astype("timedelta64[D]")
    bought = month["next_day"].to_numpy().astype("datetime64[D]") <= ends
    judged = ends <= np.datetime64(known_until, "D")
    return np.where(judged, np.where(bought, WRONG, RIGHT), OPEN)


def step(state: State, month: pd.DataFrame, day, known_until) -> State:
    """Return the state after the month that ends on ``day``.

    :param month: index customer: ``wanted`` (causes), ``score``, ``lost`` and ``archived``
        (bool), ``cents`` at stake, ``last_day`` of purchase, ``lost_on``, and see
        :func:`outcomes`
    :param known_until: the last day whose purchases are known
    """
    today = np.datetime64(day, "s")
    month = month.reindex(month.index.union(state.memory.index).sort_values())
    flags = {"lost": True, "archived": False}  # of somebody who is no longer there
    month = month.assign(
        **{name: month[name].fillna(no).astype(bool) for name, no in flags.items()}
    )
    numbers = ("wanted", "score", "cents", "window")
    month = month.assign(**{name: month[name].fillna(0).astype("int64") for name in numbers})
    outcome = np.where(month["lost"], OPEN, outcomes(month, day, known_until))
    memory, alerts = _follow(state, month, today)
    memory, alerts = _open(memory, alerts, month, outcome, today)
    judged = outcome != OPEN
    found = state.tenths.copy()
    tenth = groups(month["score"].to_numpy()[judged])
    np.add.at(found, (tenth, 0), 1)
    np.add.at(found, (tenth, 1), outcome[judged])
    left = _leave(state.left, month[outcome == RIGHT], memory, today)
    return State(memory, _lose(alerts, month), left, found)


def _follow(state, month, today):
    """Let causes go and come back, and close alerts that have none left."""
    memory = state.memory.reindex(month.index)
    lines, gone = (memory[name].fillna(0).to_numpy(dtype="int64") for name in ("lines", "gone"))
    alert = memory["alert"].fillna(-1).to_numpy(dtype="int64")
    causes = month["wanted"].to_numpy()
    lasting = np.where(causes & CRITICAL, causes | HIGH, causes)
    missing = lines & ~lasting
    over = np.where(month["archived"], lines, missing & gone)
    kept = lines & ~over
    closed = (alert >= 0) & (kept == 0)
    alerts = state.alerts.copy()
    alerts.loc[alert[closed], "closed"] = today
    changed = {"lines": kept, "gone": missing & ~over, "alert": np.where(closed, -1, alert)}
    return pd.DataFrame(changed, index=month.index).astype(MEMORY), alerts


def _open(memory, alerts, month, outcome, today):
    """Open alerts for new causes, the most valuable first, or add them to the open one."""
    allowed = (memory["alert"] >= 0) | ~month["lost"]
    causes = np.where(month["archived"] | ~allowed, 0, month["wanted"] & ~memory["lines"])
    fresh = (causes != 0) & (memory["alert"] < 0).to_numpy()
    rows = pd.DataFrame({"customer": month.index, "opened": today, "closed": NAT})
    rows = rows.assign(
        causes=causes,
        cents=month["cents"].to_numpy(),
        last_day=month["last_day"].to_numpy(),
        outcome=outcome,
        lost_on=NAT,
    )[fresh]
    rows = rows.sort_values(["cents", "customer"], ascending=[False, True])
    place = pd.Series(np.arange(len(alerts), len(alerts) + len(rows)), index=rows["customer"])
    memory = memory.assign(lines=memory["lines"] | causes)
    memory.loc[place.index, "alert"] = place
    return memory, _append(alerts, rows, ALERTS)


def _leave(left, gone, memory, today):
    """Add stretches in which somebody left; an alert open now finds the one it is in."""
    rows = pd.DataFrame({"customer": gone.index, "last_day": gone["last_day"].to_numpy()})
    rows["seen"], rows["found"] = today, (memory["alert"].loc[gone.index] >= 0).to_numpy()
    both = _append(left, rows, LEFT).groupby(["customer", "last_day"], as_index=False, sort=False)
    return both.agg({"seen": "min", "found": "max"}).astype(LEFT)


def _lose(alerts, month):
    """Note the day on which customers with an alert were lost, if they bought nothing since."""
    known = month.reindex(alerts["customer"])
    same = known["last_day"].to_numpy() == alerts["last_day"].to_numpy()
    lost = np.where(same, known["lost_on"].to_numpy().astype("datetime64[s]"), NAT)
    return alerts.assign(lost_on=np.where(alerts["lost_on"].isna(), lost, alerts["lost_on"]))


def _append(table, rows, kinds):
    return pd.concat([table, rows[list(kinds)].astype(kinds)], ignore_index=True).astype(kinds)


def _table(kinds):
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})
