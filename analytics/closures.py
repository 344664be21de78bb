"""Counting days while the company is closed for part of them.

Days on which the whole company is closed by an announced closure (Spring Festival, works
holidays; never plain weekends) stop every clock: nobody is late for not ordering then.
Closures are inclusive date ranges; they may overlap, touch and come in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

DAY = "datetime64[D]"


class Closures(NamedTuple):
    """Merged closures as parallel arrays, in order of time (see :func:`closures`).

    ``first``: ordinal of each first closed day; ``length``: closed days in each;
    ``before``: closed days in all earlier ones, one more entry than ``first``.
    """

    first: np.ndarray
    length: np.ndarray
    before: np.ndarray


def closures(ranges: Iterable[tuple[date, date]] = ()) -> Closures:
    """Return the closures of a company, ready for the functions below.

    :param ranges: (first closed day, last closed day), both included
    :raises ValueError: when a range ends before it begins
    """
    merged: list[list[int]] = []
    for first, last in sorted((_ordinal(first), _ordinal(last)) for first, last in ranges):
        if last < first:
            raise ValueError("a closure ends before it begins")
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    bounds = np.array(merged, dtype="int64").reshape(-1, 2)
    length = bounds[:, 1] - bounds[:, 0] + 1
    return Closures(bounds[:, 0], length, np.concatenate([[0], np.cumsum(length)]))


NONE = closures()


def to_days(values) -> np.ndarray:
    """Return dates of any kind (date, timestamp, text, None) as an array of whole days."""
    return timestamps(values).to_numpy().astype(DAY)


def timestamps(values) -> pd.Series:
    """Return dates of any kind as a Series of timestamps; those that are some stay untouched."""
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    # pandas looks for repeated dates even where nothing is to be converted.
    return series if series.dtype.kind == "M" else pd.to_datetime(series)


def open_days(start, end, closed: Closures = NONE) -> np.ndarray:
    """Return how many days that are not closed lie in (start, end].

    Without closures this is plain ``end - start``; negative when ``end`` is earlier.

    :param start, end: single days or arrays of ``datetime64[D]`` that broadcast
    :return: int64
    :raises ValueError: when a day is missing (NaT)
    """
    start, end = np.asarray(start, dtype=DAY), np.asarray(end, dtype=DAY)
    if np.isnat(start).any() or np.isnat(end).any():
        raise ValueError("days cannot be counted from or to a missing date")
    start, end = start.astype("int64"), end.astype("int64")
    return (end - start) - (_closed_until(end, closed) - _closed_until(start, closed))


def add_open_days(day, count, closed: Closures = NONE) -> np.ndarray:
    """Return the first day on which ``count`` open days have passed since ``day``.

    The inverse of :func:`open_days`: never a closed day unless ``count`` is 0.

    :param day: ``datetime64[D]``, single or array, no NaT
    :param count: days ≥ 0
    """
    ordinal = np.asarray(day, dtype=DAY).astype("int64")
    count = np.asarray(count, dtype="int64")
    target = ordinal - _closed_until(ordinal, closed) + count
    # Open days counted up to the eve of each closure: those below the target are passed over.
    eve = closed.first - 1 - closed.before[:-1]
    passed = closed.before[np.searchsorted(eve, target, side="left")]
    return np.where(count > 0, target + passed, ordinal).astype(DAY)


def _closed_until(ordinal: np.ndarray, closed: Closures) -> np.ndarray:
    """Return the number of closed days up to and including ``ordinal``."""
    place = np.searchsorted(closed.first, ordinal, side="right")
    if not len(closed.first):
        return np.zeros_like(ordinal)
    current = np.maximum(place - 1, 0)
    inside = np.minimum(ordinal - closed.first[current] + 1, closed.length[current])
    return np.where(place > 0, closed.before[current] + inside, 0)


def _ordinal(day: date) -> int:
    return int(np.datetime64(day, "D").astype("int64"))
