"""How right a risk score was: ranking, chances, and what happened at each score and level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from . import logit, risk
from .risk_fit import folds

GROUPS = 10
ENOUGH = 30  # customers of a level before what happened to them counts


def auc(figure: np.ndarray, lapsed: np.ndarray) -> float:
    """Return the chance that a customer who lapsed had the higher figure; ties count half."""
    lapsed = np.asarray(lapsed, dtype=bool)
    ranks = pd.Series(np.asarray(figure, dtype="float64")).rank().to_numpy()
    gone, stayed = int(lapsed.sum()), int((~lapsed).sum())
    if not gone or not stayed:
        return float("nan")
    return float((ranks[lapsed].sum() - gone * (gone + 1) / 2) / (gone * stayed))


def brier(chance: np.ndarray, lapsed: np.ndarray) -> float:
    """Return the mean squared error of chances; 0 is perfect."""
    return float(np.mean((np.asarray(chance) - np.asarray(lapsed, dtype="float64")) ** 2))


def chance_by(figure: np.ndarray, lapsed: np.ndarray):
    """Return a function from figures to chances to lapse, logistic in the figure.

    For figures that rank but are no chance, such as the expert card's score.

    :param figure: higher = more likely to lapse
    """
    figure = np.asarray(figure, dtype="float64")
    low, width = figure.min(), max(np.ptp(figure), 1e-9)
    found = logit.fit(
        ((figure - low) / width)[:, None], lapsed, np.ones(len(figure)), ridge=logit.WEAK
    )

    def chance(values):
        away = (np.asarray(values, dtype="float64") - low) / width
        return logit.probability(found.intercept + found.slopes[0] * away)

    return chance


def chance_by_others(customers: np.ndarray, figure: np.ndarray, lapsed: np.ndarray) -> np.ndarray:
    """Return :func:`chance_by` of each customer, learned from the other four fifths."""
    chance = np.full(len(figure), np.nan)
    for out in folds(customers, lapsed):
        chance[out] = chance_by(figure[~out], lapsed[~out])(figure[out])
    return chance


def groups(score: np.ndarray, count: int = GROUPS) -> np.ndarray:
    """Return the group of each score, 0 = lowest; equal scores are never in two groups.

    The rule of :mod:`rfm`: cut points are the scores at ceil(k·n/count), and a group is how
    many cut points lie below. Many equal scores leave groups empty.
    """
    ordered = np.sort(np.asarray(score))
    size = len(ordered)
    cuts = [ordered[(k * size + count - 1) // count - 1] for k in range(1, count)] if size else []
    return np.searchsorted(np.array(cuts), score, side="left")


def deciles(score: np.ndarray, chance: np.ndarray, lapsed: np.ndarray) -> pd.DataFrame:
    """Return one row per group of scores that is not empty.

    :return: index ``group`` (0 = lowest); ``customers lapsed score_from score_to``, and
        ``predicted observed``, shares of those who lapse, 0 to 1
    """
    table = pd.DataFrame({"score": score, "chance": chance, "lapsed": lapsed})
    found = table.groupby(pd.Index(groups(score), name="group"))
    return pd.DataFrame(
        {
            "customers": found.size(),
            "lapsed": found["lapsed"].sum().astype("int64"),
            "score_from": found["score"].min(),
            "score_to": found["score"].max(),
            "predicted": found["chance"].mean(),
            "observed": found["lapsed"].mean(),
        }
    )


def levels(score: np.ndarray, lapsed: np.ndarray) -> pd.DataFrame:
    """Return ``customers lapsed`` of each risk level, by what the score alone says."""
    level = risk.plain_level(score)
    size = len(risk.LEVELS)
    gone = np.bincount(level, weights=np.asarray(lapsed, dtype="float64"), minlength=size)
    return pd.DataFrame(
        {"customers": np.bincount(level, minlength=size), "lapsed": gone.astype("int64")}
    )


def stake_shares(
    customers: Sequence[int], lapsed: Sequence[int], table: Sequence[int] = risk.STAKE_SHARES
) -> tuple[int, ...]:
    """Return the percent lost at each level: what was seen, never less at a worse level.

    :param table: what holds for a level with fewer than ENOUGH customers
    """
    shares = [
        (200 * gone + count) // (2 * count) if count >= ENOUGH else known
        for count, gone, known in zip(customers, lapsed, table, strict=True)
    ]
    return tuple(int(share) for share in np.maximum.accumulate(shares))
