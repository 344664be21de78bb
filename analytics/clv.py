"""How often customers will buy: the BG/NBD model, by maximum likelihood.

While active a customer buys at a rate of their own, gamma distributed (``r``, ``alpha``); after
each purchase they leave for good with a probability of their own, beta distributed (``a``, ``b``).

A customer is three numbers: ``x`` purchase days after the first one, ``tx`` from the first to the
last, ``T`` from the first to today. Any unit of time will do if it is the same everywhere,
``alpha`` included; the addon uses days. Several purchases of one day are one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .clv_fit import check_enough, minimise, on_bound, science
from .clv_likelihood import BuyTillLeave, Customers, Likelihood

# Pulls a small fit towards plausible values, as half a squared logarithm would: c / n.
PRIOR = 0.5
CENTRE = (0.5, 0.3, 0.7, 2.0)  # alpha as a share of the longest T
STARTS = (CENTRE, (0.2, 0.1, 0.3, 3.0), (1.0, 0.5, 0.1, 1.0), (0.3, 0.05, 1.5, 1.5))
BOUNDS = ((1e-4, 1e4),) * 4
NEAR_ONE = 1e-6
HORIZON_DAYS, HORIZON_GAPS, RHYTHM = 90, 1.5, 3
FLAT = "flat_ridge"


class Fit(NamedTuple):
    """``flags``: what a reader must know. FLAT: other a and b would fit as well."""

    model: BuyTillLeave
    log_likelihood: float
    customers: int
    repeaters: int
    flags: frozenset


def fit(customers: Customers, prior: float = PRIOR) -> Fit:
    """Fit the model. Customers whose first purchase is today (T = 0) say nothing and are left out.

    :param prior: 0 for plain maximum likelihood
    :raises TooLittle: below 200 customers or 50 repeat buyers
    :raises ModelUnavailable: without scipy
    """
    customers = Customers(*(part[customers.T > 0] for part in customers))
    count = customers.weight.sum()
    repeaters = customers.weight[customers.x > 0].sum()
    check_enough(count, repeaters)
    longest = customers.T.max()
    scaled = customers._replace(tx=customers.tx / longest, T=customers.T / longest)
    centre, likelihood = np.log(CENTRE), Likelihood(scaled)

    def objective(logs):
        value, slope = likelihood(BuyTillLeave(*np.exp(logs)))
        away = logs - centre
        return (
            (prior * (away**2).sum() - value) / count,
            (2 * prior * away - slope * np.exp(logs)) / count,
        )

    best = minimise(objective, STARTS, BOUNDS)
    r, alpha, a, b = (float(value) for value in np.exp(best.logs))
    model = BuyTillLeave(r, float(alpha * longest), a, b)
    value, _slope = Likelihood(customers)(model)
    flags = {FLAT} if _is_flat(best, count) else set()
    return Fit(model, float(value), int(count), int(repeaters), frozenset(flags))


def _is_flat(best, count) -> bool:
    """Say whether quite other values of a and b fit nearly as well."""
    _r, _alpha, a, b = np.exp(best.logs)
    if a < 0.01 or b > 100 or on_bound(best.logs, BOUNDS):
        return True
    near = [logs for value, logs in best.others if (value - best.value) * count < 0.01]
    return any(np.abs(logs[2:] - best.logs[2:]).max() > 0.1 for logs in near)


def _factor(model, x, tx, T):
    """Return the factor of both forecasts below for what the last purchase may have ended.

    1 for every customer with one purchase: it is no figure of its own.
    """
    r, alpha, a, b = model
    left = np.where(x > 0, b + x - 1, 1.0)
    odds = np.log(a / left) + (r + x) * np.log((alpha + T) / (alpha + tx))
    odds = np.where(x > 0, np.clip(odds, -700, 700), -np.inf)
    return 1 / (1 + np.exp(odds))


def chance(model: BuyTillLeave, x, tx, T, t):
    """Return the chance of at least one purchase within ``t``. Needs no scipy."""
    x, tx, T, t = (np.asarray(values, dtype=float) for values in (x, tx, T, t))
    none = np.exp((model.r + x) * np.log((model.alpha + T) / (model.alpha + T + t)))
    return _factor(model, x, tx, T) * (1 - none)


def horizon(x, tx):
    """Return over how many days to ask for a next purchase, for customers counted in days.

    90, or one and a half of the customer's own mean gaps if that is longer: who buys once a year
    is not leaving because a quarter goes by. Fewer than three gaps are no rhythm.
    """
    x, tx = np.asarray(x, dtype=float), np.asarray(tx, dtype=float)
    gap = np.where(x >= RHYTHM, tx / np.maximum(x, 1), 0)
    return np.maximum(HORIZON_DAYS, np.ceil(HORIZON_GAPS * gap))


def expected_purchases(model: BuyTillLeave, x, tx, T, t):
    """Return how many purchases to expect within ``t``.

    With x = tx = T = 0 it is what a customer just won will buy.

    :raises ModelUnavailable: without scipy
    """
    _optimize, special = science()
    r, alpha, a, b = model
    x, tx, T, t = (np.asarray(values, dtype=float) for values in (x, tx, T, t))
    # The formula divides by a - 1, and has a pole where a + b = 1 and x = 0.
    a = a + NEAR_ONE if abs(a - 1) < NEAR_ONE else a
    b = b + NEAR_ONE if abs(a + b - 1) < NEAR_ONE else b
    c, z = a + b + x - 1, t / (alpha + T + t)
    with np.errstate(over="ignore", invalid="ignore"):
        # No logarithm of 2F1: it is negative where a + b + x < 1.
        none = np.exp((r + x) * np.log1p(-z)) * special.hyp2f1(r + x, b + x, c, z)
        over = ~np.isfinite(none)
        if over.any():
            # From about x = 1,000; Euler's form does not overflow, but is 0 for a large a.
            euler = special.hyp2f1(a + b - 1 - r, a - 1, c, z)
            none = np.where(over, np.exp((a - 1) * np.log1p(-z)) * euler, none)
    return _factor(model, x, tx, T) * c / (a - 1) * (1 - none)


def over_months(model: BuyTillLeave, x, tx, T, month, months=12, rate=0.0):
    """Return (purchases to expect in all months together, the same each at today's worth).

    :param month: length of a month in the model's unit of time
    :param rate: discount for one month, as 0.01
    """
    total, before = 0.0, 0.0
    for number in range(1, months + 1):
        upto = expected_purchases(model, x, tx, T, number * month)
        total = total + (upto - before) / (1 + rate) ** number
        before = upto
    return before, total
