"""How long until something happens, when for many it has not happened yet (Kaplan–Meier)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Curve(NamedTuple):
    """By each ``time`` at which it happened to anybody, to which ``share`` it has.

    ``watched``: how many had been watched for so long and were still waiting just before.
    """

    time: np.ndarray
    share: np.ndarray
    watched: np.ndarray


def kaplan_meier(durations, happened, fewest: int = 1) -> Curve:
    """Return the curve of ``durations`` (whole days or months, from 0).

    :param happened: for each, whether it happened then; else that is how long it was watched
        without. Who was watched up to a day counts as watched on that day.
    :param fewest: the curve ends where fewer are still watched
    """
    durations = np.asarray(durations, dtype="int64")
    happened = np.asarray(happened, dtype=bool)
    if (durations < 0).any():
        raise ValueError("Nothing happens before it begins.")
    time, count = np.unique(durations[happened], return_counts=True)
    watched = len(durations) - np.searchsorted(np.sort(durations), time, side="left")
    kept = watched >= fewest
    time, count, watched = time[kept], count[kept], watched[kept]
    return Curve(time, 1 - np.cumprod(1 - count / np.maximum(watched, 1)), watched)


def share_at(curve: Curve, times) -> np.ndarray:
    """Return to which share it had happened by each of ``times``."""
    steps = np.concatenate([[0.0], curve.share])
    return steps[np.searchsorted(curve.time, times, side="right")]


def reached(curve: Curve, part: float) -> int | None:
    """Return the time by which it had happened to ``part`` of those to whom it does at all.

    To whom it does: as far as the curve goes. None: to nobody.
    """
    if not len(curve.time):
        return None
    wanted = part * curve.share[-1]
    return int(curve.time[np.searchsorted(curve.share, wanted - 1e-12)])


def watched_until(durations, fewest: int = 1) -> int:
    """Return the longest time for which at least ``fewest`` were watched; −1: never so many."""
    ordered = np.sort(np.asarray(durations, dtype="int64"))
    return int(ordered[-fewest]) if len(ordered) >= fewest else -1
