"""From purchase rows to one row of facts per customer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

FACT_COLUMNS = (
    "first_day",
    "last_day",
    "purchase_days",
    "documents",
    "revenue_cents",
    "frequency",
    "monetary_cents",
)


def window_start(as_of: date, months: int) -> date:
    """Return the last day *before* the window ``(as_of - months, as_of]``."""
    return as_of - relativedelta(months=months)


def to_cents(amounts: pd.Series) -> pd.Series:
    """Round amounts (float or Decimal) to whole cents, halves away from zero."""
    exact = (amounts.astype("float64") * 100).round(4)
    return (np.sign(exact) * np.floor(exact.abs() + 0.5)).astype("int64")


def aggregate(purchases: pd.DataFrame, as_of: date, window_months: int) -> pd.DataFrame:
    """Sum purchase rows up to one row per customer.

    :param purchases: columns ``customer``, ``day`` (date), ``amount`` (net untaxed,
        company currency), ``documents`` (number of documents that make the day a purchase
        day; 0 for credit notes and down payments); any number of rows per customer and day
    :param as_of: rows after this day are ignored
    :return: index ``customer``; columns FACT_COLUMNS (dates, counts, cents)
    """
    rows = purchases[purchases["day"] <= as_of]
    start = window_start(as_of, window_months)
    days = (
        rows[rows["documents"] > 0].groupby(["customer", "day"], as_index=False)["documents"].sum()
    )
    facts = pd.DataFrame({"revenue": rows.groupby("customer")["amount"].sum()})
    by_customer = days.groupby("customer")
    facts["first_day"] = by_customer["day"].min()
    facts["last_day"] = by_customer["day"].max()
    facts["purchase_days"] = by_customer.size()
    facts["documents"] = by_customer["documents"].sum()
    facts["frequency"] = days[days["day"] > start].groupby("customer").size()
    facts["monetary"] = rows[rows["day"] > start].groupby("customer")["amount"].sum()
    counts = ["purchase_days", "documents", "frequency"]
    facts[counts] = facts[counts].fillna(0).astype("int64")
    facts["revenue_cents"] = to_cents(facts["revenue"])
    facts["monetary_cents"] = to_cents(facts["monetary"].fillna(0))
    return facts[list(FACT_COLUMNS)]
