"""Counts and rates of an arm, by hand."""

from customer_retention.analytics.effect import Tally, percent, quotient


def test_tallies_add_up_column_by_column():
    over = Tally(3, 3, 2, 1, 1, 250.0, 12.5, 12.5)
    running = Tally(entered=2, cost=4.0)
    assert over + running == Tally(5, 3, 2, 1, 1, 250.0, 12.5, 16.5)
    assert (over + running).open == 2
    assert Tally() + over == over


def test_nothing_is_no_rate():
    assert quotient(0, 0) is None
    assert percent(0, 0) is None
    assert percent(0, 4) == 0
    assert percent(1, 8) == 12.5
    assert quotient(250, 4) == 62.5
