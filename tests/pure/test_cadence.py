"""Contact cadence: the guide, small plans worked out by hand, and what holds for any plan."""

from datetime import date, timedelta

import pytest
from customer_retention.analytics.cadence import (
    Customer,
    guide_interval,
    plan,
    rounds,
    wanted_on,
)
from hypothesis import given
from hypothesis import strategies as st

MONDAY = date(2026, 6, 1)
ANN, BEN = 1, 2  # owners


def weekend(day):
    return day.weekday() > 4


def june(day):
    return date(2026, 6, day)


def customer(key, days_ago, interval=7, owner=ANN, value=0.0):
    last = MONDAY - timedelta(days=days_ago)
    return Customer(key, owner, 400, last, interval, value)


# ---------------------------------------------------------------- the guide
@pytest.mark.parametrize(
    ("age", "days"),
    [(0, 7), (89, 7), (90, 7), (91, 12), (179, 12), (180, 12), (181, 21), (182, 21), (5000, 21)],
)
def test_guide(age, days):
    assert guide_interval(age) == days


@pytest.mark.parametrize(
    ("age", "last", "interval", "day"),
    [
        (10, date(2026, 5, 30), None, june(6)),
        (100, date(2026, 5, 30), None, june(11)),
        (400, date(2026, 5, 30), None, june(20)),
        (400, date(2026, 5, 30), 30, june(29)),
        (400, date(2026, 5, 30), 0, date(2026, 5, 30)),
        (3, None, None, june(5)),  # a first purchase on 29 May, nobody called since
        (0, None, None, june(8)),
    ],
)
def test_wanted_on(age, last, interval, day):
    assert wanted_on(Customer(1, ANN, age, last, interval), MONDAY) == day


# ---------------------------------------------------------------- small plans
def test_most_overdue_first_and_never_more_than_the_capacity():
    rows = [customer(1, 8), customer(2, 20), customer(3, 7), customer(4, 10), customer(5, 30)]
    found = plan(rows, {ANN: 2}, MONDAY, 14, weekend)
    assert found.dates == {5: june(1), 2: june(1), 4: june(2), 1: june(2), 3: june(3)}
    assert found.load == {(ANN, june(1)): 2, (ANN, june(2)): 2, (ANN, june(3)): 1}
    assert not found.left_out


def test_ties_go_by_value_then_key():
    rows = [
        customer(3, 9, value=5),
        customer(2, 9, value=5),
        customer(1, 9),
        customer(4, 9, value=9),
    ]
    found = plan(rows, {ANN: 1}, MONDAY, 5, weekend)
    assert found.dates == {4: june(1), 2: june(2), 3: june(3), 1: june(4)}


def test_nobody_is_called_before_being_due_nor_at_the_weekend():
    # Due on Friday, Saturday, Sunday and the Monday after
    rows = [customer(1, 3), customer(2, 2), customer(3, 1), customer(4, 0)]
    found = plan(rows, {ANN: 2}, MONDAY, 14, weekend)
    assert found.dates == {1: june(5), 2: june(8), 3: june(8), 4: june(9)}


def test_who_waits_since_long_goes_before_who_has_just_become_due():
    rows = [*(customer(key, 30 - key) for key in (1, 2, 3)), customer(9, 6, value=1e9)]
    found = plan(rows, {ANN: 1}, MONDAY, 5, weekend)
    assert found.dates == {1: june(1), 2: june(2), 3: june(3), 9: june(4)}


def test_who_does_not_fit():
    rows = [customer(key, 30 - key) for key in range(1, 8)]
    found = plan(rows, {ANN: 1}, MONDAY, 5, weekend)
    assert sorted(found.dates) == [1, 2, 3, 4, 5]
    assert found.left_out == [6, 7]


def test_the_horizon_ends_before_its_last_day():
    # Due on Saturday, Sunday (no working day follows) and the Monday after (not asked for)
    rows = [customer(1, 2), customer(2, 1), customer(3, 0)]
    found = plan(rows, {ANN: 9}, MONDAY, 7, weekend)
    assert found == ({}, {}, [1, 2])
    assert plan(rows, {ANN: 9}, MONDAY, 0, weekend) == ({}, {}, [])


def test_owners_do_not_share_and_nobody_takes_none():
    rows = [
        customer(1, 20, owner=ANN),
        customer(2, 19, owner=BEN),
        customer(3, 25, owner=None),
        customer(4, 18, owner=7),
        customer(5, 17, owner=BEN),
    ]
    found = plan(rows, {ANN: 1, BEN: 1}, MONDAY, 5, weekend)
    assert found.dates == {1: june(1), 2: june(1), 5: june(2)}
    assert found.left_out == [3, 4]


def test_a_customer_comes_once():
    with pytest.raises(ValueError):
        plan([customer(1, 20), customer(1, 21)], {ANN: 5}, MONDAY, 5, weekend)


# ---------------------------------------------------------------- any plan
customers = st.lists(
    st.builds(
        Customer,
        st.integers(1, 60),
        st.sampled_from([None, ANN, BEN, 3]),
        st.integers(0, 400),
        st.one_of(st.none(), st.integers(0, 120).map(lambda ago: MONDAY - timedelta(days=ago))),
        st.one_of(st.none(), st.integers(0, 91)),
        st.sampled_from([0.0, 1.0, 2.5]),
    ),
    unique_by=lambda row: row.key,
    max_size=40,
)
capacities = st.dictionaries(st.sampled_from([ANN, BEN, 3]), st.integers(0, 3))
horizons = st.integers(0, 30)


@given(customers, capacities, horizons, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(rows, capacity, days, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert plan(rows, capacity, MONDAY, days, weekend) == plan(
        mixed, capacity, MONDAY, days, weekend
    )


@given(customers, capacities, horizons)
def test_what_every_plan_keeps(rows, capacity, days):
    found, end = plan(rows, capacity, MONDAY, days, weekend), MONDAY + timedelta(days=days)
    due = {row.key: wanted_on(row, MONDAY) for row in rows}
    owner = {row.key: row.owner for row in rows}
    assert {key for key in due if due[key] < end} == {*found.dates, *found.left_out}
    assert not found.dates.keys() & set(found.left_out)
    for key, day in found.dates.items():
        assert max(due[key], MONDAY) <= day < end
        assert not weekend(day)
    for (who, day), count in found.load.items():
        assert count == sum(d == day and owner[key] == who for key, d in found.dates.items())
        assert count <= capacity.get(who, 0)
    assert sum(found.load.values()) == len(found.dates)


@given(customers, capacities, horizons)
def test_no_room_is_wasted_and_nobody_is_overtaken(rows, capacity, days):
    found = plan(rows, capacity, MONDAY, days, weekend)
    rank = {row.key: (wanted_on(row, MONDAY), -row.value, row.key) for row in rows}
    owner = {row.key: row.owner for row in rows}
    for key in {*found.dates, *found.left_out}:
        last = found.dates.get(key, MONDAY + timedelta(days=days))
        day = max(rank[key][0], MONDAY)
        while day < last:  # every working day before was full, of customers more urgent
            if not weekend(day):
                taken = [k for k, d in found.dates.items() if d == day and owner[k] == owner[key]]
                assert len(taken) == capacity.get(owner[key], 0)
                assert all(rank[k] < rank[key] for k in taken)
            day += timedelta(days=1)


# ---------------------------------------------------------------- all contacts of some weeks
def test_rounds_come_again_after_the_interval():
    found = rounds([customer(1, 7)], {ANN: 5}, MONDAY, 28, weekend)
    assert found.contacts == [(1, june(1)), (1, june(8)), (1, june(15)), (1, june(22))]
    assert found.left_out == []


def test_rounds_show_that_one_contact_each_hides_an_overload():
    """Ten weekly customers are 40 contacts in four weeks; one a working day makes 20."""
    rows = [customer(key, 7) for key in range(1, 11)]
    assert plan(rows, {ANN: 1}, MONDAY, 28, weekend).left_out == []
    found = rounds(rows, {ANN: 1}, MONDAY, 28, weekend)
    assert len(found.contacts) == 20
    assert set(found.load.values()) == {1}
    # Seen on June 1 and, as all others come first, on June 15; due again on June 22.
    assert [day for key, day in found.contacts if key == 1] == [june(1), june(15)]
    assert found.left_out == [1, 2, 3, 4, 5]


def test_rounds_leave_room_that_is_taken():
    taken = {(ANN, june(1)): 2, (ANN, june(2)): 1}
    found = rounds([customer(k, 7) for k in (1, 2)], {ANN: 2}, MONDAY, 3, weekend, taken)
    assert found.contacts == [(1, june(2)), (2, june(3))]


@given(customers, capacities, horizons)
def test_rounds_are_the_plans_of_every_morning(rows, capacity, days):
    rows = [row._replace(last_contact=row.last_contact or MONDAY) for row in rows]
    found = rounds(rows, capacity, MONDAY, days, weekend)
    made = []
    for ahead in range(days):
        day = MONDAY + timedelta(days=ahead)
        today = plan(rows, capacity, day, 1, weekend).dates
        made += [(key, day) for key in today]
        rows = [row._replace(last_contact=day) if row.key in today else row for row in rows]
    assert sorted(found.contacts) == sorted(made)
