"""Purchase signals at every threshold, against hand-worked cases."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import measures, rhythm
from hypothesis import given
from hypothesis import strategies as st

AS_OF = date(2026, 6, 30)
NAN = float("nan")


def same(found, wanted):
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(wanted, dtype=float))


@pytest.mark.parametrize(
    ("share", "maximum", "points"),
    [(0, 10, 0), (1 / 3, 10, 3), (2 / 3, 10, 7), (1, 10, 10), (0.5, 5, 3), (1 / 3, 2, 1)],
)
def test_share_to_points(share, maximum, points):
    assert measures.share_to_points([share], maximum)[0] == points


def test_no_data_stays_no_data():
    assert np.isnan(measures.share_to_points([NAN], 10)[0])
    same(measures.threshold_share([89, 90, 91, NAN], 90), [0, 0, 1, NAN])


# ---------------------------------------------------------------- lateness
def test_overdue():
    days = [0, 29, 30, 31, 45, 46, 60, 61, 500]
    third, half_way = 1 / 3, 2 / 3
    wanted = [0, 0, 0, third, third, half_way, half_way, 1, 1]
    same(measures.overdue_share(np.array(days), np.full(9, 30)), wanted)


def test_monthly_and_yearly_buyers_are_judged_differently_on_day_60():
    same(measures.overdue_share([60, 60, 60], [30, 365, 0]), [2 / 3, 0, NAN])


@pytest.mark.parametrize(
    ("gaps", "share"),
    [
        ([10, 20, 30], 1),
        ([10, 20, 20], 0),
        ([10, 20, 21], 1),
        ([10, 20, 19], 0),
        ([10, 10, 30], 0),
        ([50, 10, 20, 30], 1),  # only the last three
        ([10, 20, 30, 25], 0),
        ([10, 20], NAN),
        ([], NAN),
    ],
)
def test_lengthening(gaps, share):
    moments = [AS_OF - timedelta(days=int(n)) for n in np.cumsum([5, *gaps[::-1]])]
    purchases = pd.DataFrame({"customer": "a", "day": moments})
    table = rhythm.purchase_gaps(purchases, AS_OF)
    same(measures.lengthening_share(table, pd.Index(["a"])), [share])


# ---------------------------------------------------------------- drops
@pytest.mark.parametrize(
    ("current", "share"),
    [(200, 0), (100, 0), (76, 0), (75, 0), (74, 1), (50, 1), (49, 2), (25, 2), (24, 3), (-9, 3)],
)
def test_drop(current, share):
    same(measures.drop_share([current], [100]), [share / 3])


def test_nothing_before_is_no_data():
    same(measures.drop_share([0, 5, 5], [0, 0, -5]), [NAN, NAN, NAN])


def test_value_drop_compares_averages():
    # 10 orders of 100 before; 2 of 100, 4 of 74, none
    cents, documents = np.array([200, 296, 0]), np.array([2, 4, 0])
    before, documents_before = np.full(3, 1000), np.full(3, 10)
    found = measures.value_drop_share(cents, documents, before, documents_before)
    same(found, [0, 1 / 3, NAN])


def rows_of(*rows):
    return pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])


def test_windows_begin_and_end_on_the_right_day():
    log = rows_of(
        ("a", date(2026, 7, 1), 1, 1),  # the future
        ("a", date(2026, 6, 30), 2, 1),
        ("a", date(2025, 12, 31), 4, 2),  # current: from 31 December
        ("a", date(2025, 12, 31), -1, 0),
        ("a", date(2025, 12, 30), 8, 1),  # previous
        ("a", date(2025, 7, 1), 16, 1),  # previous: from 1 July
        ("a", date(2025, 6, 30), 32, 1),  # same season, a year ago
        ("a", date(2024, 12, 31), 64, 1),
        ("a", date(2024, 12, 30), 128, 1),  # before every window
        ("b", date(2026, 6, 1), -5, 0),
    )
    found = measures.trade_windows(log, AS_OF).drop(columns="first_day")
    assert found.loc["a"].to_dict() == {
        "days_current": 2,
        "documents_current": 3,
        "cents_current": 500,
        "days_previous": 2,
        "documents_previous": 2,
        "cents_previous": 2400,
        "days_season": 2,
        "documents_season": 2,
        "cents_season": 9600,
    }
    assert found.loc["b", "cents_current"] == -500
    assert found.loc["b", "days_current"] == 0


@pytest.mark.parametrize(
    ("first", "days"),
    [(date(2024, 6, 29), 1), (date(2024, 6, 30), 1), (date(2024, 7, 1), 2)],
)
def test_same_season_once_24_months_exist(first, days):
    log = rows_of(
        ("a", first, 10, 1),
        ("a", date(2025, 5, 1), 10, 1),  # same season: one
        ("a", date(2025, 9, 1), 10, 1),  # previous window: two
        ("a", date(2025, 10, 1), 10, 1),
    )
    windows = measures.trade_windows(log, AS_OF)
    assert measures.compared_with(windows, AS_OF).loc["a", "days"] == days


def test_low_season_is_no_drop_for_a_known_customer():
    """Four orders each autumn, none from January to June."""
    log = rows_of(
        *(("a", date(year, 10, day), 10, 1) for year in (2023, 2024, 2025) for day in (1, 9))
    )
    windows = measures.trade_windows(log, AS_OF)
    then = measures.compared_with(windows, AS_OF)
    same(measures.drop_share(windows["days_current"], then["days"]), [NAN])
    young = measures.trade_windows(log[log["day"] > date(2025, 1, 1)], AS_OF)
    then = measures.compared_with(young, AS_OF)
    same(measures.drop_share(young["days_current"], then["days"]), [1])


# ---------------------------------------------------------------- falling R, F, M
FALLS = [[5, 5, 5], [4, 4, 4], [3, 3, 3]]


@pytest.mark.parametrize(
    ("history", "months", "found"),
    [
        (FALLS, 2, 1),
        (FALLS, 3, NAN),  # one month end too few
        ([[1, 1, 1], *FALLS], 2, 1),
        ([[1, 1, 1], *FALLS], 3, 0),
        ([[5, 5, 5], [4, 4, 4], [3, 3, 4]], 2, 0),  # M stood still once
        ([[5, 5, 5], [4, 4, 4], [3, 5, 3]], 2, 0),
        ([[NAN, 5, 5], [4, 4, 4], [3, 3, 3]], 2, NAN),
        ([[NAN, 5, 5], [4, 4, 4], [3, 3, 3]], 1, 1),
    ],
)
def test_falling(history, months, found):
    same(measures.falling(np.array([history]), months), [found])


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 120))
def test_later_is_never_less_overdue(days, more, gap):
    first, second = measures.overdue_share(np.array([days, days + more]), np.array([gap, gap]))
    assert first <= second
