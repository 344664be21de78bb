"""Whether a procedure works: who took part against who was only watched.

Intention to treat: a customer counts in the arm drawn on entering, whatever became of the steps,
and only once the goal window is over. The share of customers held out may differ between
versions; each share is a stratum of its own, since only customers of one draw can be compared.
Counts may be arrays: strata along the first axis.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .effect import Tally, quotient

SURE = 1.959963984540054  # 95 % of chances, both sides
FOUND = 0.8416212335729143  # a difference that is there is found in 80 of 100 tries
FEWEST = 10  # judged customers in an arm below which nothing is proven
SMALLEST = 0.01  # a smaller difference is not looked for
SUSPICIOUS = 0.001  # chance below which arms are not of the share that was set
EXPECTED = 5  # customers in an arm below which its share cannot be checked


class Verdict(NamedTuple):
    """What can be said. Rates, ``difference`` and its 95 % interval are shares, 0.03 is 3 points.

    ``judged`` and ``control_judged`` count customers of the strata that can be compared, all
    where none can.

    ``code``: "works", "harms", "inconclusive", "too_early" (no window over in one of the arms) or
    "no_control". ``needed``: about how many more customers in all it takes to know, of which
    ``needed_control`` only watched; 0 where it is known. None: nothing to say.
    """

    code: str
    judged: int = 0
    control_judged: int = 0
    rate: float | None = None
    control_rate: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    needed: int = 0
    needed_control: int = 0


class Range(NamedTuple):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(part, whole):
    """Return (low, high) of the share ``part`` of ``whole``; (0, 1) of nothing. Elementwise."""
    part, whole = np.asarray(part, dtype="float64"), np.asarray(whole, dtype="float64")
    count = np.maximum(whole, 1)
    rate, square = part / count, SURE**2
    middle = (rate + square / (2 * count)) / (1 + square / count)
    spread = np.sqrt(rate * (1 - rate) / count + square / (4 * count**2))
    spread = SURE / (1 + square / count) * spread
    some = whole > 0
    low = np.where(some & (part > 0), middle - spread, 0)
    high = np.where(some & (part < whole), middle + spread, 1)
    return low, high


def newcombe(bought, judged, control_bought, control_judged):
    """Return (difference, low, high) of two shares by Newcombe's hybrid score. Elementwise."""
    rate = np.asarray(bought) / np.maximum(judged, 1)
    other = np.asarray(control_bought) / np.maximum(control_judged, 1)
    low, high = wilson(bought, judged)
    other_low, other_high = wilson(control_bought, control_judged)
    difference = rate - other
    return (
        difference,
        difference - np.hypot(rate - low, other_high - other),
        difference + np.hypot(high - rate, other - other_low),
    )


def weights(judged, control_judged):
    """Return how much each stratum counts, summing to 1; zeros where nothing can be compared."""
    judged, other = np.asarray(judged, dtype="float64"), np.asarray(control_judged)
    raw = judged * other / np.maximum(judged + other, 1)
    return raw / max(raw.sum(), 1e-300)


def weighted(weight, values, lows, highs) -> Range:
    """Return the weighted mean of independent values with its interval (square-and-add)."""
    value = float((weight * values).sum())
    below = math.sqrt(((weight * (values - lows)) ** 2).sum())
    above = math.sqrt(((weight * (highs - values)) ** 2).sum())
    return Range(value, value - below, value + above)


def judge(treated, control) -> Verdict:
    """Judge purchases of those who took part against those only watched.

    :param treated, control: a :class:`~.effect.Tally`, or one for each stratum in the same order
    """
    treated, control = (
        [arm] if isinstance(arm, Tally) else list(arm) for arm in (treated, control)
    )
    tables = [
        np.array([(a.judged, a.purchases) for a in arm]).reshape(-1, 2).T
        for arm in (treated, control)
    ]
    (judged, bought), (others, other_bought) = tables
    weight = weights(judged, others)
    if not weight.any():
        code = "too_early" if sum(arm.entered for arm in control) else "no_control"
        rates = (quotient(int(part.sum()), int(all_.sum())) for all_, part in tables)
        return Verdict(code, int(judged.sum()), int(others.sum()), *rates)
    found = weighted(weight, *newcombe(bought, judged, other_bought, others))
    rate = float((weight * bought / np.maximum(judged, 1)).sum())
    rates = rate, rate - found.value
    counts = int(judged[weight > 0].sum()), int(others[weight > 0].sum())
    code = "inconclusive"
    if min(counts) >= FEWEST and not found.low <= 0 <= found.high:
        code = "works" if found.low > 0 else "harms"
    more = needed(rates, counts) if code == "inconclusive" else (0, 0)
    return Verdict(code, *counts, *rates, found.value, found.low, found.high, *more)


def needed(rates, counts) -> tuple[int, int]:
    """Return about how many more customers are needed (in all, only watched), in two digits.

    As many as find the difference seen so far in 80 of 100 tries, with arms of the present
    sizes' proportion. Two of four customers added to each arm keep a rate of nothing honest.
    """
    total = sum(counts)
    share = counts[1] / total
    noise = 0.0
    for rate, count, part in zip(rates, counts, (1 - share, share)):
        fair = (rate * count + 2) / (count + 4)
        noise += fair * (1 - fair) / part
    difference = max(abs(rates[0] - rates[1]), SMALLEST)
    wanted = (SURE + FOUND) ** 2 * noise / difference**2
    more = _about(max(wanted - total, FEWEST / share - total, 1))
    return more, _about(max(more * share, 1))


def _about(number: float) -> int:
    """Return the number rounded up to two digits."""
    unit = 10 ** max(len(str(math.ceil(number))) - 2, 0)
    return math.ceil(number / unit) * unit


def sample_ratio(entered, control, share) -> float | None:
    """Return the chance that arms so far from their share come by the draw alone (chi-square).

    :param entered, control, share: all who entered, those only watched, share held out (0 to 1)
    :return: None where too few are expected in an arm to tell
    """
    entered, control, share = (np.asarray(x, dtype="float64") for x in (entered, control, share))
    drawn = (share > 0) & (share < 1)
    expected = (entered * share)[drawn].sum()
    if min(expected, entered[drawn].sum() - expected) < EXPECTED:
        return None
    square = (control[drawn].sum() - expected) ** 2 / (entered * share * (1 - share))[drawn].sum()
    return math.erfc(math.sqrt(square / 2))
