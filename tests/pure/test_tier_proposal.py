"""The first proposal for tiers: figures worked out by hand, and what holds for any amounts."""

import pytest
from customer_retention.analytics.tier_proposal import (
    FEW,
    WITHOUT_DATA,
    Proposal,
    counts,
    friendly,
    larger,
    margin_threshold,
    propose,
    sums,
    top_share,
)
from hypothesis import given
from hypothesis import strategies as st


# ---------------------------------------------------------------- friendly figures
@pytest.mark.parametrize(
    ("cents", "figure"),
    [
        (0, 100),
        (1, 100),
        (99, 100),
        (100, 100),
        (141, 100),  # √(1 · 2) = 1.414…
        (142, 200),
        (316, 200),  # √(2 · 5) = 3.162…
        (317, 500),
        (707, 500),  # √(5 · 10) = 7.071…
        (708, 1_000),
        (1_000, 1_000),
        (123_456, 100_000),
        (1_500_000, 2_000_000),
        (499_999_999, 500_000_000),
    ],
)
def test_friendly(cents, figure):
    assert friendly(cents) == figure


def test_larger():
    assert [larger(figure) for figure in (100, 200, 500, 1_000, 2_000)] == [
        200,
        500,
        1_000,
        2_000,
        5_000,
    ]


# ---------------------------------------------------------------- proposals by hand
def test_pareto():
    """Five customers of 20,000 make 100,000 of 110,600; 80 % are 88,480: five are needed.

    Of the other twenty, eleven bought for 200 (2,200), four for 900 (3,600) and five for 960
    (4,800). Half of them, the tenth: 200; three quarters, the fifteenth: 900 → 1,000.
    """
    amounts = [2_000_000] * 5 + [20_000] * 11 + [90_000] * 4 + [96_000] * 5
    assert sum(amounts) == 11_060_000
    # 20 of 25 customers bought for less than the top; all 25 reach 200, so silver is raised
    # to the figure that 14 of 25 reach, and gold keeps above it.
    assert propose(amounts) == Proposal(50_000, 100_000, 2_000_000, "own")


def test_top_by_margin():
    """Five buy for 100,000 and leave 1,000 each, five for 10,000 and leave as much, ten for 1,000.

    Of the revenue of 560,000 the first five make 80 %. Of the margin (5,000 + 50,000 + 1,000)
    80 % are 44,800: the first five, and four of the next: from 10,000 on. All 20 reach 1,000, ten
    reach 2,000, the first figure that no more than three quarters do.
    """
    amounts = [10_000_000] * 5 + [1_000_000] * 5 + [100_000] * 10
    margins = [100_000] * 5 + [1_000_000] * 5 + [10_000] * 10
    assert propose(amounts) == Proposal(200_000, 1_000_000, 10_000_000, "own")
    assert propose(amounts, margins) == Proposal(200_000, 500_000, 1_000_000, "margin")


def test_margin_at_exactly_the_share():
    """40, 40 and 20 of 100: two customers make 80 %, and a cent less needs the third."""
    amounts = [500, 400, 300]
    assert margin_threshold(amounts, [40, 40, 20], 80) == 400
    assert margin_threshold(amounts, [40, 39, 21], 80) == 300
    assert margin_threshold([300, 500, 400], [20, 40, 40], 80) == 400
    # A customer who costs money, and one whose purchases were all given back.
    assert margin_threshold([500, 400, 0], [-10, 50, 500], 80) == 400


def test_margin_of_the_smallest_amounts():
    """A customer of one cent counts, and so does a margin of one; 79.5 % are not 80."""
    assert margin_threshold([500, 1], [10, 90], 80) == 1
    assert margin_threshold([500], [1], 80) == 500
    assert margin_threshold([500, 400], [795, 205], 80) == 400


@pytest.mark.parametrize("margins", [[0] * 40, [-1] * 40])
def test_no_margin_to_share_out(margins):
    amounts = [1_300_000] * 10 + [10_000] * 30
    assert propose(amounts, margins) == propose(amounts)


def test_top_is_rounded():
    """The core ends at 13,000; √(10,000 · 20,000) = 14,142 is more, so the figure is 10,000."""
    amounts = [1_300_000] * 10 + [10_000] * 30  # 130,000 of 133,000; 80 % after the ninth
    assert propose(amounts).top == 1_000_000


def test_equal_customers_get_something_to_reach():
    """All bought for 1,000. A figure that all reach means nothing, so the next ones are taken."""
    assert propose([100_000] * 40) == Proposal(200_000, 500_000, 1_000_000, "own")


def test_flat_revenue_does_not_make_everybody_a_vip():
    """40 customers of 700 and 10 of 100: 29,000; the core are the 34 (40) with 700 → 500.

    40 of 50 reach 500, so it rises to 1,000, which nobody reaches yet. All others: half and
    three quarters of 50 bought for 700 → 500; 40 of 50 reach it, more than three quarters, so
    silver is 1,000, gold 2,000, the top 5,000.
    """
    assert propose([70_000] * 40 + [10_000] * 10) == Proposal(100_000, 200_000, 500_000, "own")


def test_few_customers():
    """Of 300, 400 and 9,000 the median is 400 → 500, and the next two figures are taken."""
    assert propose([30_000, 40_000, 900_000]) == Proposal(50_000, 100_000, 200_000, "few")


def test_enough_customers_begin_at_twenty():
    assert propose([5_000] * (FEW - 1)).source == "few"
    assert propose([5_000] * FEW).source == "own"


def test_nobody():
    assert propose([]) == propose([0, -500]) == Proposal(*WITHOUT_DATA, "none")


def test_refunded_customers_do_not_count():
    amounts = [30_000, 40_000, 900_000]
    assert propose([*amounts, 0, -100, -999_999]) == propose(amounts)


# ---------------------------------------------------------------- counts and shares
def test_counts_and_sums_at_the_limit():
    amounts = [49_999, 50_000, 50_001, 100_000, 0, -1]
    assert counts(amounts, [50_000, 100_000]) == [1, 2, 1]
    assert sums(amounts, [50_000, 100_000]) == [49_999, 100_001, 100_000]
    assert counts([], [50_000]) == [0, 0]
    assert sums([], [50_000]) == [0, 0]


def test_top_share():
    """The best of five bring 60 of 100; of six the best two (1.2, rounded up)."""
    assert top_share([6_000, 1_000, 1_000, 1_000, 1_000]) == 60
    assert top_share([3_000, 3_000, 1_000, 1_000, 1_000, 1_000]) == 60
    assert top_share([100]) == 100
    assert top_share([0, -5]) is None


def test_top_share_is_rounded_half_up():
    """195 of 200 are 97.5 %; of 240 equal customers the best three bring 1.25 %."""
    assert top_share([5, 195, *[0] * 9], percent=1) == 98
    assert top_share([1] * 240, percent=1) == 1


# ---------------------------------------------------------------- for any amounts
amounts_lists = st.lists(st.integers(-1_000, 10**12), max_size=60)


@given(amounts_lists)
def test_always_ascending_and_friendly(amounts):
    silver, gold, top, _source = propose(amounts)
    assert 0 < silver < gold < top
    assert all(friendly(figure) == figure for figure in (silver, gold, top))


@given(amounts_lists, st.randoms())
def test_order_does_not_matter(amounts, random):
    shuffled = amounts.copy()
    random.shuffle(shuffled)
    assert propose(shuffled) == propose(amounts)


@given(amounts_lists)
def test_everybody_is_counted_once(amounts):
    limits = propose(amounts)[:3]
    positive = [amount for amount in amounts if amount > 0]
    assert sum(counts(amounts, limits)) == len(positive)
    assert sum(sums(amounts, limits)) == sum(positive)


@given(st.lists(st.integers(1, 10**9), min_size=FEW, max_size=60))
def test_top_is_for_half_at_most(amounts):
    top = propose(amounts).top
    assert sum(amount >= top for amount in amounts) * 2 <= len(amounts)
