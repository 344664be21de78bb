"""What other limits would make of today's customers, and limits to begin with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from . import rfm, rhythm, stage
from .closures import NONE, Closures, to_days

SHOWN = (stage.SILENT, stage.AT_RISK, stage.LOST)


def stage_counts(
    customers: pd.DataFrame,
    as_of: date,
    limits: stage.Limits,
    tiers: Mapping[int, stage.Limits],
    closed: Closures = NONE,
    standard: str = stage.BY_DAYS,
    agreement=None,
) -> dict[str, int]:
    """Return {stage: customers} of the stages that limits decide.

    What comes after them in the order of the rule (onboarding, won back, active) is not told
    apart: it does not change who is silent, at risk or lost.

    :param customers: one row for each customer with a purchase: ``first_day``, ``last_day``,
        ``last_contact`` (days), ``own_gap`` (days, 0 for none), ``tier`` (id, 0 for none),
        ``archived``
    :param tiers: limits by tier, see :func:`stage.by_tier`
    """
    code = stage.stages(
        as_of,
        customers["first_day"],
        customers["last_day"],
        customers["last_contact"],
        customers["own_gap"],
        np.full(len(customers), np.datetime64("NaT", "D")),
        stage.by_tier(limits, tiers, customers["tier"]),
        closed,
        standard,
        agreement,
    )
    code = np.where(customers["archived"], stage.LOST, code)
    return {name: int((code == name).sum()) for name in SHOWN}


def recency_counts(last_day, as_of: date, edges) -> list[int]:
    """Return how many customers would have R5, R4, … R1 by fixed ``edges``.

    :param last_day: day of the last purchase of each customer
    """
    days = (np.datetime64(as_of, "D") - to_days(last_day)).astype("int64")
    counts = np.bincount(rfm.score_down(days, tuple(edges)), minlength=6)
    return [int(count) for count in counts[:0:-1]]


def suggested(gap: int | None, limits: stage.Limits) -> stage.Limits | None:
    """Return days of silent, at risk and lost that fit how often customers buy here.

    They are the same multiples of the company's usual gap that a customer with a rhythm of the
    own gets, made coarse.

    :param gap: the company's usual gap in days; None or 0: unknown
    :return: None where nothing can be said
    """
    if not gap:
        return None
    silent, at_risk, lost = (
        rhythm.coarse(math.ceil(round(gap * multiple, 6)))
        for multiple in (limits.silent_gaps, limits.at_risk_gaps, limits.lost_gaps)
    )
    if not silent < lost:
        return None
    return replace(limits, silent=silent, at_risk=at_risk, lost=lost)
