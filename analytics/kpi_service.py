"""Key figures of service, voice, rescue, referrals and cost.

They read further columns of the ledger, NaN where nothing was recorded: ``alerts_saved``,
``alerts_gone``, ``nps_answers``, ``nps_promoters``, ``nps_detractors``, ``csat_answers``,
``csat_satisfied``, ``referrals``, ``sop_cost``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

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


def retention_cost(period: Period, by_hand: float | None = None) -> Figure:
    """Return what keeping customers cost / customers kept over the period.

    :param by_hand: what was spent besides procedures; None: not known
    """
    kept, rows = period.start & period.end, period.rows
    if rows["sop_cost"].isna().all() and by_hand is None:
        return Figure(None, 0, 0)
    return figure(rows["sop_cost"].sum() + (by_hand or 0), len(kept), kept, kept)


def acquisition_cost(new: frozenset, each: float | None) -> Figure:
    """Return what winning the customers ``new`` cost / their number.

    :param each: what each of the company's new customers cost; None: not known
    """
    if each is None:
        return Figure(None, 0, 0)
    return figure(each * len(new), len(new), new, new)


def cost_against_acquisition(kept: Figure, won: Figure) -> Figure:
    """Return the cost of keeping one customer / the cost of winning a new one."""
    if kept.value is None or not won.value:
        return Figure(None, 0, 0)
    return figure(kept.value, won.value, kept.customers, won.customers)


def share_of_rows(rows: pd.DataFrame, column: str) -> Figure:
    """Return rows in which ``column`` is true / rows; each has a ``customer``."""
    counted = rows[column].astype(bool)
    return figure(
        int(counted.sum()),
        len(rows),
        frozenset(rows.loc[counted, "customer"]),
        frozenset(rows["customer"]),
    )


def deadlines(steps: pd.DataFrame, rest_days) -> pd.Series:
    """Return the day by whose end each step had to be done, as datetime64.

    :param steps: columns ``due`` (datetime64) and ``allowed`` (working days after ``due``; a day
        of rest is followed by the next working day)
    :param rest_days: days as datetime.date on which nobody works
    """
    due = steps["due"].to_numpy().astype("datetime64[D]")
    allowed = steps["allowed"].to_numpy().astype("int64")
    holidays = np.array(sorted(rest_days), dtype="datetime64[D]")

    def latest(roll):
        return np.busday_offset(due, allowed, roll, weekmask="1111111", holidays=holidays)

    # The first working day after a day of rest is that one; none after it waits for it.
    days = np.where(allowed > 0, latest("backward"), latest("forward"))
    return pd.Series(days.astype("datetime64[s]"), index=steps.index)
