"""Logistic regression whose coefficients are not negative, by projected Newton steps.

Rows that are alike are counted, not repeated, so size is the number of different rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

ROUNDS = 100
WEAK = 0.01  # ridge where one attribute is judged, so that it only keeps the slope finite
TOLERANCE = 1e-9  # of the gradient, per observation


class Logit(NamedTuple):
    """log-odds = ``intercept`` + rows · ``slopes``; the slopes are at least 0."""

    intercept: float
    slopes: np.ndarray


def probability(log_odds: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−log-odds)) without overflow."""
    return np.exp(-np.logaddexp(0, -np.asarray(log_odds, dtype="float64")))


def fit(rows: np.ndarray, events: np.ndarray, totals: np.ndarray, ridge: float = 1.0) -> Logit:
    """Return the most likely coefficients, each drawn a little towards 0.

    Half of ``ridge`` times the squared slopes is taken from the log-likelihood. That keeps
    them finite where an attribute tells events and others apart without an exception, and is
    forgotten as observations grow in number.

    :param rows: shape (rows, attributes)   :param events, totals: counts per row
    :raises ValueError: without both events and others: then no odds are most likely
    """
    rows = np.asarray(rows, dtype="float64")
    events, totals = (np.asarray(values, dtype="float64") for values in (events, totals))
    share = events.sum() / max(totals.sum(), 1)
    if not 0 < share < 1:
        raise ValueError("there must be both events and others")
    design = np.column_stack([np.ones(len(rows)), rows])
    penalty = np.r_[0.0, np.full(rows.shape[1], float(ridge))]
    bound = np.r_[-np.inf, np.zeros(rows.shape[1])]
    beta = np.r_[np.log(share / (1 - share)), np.zeros(rows.shape[1])]
    for _round in range(ROUNDS):
        chance = probability(design @ beta)
        gradient = design.T @ (totals * chance - events) + penalty * beta
        free = (beta > bound) | (gradient < 0)
        if np.abs(gradient[free]).max() <= TOLERANCE * totals.sum():
            break
        weighted = design[:, free] * (totals * chance * (1 - chance))[:, None]
        curvature = design[:, free].T @ weighted + np.diag(penalty[free] + 1e-10)
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(curvature, gradient[free])
        beta = _descend(design, events, totals, penalty, bound, beta, step, gradient)
    return Logit(float(beta[0]), beta[1:])


def _loss(design, events, totals, penalty, beta):
    log_odds = design @ beta
    likelihood = events * log_odds - totals * np.logaddexp(0, log_odds)
    return (penalty * beta * beta).sum() / 2 - likelihood.sum()


def _descend(design, events, totals, penalty, bound, beta, step, gradient):
    """Return where a step that is halved until it gains, cut at the bounds, leads."""
    now = _loss(design, events, totals, penalty, beta)
    for halved in range(40):
        new = np.maximum(beta - step / 2**halved, bound)
        gain = 1e-4 * (gradient * (beta - new)).sum()
        if _loss(design, events, totals, penalty, new) <= now - gain:
            return new
    return beta
