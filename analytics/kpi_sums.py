"""Key figures from sums over customers, as a database adds them up.

The definitions are those of ``kpi.py``, ``kpi_sales.py`` and ``kpi_service.py``; a test holds both
equal. Sums are a dict of numbers; what its names mean stands in :func:`figures`.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from .kpi import Figure, figure
from .kpi_sales import predicted_value
from .kpi_service import cost_against_acquisition

NOTHING = Figure(None, 0, 0)


class Outline(NamedTuple):
    """A period of which only the customers are known: for figures that read no row of the ledger.

    :param ledger: DataFrame with the column ``customer``, once each
    :param end: frozenset of those who are customers at the end
    """

    first: pd.Timestamp
    last: pd.Timestamp
    ledger: pd.DataFrame
    end: frozenset


def _worth(sums: dict, when: str) -> float:
    """Return the margin where all of it is known, else the revenue."""
    bought, known = sums[f"{when}_bought"], sums[f"{when}_known"]
    return sums[f"{when}_margin" if bought and bought == known else f"{when}_revenue"]


def _lifetime(sums: dict, months: int) -> Figure:
    parts = {name: sums[name] for name in ("orders", "revenue", "buyers", "starts", "leaves")}
    value, _assumptions = predicted_value(parts, _worth(sums, "period"), months)
    return NOTHING if value is None else Figure(value, value * sums["buyers"], sums["buyers"])


def _counted(count: int) -> Figure:
    return Figure(float(count), count, 1)


def figures(sums: dict, months: int, won=None, kept=None) -> dict:
    """Return {code: Figure}, without the customers behind them.

    :param sums: numbers of customers: ``start end kept lost``, ``joined`` (new in the period),
        ``new back`` (of those at the end), ``lapsed lapsed_back active buyers returning
        referring life``; rows of the ledger: ``starts leaves``, ``referrals_known costs_known
        risk_known``, ``{period,year,life}_bought`` with orders and ``_known`` of those with a
        margin; sums: ``{period,year,life}_revenue``, ``_margin``, ``orders revenue
        purchase_days sop_cost csat_satisfied csat_answers alerts_saved alerts_gone``;
        ``risk_revenue risk_margin`` of the last year of who is at risk; ``year_before``,
        ``year_after year_kept`` of who had revenue in the year before
    :param months: length of the period
    :param won: what winning its new customers cost; None: not known
    :param kept: what was spent by hand on its kept customers; None: not known
    """
    no_cost = not sums["costs_known"] and kept is None
    keeping = NOTHING if no_cost else figure(sums["sop_cost"] + (kept or 0), sums["kept"])
    winning = NOTHING if won is None else figure(won, sums["joined"])
    margin_known = sums["year_bought"] and sums["year_bought"] == sums["year_known"]
    risk = sums["risk_margin" if margin_known else "risk_revenue"]
    return {
        "classic_retention": figure(sums["end"] - sums["new"], sums["start"]),
        "reactivation": figure(sums["lapsed_back"], sums["lapsed"]),
        "returning": figure(sums["returning"], sums["buyers"]),
        "revenue_per_customer": figure(sums["revenue"], sums["buyers"]),
        "frequency": figure(sums["purchase_days"], sums["buyers"]),
        "nrr": figure(sums["year_after"], sums["year_before"]),
        "grr": figure(sums["year_kept"], sums["year_before"]),
        "clv_historical": figure(_worth(sums, "life"), sums["life"]),
        "clv_predictive": _lifetime(sums, months),
        "csat": figure(sums["csat_satisfied"], sums["csat_answers"]),
        "save_rate": figure(sums["alerts_saved"], sums["alerts_saved"] + sums["alerts_gone"]),
        "referral_rate": figure(sums["referring"], sums["active"])
        if sums["referrals_known"]
        else NOTHING,
        "retention_cost": keeping,
        "acquisition_cost": winning,
        "cost_ratio": cost_against_acquisition(keeping, winning),
        "customers": _counted(sums["end"]),
        "lost": _counted(sums["lost"]),
        "new": _counted(sums["new"]),
        "back": _counted(sums["back"]),
        "value_at_risk": Figure(float(risk), risk, 1) if sums["risk_known"] else NOTHING,
    }
