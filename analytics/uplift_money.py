"""What a procedure brings beyond what would have come anyway, and what follows from that."""

from __future__ import annotations

import numpy as np

from .effect import quotient
from .uplift import FEWEST, Range, weights

ROUNDS = 1000
DISTINCT = 2000  # amounts beyond which the third digit is the last one that counts


def revenue_difference(treated, control, seed: int, rounds: int = ROUNDS) -> Range | None:
    """Return by how much a customer who took part brought more, by a seeded bootstrap.

    :param treated, control: for each stratum (amounts, how many customers brought each)
    :return: None where an arm has too few customers; the same data and seed give the same
    """
    strata = [
        [(np.asarray(amounts, "float64"), np.asarray(counts, "int64")) for amounts, counts in arms]
        for arms in zip(treated, control)
    ]
    sizes = np.array([[int(counts.sum()) for _amounts, counts in arms] for arms in strata])
    weight = weights(*sizes.T)
    if not weight.any() or sizes[weight > 0].sum(axis=0).min() < FEWEST:
        return None
    chance, value, drawn = np.random.default_rng(seed), 0.0, np.zeros(rounds)
    for part, (mine, theirs) in zip(weight, strata):
        if part:
            value += part * (_mean(*mine) - _mean(*theirs))
            drawn += part * (_resample(chance, *mine, rounds) - _resample(chance, *theirs, rounds))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Range(float(value), float(low), float(high))


def _mean(amounts, counts) -> float:
    return float((amounts * counts).sum() / counts.sum())


def _resample(chance, amounts, counts, rounds):
    """Return the means of ``rounds`` samples of the same size, drawn with replacement."""
    if len(amounts) > DISTINCT:
        digit = 10.0 ** (np.floor(np.log10(np.maximum(np.abs(amounts), 0.01))) - 2)
        amounts, place = np.unique(np.round(amounts / digit) * digit, return_inverse=True)
        counts = np.bincount(place, counts).astype("int64")
    size, means = int(counts.sum()), []
    for begin in range(0, rounds, 100):
        samples = chance.multinomial(size, counts / size, size=min(100, rounds - begin))
        means.append((samples * amounts).sum(axis=1) / size)
    return np.concatenate(means)


def advise(code: str, cost: float, gain: Range | None) -> str:
    """Return "more", "go_on", "stop" or "wait".

    :param gain: revenue beyond what would have come anyway, in all; cost likewise
    """
    if code in ("too_early", "no_control"):
        return "wait" if code == "too_early" else "go_on"
    if code == "harms" or gain and gain.high < cost:
        return "stop"
    return "more" if code == "works" and gain and gain.value > cost else "go_on"


def per_cost(gain: Range | None, cost: float) -> float | None:
    """Return what each unit of cost brought beyond itself: (gain − cost) / cost."""
    return quotient(gain.value - cost, cost) if gain else None
