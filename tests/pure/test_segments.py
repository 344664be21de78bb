"""Every scheme is a partition of the 125 scores."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest
from customer_retention.analytics import purchases, rfm, segments

GRID_CELLS = {
    (r, fm): code for r, row in segments.ELEVEN_GRID.items() for fm, code in enumerate(row, start=1)
}
SCHEMES = {
    "four": segments.four_types(4, 4, 4),
    "eight": segments.eight_types(4, 4, 4),
    "eleven": segments.grid(GRID_CELLS),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_partition(name):
    codes = segments.mapping(SCHEMES[name])
    assert len(codes) == 125
    assert all(codes)


def test_position_counts_through():
    assert [segments.position(*score) for score in segments.SCORES] == list(range(125))


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ((4, 4, 4), "high"),
        ((5, 5, 5), "high"),
        ((3, 4, 4), "sleeping"),
        ((1, 5, 5), "sleeping"),
        ((4, 3, 3), "new"),
        ((5, 1, 1), "new"),
        ((5, 4, 3), "general"),
        ((5, 3, 4), "general"),
        ((3, 3, 3), "general"),
        ((1, 1, 1), "general"),
        ((3, 4, 3), "general"),
    ],
)
def test_four_types(score, code):
    assert SCHEMES["four"](*score) == code


def test_four_types_sizes():
    # high 2*2*2, sleeping 3*2*2, new 2*3*3, the rest general
    assert Counter(segments.mapping(SCHEMES["four"])) == {
        "high": 8,
        "sleeping": 12,
        "new": 18,
        "general": 87,
    }


def test_eight_types_are_all_reached():
    assert set(segments.mapping(SCHEMES["eight"])) == set(segments.EIGHT_TYPES)
    assert SCHEMES["eight"](4, 3, 5) == "HLH"


@pytest.mark.parametrize(
    ("f", "m", "fm"), [(1, 1, 1), (1, 2, 2), (2, 3, 3), (1, 5, 3), (4, 5, 5), (5, 5, 5)]
)
def test_fm_rounds_half_up(f, m, fm):
    assert segments.fm(f, m) == fm


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ((5, 1, 1), "newcomer"),
        ((5, 4, 4), "champion"),
        ((4, 4, 4), "loyal"),
        ((4, 5, 5), "champion"),
        ((3, 5, 5), "attention"),
        ((2, 5, 5), "cant_lose"),
        ((1, 4, 3), "cant_lose"),
        ((1, 1, 1), "long_gone"),
    ],
)
def test_eleven(score, code):
    assert SCHEMES["eleven"](*score) == code


def test_eleven_are_all_reached():
    assert len(set(segments.mapping(SCHEMES["eleven"]))) == 11


def test_unpainted_cell():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        segments.grid({**GRID_CELLS, (3, 3): None})


@pytest.mark.parametrize("split", [2, 3, 4, 5])
def test_every_split_keeps_every_type(split):
    assert set(segments.mapping(segments.four_types(split, split, split))) == set(
        segments.FOUR_TYPES
    )
    assert set(segments.mapping(segments.eight_types(split, split, split))) == set(
        segments.EIGHT_TYPES
    )


# ---------------------------------------------------------------- reachable from real purchases
def histories():
    """One customer per combination of last day, number of days and amount, at the defaults."""
    as_of = date(2026, 6, 30)
    last_days = (10, 60, 150, 300, 400)  # R5 … R1; the last one has lapsed
    counts = (1, 2, 3, 5, 8)  # F1 … F5
    rows = []
    for r, since in zip(range(5, 0, -1), last_days, strict=True):
        for f, count in enumerate(counts, start=1):
            for m in range(1, 6):
                for number in range(count):
                    day = as_of - timedelta(days=since + number)
                    rows.append(((r, f, m), day, 100 * m / count, 1))
    table = pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])
    config = rfm.Config()
    facts = purchases.aggregate(table, as_of, config.window_months)
    limits = rfm.limits_in_force(facts, as_of, config, lambda: (0, 0, 0, 0))
    return rfm.score(facts, as_of, limits)


def test_every_score_is_reachable():
    scores = histories()
    for intended, row in zip(scores.index, scores.itertuples(), strict=True):
        assert (row.r, row.f, row.m) == intended
    assert len(set(scores["rfm_score"])) == 125


@pytest.mark.parametrize("name", SCHEMES)
def test_every_segment_is_reachable(name):
    scheme = SCHEMES[name]
    reached = {scheme(row.r, row.f, row.m) for row in histories().itertuples()}
    assert reached == set(segments.mapping(scheme))
