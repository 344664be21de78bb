"""Kaplan–Meier by hand, and as it must be without anybody who is still waiting."""

import numpy as np
import pytest
from customer_retention.analytics.survival import kaplan_meier, reached, share_at, watched_until
from hypothesis import given
from hypothesis import strategies as st

DURATIONS = [5, 6, 8, 8, 10, 12]
HAPPENED = [True, False, True, False, True, False]


def test_six_customers():
    """Day 5: 1 of 6. Day 8: 1 of the 4 still watched. Day 10: 1 of 2.

    Not yet: 5/6, × 3/4 = 5/8, × 1/2 = 5/16.
    """
    curve = kaplan_meier(DURATIONS, HAPPENED)
    assert curve.time.tolist() == [5, 8, 10]
    assert curve.watched.tolist() == [6, 4, 2]
    assert np.allclose(curve.share, [1 / 6, 3 / 8, 11 / 16])
    assert np.allclose(share_at(curve, [0, 4, 5, 7, 8, 99]), [0, 0, 1 / 6, 1 / 6, 3 / 8, 11 / 16])


def test_half_and_most_of_those_who_come():
    """Of 11/16 half is 11/32, which day 8 passes; four fifths are 11/20, which day 10 does."""
    curve = kaplan_meier(DURATIONS, HAPPENED)
    assert reached(curve, 0.5) == 8
    assert reached(curve, 0.8) == 10
    assert reached(curve, 1) == 10


def test_ends_where_too_few_are_watched():
    curve = kaplan_meier(DURATIONS, HAPPENED, fewest=3)
    assert curve.time.tolist() == [5, 8]
    assert watched_until(DURATIONS) == 12
    assert watched_until(DURATIONS, 3) == 8
    assert watched_until(DURATIONS, 7) == -1


def test_nobody_and_never():
    for durations in ([], [30, 40]):
        curve = kaplan_meier(durations, [False] * len(durations))
        assert reached(curve, 0.5) is None
        assert share_at(curve, [10]).tolist() == [0]


def test_before_the_beginning():
    with pytest.raises(ValueError, match="begins"):
        kaplan_meier([-1], [True])


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_without_anybody_waiting_it_is_the_plain_share(durations):
    curve = kaplan_meier(durations, [True] * len(durations))
    plain = [np.mean(np.array(durations) <= day) for day in range(51)]
    assert np.allclose(share_at(curve, range(51)), plain)
