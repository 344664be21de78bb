"""The scoring rule against hand-worked cases and its properties."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import purchases, rfm
from hypothesis import given
from hypothesis import strategies as st

AS_OF = date(2026, 6, 30)
CONFIG = rfm.Config()


def no_fallback():
    raise AssertionError("the population is large enough")


def rows_of(*rows):
    return pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])


# ---------------------------------------------------------------- edges
@pytest.mark.parametrize(
    ("days", "score"),
    [(0, 5), (29, 5), (30, 5), (31, 4), (90, 4), (91, 3), (180, 3), (181, 2), (365, 2), (366, 1)],
)
def test_recency_edges(days, score):
    assert rfm.score_down(np.array([days]), rfm.DEFAULT_R_EDGES)[0] == score


@pytest.mark.parametrize(
    ("count", "score"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 4), (8, 5), (99, 5)]
)
def test_frequency_edges(count, score):
    assert rfm.score_up(np.array([count]), rfm.DEFAULT_F_EDGES)[0] == score


# ---------------------------------------------------------------- cut points
@pytest.mark.parametrize(
    ("count", "scores"),
    [
        (1, {1}),
        (2, {1, 3}),
        (3, {1, 2, 4}),
        (4, {1, 2, 3, 4}),
        (5, {1, 2, 3, 4, 5}),
        (6, {1, 2, 3, 4, 5}),
        (7, {1, 2, 3, 4, 5}),
    ],
)
def test_small_populations(count, scores):
    values = np.arange(1, count + 1)
    assert set(rfm.score_up(values, rfm.cut_points(values))) == scores


def test_no_population():
    with pytest.raises(ValueError, match="at least one value"):
        rfm.cut_points(np.array([], dtype=int))


def test_hundred_customers_with_seventy_one_timers():
    values = np.array([1] * 70 + [2] * 15 + [3] * 8 + [4, 5, 6, 7, 8, 9, 10])
    scores = rfm.score_up(values, rfm.cut_points(values))
    assert set(scores[values == 1]) == {1}
    assert set(scores[values == 2]) == {4}
    assert set(scores[values >= 3]) == {5}


def test_tenths():
    values = np.arange(20, 220, 20)  # 0.2 … 2.0 in cents
    scores = rfm.score_up(values, rfm.cut_points(values))
    assert list(scores) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.randoms())
def test_scores_are_fair(values, random):
    """Equal values, equal scores; more is never less; the order of rows never matters."""
    array = np.array(values)
    limits = rfm.cut_points(array)
    by_value = {}
    for value, score in zip(values, rfm.score_up(array, limits), strict=True):
        assert by_value.setdefault(value, score) == score
    ordered = [by_value[value] for value in sorted(by_value)]
    assert ordered == sorted(ordered)
    assert set(ordered) <= {1, 2, 3, 4, 5}
    shuffled = values[:]
    random.shuffle(shuffled)
    assert rfm.cut_points(np.array(shuffled)) == limits


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=100))
def test_cut_points_equal_the_rank_rule(values):
    """1 + (5 * (rank - 1)) / n in integers, the form that needs no cut points."""
    array = np.array(values)
    rank = np.array([1 + sum(other < value for other in values) for value in values])
    assert list(rfm.score_up(array, rfm.cut_points(array))) == list(
        1 + (5 * (rank - 1)) // len(values)
    )


@given(st.lists(st.integers(0, 400), min_size=1, max_size=100))
def test_recency_mirrors(values):
    array = np.array(values)
    limits = rfm.cut_points(array)
    total = rfm.score_down(array, limits) + rfm.score_up(array, limits)
    assert set(total) == {6}


# ---------------------------------------------------------------- core customers
def test_core_is_the_smallest_set():
    assert rfm.core_threshold(np.array([50, 30, 15, 5]), 80) == 30
    assert rfm.core_threshold(np.array([50, 29, 16, 5]), 80) == 16
    assert rfm.core_threshold(np.array([100]), 80) == 100
    assert rfm.core_threshold(np.array([0, -5]), 80) is None
    assert rfm.core_threshold(np.array([]), 80) is None


def test_core_treats_equal_customers_alike():
    assert rfm.core_threshold(np.array([40, 20, 20, 20]), 50) == 20


@given(st.lists(st.integers(-50, 1000), max_size=60), st.integers(1, 99))
def test_core_share(values, share):
    array = np.array(values, dtype=int)
    threshold = rfm.core_threshold(array, share)
    positive = array[array > 0]
    if threshold is None:
        assert not len(positive)
        return
    goal = positive.sum() * share
    assert positive[positive >= threshold].sum() * 100 >= goal
    assert positive[positive > threshold].sum() * 100 < goal


# ---------------------------------------------------------------- aggregation
def test_window_is_open_at_its_start():
    start = purchases.window_start(AS_OF, 24)
    assert start == date(2024, 6, 30)
    facts = purchases.aggregate(
        rows_of(("a", start, 10, 1), ("b", start + timedelta(days=1), 10, 1)),
        AS_OF,
        CONFIG.window_months,
    )
    assert list(facts["frequency"]) == [0, 1]
    assert list(facts["monetary_cents"]) == [0, 1000]
    assert list(facts["revenue_cents"]) == [1000, 1000]


def test_leap_day():
    assert purchases.window_start(date(2028, 2, 29), 12) == date(2027, 2, 28)


def test_the_future_does_not_exist_yet():
    tomorrow = AS_OF + timedelta(days=1)
    assert purchases.aggregate(rows_of(("a", tomorrow, 10, 1)), AS_OF, CONFIG.window_months).empty


def test_documents_of_one_day_are_one_purchase_day():
    facts = purchases.aggregate(
        rows_of(("a", AS_OF, 10, 1), ("a", AS_OF, 20, 2), ("a", AS_OF, -5, 0)),
        AS_OF,
        CONFIG.window_months,
    )
    row = facts.loc["a"]
    assert (row.purchase_days, row.documents, row.frequency) == (1, 3, 1)
    assert row.monetary_cents == 2500


def test_credit_note_alone_is_no_purchase():
    facts = purchases.aggregate(rows_of(("a", AS_OF, -10, 0)), AS_OF, CONFIG.window_months)
    limits = rfm.CutPoints(CONFIG.r_edges, CONFIG.f_edges, (1, 2, 3, 4), None)
    scores = rfm.score(facts, AS_OF, limits)
    assert facts.loc["a", "purchase_days"] == 0
    assert list(scores.loc["a", ["r", "f", "m"]]) == [0, 0, 0]
    assert scores.loc["a", "rfm_score"] == ""


def test_lapsed_customer_keeps_a_score():
    facts = purchases.aggregate(
        rows_of(("a", date(2020, 1, 1), 900, 1)), AS_OF, CONFIG.window_months
    )
    limits = rfm.CutPoints(CONFIG.r_edges, CONFIG.f_edges, (1, 2, 3, 4), None)
    assert rfm.score(facts, AS_OF, limits).loc["a", "rfm_score"] == "111"


@pytest.mark.parametrize(
    ("amount", "cents"), [(0.005, 1), (0.004, 0), (-0.005, -1), (1.235, 124), (2.675, 268)]
)
def test_cents_round_half_away_from_zero(amount, cents):
    assert purchases.to_cents(pd.Series([amount]))[0] == cents


# ---------------------------------------------------------------- limits in force
def population(count):
    rows = [(n, AS_OF - timedelta(days=n), 10 * (n + 1), 1) for n in range(count)]
    return purchases.aggregate(rows_of(*rows), AS_OF, CONFIG.window_months)


def test_thirty_customers_are_enough():
    limits = rfm.limits_in_force(population(30), AS_OF, CONFIG, no_fallback)
    assert limits.m == (6000, 12000, 18000, 24000)


def test_twenty_nine_are_not():
    limits = rfm.limits_in_force(population(29), AS_OF, CONFIG, lambda: (1, 2, 5, 10))
    assert limits.m == (1, 2, 5, 10)


def test_a_dimension_with_fixed_edges_keeps_them():
    """However many customers there are; recency and frequency by cuts need enough of them."""
    for count in (29, 30):
        limits = rfm.limits_in_force(population(count), AS_OF, CONFIG, lambda: (1, 2, 5, 10))
        assert (limits.r, limits.f) == (CONFIG.r_edges, CONFIG.f_edges)
    cuts = rfm.Config(r_method="cuts", f_method="cuts", m_method="edges")
    limits = rfm.limits_in_force(population(29), AS_OF, cuts, no_fallback)
    assert limits[:3] == (cuts.r_edges, cuts.f_edges, cuts.m_edges)


def test_every_dimension_may_be_cut():
    config = rfm.Config(r_method="cuts", f_method="cuts", m_method="edges", m_edges=(1, 2, 3, 4))
    limits = rfm.limits_in_force(population(30), AS_OF, config, no_fallback)
    assert limits.r == (5, 11, 17, 23)
    assert limits.f == (1, 1, 1, 1)
    assert limits.m == (1, 2, 3, 4)


def test_median_edges():
    assert rfm.median_edges(200) == (200, 400, 1000, 2000)
