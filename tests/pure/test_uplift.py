"""Verdicts: published fixtures, empty arms, strata, and intervals that hold what they promise."""

import math

import numpy as np
import pytest
from customer_retention.analytics import uplift
from customer_retention.analytics.effect import Tally
from customer_retention.analytics.uplift import Verdict, judge
from hypothesis import given
from hypothesis import strategies as st


def arm(purchases, judged, **more):
    return Tally(**{"entered": judged, "judged": judged, "purchases": purchases, **more})


def points(verdict):
    return [round(100 * x, 1) for x in (verdict.difference, verdict.low, verdict.high)]


# -------------------------------------------------------------------- fixtures
def test_nobody_of_twelve_proves_nothing():
    """Wald's interval says [+8.6, +21.4] here and would have it work."""
    verdict = judge(arm(18, 120), arm(0, 12))
    assert verdict.code == "inconclusive"
    assert points(verdict) == [15.0, -9.8, 22.5]


def test_three_points_of_many_are_not_yet_sure():
    verdict = judge(arm(540, 3000), arm(90, 600))
    assert verdict.code == "inconclusive"
    assert points(verdict) == [3.0, -0.4, 6.0]
    assert (verdict.rate, verdict.control_rate) == (0.18, 0.15)


def test_newcombe_1998_table_ii():
    """56/70 − 48/80 and 9/10 − 3/10, method 10."""
    for counts, low, high in (((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090)):
        _difference, *found = uplift.newcombe(*counts)
        assert np.allclose(found, (low, high), atol=5e-5)


def test_clear_differences():
    assert judge(arm(600, 3000), arm(90, 600)).code == "works"
    assert judge(arm(300, 3000), arm(90, 600)).code == "harms"
    assert judge(arm(600, 3000), arm(90, 600)).needed == 0


def test_three_against_three_prove_nothing():
    verdict = judge(arm(3, 3), arm(0, 3))
    assert verdict.low > 0
    assert verdict.code == "inconclusive"
    assert verdict.needed >= 14  # ten in each arm


def test_nothing_is_judged_before_its_window_is_over():
    assert judge(Tally(entered=50), Tally(entered=10)) == Verdict("too_early")
    assert judge(arm(3, 20), Tally(entered=10)) == Verdict("too_early", 20, 0, 0.15)
    assert judge(Tally(entered=50), arm(3, 20)) == Verdict("too_early", 0, 20, None, 0.15)
    some = judge(arm(18, 120, entered=900), arm(0, 12, entered=90))
    assert some == judge(arm(18, 120), arm(0, 12))


def test_empty_arms():
    assert judge(Tally(), Tally()) == Verdict("no_control")
    assert judge(arm(18, 120), Tally()) == Verdict("no_control", 120, 0, 0.15)
    assert judge(Tally(), arm(1, 10)).code == "too_early"
    assert judge([], []) == Verdict("no_control")


# -------------------------------------------------------------------- how many more
def test_needed_as_planned():
    """(1.96 + 0.84)² × (p1q1 + p2q2) / (p1 − p2)² for each of two equal arms."""
    rates, counts = (0.18, 0.15), (300, 300)
    fair = [(rate * 300 + 2) / 304 for rate in rates]
    each = 2.8016**2 * sum(p * (1 - p) for p in fair) / 0.03**2
    more, watched = uplift.needed(rates, counts)
    assert more == pytest.approx(2 * each - 600, rel=0.06)
    assert more >= 2 * each - 600
    assert watched == pytest.approx(more / 2, rel=0.06)


def test_needed_with_no_difference_is_for_the_smallest_one():
    more, watched = uplift.needed((0.1, 0.1), (900, 100))
    assert more == pytest.approx(2.8016**2 * (0.09 / 0.9 + 0.093 / 0.1) / 1e-4, rel=0.1)
    assert watched == pytest.approx(more / 10, rel=0.1)


def test_needed_at_least():
    """Ten in each arm: of three and three, seven each are missing; of a clear case, one more."""
    assert uplift.needed((0.9, 0.1), (3, 3)) == (14, 7)
    assert uplift.needed((0.9, 0.1), (100, 100)) == (1, 1)


# -------------------------------------------------------------------- strata
def test_one_stratum_is_the_plain_comparison():
    assert judge([arm(540, 3000)], [arm(90, 600)]) == judge(arm(540, 3000), arm(90, 600))


def test_who_had_no_counterpart_is_not_compared():
    """3,000 in a bad season without a control group say nothing of the next version."""
    verdict = judge([arm(30, 3000), arm(60, 300)], [Tally(), arm(20, 100)])
    assert verdict == judge(arm(60, 300), arm(20, 100))


def test_strata_are_compared_within():
    """Pooled, 10 % against 19 %: only because more were watched in the good season."""
    treated, control = [arm(45, 900), arm(100, 500)], [arm(5, 100), arm(100, 500)]
    assert sum(a.purchases for a in treated) / 1400 < 105 / 600
    verdict = judge(treated, control)
    assert verdict.difference == pytest.approx(0)
    assert verdict.code == "inconclusive"


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_intervals_hold_the_difference_and_mirror(bought, judged, other, others):
    bought, other = min(bought, judged), min(other, others)
    difference, low, high = uplift.newcombe(bought, judged, other, others)
    assert -1 <= low <= difference <= high <= 1
    back, back_low, back_high = uplift.newcombe(other, others, bought, judged)
    assert np.allclose((-back, -back_high, -back_low), (difference, low, high))


# -------------------------------------------------------------------- what chance does
@pytest.mark.parametrize(
    ("treated", "control", "rate", "other"),
    [(3000, 600, 0.18, 0.15), (120, 30, 0.3, 0.1), (200, 200, 0.05, 0.05), (90, 10, 0.5, 0.4)],
)
def test_intervals_cover_as_often_as_they_say(treated, control, rate, other):
    """Of 1,000 seeded populations, 95 % within three standard deviations of a binomial.

    That is 929 to 971. The score interval never promises less than it holds for rates away from
    zero; near zero it may hold more than 971, which is safe.
    """
    chance = np.random.default_rng(20260601)
    bought = chance.binomial(treated, rate, 1000)
    others = chance.binomial(control, other, 1000)
    _difference, low, high = uplift.newcombe(bought, treated, others, control)
    covered = ((low <= rate - other) & (rate - other <= high)).sum()
    tolerance = 3 * math.sqrt(1000 * 0.95 * 0.05)
    assert 950 - tolerance <= covered <= 950 + tolerance


def test_intervals_over_strata_cover_too():
    chance = np.random.default_rng(7)
    sizes, watched = np.array([900, 400]), np.array([100, 400])
    rates, others = np.array([0.10, 0.30]), np.array([0.07, 0.27])
    covered = 0
    for _round in range(1000):
        verdict = judge(
            [arm(*pair) for pair in zip(chance.binomial(sizes, rates), sizes)],
            [arm(*pair) for pair in zip(chance.binomial(watched, others), watched)],
        )
        covered += verdict.low <= 0.03 <= verdict.high
    assert abs(covered - 950) <= 3 * math.sqrt(1000 * 0.95 * 0.05)


# -------------------------------------------------------------------- the draw
def test_sample_ratio():
    """1,000 drawn at 10 %: 100 expected, standard deviation 9.49."""
    assert uplift.sample_ratio([1000], [100], [0.1]) == 1
    assert uplift.sample_ratio([1000], [119], [0.1]) == pytest.approx(0.0452, abs=1e-4)
    assert uplift.sample_ratio([1000], [140], [0.1]) < uplift.SUSPICIOUS
    # Versions without a control group have nothing to check, and do not dilute.
    assert uplift.sample_ratio([1000, 9000], [140, 0], [0.1, 0]) < uplift.SUSPICIOUS
    assert uplift.sample_ratio([40], [0], [0.1]) is None
    assert uplift.sample_ratio([], [], []) is None


def test_sample_ratio_needs_enough_on_both_sides():
    """Of 50 at 10 % five are expected, enough; of 40 at 90 % only four are not watched."""
    assert uplift.sample_ratio([50], [5], [0.1]) == 1
    assert uplift.sample_ratio([40], [36], [0.9]) is None


def test_sample_ratio_is_of_strata_that_were_drawn():
    """Where nobody or everybody is held out, nothing was left to chance, whoever is there."""
    assert uplift.sample_ratio([1000, 50, 50], [100, 50, 20], [0.1, 0, 1]) == 1
