"""The fitted card: points per band, learned from who stopped buying, one window earlier.

Every signal puts a customer into a band of its scale, from good to bad (the purchase part has
two scales). No band is worth less than a better one of its scale, and the best is worth
nothing: a reason never speaks for the customer. Logistic regression weighs the steps between
bands by what happened within the window; the log-odds are then written as whole points that
make about 100 together. Scores come from :func:`risk.score_card` as with the expert card, with
its rule for signals without data. The regression knows that rule: each step is given to it as
much larger as the card will make it. What a score means is told by a second regression, on the
score alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from . import logit, risk

NO_DATA = -1
YEAR = 365  # days of history before the training window closes
MINIMUM = 100  # customers of each outcome
TOTAL = 100  # points of the whole card, about
ROUNDS = 20  # of fitting again with the weights that the last points gave
FOLDS = 5


class Scale(NamedTuple):
    """Bands of values where more is worse: a value is in band k when above k of ``edges``.

    ``signal``: number of the signal it belongs to; ``edges`` ascend.
    """

    signal: int
    edges: tuple[float, ...]


class Card(NamedTuple):
    """``points``: per scale, whole points by band; all 0 where a scale tells nothing.

    The chance to buy nothing within the window is logistic in ``intercept + slope · score``.
    """

    scales: tuple[Scale, ...]
    points: tuple[np.ndarray, ...]
    intercept: float = 0.0
    slope: float = 0.0

    def maxima(self) -> np.ndarray:
        """Return the most points of each signal."""
        return _by_signal(self.scales, [table[-1:] for table in self.points])[0]

    def earned(self, bands: np.ndarray) -> np.ndarray:
        """Return points per customer and signal, NaN = no data."""
        parts = [points_of(table, bands[:, k]) for k, table in enumerate(self.points)]
        return _by_signal(self.scales, parts)

    def score(self, bands: np.ndarray) -> np.ndarray:
        used = self.maxima() > 0
        return risk.score_card(self.earned(bands)[:, used], self.maxima()[used]).score

    def chance(self, score: np.ndarray) -> np.ndarray:
        """Return the chance to buy nothing within the window."""
        return logit.probability(self.intercept + self.slope * np.asarray(score))


class Refusal(NamedTuple):
    """Why no card can be learned: ``code`` short, few or flat, and the figures behind it."""

    code: str
    found: int = 0
    needed: int = 0


def bands_of(values: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """Return the band of each value, :data:`NO_DATA` for NaN."""
    values = np.asarray(values, dtype="float64")
    bands = np.searchsorted(np.asarray(edges, dtype="float64"), values, side="left")
    return np.where(np.isnan(values), NO_DATA, bands)


def points_of(table: Sequence[int], bands: np.ndarray) -> np.ndarray:
    """Return the points of each band as floats, NaN = no data."""
    bands = np.asarray(bands)
    return np.where(bands < 0, np.nan, np.asarray(table, dtype="float64")[np.maximum(bands, 0)])


def refusal(first_day: date | None, closes: date, horizon: int, lapsed) -> Refusal | None:
    """Say why no card can be learned from a window that ends on ``closes``, None if it can.

    :param first_day: of the first purchase of all; None without one
    :param horizon: length of the window in days; as many must lie before it
    :param lapsed: bool per customer, who bought nothing within the window
    """
    known, needed = (closes - first_day).days if first_day else 0, max(YEAR, 2 * horizon)
    if known < needed:
        return Refusal("short", known, needed)
    gone = int(np.count_nonzero(lapsed))
    fewer = min(gone, len(lapsed) - gone)
    return Refusal("few", fewer, MINIMUM) if fewer < MINIMUM else None


def learn(bands: np.ndarray, scales: Sequence[Scale], lapsed: np.ndarray) -> Card | None:
    """Return the card, None when no signal tells anything. The order of customers is nothing.

    :param bands: shape (customers, scales), :data:`NO_DATA` where there is none
    :param lapsed: bool per customer
    :raises ValueError: when all customers had the same outcome
    """
    rows, events, totals = _counted(np.asarray(bands), np.asarray(lapsed, dtype=bool))
    steps, owner = _steps(rows, scales)
    card, weight = None, np.ones(len(rows))
    for _round in range(ROUNDS):
        slopes = logit.fit(steps / weight[:, None], events, totals).slopes
        before, card = card, Card(tuple(scales), _points(slopes, owner, len(scales)))
        most = card.maxima()
        if not most.any():
            return None
        if before and all(map(np.array_equal, before.points, card.points)):
            break
        known = ~np.isnan(card.earned(rows))
        # A row without any data on the card has no score; its weight plays no part.
        weight = np.maximum(known @ most, 1) / most.sum()
    found = logit.fit(card.score(rows)[:, None], events, totals, ridge=logit.WEAK)
    return card._replace(intercept=found.intercept, slope=float(found.slopes[0]))


def judged_by_others(
    customers: np.ndarray, bands: np.ndarray, scales: Sequence[Scale], lapsed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (score, chance) of each customer by a card learned from the other four fifths.

    :param customers: ids; see :func:`folds`
    :return: NaN for a fifth whose others had one outcome only, or that no signal tells apart
    """
    score, chance = np.full(len(bands), np.nan), np.full(len(bands), np.nan)
    for out in folds(customers, lapsed):
        if card := learn(bands[~out], scales, lapsed[~out]):
            score[out] = card.score(bands[out])
            chance[out] = card.chance(score[out])
    return score, chance


def folds(customers: np.ndarray, lapsed: np.ndarray):
    """Yield fifths of the customers, as bool per customer, whose others had both outcomes.

    Who is in which is a matter of the order of ids: the same in any order of rows, and fifths
    whatever the numbers; contacts often come by fives.
    """
    place = np.unique(customers, return_inverse=True)[1].reshape(-1)
    for fold in range(FOLDS):
        out = place % FOLDS == fold
        others = lapsed[~out]
        if 0 < others.sum() < others.size:
            yield out


def _by_signal(scales, columns):
    """Return the sums of the scales' columns, one column per signal."""
    total = np.zeros((len(columns[0]), max(scale.signal for scale in scales) + 1))
    for scale, column in zip(scales, columns, strict=True):
        total[:, scale.signal] += column
    return total


def _counted(bands, lapsed):
    """Return (different rows, how many of each lapsed, how many there are of each)."""
    rows, place = np.unique(bands, axis=0, return_inverse=True)
    place = place.reshape(-1)
    return rows, np.bincount(place, weights=lapsed), np.bincount(place)


def _steps(rows, scales):
    """Return 0/1 per row and step between two bands, and the scale of each step."""
    owner = np.repeat(np.arange(len(scales)), [len(scale.edges) for scale in scales])
    step = np.concatenate([np.arange(1, len(scale.edges) + 1) for scale in scales])
    return (rows[:, owner] >= step).astype("float64"), owner


def _points(slopes, owner, count):
    """Return whole points per scale and band, about TOTAL together, from log-odds."""
    total = slopes.sum()
    scaled = slopes * TOTAL / total if total > 1e-6 else np.zeros_like(slopes)
    heights = (np.r_[0, np.cumsum(scaled[owner == scale])] for scale in range(count))
    return tuple(np.floor(height + 0.5).astype("int64") for height in heights)
