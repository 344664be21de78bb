"""The risk card: points that add up, missing data, levels with hysteresis, value at stake."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import recency, risk
from hypothesis import given
from hypothesis import strategies as st

NAN = float("nan")
NIGHT = date(2026, 6, 30)


# ---------------------------------------------------------------- the purchase part
@pytest.mark.parametrize(
    ("days", "purchase_days", "points"),
    [
        (0, 1, 3),
        (7, 1, 3),
        (8, 1, 7),
        (14, 1, 7),
        (15, 1, 10),
        (89, 1, 29),
        (90, 1, 29),
        (91, 1, 31),
        (90, 2, 24),
        (90, 3, 21),
        (90, 4, 19),
        (90, 5, 19),
        (90, 6, 17),
        (90, 8, 17),
        (90, 9, 15),
        (90, 12, 15),
        (90, 13, 13),
        (90, 500, 13),
        (540, 13, 56),
        (541, 13, 60),
        (9999, 13, 60),
    ],
)
def test_recency_points(days, purchase_days, points):
    assert recency.recency_points([days], [purchase_days])[0] == points


def test_no_purchase_is_no_data():
    assert np.isnan(recency.recency_points([0], [0])[0])


def test_more_days_never_fewer_points_more_purchase_days_never_more():
    days, depth = np.meshgrid(np.arange(600), np.arange(1, 20), indexing="ij")
    points = recency.recency_points(days, depth)
    assert (np.diff(points, axis=0) >= 0).all()
    assert (np.diff(points, axis=1) <= 0).all()
    assert points.min() == 0
    assert points.max() == recency.MAXIMUM
    assert (points % 1 == 0).all()


# ---------------------------------------------------------------- points that add up
@pytest.mark.parametrize(
    ("points", "score", "coverage", "parts"),
    [
        ([60, 10, 30], 100, 100, [60, 10, 30]),
        ([0, 0, 0], 0, 100, [0, 0, 0]),
        ([30, 3, 2], 35, 100, [30, 3, 2]),
        # 33 of 70: 47.14; 42.86 + 4.29
        ([30, 3, NAN], 47, 70, [43, 4, 0]),
        # 31 of 70: 44.29; 42.86 + 1.43: the larger remainder gets the point
        ([30, 1, NAN], 44, 70, [43, 1, 0]),
        # 27 of 90: 30
        ([25, NAN, 2], 30, 90, [28, 0, 2]),
        ([60, NAN, NAN], 100, 60, [100, 0, 0]),
        ([21, NAN, NAN], 35, 60, [35, 0, 0]),
        ([NAN, NAN, NAN], 0, 0, [0, 0, 0]),
    ],
)
def test_score_card(points, score, coverage, parts):
    found = risk.score_card(np.array([points]), [60, 10, 30])
    assert (found.score[0], found.coverage[0]) == (score, coverage)
    assert list(found.parts[0]) == parts


def test_halves_round_up_and_equal_remainders_go_to_the_first():
    # 1 of 8 is 12.5; 2 + 1 + 1 … of 16: 6.25 each, 25 in all, one point over
    assert risk.score_card(np.array([[1.0]]), [8]).score[0] == 13
    assert list(risk.score_card(np.array([[1.0, 1, 1, 1]]), [4] * 4).parts[0]) == [7, 6, 6, 6]


@pytest.mark.parametrize("points", [-1, 61, 1.5])
def test_wrong_points_are_refused(points):
    with pytest.raises(ValueError, match="whole numbers"):
        risk.score_card(np.array([[points]]), [60])


@st.composite
def cards(draw):
    """A card and one customer's points on it; None = no data."""
    maxima = draw(st.lists(st.integers(1, 60), min_size=1, max_size=12))
    points = [draw(st.one_of(st.none(), st.integers(0, most))) for most in maxima]
    return maxima, points


def scored(points, maxima):
    row = np.array([[NAN if value is None else value for value in points]], dtype=float)
    found = risk.score_card(row, maxima)
    return int(found.score[0]), int(found.coverage[0]), found.parts[0]


@given(cards())
def test_parts_add_up_to_the_score(card):
    maxima, points = card
    score, coverage, parts = scored(points, maxima)
    assert parts.sum() == score
    assert 0 <= score <= 100
    assert 0 <= coverage <= 100
    assert (coverage == 100) == (None not in points)
    assert all(part == 0 for part, value in zip(parts, points) if not value)
    assert all(part >= value * 100 // sum(maxima) for part, value in zip(parts, points) if value)


@given(cards(), st.data())
def test_missing_data_lowers_coverage_and_never_the_risk(card, data):
    """Whatever goes missing, nobody looks safer than with that signal healthy."""
    maxima, points = card
    gone = data.draw(st.sets(st.sampled_from(range(len(points)))))
    healthy = [0 if k in gone else value for k, value in enumerate(points)]
    missing = [None if k in gone else value for k, value in enumerate(points)]
    with_data, without = scored(healthy, maxima), scored(missing, maxima)
    assert without[0] >= with_data[0]
    assert without[1] <= with_data[1]
    lost_share = sum(maxima[k] for k in gone) / sum(maxima)
    assert without[1] < with_data[1] or lost_share < 0.01 or not gone


@given(cards(), st.data())
def test_losing_what_is_no_worse_than_the_rest_never_lowers_the_risk(card, data):
    maxima, points = card
    place = data.draw(st.sampled_from(range(len(points))))
    rest = [None if k == place else value for k, value in enumerate(points)]
    weight = sum(most for most, value in zip(maxima, rest) if value is not None)
    earned = sum(value for value in rest if value is not None)
    if points[place] is not None and weight and points[place] * weight <= earned * maxima[place]:
        assert scored(rest, maxima)[0] >= scored(points, maxima)[0]


@given(cards(), st.data())
def test_more_points_never_lower_the_score(card, data):
    maxima, points = card
    more = [
        None if value is None else data.draw(st.integers(value, most))
        for value, most in zip(points, maxima)
    ]
    assert scored(more, maxima)[0] >= scored(points, maxima)[0]


@given(st.lists(cards(), min_size=2, max_size=4))
def test_customers_do_not_touch_each_other(several):
    maxima = several[0][0]
    rows = [
        [NAN if value is None or value > most else value for value, most in zip(points, maxima)]
        for _maxima, points in several
        if len(points) == len(maxima)
    ]
    together = risk.score_card(np.array(rows), maxima)
    for place, row in enumerate(rows):
        alone = risk.score_card(np.array([row]), maxima)
        assert alone.score[0] == together.score[place]
        assert list(alone.parts[0]) == list(together.parts[place])


def test_a_full_card_is_a_hundred():
    assert sum(risk.GROUP_MAXIMA.values()) == 100


# ---------------------------------------------------------------- what would lower it
def test_score_after_a_purchase_today():
    points = pd.DataFrame({"recency": [41.0], "overdue": [3.0], "service": [10.0]})
    maxima = {"recency": 60, "overdue": 3, "service": 10}
    assert risk.score_card(points.to_numpy(), list(maxima.values())).score[0] == 74  # 54 of 73
    # 2 points for a second purchase day, none for lateness: 12 of 73
    assert risk.score_after_purchase(points, maxima, [1])[0] == 16


@given(
    st.integers(0, 700),
    st.integers(1, 30),
    st.one_of(st.none(), st.integers(0, 3)),
    st.one_of(st.none(), st.integers(0, 10)),
)
def test_buying_never_raises_the_risk(days, purchase_days, overdue, service):
    maxima = {"recency": 60, "overdue": 3, "service": 10}
    points = pd.DataFrame(
        {
            "recency": recency.recency_points([days], [purchase_days]),
            "overdue": pd.Series([overdue], dtype="float64"),
            "service": pd.Series([service], dtype="float64"),
        }
    )
    now = risk.score_card(points.to_numpy(), list(maxima.values())).score[0]
    assert risk.score_after_purchase(points, maxima, [purchase_days])[0] <= now


# ---------------------------------------------------------------- levels
@pytest.mark.parametrize(
    ("score", "level"),
    [(0, 0), (34, 0), (35, 1), (54, 1), (55, 2), (74, 2), (75, 3), (100, 3)],
)
def test_plain_levels(score, level):
    assert risk.plain_level([score])[0] == level


def walk(start, scores, nights=None):
    """Return the level after each night."""
    state = risk.LevelState(np.array([start]), np.array([0]), np.array(["NaT"], "datetime64[D]"))
    levels = []
    for place, score in enumerate(scores):
        night = NIGHT + timedelta(days=nights[place] if nights else place)
        state = risk.step_levels(state, np.array([score]), night)
        levels.append(int(state.level[0]))
    return levels


@pytest.mark.parametrize(
    ("start", "scores", "levels"),
    [
        (-1, [57], [2]),  # the first night takes the plain level
        (1, [59, 59, 59], [1, 1, 1]),  # 4 points above: stays watch
        (1, [60, 60], [1, 2]),  # 5 points on two nights
        (1, [61, 61], [1, 2]),
        (2, [51, 51, 51], [2, 2, 2]),  # 4 points below 55
        (2, [50, 50], [2, 1]),
        (2, [49, 49], [2, 1]),
        (1, [60, 59, 60, 60], [1, 1, 1, 2]),  # the count begins again
        (1, [60, 30, 30], [1, 1, 0]),  # up one night, down the next: not two of a kind
        (0, [40, 80], [0, 3]),  # the second night says where to
        (3, [0, 0], [3, 0]),
        (0, [0, 34, 39], [0, 0, 0]),
        (3, [100, 71, 71], [3, 3, 3]),
        (3, [70, 70, 70], [3, 2, 2]),
    ],
)
def test_hysteresis(start, scores, levels):
    assert walk(start, scores) == levels


def test_two_runs_of_one_night_are_one():
    assert walk(1, [60, 60, 60, 60], [0, 0, 0, 1]) == [1, 1, 1, 2]


def test_a_missed_night_does_not_break_the_count():
    assert walk(1, [60, 60], [0, 3]) == [1, 2]


@given(st.integers(-1, 3), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_running_each_night_twice_changes_nothing(start, scores):
    once = walk(start, scores)
    twice = walk(
        start,
        [score for score in scores for _run in (1, 2)],
        [night for night in range(len(scores)) for _run in (1, 2)],
    )
    assert twice[::2] == twice[1::2] == once


def test_quiet_nights_write_nothing():
    state = risk.LevelState(np.array([1]), np.array([0]), np.array(["NaT"], "datetime64[D]"))
    after = risk.step_levels(state, np.array([54]), NIGHT)
    for old, new in zip(state, after):
        np.testing.assert_array_equal(old, new)


# ---------------------------------------------------------------- value at stake
def test_amount_of_the_year_before_the_last_purchase():
    rows = [
        ("a", date(2025, 3, 31), 1000),
        ("a", date(2024, 4, 1), 200),  # first day of the 12 months
        ("a", date(2024, 3, 31), 50),  # a day too early
        ("a", date(2025, 4, 2), -30),  # credit note after the last purchase
        ("a", date(2025, 1, 1), -100),
        ("b", date(2024, 2, 29), 7),
    ]
    log = pd.DataFrame(rows, columns=["customer", "day", "cents"])
    last = pd.Series({"a": date(2025, 3, 31), "b": date(2024, 2, 29), "c": None})
    assert risk.amount_before_last(log, last).to_dict() == {"a": 1100, "b": 7, "c": 0}


@pytest.mark.parametrize(
    ("cents", "level", "stake"),
    [(10000, 0, 500), (10000, 1, 2000), (10000, 2, 4500), (10000, 3, 7000), (10, 0, 1), (9, 0, 0)],
)
def test_value_at_stake(cents, level, stake):
    assert risk.value_at_stake([cents], [level])[0] == stake


def test_nothing_is_at_stake_below_zero():
    assert risk.value_at_stake([-5000], [3])[0] == 0
