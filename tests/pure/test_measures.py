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


LATE = (1.0, 1.5, 2.0)
DROPS = (25, 50, 75)


def overdue(days, gap):
    return measures.stairs(measures.times_late(days, gap), LATE)


def drop(current, before):
    return measures.stairs(measures.drop_percent(current, before), DROPS)


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
    same(measures.stairs([89, 90, 91, NAN], [90]), [0, 0, 1, NAN])
    same(measures.stairs([0, 1, NAN], []), [0, 1, NAN])


# ---------------------------------------------------------------- lateness
def test_overdue():
    days = [0, 29, 30, 31, 45, 46, 60, 61, 500]
    third, half_way = 1 / 3, 2 / 3
    wanted = [0, 0, 0, third, third, half_way, half_way, 1, 1]
    same(overdue(np.array(days), np.full(9, 30)), wanted)


def test_monthly_and_yearly_buyers_are_judged_differently_on_day_60():
    same(overdue([60, 60, 60], [30, 365, 0]), [2 / 3, 0, NAN])


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
    same(drop([current], [100]), [share / 3])


def test_nothing_before_is_no_data():
    same(drop([0, 5, 5], [0, 0, -5]), [NAN, NAN, NAN])


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
    same(drop(windows["days_current"], then["days"]), [NAN])
    young = measures.trade_windows(log[log["day"] > date(2025, 1, 1)], AS_OF)
    then = measures.compared_with(young, AS_OF)
    same(drop(young["days_current"], then["days"]), [1])


# ---------------------------------------------------------------- falling R, F, M
def test_month_ends():
    ends = [date(2026, 6, 30), date(2026, 5, 31), date(2026, 4, 30)]
    assert measures.month_ends(date(2026, 6, 30), 3) == ends
    assert measures.month_ends(date(2026, 7, 30), 3) == ends
    assert measures.month_ends(date(2026, 6, 29), 2) == ends[1:]


def fallen(purchases, as_of=AS_OF):
    log = rows_of(*(("a", day, amount, 1) for day, amount in purchases))
    count, known = measures.falling_month_ends(log, pd.Index(["a"]), as_of)
    return int(count[0]), int(known[0])


MONTHLY_UNTIL_2024 = [(date(2024, month, 15), 100) for month in range(1, 13)]


def test_nobody_falls_while_nothing_leaves_the_window():
    # On 30 November 2025 purchases since 1 December 2023 count: none has left the window yet.
    assert fallen(MONTHLY_UNTIL_2024, date(2025, 11, 30)) == (0, 7)


@pytest.mark.parametrize(
    ("as_of", "count"),
    [
        # The purchase of 15 January 2024 leaves the window between 31 December and 31 January.
        (date(2026, 1, 30), 0),
        (date(2026, 1, 31), 1),
        (date(2026, 2, 28), 2),
        (date(2026, 5, 31), 5),
        (date(2026, 7, 31), 6),  # looks no further back
    ],
)
def test_falling_counts_successive_month_ends(as_of, count):
    assert fallen(MONTHLY_UNTIL_2024, as_of)[0] == count


@pytest.mark.parametrize(("day", "count"), [(30, 1), (31, 1)])
def test_the_first_day_of_a_window_is_outside(day, count):
    """The 24 months to 31 January 2026 begin after 31 January 2024."""
    bought = [(date(2024, 1, day), 100), (date(2024, 6, 15), 100)]
    assert fallen(bought, date(2026, 1, 31))[0] == count
    assert fallen(bought[1:], date(2026, 1, 31))[0] == 0


def test_a_purchase_ends_falling():
    again = [*MONTHLY_UNTIL_2024, (date(2026, 3, 10), 100)]
    assert fallen(again, date(2026, 3, 31))[0] == 0  # R is better than a month before
    assert fallen(again, date(2026, 4, 30))[0] == 1


def test_month_ends_before_the_first_purchase_are_not_known():
    assert fallen([(date(2026, 4, 30), 10)]) == (0, 3)
    assert fallen([(date(2026, 5, 1), 10)]) == (0, 2)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 120))
def test_later_is_never_less_overdue(days, more, gap):
    first, second = overdue(np.array([days, days + more]), np.array([gap, gap]))
    assert first <= second
