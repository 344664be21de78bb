"""A snapshot joins rhythm, stage and trade; each of them has tests of its own."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import closures, snapshot, stage

AS_OF = date(2026, 6, 30)
NAT = np.datetime64("NaT", "D")


def snap(histories, as_of=AS_OF, **options):
    """Make a snapshot of {customer: days ago of the purchases}; 100 on each day."""
    rows = [
        (customer, pd.Timestamp(as_of - timedelta(days=ago)), 100.0, 1)
        for customer, history in histories.items()
        for ago in history
    ]
    days = pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])
    by_customer = days.groupby("customer")["day"]
    customers = pd.DataFrame({"first_day": by_customer.min(), "last_day": by_customer.max()})
    for name in ("last_contact", "last_talk", "expected_date", "expected_set_on"):
        customers[name] = pd.Series(options.pop(name, {}), dtype="datetime64[s]")
    customers["is_core"] = False
    customers["tier"] = pd.Series(options.pop("tier", {}), dtype="int64").reindex(
        customers.index, fill_value=0
    )
    return snapshot.Snapshot(as_of, customers, days, **options)


def before(days):
    return AS_OF - timedelta(days=days)


def test_rhythm_of_one_and_of_another():
    found = snap({"a": [100, 70, 40, 10], "b": [50]}, company_gap=45)
    assert list(found.index) == ["a", "b"]
    assert list(found.purchase_days) == [4, 1]
    assert list(found.expected_gap) == [30, 45]
    assert list(found.own_gap) == [30, 0]
    assert list(found.open_gap) == [10, 50]
    assert found.next_order_date.tolist() == [AS_OF + timedelta(days=20), AS_OF - timedelta(days=5)]


@pytest.mark.parametrize(
    ("day", "set_on", "gap"),
    [
        (AS_OF + timedelta(days=200), before(5), 210),
        (AS_OF + timedelta(days=200), before(10), 210),  # set on the day of the purchase
        (AS_OF + timedelta(days=200), before(11), 30),  # a purchase came since
        (AS_OF + timedelta(days=200), AS_OF + timedelta(days=1), 30),  # not set yet
        (before(10), before(5), 30),  # not after the purchase
        (before(9), before(5), 1),
    ],
)
def test_a_date_by_hand_counts_until_the_next_purchase(day, set_on, gap):
    found = snap({"a": [100, 70, 40, 10]}, expected_date={"a": day}, expected_set_on={"a": set_on})
    assert found.expected_gap[0] == found.own_gap[0] == gap
    assert found.next_order_date[0] == before(10) + timedelta(days=gap)


def test_a_date_by_hand_on_a_closed_day_counts_all_the_same():
    found = snap(
        {"a": [100, 70, 40, 10]},
        expected_date={"a": before(9)},
        expected_set_on={"a": before(10)},
        closed=closures.closures([(before(9), before(9))]),
    )
    assert found.by_hand[0] == 1  # no open day lies between, but a date was set
    assert found.next_order_date[0] == before(9)


def test_a_day_without_a_document_is_no_purchase_day():
    """A credit note lowers the amount of its day and makes no rhythm."""
    plain = snap({"a": [100, 70, 40, 10]})
    note = pd.DataFrame([("a", pd.Timestamp(before(5)), -60.0, 0)], columns=plain.days.columns)
    found = replace(plain, days=pd.concat([plain.days, note], ignore_index=True))
    assert (found.purchase_days[0], found.expected_gap[0], found.open_gap[0]) == (4, 30, 10)
    assert found.windows["cents_current"].iloc[0] == 34_000


def test_a_date_by_hand_keeps_from_being_silent():
    history = {"a": [220, 200, 180, 160]}
    assert snap(history).stage[0] == stage.SILENT
    by_hand = {"expected_date": {"a": AS_OF}, "expected_set_on": {"a": before(150)}}
    assert snap(history, **by_hand).stage[0] == stage.ACTIVE


def test_days_since_leaves_closures_out():
    found = snap({"a": [20]}, closed=closures.closures([(before(9), before(5))]))
    assert found.days_since([before(20)])[0] == 15
    assert np.isnan(found.days_since([NAT])[0])


def test_drops_in_percent():
    found = snap({"a": [10, 200, 210, 220, 230], "b": [10]})
    assert found.drop("days")[0] == found.drop("cents")[0] == 75
    assert found.value_drop[0] == 0
    assert np.isnan(found.drop("days")[1]) and np.isnan(found.value_drop[1])


# ---------------------------------------------------------------- standards
def standing(standard, last, contact=None, agreement=np.nan):
    return snap(
        {"a": [last]},
        standard=standard,
        last_contact={} if contact is None else {"a": before(contact)},
        agreement=np.array([agreement]),
    ).stage[0]


@pytest.mark.parametrize(
    ("standard", "last", "contact", "agreement", "code"),
    [
        (stage.BY_DAYS, 365, None, 1, stage.AT_RISK),
        (stage.BY_DAYS, 366, 1, 1, stage.LOST),
        (stage.BY_CONTACT, 366, 1, 0, stage.SILENT),
        (stage.BY_CONTACT, 900, 365, 0, stage.AT_RISK),
        (stage.BY_CONTACT, 900, 366, 0, stage.LOST),
        (stage.BY_AGREEMENT, 900, 1, 1, stage.SILENT),
        (stage.BY_AGREEMENT, 1, 1, 0, stage.LOST),
        (stage.BY_AGREEMENT, 365, None, np.nan, stage.AT_RISK),
        (stage.BY_AGREEMENT, 366, None, np.nan, stage.LOST),
    ],
)
def test_what_keeps_a_customer(standard, last, contact, agreement, code):
    assert standing(standard, last, contact, agreement) == code


@pytest.mark.parametrize(
    ("history", "code", "first"),
    [
        ([400], stage.LOST, 34),  # the 366th day after the purchase
        ([200], stage.AT_RISK, 19),
        ([100], stage.SILENT, 9),
        ([50], stage.NEW, 50),
        ([500, 50], stage.WON_BACK, 50),
    ],
)
def test_first_day_of_a_stage(history, code, first):
    found = snap({"a": history})
    assert found.stage[0] == code
    assert found.entered[0] == before(first)


def test_first_day_of_active_is_not_told_by_dates():
    assert np.isnat(snap({"a": [200, 150, 5]}).entered[0])


def test_nobody():
    found = snap({"a": [1]})
    nobody = snapshot.Snapshot(AS_OF, found.customers[:0], found.days[:0])
    assert len(nobody.stage) == len(nobody.next_order_date) == len(nobody.entered) == 0


# ---------------------------------------------------------------- limits by tier
LIMITS = {1: stage.Limits(silent=30, at_risk=60, lost=120), 2: stage.Limits(lost=400)}


@pytest.mark.parametrize(
    ("ago", "codes"),
    [
        # tier 1, tier 2, none: silent 30/90/90, at risk 60/180/180, lost 120/400/365
        (30, ("active", "active", "active")),
        (31, ("silent", "active", "active")),
        (60, ("silent", "active", "active")),
        (61, ("at_risk", "active", "active")),
        (90, ("at_risk", "active", "active")),
        (91, ("at_risk", "silent", "silent")),
        (120, ("at_risk", "silent", "silent")),
        (121, ("lost", "silent", "silent")),
        (365, ("lost", "at_risk", "at_risk")),
        (366, ("lost", "at_risk", "lost")),
        (400, ("lost", "at_risk", "lost")),
        (401, ("lost", "lost", "lost")),
    ],
)
def test_limits_by_tier(ago, codes):
    # Long-standing customers: nobody is new, and a gap of 500 is no rhythm yet.
    histories = {name: [ago + 500, ago] for name in "abc"}
    found = snap(histories, tier={"a": 1, "b": 2}, tier_limits=LIMITS)
    found.__dict__["won_back_on"] = np.full(3, NAT)
    assert tuple(found.stage) == codes


def test_the_first_day_of_a_stage_by_tier():
    found = snap({"a": [100], "b": [100]}, tier={"a": 1}, tier_limits=LIMITS)
    assert list(found.stage) == ["at_risk", "silent"]
    assert list(found.entered.astype(object)) == [before(39), before(9)]


def test_a_return_is_judged_by_the_tier_of_then():
    """Coming back after 100 days brings tier 1, by whose limits it would have been at risk."""
    asked = []

    def then(customers, days):
        asked.extend(zip(customers, (day.date() for day in days), strict=True))
        return np.where(customers == "b", 1, 0)

    histories = {"a": [110, 10], "b": [110, 10], "c": [40, 10]}
    options = {"tier": {"a": 1, "b": 1, "c": 1}, "tier_limits": LIMITS, "tiers_then": then}
    found = snap(histories, **options)
    assert [str(day) for day in found.won_back_on] == ["NaT", str(before(10)), "NaT"]
    assert asked == [("a", before(10)), ("b", before(10))]
    assert list(found.stage) == ["active", "won_back", "new"]
