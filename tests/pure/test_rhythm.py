"""Own and company rhythm, and day counting around closures, against hand-worked cases."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import closures, rhythm
from hypothesis import given, settings
from hypothesis import strategies as st

AS_OF = date(2026, 6, 30)
SPRING = (date(2026, 2, 15), date(2026, 2, 23))  # nine days


def days(*values):
    return np.array(values, dtype="datetime64[D]")


def log(**offsets):
    """Return purchases: customer=[days before AS_OF, …]."""
    rows = [(name, AS_OF - timedelta(days=n)) for name, ago in offsets.items() for n in ago]
    return pd.DataFrame(rows, columns=["customer", "day"])


def rhythms(purchases, as_of=AS_OF, closed=closures.NONE):
    gaps = rhythm.purchase_gaps(purchases, as_of, closed)
    return gaps, rhythm.own_rhythm(purchases, gaps, as_of, closed)


# ---------------------------------------------------------------- closures
@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-02-01", "2026-02-10", 9),  # before
        ("2026-02-10", "2026-02-14", 4),  # up to the eve
        ("2026-02-10", "2026-02-15", 4),  # first closed day
        ("2026-02-10", "2026-02-23", 4),  # last closed day
        ("2026-02-10", "2026-02-24", 5),  # open again
        ("2026-02-15", "2026-02-20", 0),  # inside
        ("2026-02-20", "2026-02-25", 2),  # from inside
        ("2026-02-23", "2026-03-01", 6),  # from the last closed day
        ("2026-03-01", "2026-02-10", -10),  # backwards: 19 less 9
    ],
)
def test_open_days(start, end, count):
    assert closures.open_days(days(start), days(end), closures.closures([SPRING]))[0] == count


def test_overlapping_and_touching_closures_count_once():
    within, touching = (20, 21), (24, 25)
    messy = [(date(2026, 2, first), date(2026, 2, last)) for first, last in (touching, within)]
    closed = closures.closures([(date(2026, 5, 1), date(2026, 5, 1)), *messy, SPRING])
    assert list(closed.length) == [11, 1]
    assert closures.open_days(days("2026-02-14"), days("2026-05-02"), closed)[0] == 77 - 12


def test_backward_closure_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        closures.closures([(date(2026, 1, 2), date(2026, 1, 1))])


def test_missing_day_is_refused():
    with pytest.raises(ValueError, match="missing date"):
        closures.open_days(days("NaT"), days("2026-01-01"))


ranges = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30)), max_size=6)


@given(ranges, st.integers(-20, 450), st.integers(0, 200))
def test_day_counting_equals_walking(ranges, start, span):
    zero = date(2025, 1, 1)
    pairs = [(zero + timedelta(a), zero + timedelta(a + n)) for a, n in ranges]
    shut = {zero + timedelta(a + k) for a, n in ranges for k in range(n + 1)}
    closed = closures.closures(pairs)
    first = zero + timedelta(start)
    walked = sum(first + timedelta(k) not in shut for k in range(1, span + 1))
    end = first + timedelta(span)
    assert closures.open_days(days(first), days(end), closed)[0] == walked
    reached = closures.add_open_days(days(first), walked, closed)[0]
    assert closures.open_days(days(first), reached, closed) == walked
    assert reached <= np.datetime64(end)
    assert walked == 0 or reached.item() not in shut


# ---------------------------------------------------------------- gaps
def test_gaps_of_distinct_days_in_any_order():
    gaps, own = rhythms(log(b=[5], a=[10, 40, 10, 25]))
    assert list(gaps["gap"]) == [15, 15]
    assert list(gaps["back"]) == [2, 1]
    assert own["gap_count"].to_dict() == {"a": 2, "b": 0}
    assert own["open_gap"].to_dict() == {"a": 10, "b": 5}


def test_the_future_does_not_exist_yet():
    purchases = log(a=[30, 20, -1])
    assert list(rhythms(purchases)[0]["gap"]) == [10]


def test_spring_festival_makes_nobody_late():
    closed = closures.closures([SPRING])
    purchases = pd.DataFrame({"customer": "a", "day": days("2026-01-14", "2026-02-13")})
    gaps, own = rhythms(purchases, date(2026, 3, 24), closed)
    assert list(gaps["gap"]) == [30]
    assert own["open_gap"]["a"] == 30  # 39 days on the wall calendar
    assert rhythm.next_order_date(own["last_day"], [30], closed)[0] == np.datetime64("2026-03-24")


def test_two_days_inside_one_closure_are_a_gap():
    purchases = pd.DataFrame({"customer": "a", "day": days("2026-02-16", "2026-02-20")})
    gaps, _own = rhythms(purchases, AS_OF, closures.closures([SPRING]))
    assert list(gaps["gap"]) == [1]


# ---------------------------------------------------------------- expected gap
@pytest.mark.parametrize(
    ("ago", "company", "gap"),
    [
        ([0], 60, 60),  # nothing own
        ([0, 20], 60, 50),  # (1·20 + 3·60) / 4
        ([0, 20, 40], 60, 44),  # (2·20 + 3·60) / 5
        ([0, 20, 41], 60, 44),  # 44.2
        ([0, 21, 43], 60, 45),  # (2·21.5 + 180) / 5 = 44.6
        ([0, 2], 60, 46),  # 45.5
        ([0, 20, 40, 60], 60, 20),  # three gaps: own alone
        ([0, 20, 40, 90], 60, 20),  # median of 20, 20, 50
        ([0, 20, 41, 71, 111], 60, 26),  # 20, 21, 30, 40 → 25.5
        ([0, 20, 40, 60], None, 20),
        ([0, 20, 40], None, 0),
    ],
)
def test_expected_gap(ago, company, gap):
    _gaps, own = rhythms(log(a=ago))
    assert list(rhythm.expected_gap(own, company)) == [gap]
    assert list(rhythm.own_gap(own, np.array([gap]))) == [gap if len(ago) > 3 else 0]


def test_next_order_date():
    dates = rhythm.next_order_date([date(2026, 6, 1), date(2026, 6, 1)], np.array([30, 0]))
    assert dates[0] == np.datetime64("2026-07-01")
    assert np.isnat(dates[1])


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([270, 281], 276),  # two seasons known: 275.5
        ([270], 30),  # one is none
    ],
)
def test_off_season_is_expected_once_two_are_known(pauses, expected):
    """Four orders in spring, 30 days apart, then nothing until next spring."""
    ago, day = [], 60
    for pause in [*pauses, 0]:
        ago += [day, day + 30, day + 60, day + 90]
        day += 90 + pause
    _gaps, own = rhythms(log(a=ago))
    assert list(rhythm.expected_gap(own, None)) == [expected]


def test_within_the_season_the_usual_gap_counts():
    ago = [30, 330, 360, 390, 420, 730, 760, 790, 820]  # one order so far this spring
    _gaps, own = rhythms(log(a=ago))
    assert list(rhythm.expected_gap(own, None)) == [30]


# ---------------------------------------------------------------- the company's gap
@pytest.mark.parametrize(
    ("ended", "unfinished", "median"),
    [
        ([10, 20, 30], [], 20),
        ([10, 20, 30, 40], [], 20),  # exactly half have ended
        ([10, 20, 30], [5, 5, 5], 20),  # never seen long enough to say anything
        ([10, 20, 30], [30, 30, 30], 30),  # 5/6, 4/6, 3/6: still running on day 30
        ([10, 20, 30], [29, 29, 29], 30),  # 5/6, 4/6, then the only one left ends
        ([10, 20, 30], [31, 31, 31, 31], None),  # 4 of 7 never came back
        ([10, 20], [15], 20),  # 2/3, then 0
        ([10], [], 10),
        ([], [100], None),
    ],
)
def test_censored_median(ended, unfinished, median):
    assert rhythm.censored_median(np.array(ended), np.array(unfinished)) == median


def test_survivors_alone_would_look_too_fast():
    quick = {f"back{n}": [100, 110] for n in range(4)}
    gone = {f"gone{n}": [200] for n in range(3)}
    slow = {"slow": [0, 150]}
    gaps, own = rhythms(log(**quick, **gone, **slow))
    assert gaps["gap"].median() == 10
    # Of 12 gaps that reach day 10, 4 end (8/12 go on); of the 4 that reach day 150, 1 ends:
    # 8/12 · 3/4 is one half.
    assert rhythm.company_gap(gaps, own["open_gap"]) == 150


def test_weekly_buyers_do_not_decide_the_companys_gap():
    weekly = {f"w{n}": list(range(0, 400, 7)) for n in range(10)}
    yearly = {f"y{n}": [20, 385] for n in range(90)}
    gaps, own = rhythms(log(**weekly, **yearly))
    assert gaps["gap"].median() == 7
    assert rhythm.company_gap(gaps, own["open_gap"]) == 360  # 365, told coarsely


@given(st.lists(st.integers(1, 60), max_size=30), st.lists(st.integers(0, 60), max_size=30))
def test_open_gaps_never_shorten_the_median(ended, unfinished):
    plain = rhythm.censored_median(np.array(ended, dtype=int), np.array([], dtype=int))
    censored = rhythm.censored_median(np.array(ended, dtype=int), np.array(unfinished, dtype=int))
    assert plain is None or censored is None or censored >= plain


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), min_size=1), st.randoms())
def test_order_and_repeats_of_rows_never_matter(rows, random):
    table = pd.DataFrame(
        [(name, AS_OF - timedelta(days=ago)) for name, ago in rows], columns=["customer", "day"]
    )
    shuffled = random.sample(rows + rows, 2 * len(rows))
    other = pd.DataFrame(
        [(name, AS_OF - timedelta(days=ago)) for name, ago in shuffled], columns=["customer", "day"]
    )
    for one, two in zip(rhythms(table), rhythms(other)):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (None, None),
        (1, 1),
        (14, 14),
        (15, 16),
        (16, 16),
        (30, 30),
        (31, 30),
        (32, 30),
        (33, 35),
        (60, 60),
        (64, 60),
        (65, 70),
        (120, 120),
        (121, 120),
        (134, 120),
        (135, 150),
        (94, 90),
        (95, 100),
        (360, 360),
        (361, 360),
        (389, 360),
        (390, 420),
    ],
)
def test_the_companys_gap_is_told_coarsely(gap, told):
    assert rhythm.coarse(gap) == told
