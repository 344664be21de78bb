"""Ratios over any group of ledger rows: sums divided by sums, never averages of ratios.

The one table from which the pivot (``retention.ledger.report``) and :func:`rates` are made. Over
several months a row counts once for each: the retention rate of a year's rows is that of its
months taken together. What speaks of a whole period is in :mod:`kpi`.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

BUYERS = "buyers"  # as a denominator: how many different customers bought


class Ratio(NamedTuple):
    """``scale`` × sum of ``part`` / sum of ``whole``, columns of :func:`with_parts`."""

    part: str
    whole: str
    scale: int = 1


RATIOS = {
    "retention_rate": Ratio("kept", "at_start", 100),
    "churn_rate": Ratio("left_count", "at_start", 100),
    "classic_rate": Ratio("end_less_new", "at_start", 100),
    "order_value": Ratio("revenue", "orders"),
    "revenue_per_customer": Ratio("revenue", BUYERS),
    "purchase_frequency": Ratio("purchase_days", BUYERS),
    "margin_rate": Ratio("margin", "margin_revenue", 100),
    "resolution_mean": Ratio("resolution_hours", "tickets_solved"),
    "nps": Ratio("nps_net", "nps_answers", 100),
    "csat": Ratio("csat_satisfied", "csat_answers", 100),
    "save_rate": Ratio("alerts_saved", "alerts_ended", 100),
}


def with_parts(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger with the columns that ratios are made of; the report's SQL in pandas."""
    start, end = ledger["active_start"].astype(bool), ledger["active_end"].astype(bool)
    return ledger.assign(
        at_start=start.astype(int),
        kept=(start & end).astype(int),
        left_count=(start & ~end).astype(int),
        end_less_new=end.astype(int) - (end & ledger["is_new"].astype(bool)).astype(int),
        margin_revenue=ledger["revenue"].where(ledger["margin"].notna()),
        nps_net=ledger["nps_promoters"] - ledger["nps_detractors"],
        alerts_ended=ledger["alerts_saved"] + ledger["alerts_gone"],
    )


def rates(ledger: pd.DataFrame) -> dict:
    """Return {name: value or None} of these rows. Needs all columns that RATIOS name."""
    rows, found = with_parts(ledger), {}
    buyers = rows.loc[rows["purchase_days"] > 0, "customer"].nunique()
    for name, ratio in RATIOS.items():
        whole = buyers if ratio.whole == BUYERS else float(rows[ratio.whole].sum())
        part = rows[ratio.part].sum(min_count=1)
        found[name] = ratio.scale * float(part) / whole if whole and pd.notna(part) else None
    return found
