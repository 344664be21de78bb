"""A replay of month ends, each figure worked out by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import backtest
from customer_retention.analytics.backtest import CRITICAL, FIRST, HIGH, OPEN, RIGHT, WRONG
from customer_retention.analytics.backtest_figures import by_month, by_tenth, figures
from hypothesis import given
from hypothesis import strategies as st

DAYS = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
KNOWN = date(2027, 12, 31)
SIGNAL = 1 << FIRST


def month(rows, **values):
    """Return the table of a month; rows: {customer: {column: value}}."""
    usual = {
        "wanted": 0,
        "score": 10,
        "lost": False,
        "archived": False,
        "cents": 1000,
        "last_day": "2025-12-01",
        "lost_on": None,
        "window": 90,
        "next_day": None,
    }
    table = pd.DataFrame.from_dict(
        {customer: {**usual, **values, **row} for customer, row in rows.items()}, orient="index"
    )
    for name in ("last_day", "lost_on", "next_day"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    return table


def replay(*months, known=KNOWN):
    state = backtest.begin()
    for day, rows in zip(DAYS, months, strict=False):
        state = backtest.step(state, month(rows), day, known)
    return state


def alerts(state):
    """Return (customer, opened, closed) of the alerts as months of 2026, 0 for still open."""
    return [
        (row.customer, row.opened.month, 0 if pd.isna(row.closed) else row.closed.month)
        for row in state.alerts.itertuples()
    ]


# ---------------------------------------------------------------- causes
def test_causes():
    fires = np.array([[True, False], [False, True], [False, False]])
    found = backtest.wanted(np.array([2, 3, 1]), fires)
    assert found.tolist() == [HIGH | SIGNAL, CRITICAL | SIGNAL << 1, 0]
    with pytest.raises(ValueError, match="61 signals"):
        backtest.wanted(np.array([0]), np.zeros((1, 61), dtype=bool))
    most = backtest.wanted(np.array([3]), np.ones((1, 60), dtype=bool))
    assert most[0] == sum(1 << k for k in range(FIRST, 62)) + CRITICAL


def test_closes_when_the_cause_is_gone_for_two_months():
    there, gone = {1: {"wanted": SIGNAL}}, {1: {}}
    assert alerts(replay(there, gone)) == [(1, 1, 0)]
    assert alerts(replay(there, gone, gone)) == [(1, 1, 3)]
    assert alerts(replay(there, gone, there, gone)) == [(1, 1, 0)]
    assert alerts(replay(there, gone, gone, there)) == [(1, 1, 3), (1, 4, 0)]


def test_a_new_cause_joins_the_open_alert():
    state = replay({1: {"wanted": HIGH}}, {1: {"wanted": CRITICAL}}, {1: {"wanted": SIGNAL}})
    assert alerts(state) == [(1, 1, 0)]
    assert state.memory.loc[1, "lines"] == HIGH | CRITICAL | SIGNAL
    # High lasts while the level is critical; the two levels went together a month ago.
    assert state.memory.loc[1, "gone"] == HIGH | CRITICAL
    state = replay({1: {"wanted": HIGH}}, {1: {}}, {1: {"wanted": SIGNAL}})
    assert alerts(state) == [(1, 1, 3), (1, 3, 0)]


def test_nobody_lost_gets_an_alert_but_an_open_one_stays():
    lost = {1: {"wanted": CRITICAL, "lost": True}}
    assert alerts(replay(lost)) == []
    assert alerts(replay({1: {"wanted": HIGH}}, lost, lost)) == [(1, 1, 0)]


def test_archived_closes_at_once():
    gone = {1: {"wanted": HIGH, "archived": True, "lost": True}}
    assert alerts(replay({1: {"wanted": HIGH}}, gone)) == [(1, 1, 2)]


def test_the_most_valuable_first_then_by_number():
    found = replay({n: {"wanted": HIGH, "cents": c} for n, c in {3: 5, 1: 5, 2: 9}.items()})
    assert found.alerts["customer"].tolist() == [2, 1, 3]


def test_who_disappears_keeps_no_cause():
    """Orders cancelled later leave no customer: the alert closes two months on."""
    assert alerts(replay({1: {"wanted": HIGH}}, {2: {}}, {2: {}})) == [(1, 1, 3)]


# ---------------------------------------------------------------- outcome
def test_outcomes():
    rows = {
        1: {"next_day": "2026-05-01"},  # the 90th day after January 31
        2: {"next_day": "2026-05-02"},
        3: {},
        4: {"next_day": "2026-05-02", "window": 91},
    }
    found = backtest.outcomes(month(rows), DAYS[0], KNOWN)
    assert found.tolist() == [WRONG, RIGHT, RIGHT, WRONG]
    # On the 90th day the first three windows are over, a day before none is.
    assert backtest.outcomes(month(rows), DAYS[0], date(2026, 5, 1))[3] == OPEN
    assert backtest.outcomes(month(rows), DAYS[0], date(2026, 4, 30)).tolist() == [OPEN] * 4


def test_windows():
    assert backtest.windows([0, 60, 61, 100], 90).tolist() == [90, 90, 92, 150]


def test_month_ends():
    assert backtest.month_ends(2, date(2026, 3, 30)) == [date(2026, 1, 31), date(2026, 2, 28)]
    assert backtest.month_ends(2, date(2026, 3, 31)) == [date(2026, 2, 28), date(2026, 3, 31)]


# ---------------------------------------------------------------- figures
def two_years():
    """Ann leaves and is found in the second month; Bob buys; Cat leaves and nobody sees it."""
    ann = {"cents": 700, "last_day": "2025-11-01"}
    bob = {"wanted": SIGNAL, "cents": 300, "next_day": "2026-02-10"}
    bob_back = {"last_day": "2026-02-10", "next_day": "2026-03-02"}
    cat = {"last_day": "2025-10-01"}
    lost = {"lost": True, "lost_on": "2026-04-11"}
    return replay(
        {1: ann, 2: bob, 3: cat},
        {1: ann | {"wanted": HIGH}, 2: bob_back, 3: cat},
        {1: ann | {"wanted": HIGH}, 2: {"last_day": "2026-03-02", "window": 999}, 3: cat},
        {1: ann | {"wanted": HIGH} | lost, 2: {"last_day": "2026-03-02", "window": 999}, 3: cat},
    )


def test_figures():
    found = figures(two_years(), DAYS)
    assert (found.alerts, found.judged, found.right) == (2, 2, 1)
    assert (found.left, found.found) == (2, 1)
    assert found.lead == (date(2026, 4, 11) - DAYS[1]).days == 42
    # January finds what was there before; one alert in the 89 days after it.
    assert found.weekly == pytest.approx(7 / 89)
    assert (found.cents, found.cents_right) == (1000, 700)


def test_by_month():
    found = by_month(two_years(), DAYS)
    assert found["alerts"].tolist() == [1, 1, 0, 0]
    assert found["right"].tolist() == [0, 1, 0, 0]
    assert found["left"].tolist() == [2, 0, 0, 0]
    assert found["found"].tolist() == [1, 0, 0, 0]
    # Bob's cause is gone in February and March.
    assert found["live"].tolist() == [1, 2, 1, 1]
    assert found["cents"].tolist() == [300, 700, 0, 0]


def test_windows_that_are_not_over_are_not_judged():
    state = replay({1: {"wanted": HIGH}}, known=date(2026, 4, 30))
    found = figures(state, DAYS[:1])
    assert (found.alerts, found.judged, found.left) == (1, 0, 0)
    assert np.isnan(found.lead)
    assert found.weekly == 0


def test_lift_by_tenth():
    """Ten customers, score = number; those above 8 leave: five times the share of all."""
    rows = {n: {"score": n, "next_day": None if n > 8 else "2026-02-01"} for n in range(1, 11)}
    found = by_tenth(replay(rows))
    assert found["customers"].tolist() == [1] * 10
    assert found["left"].tolist() == [0] * 8 + [1] * 2
    assert found["lift"].tolist() == [0] * 8 + [5] * 2


def test_equal_scores_stay_together():
    found = by_tenth(replay({n: {"next_day": "2026-02-01"} for n in range(10)}))
    assert found["customers"].sum() == 10
    assert (found["customers"] > 0).sum() == 1
    assert found["lift"].isna().all()


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=2, max_size=12))
def test_the_order_of_customers_is_nothing(customers):
    rows = {
        n: {"wanted": causes, "score": causes, "next_day": "2026-02-01" if back else None}
        for n, (causes, back) in enumerate(customers)
    }
    there, back = replay(rows), replay(dict(reversed(rows.items())))
    pd.testing.assert_frame_equal(there.alerts, back.alerts)
    pd.testing.assert_frame_equal(there.left, back.left)
    assert (there.tenths == back.tenths).all()
