"""Life stories: the days on which a customer buys, and how much.

A story is a function ``(rng, as_of) -> list[Visit]``. Its name is kept with the customer, so
that tickets, ratings and talks can be told to fit it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

HORIZON = 912  # days, 30 months


class Visit(NamedTuple):
    """One purchase: days before the as-of date, and its size beside the usual one."""

    ago: int
    factor: float


class Story(NamedTuple):
    """``count`` customers in 300; ``size`` of their usual basket; ``days`` they buy on."""

    count: int
    size: float
    visits: Callable[[Random, date], list[Visit]]


def _rhythm(rng, first, last, gaps, factors=(1, 1)):
    """Buy from ``first`` to ``last`` days ago; gap and factor move from one value to the other."""
    visits, ago = [], first
    while ago >= last:
        progress = (first - ago) / max(1, first - last)
        visits.append(Visit(ago, factors[0] + (factors[1] - factors[0]) * progress))
        gap = gaps[0] + (gaps[1] - gaps[0]) * progress
        ago -= max(3, round(gap * rng.uniform(0.6, 1.4)))
    return visits


def key_account(rng, as_of):
    gap = rng.uniform(11, 17)
    return _rhythm(rng, rng.randint(880, HORIZON), 1, (gap, gap), (0.9, 1.1))


def steady(rng, as_of):
    gap = rng.uniform(24, 48)
    return _rhythm(rng, rng.choice((HORIZON, rng.randint(330, 900))), 1, (gap, gap))


def small_steady(rng, as_of):
    gap = rng.uniform(28, 60)
    return _rhythm(rng, rng.randint(400, HORIZON), 1, (gap, gap))


def growing(rng, as_of):
    gaps = rng.uniform(70, 95), rng.uniform(16, 26)
    return _rhythm(rng, rng.randint(350, 850), 1, gaps, (0.4, 2))


def fading(rng, as_of):
    last = rng.randint(25, 140)
    return _rhythm(rng, rng.randint(760, HORIZON), last, (24, rng.uniform(80, 120)), (1.5, 0.35))


def gone_quiet(rng, as_of):
    gap = rng.uniform(22, 45)
    return _rhythm(rng, rng.randint(600, HORIZON), rng.randint(95, 345), (gap, gap))


def small_quiet(rng, as_of):
    gap = rng.uniform(30, 55)
    return _rhythm(rng, rng.randint(560, HORIZON), rng.randint(95, 330), (gap, gap))


def lost(rng, as_of):
    gap = rng.uniform(18, 60)
    return _rhythm(rng, rng.randint(780, HORIZON), rng.randint(375, 700), (gap, gap * 1.2))


def returned(rng, as_of):
    before = _rhythm(rng, rng.randint(780, HORIZON), rng.randint(300, 420), (40, 48))
    return before + _rhythm(rng, rng.randint(35, 80), 3, (22, 30), (0.8, 1.2))


def seasonal(rng, as_of):
    """Two to four orders around the same weeks of every year; some have a second season."""
    peaks = rng.choice(((9, 5), (9, 20), (3, 1), (11, 20), (6, 10), (1, 15)))
    seasons = [peaks] if rng.random() < 0.65 else [peaks, ((peaks[0] + 5) % 12 + 1, peaks[1])]
    visits = []
    for year in range(as_of.year - 3, as_of.year + 1):
        for month, day in seasons:
            for _order in range(rng.randint(2, 4)):
                bought = date(year, month, day) + timedelta(days=rng.randint(-24, 24))
                visits.append(Visit((as_of - bought).days, rng.uniform(0.8, 1.4)))
    found = sorted((v for v in visits if 1 <= v.ago <= HORIZON), reverse=True)
    return found or [Visit(rng.randint(200, HORIZON), 1.0)]


def one_order(rng, as_of):
    return [Visit(rng.randint(92, HORIZON), 1.0)]


def new(rng, as_of):
    first = rng.randint(3, 88)
    return _rhythm(rng, first, 1, (rng.uniform(18, 60),) * 2)[: rng.choice((1, 1, 2, 3))]


def occasional(rng, as_of):
    return _rhythm(rng, rng.randint(450, HORIZON), 5, (rng.uniform(110, 230),) * 2)


def project(rng, as_of):
    """A few large orders while something is being built."""
    start = rng.randint(60, 640)
    days = {max(2, start - rng.randint(0, 100)) for _order in range(rng.randint(2, 4))}
    return [Visit(ago, rng.uniform(0.7, 1.5)) for ago in sorted(days, reverse=True)]


def prospect(rng, as_of):
    return []


STORIES = {
    "key_account": Story(11, 3.2, key_account),
    "steady": Story(30, 1.0, steady),
    "small_steady": Story(16, 0.12, small_steady),
    "growing": Story(20, 0.9, growing),
    "fading": Story(23, 1.1, fading),
    "gone_quiet": Story(20, 1.1, gone_quiet),
    "small_quiet": Story(9, 0.12, small_quiet),
    "lost": Story(29, 1.2, lost),
    "returned": Story(15, 0.9, returned),
    "seasonal": Story(24, 0.9, seasonal),
    "one_order": Story(38, 0.4, one_order),
    "new": Story(26, 0.4, new),
    "occasional": Story(28, 0.6, occasional),
    "project": Story(17, 6.0, project),
    "prospect": Story(14, 1.0, prospect),
}
