"""What customers spend on a purchase day: the Gamma-Gamma model, or a capped mean of the past.

A customer is ``x`` purchase days after the first one and ``m``, the mean amount of those, refunds
taken off the day they belong to. Each day's amount is gamma distributed around a mean of the
customer's own, and those means are spread over customers by ``p``, ``q`` and ``v``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .clv_fit import MIN_REPEATERS, minimise, on_bound, science

STARTS = ((5.0, 4.0, 1.0), (1.0, 1.5, 1.0), (20.0, 20.0, 1.0), (2.0, 8.0, 5.0))
# e^7: beyond, all customers spend the same for all one can see.
BOUNDS = ((np.exp(-7), np.exp(7)), (np.exp(-7), np.exp(7)), (np.exp(-14), np.exp(14)))
CAP = 0.95  # of customers' means; larger ones count as the one at this place
HIGH_CORRELATION = 0.3
HEAVY_TAIL, CONSTANT, CORRELATED, FEW = "heavy_tail", "constant", "correlated", "few_amounts"


class Spend(NamedTuple):
    """What to expect of a purchase day.

    ``p q v`` are None where the model does not hold (q ≤ 1: the mean of everybody is infinite;
    too few amounts); then each customer's own mean up to ``cap`` counts, and ``mean`` for those
    without one. ``correlation`` of x and m: the model assumes none.
    """

    p: float | None
    q: float | None
    v: float | None
    cap: float
    mean: float
    customers: int
    correlation: float
    log_likelihood: float | None
    flags: frozenset


def fit(x, m, weight=None) -> Spend:
    """Fit the spend of repeat buyers. Amounts of zero and below are left out.

    :raises ModelUnavailable: without scipy
    """
    x, m = np.asarray(x, dtype=float), np.asarray(m, dtype=float)
    weight = np.ones_like(x) if weight is None else np.asarray(weight, dtype=float)
    kept = (x > 0) & (m > 0)
    x, m, weight = x[kept], m[kept], weight[kept]
    count = int(weight.sum())
    cap, mean = _history(m, weight)
    correlation = _correlation(x, m, weight)
    flags = {CORRELATED} if abs(correlation) > HIGH_CORRELATION else set()
    if count < MIN_REPEATERS:
        flags.add(FEW)
        return Spend(None, None, None, cap, mean, count, correlation, None, frozenset(flags))
    best, scale = _optimum(x, m, weight)
    p, q, v = (float(value) for value in np.exp(best.logs))
    v = float(v * scale)
    value, _slope = Likelihood(x, m, weight)((p, q, v))
    if on_bound(best.logs[:2], BOUNDS[:2]):
        flags.add(CONSTANT)
    if q <= 1:
        flags.add(HEAVY_TAIL)
        return Spend(None, None, None, cap, mean, count, correlation, None, frozenset(flags))
    return Spend(p, q, v, cap, mean, count, correlation, float(value), frozenset(flags))


def _optimum(x, m, weight):
    """Return (Optimum over p, q and v / scale, scale): amounts of any currency fit alike."""
    count = weight.sum()
    scale = (weight * m).sum() / count
    likelihood = Likelihood(x, m / scale, weight)

    def objective(logs):
        value, slope = likelihood(np.exp(logs))
        return -value / count, -slope * np.exp(logs) / count

    return minimise(objective, STARTS, BOUNDS), scale


class Likelihood:
    """The log-likelihood of one population's amounts, for any p, q and v.

    Gamma functions depend on x alone, so each x is looked at once: several times as fast.
    """

    def __init__(self, x, m, weight):
        _optimize, self.special = science()
        self.x, place = np.unique(x, return_inverse=True)
        self.count = np.bincount(place, weight)
        self.total, self.weight, self.place = x * m, weight, place
        # Sums of log(x m), which no parameter changes.
        self.logs = np.bincount(place, weight * np.log(self.total))
        self.rest = (weight * np.log(m)).sum()

    def __call__(self, parameters):
        """Return (log-likelihood, its slope along p, q, v)."""
        gamma, psi = self.special.gammaln, self.special.psi
        (p, q, v), x, count = parameters, self.x, self.count
        logs = np.bincount(self.place, self.weight * np.log(self.total + v))
        over = np.bincount(self.place, self.weight / (self.total + v))
        value = (count * (gamma(p * x + q) - gamma(p * x) - gamma(q) + q * np.log(v))).sum()
        value += (p * x * self.logs - (p * x + q) * logs).sum() - self.rest
        both = psi(p * x + q)
        slope = (
            (x * (count * (both - psi(p * x)) + self.logs - logs)).sum(),
            (count * (both - psi(q) + np.log(v)) - logs).sum(),
            (count * q / v - (p * x + q) * over).sum(),
        )
        return value, np.array(slope)


def expected_spend(spend: Spend, x, m):
    """Return what to expect of each customer's next purchase day.

    Who has bought once, or has no positive mean, is expected to spend as everybody does.
    """
    x, m = np.asarray(x, dtype=float), np.asarray(m, dtype=float)
    known = (x > 0) & (m > 0)
    if spend.p is None:
        return np.where(known, np.minimum(m, spend.cap), spend.mean)
    x, m = np.where(known, x, 0.0), np.where(known, m, 0.0)
    return spend.p * (spend.v + x * m) / (spend.p * x + spend.q - 1)


def _history(m, weight):
    """Return (cap, mean of the capped means of customers); zeros without any amount."""
    if not len(m):
        return 0.0, 0.0
    order = np.argsort(m, kind="stable")
    reached = np.cumsum(weight[order])
    cap = m[order][np.searchsorted(reached, CAP * reached[-1])]
    return float(cap), float((weight * np.minimum(m, cap)).sum() / weight.sum())


def _correlation(x, m, weight):
    """Return the correlation of x and m over customers; 0 where one of them does not vary."""
    if not len(x):
        return 0.0
    total = weight.sum()
    away = [values - (weight * values).sum() / total for values in (x, m)]
    spread = [(weight * part**2).sum() for part in away]
    if min(spread) <= 1e-12 * total:
        return 0.0
    return float((weight * away[0] * away[1]).sum() / np.sqrt(spread[0] * spread[1]))
