"""Published figures of the purchase model, and populations made up for its tests.

Weeks; parameters as fitted on CDNOW's sample, rounded as they are published.
"""

import numpy as np

# r, alpha, a, b
PAPER = (0.243, 4.414, 0.793, 2.426)
FITTED = (0.242593, 4.413532, 0.792886, 2.425752)
# p, q, v
SPEND = (6.2488, 3.7446, 15.4477)


def population(size=4000, model=PAPER, weeks=39, seed=7):
    """Draw customers from ``model``: arrays (x, tx, T) in weeks."""
    chance = np.random.default_rng(seed)
    r, alpha, a, b = model
    rate, leave = chance.gamma(r, 1 / alpha, size), chance.beta(a, b, size)
    T = weeks - np.floor(chance.random(size) * 84) / 7
    x, tx = np.zeros(size), np.zeros(size)
    here, now = np.ones(size, dtype=bool), np.zeros(size)
    while here.any():
        now = now + chance.exponential(1 / np.maximum(rate, 1e-12))
        here &= now <= T
        x, tx = x + here, np.where(here, now, tx)
        here &= chance.random(size) >= leave
    return x, tx, T


def spends(x, p=6.25, q=3.74, v=15.44, seed=11):
    """Draw the mean amount of each customer's ``x`` repeat purchases."""
    chance = np.random.default_rng(seed)
    own = chance.gamma(q, 1 / v, len(x))
    return np.where(x > 0, chance.gamma(p * np.maximum(x, 1), 1 / own) / np.maximum(x, 1), 0)
