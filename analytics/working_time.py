"""Hours of work between two moments, from the intervals in which people work."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOUR = 3600.0


def _seconds(moments) -> np.ndarray:
    """Return seconds since 1970; moments without a zone are in UTC."""
    found = pd.to_datetime(pd.Series(list(moments), dtype="object"), utc=True)
    return (found - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(dtype="float64")


def _joined(begin, end):
    """Return the intervals in order, those that touch or overlap as one."""
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.maximum.accumulate(end[order])
    first = np.ones(len(begin), dtype=bool)
    first[1:] = begin[1:] > end[:-1]
    last = np.append(first[1:], True)
    return begin[first], end[last]


def worked_hours(intervals, begin, end) -> np.ndarray:
    """Return the hours of work from each moment of ``begin`` to that of ``end``.

    :param intervals: pairs (from, to) of moments in which people work, in any order and zone,
        at least from the first of ``begin`` to the last of ``end``; a break is a gap
    :return: floats, zero where ``end`` is not after ``begin``
    """
    begin, end = _seconds(begin), _seconds(end)
    pairs = list(intervals)
    if not len(begin) or not pairs:
        return np.zeros(len(begin))
    opens, closes = _joined(_seconds(p[0] for p in pairs), _seconds(p[1] for p in pairs))
    before = np.concatenate(([0.0], np.cumsum(closes - opens)))

    def worked(moments):
        """Return the seconds of work up to each moment."""
        number = np.searchsorted(opens, moments, side="right")
        running = np.maximum(number - 1, 0)
        over = np.minimum(moments, closes[running]) - opens[running]
        return np.where(number, before[running] + over, 0.0)

    return np.maximum(worked(end) - worked(begin), 0.0) / HOUR
