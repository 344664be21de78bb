"""Requests against what is usual."""

import numpy as np
from customer_retention.analytics.requests import rise_percent


def rise(recent, year, known=True):
    return float(rise_percent(np.array([recent]), np.array([year]), np.array([known]))[0])


def test_a_rise_is_against_a_quarter_of_the_year():
    assert [rise(recent, 8) for recent in (2, 3, 4, 6)] == [0, 50, 100, 200]


def test_fewer_than_usual_is_no_rise():
    assert rise(3, 40) == 0


def test_one_or_two_are_never_a_rise():
    assert [rise(recent, 0) for recent in (1, 2, 3)] == [0, 0, 1100]


def test_none_in_a_year_counts_as_one():
    assert rise(3, 0) == rise(3, 1)


def test_unknown_year():
    assert np.isnan(rise(9, 0, known=False))
