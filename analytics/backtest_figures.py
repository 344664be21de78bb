"""What a replay says: how many alerts were right, how many of those who left they found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from .backtest import OPEN, RIGHT, State


class Figures(NamedTuple):
    """``lead``: median days from an alert to the day the customer was lost, NaN without any;
    ``weekly``: alerts a week after the first month end, which finds what has gathered before;
    ``cents``: at stake when the alerts opened, ``cents_right``: of those that were right."""

    alerts: int
    judged: int
    right: int
    left: int
    found: int
    lead: float
    weekly: float
    cents: int
    cents_right: int


def figures(state: State, days) -> Figures:
    """Return the figures of the months replayed.

    :param days: the month ends, oldest first
    """
    alerts, left = state.alerts, state.left
    right = alerts["outcome"] == RIGHT
    lead = lead_days(alerts)
    weeks = (days[-1] - days[0]).days / 7 if len(days) else 0
    later = int((alerts["opened"] > pd.Timestamp(days[0])).sum()) if len(days) else 0
    return Figures(
        len(alerts),
        int((alerts["outcome"] != OPEN).sum()),
        int(right.sum()),
        len(left),
        int(left["found"].sum()),
        float(np.median(lead)) if len(lead) else float("nan"),
        later / weeks if weeks else 0.0,
        int(alerts["cents"].sum()),
        int(alerts.loc[right, "cents"].sum()),
    )


def lead_days(alerts: pd.DataFrame) -> np.ndarray:
    """Return the days from alert to loss of those whose customer was lost."""
    lost = alerts[alerts["lost_on"].notna()]
    return (lost["lost_on"] - lost["opened"]).dt.days.to_numpy()


def by_month(state: State, days) -> pd.DataFrame:
    """Return ``alerts judged right cents live left found`` per month end.

    ``left`` and ``found`` stand at the first month end that tells; ``live``: open at its end.
    """
    alerts, left = state.alerts, state.left
    index = pd.DatetimeIndex([pd.Timestamp(day) for day in days]).as_unit("s")
    opened = alerts.groupby("opened")
    seen = left.groupby("seen")
    table = pd.DataFrame(
        {
            "alerts": opened.size(),
            "judged": (alerts["outcome"] != OPEN).groupby(alerts["opened"]).sum(),
            "right": (alerts["outcome"] == RIGHT).groupby(alerts["opened"]).sum(),
            "cents": opened["cents"].sum(),
            "left": seen.size(),
            "found": seen["found"].sum(),
        },
    ).reindex(index, fill_value=0)
    table["live"] = [
        int(((alerts["opened"] <= day) & ~(alerts["closed"] <= day)).sum()) for day in index
    ]
    return table.fillna(0).astype("int64")


def by_tenth(state: State) -> pd.DataFrame:
    """Return ``customers left share lift`` per tenth of the score, lowest first.

    Equal scores are never in two tenths, so a tenth may be empty: its ``share`` and ``lift``
    are NaN. ``lift``: times the share of all.
    """
    customers, left = state.tenths.T
    share = np.full(len(customers), np.nan)
    np.divide(left, customers, out=share, where=customers > 0)
    overall = left.sum() / customers.sum() if customers.sum() else 0
    lift = share / overall if overall else np.full(len(customers), np.nan)
    return pd.DataFrame({"customers": customers, "left": left, "share": share, "lift": lift})
