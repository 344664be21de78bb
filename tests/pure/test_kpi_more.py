"""Counts, value at risk, procedures' answers and steps on time, by hand."""

from datetime import date

import numpy as np
import pandas as pd
from customer_retention.analytics import kpi, kpi_sales, kpi_service
from kpi_company import ledger as company
from kpi_company import month


def period(first=6, last=8):
    return kpi.Period(company(), month(first), month(last))


def test_counts_are_the_bridge_of_the_twelve():
    """June to August: seven at the start, E and I lost, K and L new, D back, eight at the end."""
    parts = kpi.bridge(period())
    found = {name: kpi.counted(getattr(parts, name)) for name in parts._fields}
    values = {name: figure.value for name, figure in found.items()}
    assert values["start"] - values["lost"] + values["new"] + values["reactivated"] == values["end"]
    assert values == {"start": 7, "lost": 2, "new": 2, "reactivated": 1, "end": 8}
    assert found["lost"].customers == {"E", "I"}
    assert kpi.counted(frozenset())[:3] == (0, 0, 1)


def test_value_at_risk():
    """At the end of August: A critical (870 in all), H high (1000), B low, C gone for long."""
    levels = {"A": "critical", "H": "high", "B": "low", "C": "critical"}
    ledger = company().assign(risk_level=lambda t: t["customer"].map(levels))
    found = kpi_sales.value_at_risk(kpi.Period(ledger, month(8), month(8)))
    by = ledger[ledger["customer"].isin(["A", "H"])]["revenue"].sum()
    assert found[:3] == (by, by, 1)
    assert by == 100 + 100 + 100 + 100 + 100 + 100 + 100 + 100 + 1000
    assert found.customers == {"A", "H"}


def test_value_at_risk_of_twelve_months_in_margin():
    ledger = pd.DataFrame(
        {
            "customer": [1, 1, 1, 2],
            "month": pd.to_datetime(["2024-01-01", "2024-02-01", "2025-01-01", "2025-01-01"]),
            "cohort": pd.Timestamp("2023-01-01"),
            "active_start": True,
            "active_end": True,
            "orders": 1,
            "revenue": [1000.0, 100.0, 50.0, 10.0],
            "margin": [500.0, 40.0, 20.0, 5.0],
            "risk_level": [None, None, "high", None],
        }
    )
    january = kpi.Period(ledger, "2025-01-01", "2025-01-01")
    assert kpi_sales.value_at_risk(january).value == 60  # not that of January 2024
    unknown = ledger.assign(margin=[500.0, np.nan, 20.0, 5.0])
    assert kpi_sales.value_at_risk(kpi.Period(unknown, "2025-01-01", "2025-01-01")).value == 150


def test_value_at_risk_is_unknown_where_no_level_was_recorded():
    ledger = company().assign(risk_level=None)
    assert kpi_sales.value_at_risk(kpi.Period(ledger, month(8), month(8))).value is None


def test_share_of_rows():
    rows = pd.DataFrame({"customer": [1, 1, 2, 3], "answered": [True, False, True, False]})
    found = kpi_service.share_of_rows(rows, "answered")
    assert (found[:3], found.customers, found.base) == ((0.5, 2, 4), {1, 2}, {1, 2, 3})
    assert kpi_service.share_of_rows(rows[:0], "answered").value is None


def test_steps_on_time():
    """Due on Friday 6 June 2025; Monday the 9th is a holiday."""
    rest = {date(2025, 6, day) for day in (1, 7, 8, 9, 14, 15)}
    cases = [
        ("2025-06-06", 0, "2025-06-06", True),
        ("2025-06-06", 0, "2025-06-07", False),
        ("2025-06-06", 1, "2025-06-10", True),
        ("2025-06-06", 1, "2025-06-11", False),
        ("2025-06-06", 1, None, False),
        ("2025-06-06", 3, "2025-06-05", True),
        ("2025-06-07", 0, "2025-06-10", True),  # a Saturday: the next working day
        ("2025-06-07", 1, "2025-06-10", True),
        ("2025-06-07", 1, "2025-06-11", False),
    ]
    steps = pd.DataFrame(cases, columns=["due", "allowed", "done", "wanted"])
    for name in ("due", "done"):
        steps[name] = pd.to_datetime(steps[name])
    on_time = steps["done"] <= kpi_service.deadlines(steps, rest)
    assert on_time.tolist() == steps["wanted"].tolist()
    assert not len(kpi_service.deadlines(steps[:0], rest))
