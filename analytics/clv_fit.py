"""What the fits of the purchase model share: scipy when it is there, guards, the optimiser."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

MIN_CUSTOMERS = 200
MIN_REPEATERS = 50


class ModelUnavailable(Exception):
    """A Python package is missing; ``args[0]`` names it."""


class TooLittle(Exception):
    """Fewer customers or repeat buyers than a fit needs."""

    def __init__(self, customers: int, repeaters: int):
        super().__init__(
            f"{customers} customers and {repeaters} repeat buyers, at least "
            f"{MIN_CUSTOMERS} and {MIN_REPEATERS} are needed"
        )
        self.customers, self.repeaters = customers, repeaters


class Optimum(NamedTuple):
    """``logs``: logarithms of the best parameters; ``others``: (value, logs) of all starts."""

    value: float
    logs: np.ndarray
    others: tuple


def science():
    """Return scipy's modules (optimize, special).

    :raises ModelUnavailable: where scipy is not installed
    """
    try:
        # Nothing else of the addon needs it, and it takes memory in every worker.
        from scipy import optimize, special
    except ImportError as error:
        raise ModelUnavailable("scipy") from error
    return optimize, special


def check_enough(customers: int, repeaters: int) -> None:
    """Refuse a population that says too little.

    Below these numbers forecasts of resampled CDNOW customers scatter by more than 15 %, and the
    parameters often end on a bound.

    :raises TooLittle: saying how many there are
    """
    if customers < MIN_CUSTOMERS or repeaters < MIN_REPEATERS:
        raise TooLittle(int(customers), int(repeaters))


def minimise(objective, starts, bounds) -> Optimum:
    """Return the lowest point of ``objective`` over logarithms of parameters.

    Not L-BFGS-B: the linear algebra of its small matrices wakes BLAS's threads, which makes a fit
    ten times as slow, on a busy machine a hundred times. Both find the same point.

    :param objective: function of the logarithms that returns (value, gradient)
    :param starts: parameters to begin from, in turn
    :param bounds: (lowest, highest) of each parameter
    :raises ArithmeticError: when no start ends at a number
    """
    optimize, _special = science()
    limits = [tuple(np.log(pair)) for pair in bounds]
    found = []
    for start in starts:
        result = optimize.minimize(
            objective,
            np.log(np.asarray(start, dtype=float)),
            jac=True,
            method="SLSQP",
            bounds=limits,
            options={"maxiter": 500, "ftol": 1e-13},
        )
        if np.isfinite(result.fun):
            found.append((float(result.fun), np.asarray(result.x)))
    if not found:
        raise ArithmeticError("No start of the fit leads anywhere.")
    found.sort(key=lambda pair: pair[0])
    return Optimum(*found[0], tuple(found))


def on_bound(logs, bounds) -> bool:
    """Say whether a parameter ended where it may not go further."""
    edges = np.log(np.asarray(bounds, dtype=float))
    return bool(np.min(np.abs(edges - np.asarray(logs)[:, None])) < 1e-3)
