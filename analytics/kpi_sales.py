"""Key figures of purchases: coming back, order value, revenue kept, lifetime value."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from .kpi import Figure, Period, figure, share, yearly

REPURCHASE_DAYS = (30, 60, 90, 180, 365)
HORIZON_MONTHS = 36
AT_RISK = ("high", "critical")


def repeat(period: Period) -> Figure:
    """Return who bought on two days of the period or more / who bought in it."""
    days = period.by_customer["purchase_days"]
    return share(frozenset(days.index[days >= 2]), period.buyers)


def returning(period: Period) -> Figure:
    """Return who bought in the period and on an earlier day, in it or before / who bought."""
    rows, days = period.rows, period.by_customer["purchase_days"]
    earlier = period.who((rows["purchase_days"] > 0) & (rows["cohort"] < period.first))
    return share(earlier | frozenset(days.index[days >= 2]), period.buyers)


def repurchase(purchases: pd.DataFrame, first, last, days: int, as_of) -> Figure:
    """Return who bought again within ``days`` of the first purchase / who first bought.

    Only first purchases from ``first`` to ``last`` (days) count, and only those whose ``days``
    are over on ``as_of``: who still has time is in neither.

    :param purchases: columns ``customer``, ``first_day``, ``second_day`` (NaT for none yet), the
        first two purchase days as datetime64
    """
    begun, until = purchases["first_day"], pd.Timedelta(days=days)
    over = begun + until < pd.Timestamp(as_of)
    base = purchases[over & begun.between(pd.Timestamp(first), pd.Timestamp(last))]
    again = base[base["second_day"] - base["first_day"] <= until]
    return share(frozenset(again["customer"]), frozenset(base["customer"]))


def order_value(period: Period) -> Figure:
    """Return net revenue / orders. A credit note lessens the revenue, not the count."""
    total = period.by_customer.sum()
    return figure(total["revenue"], total["orders"], period.buyers, period.buyers)


def revenue_per_customer(period: Period) -> Figure:
    """Return net revenue / customers who bought."""
    total = period.by_customer["revenue"].sum()
    return figure(total, len(period.buyers), period.buyers, period.buyers)


def frequency(period: Period) -> Figure:
    """Return purchase days / customers who bought. Orders of one day are one purchase."""
    days = period.by_customer["purchase_days"].sum()
    return figure(days, len(period.buyers), period.buyers, period.buyers)


def _revenue_kept(period: Period, months: int):
    """Return (revenue before, revenue now) of those who had revenue before, by customer."""
    now = Period(period.ledger, period.last - pd.DateOffset(months=months - 1), period.last)
    middle = now.first - pd.DateOffset(months=1)
    before = Period(period.ledger, now.first - pd.DateOffset(months=months), middle)
    base = before.by_customer["revenue"]
    base = base[base > 0]
    return base, now.by_customer["revenue"].reindex(base.index, fill_value=0.0)


def net_revenue_retention(period: Period, months: int = 12) -> Figure:
    """Return revenue of the last ``months`` / of the ``months`` before, same customers.

    Customers without revenue before are left out; more than 100 % is possible. Twelve months
    against the twelve before, so that seasons do not count as change.
    """
    base, now = _revenue_kept(period, months)
    return figure(now.sum(), base.sum(), now.index[now > 0], base.index)


def gross_revenue_retention(period: Period, months: int = 12) -> Figure:
    """Return the same with what each customer spends more left out: at most 100 %."""
    base, now = _revenue_kept(period, months)
    kept = now.clip(lower=0).clip(upper=base)
    return figure(kept.sum(), base.sum(), kept.index[kept > 0], base.index)


def _worth(rows: pd.DataFrame):
    """Return (values by row, their name): margin where all of it is known, else revenue."""
    bought = rows["orders"] > 0
    if "margin" in rows and bought.any() and rows.loc[bought, "margin"].notna().all():
        return rows["margin"].fillna(0.0), "margin"
    return rows["revenue"], "revenue"


def value_at_risk(period: Period, months: int = 12) -> Figure:
    """Return what customers of high or critical risk brought in the ``months`` up to the end.

    Margin where all of it is known, else revenue. Needs the column ``risk_level``; None where
    nobody's was recorded at the end.
    """
    end = period.rows[(period.rows["month"] == period.last) & period.rows["active_end"]]
    if end["risk_level"].isna().all():
        return Figure(None, 0, 0)
    customers = frozenset(end.loc[end["risk_level"].isin(AT_RISK), "customer"])
    since = period.last - pd.DateOffset(months=months)
    year = period.ledger[period.ledger["month"] > since]
    worth, _basis = _worth(year)
    total = float(worth[year["customer"].isin(customers)].sum())
    return Figure(total, total, 1, customers)


class LifetimeValue(NamedTuple):
    """Value per customer; ``basis`` says whether it speaks of "margin" or "revenue"."""

    figure: Figure
    basis: str
    assumptions: dict


def lifetime_historical(period: Period) -> LifetimeValue:
    """Return what customers have brought to date, on average, from the first purchase on."""
    ledger = period.ledger[period.ledger["cohort"].notna()]
    worth, basis = _worth(ledger)
    customers = frozenset(ledger["customer"])
    found = figure(worth.sum(), len(customers), customers, customers)
    return LifetimeValue(found, basis, {})


def lifetime_predictive(
    period: Period, discount: float = 0.0, horizon: int = HORIZON_MONTHS
) -> LifetimeValue:
    """Return order value × orders a year × margin share × years as a customer.

    Years are 1 / yearly churn, at most ``horizon`` months: the churn of few months, or none at
    all, says nothing about decades. Churn is that of the period's months taken together.

    :param discount: yearly; 0.08 makes money a year from now worth 1 / 1.08
    """
    total, rows, base = period.by_customer.sum(), period.rows, len(period.buyers)
    parts = {
        "orders": total["orders"],
        "revenue": total["revenue"],
        "buyers": base,
        "starts": int(rows["active_start"].sum()),
        "leaves": int((rows["active_start"] & ~rows["active_end"]).sum()),
    }
    worth, basis = _worth(rows)
    value, assumptions = predicted_value(parts, worth.sum(), period.months, discount, horizon)
    if value is None:
        return LifetimeValue(Figure(None, 0.0, 0.0), basis, {})
    found = Figure(value, value * base, base, period.buyers, period.buyers)
    return LifetimeValue(found, basis, assumptions)


def predicted_value(
    parts: dict, worth: float, months: int, discount: float = 0.0, horizon: int = HORIZON_MONTHS
):
    """Return (value of :func:`lifetime_predictive`, its assumptions); (None, {}) of nothing.

    :param parts: ``orders revenue buyers`` of the period, ``starts`` and ``leaves``: how many
        customers its months began with, and how many of these they ended without, all together
    :param worth: margin of the period, or its revenue
    """
    if not all(parts[name] for name in ("orders", "revenue", "buyers", "starts")):
        return None, {}
    churn = yearly(parts["leaves"] / parts["starts"])
    years = min(1 / churn, horizon / 12) if churn else horizon / 12
    weight = (1 - (1 + discount) ** -years) / discount if discount else years
    assumptions = {
        "order_value": float(parts["revenue"] / parts["orders"]),
        "orders_a_year": float(parts["orders"] / parts["buyers"] * 12 / months),
        "margin_share": float(worth / parts["revenue"]),
        "monthly_churn": parts["leaves"] / parts["starts"],
        "yearly_churn": churn,
        "years": years,
        "horizon_months": horizon,
        "discount": discount,
    }
    a_year = assumptions["order_value"] * assumptions["orders_a_year"]
    return a_year * assumptions["margin_share"] * weight, assumptions
