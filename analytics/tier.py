"""Tiers: what customers earn, how long it holds, and what becomes of it on a given day.

Positions count the tiers from the lowest, 0; −1 is none. Amounts are whole cents. Days are
``datetime64[D]``, NaT for none; a window runs from after its first day to its last one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .closures import DAY, to_days

ONE = np.timedelta64(1, "D")
NONE = np.datetime64("NaT", "D")
# Which figures are needed: of the window up to today; of the one reviewed, lengthened by the
# grace; of the one that earned the tier; and of the calendar year before.
WINDOWS = ("now", "hold", "then", "last")
DAYS = (
    "since",
    "valid_until",
    "grace_until",
    "locked_until",
    "earned_on",
    "missed_on",
    "before_until",
    "before_on",
    "pending_on",
)
STATE = ("position", "before", "pending", *DAYS)


@dataclass(frozen=True)
class Level:
    """What one tier asks for. ``key``: any name; zero or empty: no such condition."""

    key: object
    cents: int = 0
    count: int = 0
    segments: frozenset = frozenset()
    match: str = "any"
    manual_only: bool = False


@dataclass(frozen=True)
class Rules:
    """A company's tiers from the lowest up, and how they are kept and lost.

    ``window``: "rolling" 12 months or "calendar" year; ``down``: "one" or "earned".
    """

    levels: tuple
    window: str = "rolling"
    grace_days: int = 60
    down: str = "one"
    min_stay_days: int = 0


def months_later(days, months):
    """Return the same day of the month ``months`` later, or the month's last day."""
    found = pd.DatetimeIndex(np.atleast_1d(days).astype("datetime64[s]"))
    return (found + pd.DateOffset(months=months)).to_numpy().astype(DAY)


def year_end(days, later=0):
    return (days.astype("datetime64[Y]") + (later + 1)).astype(DAY) - ONE


def window_before(days, window):
    """Return the day after which the window that ends on each day begins."""
    return months_later(days, -12) if window == "rolling" else year_end(days, -1)


def window_after(days, window):
    """Return the last day of the window that follows the one in which each day lies."""
    return months_later(days, 12) if window == "rolling" else year_end(days, 1)


def grace_end(missed, since, rules):
    """Return the last day to make up for a mark that was missed on each day."""
    stay = since + np.timedelta64(rules.min_stay_days, "D") - ONE
    return np.fmax(missed + np.timedelta64(rules.grace_days, "D"), stay)


def validity(customers, as_of):
    """Return until when each tier holds: for one by hand to the end of its lock."""
    valid, locked = (to_days(customers[name]) for name in ("valid_until", "locked_until"))
    valid = np.fmax(valid, np.where(locked < as_of, locked, NONE))
    return np.where(np.isnat(valid), as_of - ONE, valid)


def windows(customers, rules, as_of):
    """Return the windows each customer is judged by: columns ``<window>_from``, ``_to``."""
    as_of = np.datetime64(as_of, "D")
    today = np.full(len(customers), as_of)
    valid, grace = validity(customers, as_of), to_days(customers["grace_until"])
    due = (to_days(customers["locked_until"]) >= as_of) | (valid >= as_of)
    reviewed = np.where(due | (customers["position"] < 1), NONE, valid)
    missed, earned = to_days(customers["missed_on"]), to_days(customers["earned_on"])
    saved = np.minimum(grace_end(missed, to_days(customers["since"]), rules), as_of)
    last = year_end(today, -1) if rules.window == "calendar" else np.full(len(today), NONE)
    ends = {
        "now": today,
        "hold": np.where(np.isnat(grace), reviewed, np.minimum(grace, as_of)),
        "then": np.where(np.isnat(missed), earned, saved),
        "last": last,
    }
    starts = {name: window_before(end, rules.window) for name, end in ends.items()}
    starts["hold"] = window_before(reviewed, rules.window)
    # What was made up for in the grace counts with the window that had missed the mark.
    starts["then"] = np.where(np.isnat(missed), starts["then"], window_before(missed, rules.window))
    table = {}
    for name in WINDOWS:
        table[f"{name}_from"] = starts[name].astype("datetime64[s]")
        table[f"{name}_to"] = ends[name].astype("datetime64[s]")
    return pd.DataFrame(table, index=customers.index)


def earned(rules, cents, counts, segments=None):
    """Return the highest position whose conditions hold; 0 is everybody's.

    :param segments: segment of each customer; None to look at the figures only
    """
    position = np.zeros(len(cents), dtype="int64")
    for place, level in enumerate(rules.levels):
        if place and not level.manual_only:
            position[_holds(level, cents, counts, segments)] = place
    return position


def _holds(level, cents, counts, segments):
    conditions = []
    if level.cents:
        conditions.append(cents >= level.cents)
    if level.count:
        conditions.append(counts >= level.count)
    if level.segments:
        none = segments is None
        inside = np.zeros(len(cents), dtype=bool) if none else np.isin(segments, [*level.segments])
        conditions.append(inside)
    if not conditions:
        return np.zeros(len(cents), dtype=bool)
    return np.logical_or.reduce(conditions) if level.match == "any" else np.all(conditions, axis=0)


def gap(level, cents, counts):
    """Return what is missing for ``level``: (cents, purchases), zero without a condition.

    With "any" one of the two is enough, with "all" both are needed.
    """
    missing = np.maximum(level.cents - np.asarray(cents), 0)
    return missing, np.maximum(level.count - np.asarray(counts), 0)
