"""The BG/NBD model's log-likelihood over grouped customers, with its slope."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .clv_fit import science


class Customers(NamedTuple):
    """Equal customers together: arrays of x, tx, T, and how many customers each row is."""

    x: np.ndarray
    tx: np.ndarray
    T: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, x, tx, T, weight=None):
        """Return the same as arrays of floats; every row is one customer without weights."""
        x, tx, T = (np.asarray(values, dtype=float) for values in (x, tx, T))
        return cls(x, tx, T, np.ones_like(x) if weight is None else np.asarray(weight, float))


class BuyTillLeave(NamedTuple):
    """Parameters; ``alpha`` in the unit of time of the customers they were fitted on."""

    r: float
    alpha: float
    a: float
    b: float


class Likelihood:
    """The log-likelihood of one population, for any parameters.

    Gamma functions depend on x alone, so each x is looked at once; and who never bought again
    needs no sum of two terms. Both together make a fit several times as fast.
    """

    def __init__(self, customers: Customers):
        _optimize, self.special = science()
        again = customers.x > 0
        self.x, place = np.unique(customers.x, return_inverse=True)
        self.weight = np.bincount(place, customers.weight)
        self.once = Customers(*(part[~again] for part in customers))
        self.again = Customers(*(part[again] for part in customers))

    def __call__(self, model: BuyTillLeave):
        """Return (log-likelihood, its slope along r, alpha, a, b) as a float and an array."""
        gamma, psi = self.special.gammaln, self.special.psi
        (r, alpha, a, b), x, weight = model, self.x, self.weight
        common = gamma(r + x) - gamma(r) + r * np.log(alpha)
        common += gamma(a + b) + gamma(b + x) - gamma(b) - gamma(a + b + x)
        both = psi(a + b) - psi(a + b + x)
        slopes = (
            psi(r + x) - psi(r) + np.log(alpha),
            r / alpha,
            both,
            both + psi(b + x) - psi(b),
        )
        # Not a dot product: BLAS threads make that ten times slower on a busy machine.
        value = (weight * common).sum()
        slope = np.array([(weight * part).sum() for part in slopes])
        for more, further in (self._once(model), self._again(model)):
            value, slope = value + more, slope + further
        return value, slope

    def _once(self, model):
        (r, alpha, _a, _b), (_x, _tx, T, weight) = model, self.once
        logs = np.log(alpha + T)
        total = (weight * logs).sum()
        return -r * total, np.array([-total, -(weight * r / (alpha + T)).sum(), 0, 0])

    def _again(self, model):
        (r, alpha, a, b), (x, tx, T, weight) = model, self.again
        left, now, last = b + x - 1, np.log(alpha + T), np.log(alpha + tx)
        stays = -(r + x) * now
        leaves = np.log(a) - np.log(left) - (r + x) * last
        # Log-sum-exp: the terms themselves underflow for long histories.
        either = np.logaddexp(stays, leaves)
        share, rest = weight * np.exp(stays - either), weight * np.exp(leaves - either)
        slope = (
            -(share * now + rest * last).sum(),
            -((r + x) * (share / (alpha + T) + rest / (alpha + tx))).sum(),
            rest.sum() / a,
            -(rest / left).sum(),
        )
        return (weight * either).sum(), np.array(slope)
