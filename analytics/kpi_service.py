"""Key figures of service, voice, rescue, referrals and cost.

They read further columns of the ledger, NaN where nothing was recorded: ``alerts_saved``,
``alerts_gone``, ``nps_answers``, ``nps_promoters``, ``nps_detractors``, ``csat_answers``,
``csat_satisfied``, ``referrals``, ``sop_cost``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .kpi import Figure, Period, figure, share


class Spread(NamedTuple):
    """Mean, median and 90th percentile of ``count`` values; None of nothing."""

    mean: float | None
    median: float | None
    p90: float | None
    count: int


def spread(values) -> Spread:
    """Return how values such as hours to a solution are spread.

    The 90th percentile is the smallest value that nine in ten do not exceed.
    """
    values = np.asarray(values, dtype="float64")
    values = values[~np.isnan(values)]
    if not len(values):
        return Spread(None, None, None, 0)
    p90 = np.quantile(values, 0.9, method="inverted_cdf")
    return Spread(float(values.mean()), float(np.median(values)), float(p90), len(values))


def _of_sums(period: Period, part: str, whole: str) -> Figure:
    rows = period.rows
    return figure(
        rows[part].sum(),
        rows[whole].sum(),
        period.who(rows[part] > 0),
        period.who(rows[whole] > 0),
    )


def save_rate(period: Period) -> Figure:
    """Return alerts that ended with the customer saved / with the customer saved or gone."""
    rows = period.rows
    saved, gone = rows["alerts_saved"].sum(), rows["alerts_gone"].sum()
    kept = period.who(rows["alerts_saved"] > 0)
    return figure(saved, saved + gone, kept, kept | period.who(rows["alerts_gone"] > 0))


def satisfaction(period: Period) -> Figure:
    """Return satisfied answers / answers."""
    return _of_sums(period, "csat_satisfied", "csat_answers")


def net_promoter_score(period: Period) -> Figure:
    """Return 100 × (promoters − detractors) / answers; those in between count as answers."""
    rows = period.rows
    net = rows["nps_promoters"].sum() - rows["nps_detractors"].sum()
    return figure(
        100 * net,
        rows["nps_answers"].sum(),
        period.who(rows["nps_promoters"] > 0),
        period.who(rows["nps_answers"] > 0),
    )


def referral_rate(period: Period) -> Figure:
    """Return customers who brought at least one who bought / customers active in the period."""
    rows = period.rows
    if rows["referrals"].isna().all():
        return Figure(None, 0, 0)
    return share(period.who(rows["referrals"] > 0) & period.active, period.active)


def retention_cost(period: Period) -> Figure:
    """Return what procedures cost / customers kept over the period."""
    kept, rows = period.start & period.end, period.rows
    if rows["sop_cost"].isna().all():
        return Figure(None, 0, 0)
    return figure(rows["sop_cost"].sum(), len(kept), kept, kept)


def cost_against_acquisition(period: Period, spent: float | None) -> Figure:
    """Return the cost of keeping one customer / the cost of winning a new one.

    :param spent: what winning the period's new customers cost; None: not known
    """
    kept = retention_cost(period)
    won = figure(spent or 0, len(period.new), period.new, period.new)
    if spent is None or kept.value is None or not won.value:
        return Figure(None, 0, 0)
    return figure(kept.value, won.value, kept.customers, won.customers)
