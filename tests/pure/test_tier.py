"""Tiers: boundaries, windows, grace, falls, locks, reversals and the order of rows."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import tier, tier_review
from example_tiers import (
    BASE,
    DAY,
    GOLD,
    GRACE,
    HELD,
    LEVELS,
    SEGMENT,
    SILVER,
    VIP,
    customer,
    day,
    figures,
    review,
    rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(("cents", "wanted"), [(-1, SILVER), (0, GOLD), (1, GOLD)])
def test_amount_at_the_limit(cents, wanted):
    assert tier.earned(rules(), np.array([500_000 + cents]), np.array([0]))[0] == wanted


def test_a_tier_that_asks_for_nothing_is_nobodys():
    levels = (tier.Level("base"), tier.Level("any"), tier.Level("all", match="all"))
    found = tier.earned(rules(levels=levels), np.array([0, 10**9]), np.array([0, 99]))
    assert found.tolist() == [0, 0]


@pytest.mark.parametrize(("count", "wanted"), [(-1, 0), (0, 1), (1, 1)])
def test_count_at_the_limit(count, wanted):
    levels = (tier.Level("base"), tier.Level("regular", count=6))
    assert tier.earned(rules(levels=levels), np.array([0]), np.array([6 + count]))[0] == wanted


@pytest.mark.parametrize(
    ("match", "cents", "count", "segment", "wanted"),
    [
        ("any", 99, 2, 0, 0),
        ("any", 100, 0, 0, 1),
        ("any", 0, 3, 0, 1),
        ("any", 0, 0, SEGMENT, 1),
        ("all", 100, 3, 0, 0),
        ("all", 100, 2, SEGMENT, 0),
        ("all", 99, 3, SEGMENT, 0),
        ("all", 100, 3, SEGMENT, 1),
    ],
)
def test_any_and_all(match, cents, count, segment, wanted):
    level = tier.Level("x", 100, 3, frozenset({SEGMENT}), match)
    given = rules(levels=(tier.Level("base"), level))
    found = tier.earned(given, np.array([cents]), np.array([count]), np.array([segment]))
    assert found[0] == wanted


def test_by_hand_only_is_never_earned():
    levels = (tier.Level("base"), tier.Level("partner", cents=1, manual_only=True))
    assert tier.earned(rules(levels=levels), np.array([10**9]), np.array([0]))[0] == 0


@pytest.mark.parametrize(
    ("window", "end", "start", "after"),
    [
        ("rolling", date(2025, 3, 15), date(2024, 3, 15), date(2026, 3, 15)),
        ("rolling", date(2024, 2, 29), date(2023, 2, 28), date(2025, 2, 28)),
        ("calendar", date(2025, 3, 15), date(2024, 12, 31), date(2026, 12, 31)),
        ("calendar", date(2025, 12, 31), date(2024, 12, 31), date(2026, 12, 31)),
        ("calendar", date(2025, 1, 1), date(2024, 12, 31), date(2026, 12, 31)),
    ],
)
def test_windows(window, end, start, after):
    days = np.array([end], dtype="datetime64[D]")
    assert tier.window_before(days, window)[0] == np.datetime64(start)
    assert tier.window_after(days, window)[0] == np.datetime64(after)


def test_up_at_once():
    found = review(customer(), figures(now=500_000), date(2025, 3, 15))
    assert (found["position"], found["cause"]) == (GOLD, "up")
    assert day(found["since"]) == day(found["earned_on"]) == date(2025, 3, 15)
    assert day(found["valid_until"]) == date(2026, 3, 15)


def test_up_in_the_calendar_year():
    found = review(customer(), figures(now=500_000), date(2025, 3, 15), rules(window="calendar"))
    assert day(found["valid_until"]) == date(2026, 12, 31)


def test_who_never_bought_has_none():
    assert review(customer(buyer=False), figures(), date(2025, 3, 15))["position"] == -1


@pytest.mark.parametrize(
    ("days", "hold", "cause", "position"),
    [
        (0, 0, "", GOLD),
        (1, 500_000, "kept", GOLD),
        (1, 500_001, "kept", GOLD),
        (1, 499_999, "grace", GOLD),
    ],
)
def test_review_after_the_last_day(days, hold, cause, position):
    as_of = date(2025, 3, 15) + timedelta(days=days)
    found = review(customer(GOLD, **HELD), figures(hold=hold), as_of)
    assert (found["cause"], found["position"]) == (cause, position)
    if cause == "kept":
        assert day(found["valid_until"]) == date(2026, 3, 15)
    if cause == "grace":
        assert day(found["grace_until"]) == date(2025, 5, 14)


@pytest.mark.parametrize(("days", "position"), [(-1, GOLD), (0, GOLD), (1, SILVER)])
def test_end_of_grace(days, position):
    as_of = date(2025, 5, 14) + timedelta(days=days)
    found = review(customer(GOLD, **GRACE), figures(), as_of)
    assert found["position"] == position
    if position == SILVER:
        assert (found["cause"], day(found["since"])) == ("down", as_of)
        assert day(found["valid_until"]) == date(2026, 5, 15)
        assert day(found["grace_until"]) is None


def test_made_up_for_in_grace():
    old = customer(GOLD, **GRACE)
    spans = tier.windows(old, rules(), date(2025, 4, 1)).iloc[0]
    assert (day(spans["hold_from"]), day(spans["hold_to"])) == (
        date(2024, 3, 15),
        date(2025, 4, 1),
    )
    found = review(old, figures(hold=500_000), date(2025, 4, 1))
    assert (found["cause"], day(found["valid_until"])) == ("kept", date(2026, 3, 15))
    assert day(found["grace_until"]) is None


@pytest.mark.parametrize(
    ("down", "now", "wanted"),
    [("one", 0, GOLD), ("earned", 0, BASE), ("earned", 100_000, SILVER), ("one", 100_000, GOLD)],
)
def test_one_down_or_to_what_is_earned(down, now, wanted):
    found = review(customer(VIP, **GRACE), figures(now=now), date(2025, 5, 15), rules(down=down))
    assert found["position"] == wanted


def test_one_down_passes_tiers_by_hand():
    levels = (LEVELS[0], LEVELS[1], tier.Level("partner", manual_only=True), LEVELS[3])
    found = review(customer(3, **GRACE), figures(), date(2025, 5, 15), rules(levels=levels))
    assert found["position"] == 1


@pytest.mark.parametrize(("days", "position"), [(-1, GOLD), (0, SILVER)])
def test_minimum_stay(days, position):
    stay = rules(min_stay_days=500)
    as_of = HELD["since"] + timedelta(days=500 + days)
    found = review(customer(GOLD, **GRACE), figures(), as_of, stay)
    assert found["position"] == position


def test_no_grace():
    found = review(customer(GOLD, **HELD), figures(), date(2025, 3, 16), rules(grace_days=0))
    assert (found["position"], found["cause"]) == (SILVER, "down")


@pytest.mark.parametrize(
    ("days", "cause", "locked"), [(-1, "locked", True), (0, "locked", True), (1, "grace", False)]
)
def test_lock_and_its_end(days, cause, locked):
    until = date(2025, 6, 30)
    old = customer(VIP, since=date(2025, 1, 1), locked_until=until)
    found = review(old, figures(now=100_000), until + timedelta(days=days))
    assert (found["position"], found["cause"]) == (VIP, cause)
    assert pd.isna(found["locked_until"]) != locked
    if not locked:
        assert day(found["grace_until"]) == until + timedelta(days=60)


def test_lock_holds_back_an_upgrade():
    old = customer(SILVER, locked_until=date(2025, 6, 30))
    assert review(old, figures(now=10**7), date(2025, 6, 30))["position"] == SILVER
    assert review(old, figures(now=10**7), date(2025, 7, 1))["position"] == VIP


EARNED = HELD | {"earned_on": HELD["since"]}


@pytest.mark.parametrize(
    ("then", "now", "cause", "position"),
    [
        (500_000, 0, "", GOLD),
        (499_999, 0, "reversed", SILVER),
        (0, 0, "reversed", BASE),
        (0, 500_000, "", GOLD),
    ],
)
def test_reversal(then, now, cause, position):
    found = review(customer(GOLD, **EARNED), figures(now=now, then=then), date(2024, 9, 1))
    assert (found["cause"], found["position"]) == (cause, position)


@pytest.mark.parametrize(("until", "position"), [(date(2024, 9, 1), GOLD), (None, BASE)])
def test_reversal_gives_back_the_tier_before(until, position):
    before = {"before": GOLD, "before_until": until, "before_on": date(2023, 9, 1)}
    found = review(customer(VIP, **EARNED, **before), figures(), date(2024, 9, 1))
    assert (found["cause"], found["position"]) == ("reversed", position)
    assert day(found["valid_until"]) == until
    assert found["before"] == -1


@pytest.mark.parametrize(("days", "before"), [(-1, -1), (0, GOLD), (1, GOLD)])
def test_the_tier_before_is_remembered_to_its_last_day(days, before):
    as_of = date(2024, 9, 1)
    earlier = {"before": GOLD, "before_until": as_of + days * DAY, "before_on": date(2023, 9, 1)}
    then = figures(now=1_000_000, then=1_000_000)
    found = review(customer(VIP, **EARNED, **earlier), then, as_of)
    assert (found["cause"], found["before"]) == ("", before)
    assert (day(found["before_until"]), day(found["before_on"])) == (
        (None, None) if before < 0 else (earlier["before_until"], earlier["before_on"])
    )


def test_the_lowest_tier_is_not_remembered():
    """It is what is left when another is reversed; there is nothing to give back."""
    found = review(customer(BASE), figures(now=500_000), date(2024, 9, 1))
    assert (found["position"], found["before"]) == (GOLD, -1)
    assert day(found["before_until"]) is None


# Gold was missed on 15 March 2025, made up for on 1 April, in a grace to 14 May.
SAVED = {
    "since": date(2024, 3, 15),
    "valid_until": date(2026, 3, 15),
    "earned_on": date(2025, 4, 1),
    "missed_on": date(2025, 3, 15),
}


def test_made_up_for_is_remembered():
    found = review(customer(GOLD, **GRACE), figures(hold=500_000), date(2025, 4, 1))
    assert {name: day(found[name]) for name in SAVED} == SAVED
    # A segment that keeps the tier is no purchase that could be cancelled.
    kept = rules(levels=(*LEVELS[:2], tier.Level(GOLD, 500_000, segments=frozenset({SEGMENT}))))
    found = review(customer(GOLD, **GRACE, segment=SEGMENT), figures(), date(2025, 4, 1), kept)
    assert (found["cause"], day(found["earned_on"]), day(found["missed_on"])) == (
        "kept",
        None,
        None,
    )


@pytest.mark.parametrize(("as_of", "end"), [(date(2025, 5, 1), 1), (date(2025, 9, 1), 14)])
def test_window_of_what_was_made_up_for(as_of, end):
    """From the beginning of the window that missed the mark to the end of the grace."""
    spans = tier.windows(customer(GOLD, **SAVED), rules(), as_of).iloc[0]
    assert day(spans["then_from"]) == date(2024, 3, 15)
    assert day(spans["then_to"]) == date(2025, 5, end)


@pytest.mark.parametrize(
    ("then", "now", "as_of", "cause", "position"),
    [
        (500_000, 0, date(2025, 5, 14), "", GOLD),
        (499_999, 0, date(2025, 5, 14), "grace", GOLD),
        (499_999, 500_000, date(2025, 5, 14), "", GOLD),
        (499_999, 0, date(2025, 5, 15), "reversed", SILVER),
        (0, 0, date(2025, 5, 15), "reversed", SILVER),
    ],
)
def test_reversal_of_what_was_made_up_for(then, now, as_of, cause, position):
    """The grace goes on; where it is over, the step down comes at once."""
    old = customer(GOLD, **SAVED)
    for _twice in range(2):
        found = review(old, figures(then=then, now=now, hold=then), as_of)
        assert found["position"] == position
        if cause == "grace":
            assert day(found["valid_until"]) == date(2025, 3, 15)
            assert day(found["grace_until"]) == date(2025, 5, 14)
        assert pd.isna(found["missed_on"]) == (cause != "" or now > 0)
        if not _twice:
            assert found["cause"] == cause
        old = found.to_frame().T.assign(segment=0, buyer=True)
        old[list(tier.DAYS)] = old[list(tier.DAYS)].apply(pd.to_datetime)


def test_reversal_of_what_was_made_up_for_to_what_is_earned():
    given = rules(down="earned")
    found = review(customer(GOLD, **SAVED), figures(), date(2025, 5, 15), given)
    assert (found["cause"], found["position"]) == ("reversed", BASE)


def test_a_rise_forgets_what_was_made_up_for():
    found = review(customer(GOLD, **SAVED), figures(now=1_000_000, then=500_000), date(2025, 5, 1))
    assert (found["position"], found["before"]) == (VIP, GOLD)
    assert pd.isna(found["missed_on"]) and pd.isna(found["before_on"])


def test_segment_takes_two_nights():
    levels = (tier.Level("base"), tier.Level("loved", segments=frozenset({SEGMENT})))
    given, night = rules(levels=levels), date(2025, 3, 15)
    old = customer(BASE, segment=SEGMENT)
    first = review(old, figures(), night, given)
    assert (first["position"], first["pending"], day(first["pending_on"])) == (0, 1, night)
    asked = customer(BASE, segment=SEGMENT, pending=1, pending_on=night)
    assert review(asked, figures(), night, given)["position"] == 0
    assert review(asked, figures(), night + DAY, given, nightly=False)["position"] == 0
    second = review(asked, figures(), night + DAY, given)
    assert (second["position"], second["pending"], second["cause"]) == (1, -1, "up")
    left = review(customer(BASE, pending=1, pending_on=night), figures(), night + DAY, given)
    assert (left["position"], left["pending"], day(left["pending_on"])) == (0, -1, None)


def test_new_rules_hold_at_once_but_for_locks():
    as_of = date(2025, 3, 1)
    assert review(customer(VIP, **HELD), figures(), as_of, regrade=True)["position"] == BASE
    locked = customer(VIP, **HELD, locked_until=as_of)
    assert review(locked, figures(), as_of, regrade=True)["position"] == VIP
    lately = customer(GOLD, since=as_of - 10 * DAY, valid_until=date(2026, 1, 1))
    stay = rules(min_stay_days=11)
    assert review(lately, figures(), as_of, stay, regrade=True)["position"] == GOLD


def test_last_year_counts_in_january():
    found = review(
        customer(), figures(last=500_000), date(2026, 1, 5), rules(window="calendar"), regrade=True
    )
    assert (found["position"], day(found["valid_until"])) == (GOLD, date(2026, 12, 31))
    assert day(found["earned_on"]) == date(2025, 12, 31)


def test_gap():
    level = tier.Level("x", cents=500_000, count=6)
    assert [int(x) for x in tier.gap(level, 380_000, 7)] == [120_000, 0]


DATES = st.dates(date(2024, 1, 1), date(2026, 1, 1))
MAYBE = st.none() | DATES
CENT = st.sampled_from([0, 99_999, 100_000, 500_000, 1_000_000])
PEOPLE = st.lists(
    st.tuples(st.integers(-1, 3), st.tuples(*[MAYBE] * len(tier.DAYS)), st.tuples(*[CENT] * 4)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(PEOPLE, st.randoms(), st.sampled_from(["rolling", "calendar"]), st.booleans())
def test_order_of_rows_does_not_matter(people, random, window, regrade):
    old = pd.concat(
        [customer(p, **dict(zip(tier.DAYS, days, strict=True))) for p, days, _c in people],
        ignore_index=True,
    )
    found = pd.concat([figures(*cents) for _p, _d, cents in people], ignore_index=True)
    given_rules, as_of = rules(window=window), date(2025, 6, 30)
    new = tier_review.review(old, found, given_rules, as_of, regrade=regrade)
    order = random.sample(range(len(old)), len(old))
    other = tier_review.review(
        old.iloc[order], found.iloc[order], given_rules, as_of, regrade=regrade
    )
    pd.testing.assert_frame_equal(new.iloc[order], other)
