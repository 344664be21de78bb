"""Revenue beyond what would have come anyway, by a bootstrap that gives the same again."""

import math

import numpy as np
import pytest
from customer_retention.analytics import uplift_money as money
from customer_retention.analytics.uplift import Range


def test_revenue_is_the_same_again():
    treated, control = ([0, 50, 120], [80, 15, 5]), ([0, 60], [95, 5])
    found = money.revenue_difference([treated], [control], 42)
    assert found.value == pytest.approx((750 + 600) / 100 - 3)
    assert found.low < found.value < found.high
    assert money.revenue_difference([treated], [control], 42) == found
    assert money.revenue_difference([treated], [control], 43) != found


def test_revenue_of_too_few():
    assert money.revenue_difference([([0, 5], [5, 4])], [([0], [50])], 1) is None
    assert money.revenue_difference([([], [])], [([0], [50])], 1) is None


def test_revenue_of_just_enough():
    """Ten in each arm; 123.456 each, of whatever sample."""
    arms = [([123.456], [10])], [([0.0], [10])]
    found = money.revenue_difference(*arms, 1, 130)
    assert found == pytest.approx(Range(123.456, 123.456, 123.456))


def test_who_has_no_counterpart_does_not_make_it_enough():
    treated = [([5], [5]), ([5], [100]), ([], [])]
    control = [([1], [5]), ([], []), ([1], [100])]
    assert money.revenue_difference(treated, control, 1) is None


def test_amounts_are_rounded_only_where_there_are_too_many(monkeypatch):
    def found(*amounts):
        return money.revenue_difference([(amounts, [9] * len(amounts))], [([0], [50])], 1, 100)

    three, four = (1.234, 2.345, 3.456), (1.234, 2.345, 3.456, 4.567)
    exact = found(*three), found(*four)
    monkeypatch.setattr(money, "DISTINCT", 3)
    assert found(*three) == exact[0]
    rounded = found(*four)
    assert rounded != exact[1]
    assert rounded == pytest.approx(exact[1], abs=0.005)


def test_a_stratum_without_a_control_group_counts_nothing():
    arms, control = ([0, 50, 120], [80, 15, 5]), ([0, 60], [95, 5])
    alone = ([10_000], [500])
    found = money.revenue_difference([arms, alone], [control, ([], [])], 42)
    assert found == money.revenue_difference([arms], [control], 42)


def test_many_different_amounts():
    chance = np.random.default_rng(3)
    amounts = chance.lognormal(4, 1, 5000)
    one = np.ones(5000, int)
    found = money.revenue_difference([(amounts, one)], [(amounts, one)], 1, 300)
    assert found.value == 0
    spread = 1.96 * math.sqrt(2 * amounts.var() / 5000)
    assert found.high == pytest.approx(spread, rel=0.15)
    assert found.low == pytest.approx(-spread, rel=0.15)


@pytest.mark.parametrize(
    ("code", "cost", "gain", "advice"),
    [
        ("works", 100, Range(500, 200, 800), "more"),
        ("works", 100, Range(80, -20, 180), "go_on"),
        ("works", 100, Range(40, 10, 70), "stop"),
        ("works", 0, None, "go_on"),
        ("harms", 0, Range(5, 1, 9), "stop"),
        ("inconclusive", 100, Range(500, -200, 1200), "go_on"),
        ("inconclusive", 100, Range(5, -90, 95), "stop"),
        ("inconclusive", 100, None, "go_on"),
        ("too_early", 100, None, "wait"),
        ("no_control", 100, None, "go_on"),
    ],
)
def test_advice(code, cost, gain, advice):
    assert money.advise(code, cost, gain) == advice


def test_gain_per_cost():
    assert money.per_cost(Range(500, 0, 0), 100) == 4
    assert money.per_cost(Range(500, 0, 0), 0) is None
    assert money.per_cost(None, 100) is None


def test_revenue_intervals_cover():
    """300 populations: 95 % less three standard deviations (0.913); amounts are log-normal."""
    chance, covered = np.random.default_rng(11), 0
    for seed in range(300):
        arms = []
        for count, rate in ((400, 0.3), (400, 0.2)):
            bought = chance.random(count) < rate
            arms.append((bought * chance.lognormal(4, 0.5, count), np.ones(count)))
        mean = math.exp(4 + 0.125)
        found = money.revenue_difference([arms[0]], [arms[1]], seed, 300)
        covered += found.low <= 0.1 * mean <= found.high
    assert covered / 300 >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 300)
