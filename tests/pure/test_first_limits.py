"""Counts that other limits would make, and limits that fit a company's rhythm."""

from datetime import date, timedelta

import pandas as pd
import pytest
from customer_retention.analytics import first_limits, stage

AS_OF = date(2026, 6, 30)


def customers(*rows):
    """Return a table of (days since the last purchase, contact, own gap, tier, archived)."""
    ago = [
        {
            "first_day": AS_OF - timedelta(days=900),
            "last_day": AS_OF - timedelta(days=bought),
            "last_contact": AS_OF - timedelta(days=contact),
            "own_gap": gap,
            "tier": tier,
            "archived": archived,
        }
        for bought, contact, gap, tier, archived in rows
    ]
    return pd.DataFrame(ago)


TABLE = customers(
    (90, 90, 0, 0, False),
    (91, 91, 0, 0, False),
    (91, 91, 70, 0, False),
    (200, 10, 0, 0, False),
    (200, 200, 0, 0, False),
    (400, 10, 0, 0, False),
    (10, 10, 0, 0, True),
)


def test_counts_follow_the_limits():
    shipped = stage.Limits()
    counts = first_limits.stage_counts(TABLE, AS_OF, shipped, {})
    assert counts == {"silent": 2, "at_risk": 1, "lost": 2}
    sooner = stage.Limits(silent=80)
    assert first_limits.stage_counts(TABLE, AS_OF, sooner, {})["silent"] == 3


def test_tiers_have_days_of_their_own():
    table = customers((91, 91, 0, 7, False), (91, 91, 0, 0, False))
    counts = first_limits.stage_counts(TABLE.iloc[:0], AS_OF, stage.Limits(), {})
    assert counts == {"silent": 0, "at_risk": 0, "lost": 0}
    tiers = {7: stage.Limits(silent=120)}
    assert first_limits.stage_counts(table, AS_OF, stage.Limits(), tiers)["silent"] == 1


def test_recency():
    days = pd.Series([AS_OF - timedelta(days=count) for count in (0, 30, 31, 90, 181, 366)])
    assert first_limits.recency_counts(days, AS_OF, (30, 90, 180, 365)) == [2, 2, 0, 1, 1]
    assert first_limits.recency_counts(days[:0], AS_OF, (30, 90, 180, 365)) == [0] * 5


@pytest.mark.parametrize(
    ("gap", "days"), [(30, (45, 60, 90)), (1, (2, 2, 3)), (61, (90, 120, 180))]
)
def test_suggestion(gap, days):
    found = first_limits.suggested(gap, stage.Limits())
    assert (found.silent, found.at_risk, found.lost) == days


def test_nothing_to_suggest():
    assert first_limits.suggested(None, stage.Limits()) is None
    flat = stage.Limits(silent_gaps=1, at_risk_gaps=1, lost_gaps=1)
    assert first_limits.suggested(30, flat) is None
