"""From points to what a profile says: each part has tests of its own, this joins them."""

from datetime import timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import health, risk, stage
from test_snapshot import AS_OF, before, snap

NAT = np.datetime64("NaT", "D")
NAN = np.nan


def card(points, maxima, **options):
    points = np.array(points, dtype="float64")
    options.setdefault("codes", np.arange(1, points.shape[1] + 1))
    options.setdefault("fires", np.zeros(points.shape, dtype=bool))
    return health.Card(options.pop("codes"), points, np.array(maxima), **options)


def known(snapshot, **columns):
    """Return what the profiles say already; without a level, not archived."""
    plain = {"risk_level": -1, "risk_pending": 0, "archived": False}
    table = pd.DataFrame(plain, index=snapshot.index)
    for name in ("risk_pending_on", "churned_on"):
        table[name] = pd.Series(NAT, index=snapshot.index, dtype="datetime64[s]")
    for name, values in columns.items():
        table[name] = pd.Series(values, dtype=table[name].dtype).reindex(
            snapshot.index, fill_value=table[name].iloc[0]
        )
    return table


def judge(snapshot, given, nightly=True, **old):
    return health.judge(snapshot, given, known(snapshot, **old), nightly)


def test_nobody_has_all_the_columns():
    empty = snap({"a": [10]})
    nobody = type(empty)(AS_OF, empty.customers[:0], empty.days[:0])
    found = health.judge(nobody, card(np.empty((0, 3)), [5, 5, 0]), known(empty)[:0], True)
    assert list(found.profiles.columns) == list(health.COLUMNS)
    assert found.profiles.dtypes.astype(str).to_dict() == {
        name: np.dtype(kind).name for name, kind in health.COLUMNS.items()
    }
    assert found.parts.shape == (0, 3)
    someone = judge(empty, card([[1, 1, 0]], [5, 5, 0]))
    assert (someone.profiles.dtypes == found.profiles.dtypes).all()


def test_a_signal_without_weight_is_no_part_of_the_score():
    found = judge(snap({"a": [10], "b": [10]}), card([[30, 9, 10], [NAN, 9, 10]], [60, 0, 40]))
    assert found.parts.tolist() == [[30, 0, 10], [0, 0, 25]]
    profiles = found.profiles
    assert profiles["risk_score"].tolist() == [40, 25]
    assert profiles["risk_coverage"].tolist() == [100, 40]
    assert profiles["risk_level"].tolist() == [1, 0]


def test_value_at_stake_is_the_share_of_the_level():
    """Purchases of 100 each: three within the 12 months up to the last one."""
    found = judge(
        snap({"a": [10, 100, 370, 380]}), card([[60]], [60], shares=(0, 0, 0, 31))
    ).profiles.loc["a"]
    assert (found["amount_before_last"], found["risk_level"]) == (30_000, 3)
    assert found["value_at_stake"] == 9_300


def test_levels_are_left_on_nights_only_and_taken_at_once():
    here = snap({"a": [10], "b": [10]})
    given = card([[60], [60]], [60])
    old = {"risk_level": {"a": 0, "b": -1}, "risk_pending": {"a": 1}}
    old["risk_pending_on"] = {"a": before(1)}
    for nightly, level, pending, since in (
        (True, [3, 3], [0, 0], [NAT, NAT]),
        (False, [0, 3], [1, 0], [np.datetime64(before(1)), NAT]),
    ):
        found = judge(here, given, nightly, **old).profiles
        assert found["risk_level"].tolist() == level
        assert found["risk_pending"].tolist() == pending
        np.testing.assert_array_equal(found["risk_pending_on"].to_numpy("datetime64[D]"), since)


@pytest.mark.parametrize(
    ("ago", "archived", "churned", "code", "entered", "lost_on"),
    [
        (50, False, None, stage.NEW, before(50), None),
        (50, True, None, stage.LOST, None, AS_OF),  # archived is lost, from today
        (50, True, before(7), stage.LOST, None, before(7)),  # or from the day it was
        (400, False, before(7), stage.LOST, before(34), before(34)),  # dates know better
        (400, True, before(7), stage.LOST, before(34), before(34)),
        (50, False, before(7), stage.NEW, before(50), None),  # back again
    ],
)
def test_who_is_archived_is_lost(ago, archived, churned, code, entered, lost_on):
    found = judge(
        snap({"a": [ago]}), card([[0]], [60]), archived={"a": archived}, churned_on={"a": churned}
    ).profiles.loc["a"]
    assert found["stage"] == code
    for name, day in (("entered", entered), ("churned_on", lost_on)):
        assert (None if pd.isna(found[name]) else found[name].date()) == day


def test_dates_are_those_of_the_snapshot():
    here = snap({"a": [500, 50], "b": [100, 70, 40, 10]})
    found = judge(here, card([[0], [0]], [60])).profiles
    assert found["won_back_on"].isna().tolist() == [False, True]
    assert found.at["a", "won_back_on"].date() == before(50)
    assert found["expected_gap_days"].tolist() == here.expected_gap.tolist()
    assert found.at["b", "expected_gap_days"] == 30
    assert found.at["b", "next_order_date"].date() == AS_OF + timedelta(days=20)


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ({}, 100),  # no signal that a purchase would change
        ({"recency": 0, "fresh": np.array([6.0])}, 46),  # (6 + 40) of 100
        ({"recency": 1, "fresh": np.array([6.0])}, 66),  # (60 + 6) of 100
        ({"overdue": 1}, 60),
        ({"overdue": 0}, 40),
        ({"recency": 0, "fresh": np.array([6.0]), "overdue": 1}, 6),
    ],
)
def test_score_after_a_purchase(options, after):
    """The third signal is off the card; by the expert card the purchase part would be other."""
    found = judge(snap({"a": [10]}), card([[60, 40, 9]], [60, 40, 0], **options))
    assert found.profiles.at["a", "risk_after_purchase"] == after


def test_the_smallest_signal_counts_after_a_purchase():
    found = judge(snap({"a": [10]}), card([[1, 0]], [1, 3]))
    assert found.profiles.at["a", "risk_after_purchase"] == 25


def test_the_expert_card_after_a_purchase_has_one_purchase_day_more():
    fresh = risk.recency_points([0], [2])[0]
    found = judge(snap({"a": [10]}), card([[60]], [60], recency=0))
    assert found.profiles.at["a", "risk_after_purchase"] == round(100 * fresh / 60)


# ---------------------------------------------------------------- fingerprints
BASE = {"points": [[3, NAN]], "maxima": [5, 5], "fires": np.array([[False, True]])}


@pytest.mark.parametrize(
    "change",
    [
        {"points": [[4, NAN]]},
        {"points": [[3, 0]]},  # no data is not no points
        {"points": [[NAN, 3]]},
        {"maxima": [5, 6]},
        {"maxima": [6, 5]},
        {"fires": np.array([[True, False]])},
        {"fires": np.array([[False, False]])},
        {"codes": np.array([1, 3])},
        {"codes": np.array([2, 1])},
    ],
)
def test_whatever_changes_shows(change):
    here = snap({"a": [10]})
    plain = health.fingerprints(here, card(**BASE))
    assert health.fingerprints(here, card(**BASE)) == plain
    assert health.fingerprints(here, card(**(BASE | change))) != plain


def test_no_two_cards_look_alike():
    """Whatever points three signals earn or lack; a plain product would mix up many of them."""
    points = list(product([NAN, 0, 1, 2, 3, 5, 10], repeat=3))
    here = snap({number: [10] for number in range(len(points))})
    prints = health.fingerprints(here, card(points, [10, 10, 10]))
    assert len(set(prints)) == len(points)


def test_a_purchase_shows():
    prints = {health.fingerprints(snap({"a": days}), card(**BASE))[0] for days in ([10], [9])}
    # A purchase further back, and one more on the same day, which is none.
    prints |= {health.fingerprints(snap({"a": [10, 40]}), card(**BASE))[0]}
    prints |= {health.fingerprints(snap({"a": [10, 10]}), card(**BASE))[0]}
    assert len(prints) == 3


def test_a_print_does_not_depend_on_the_others():
    two = health.fingerprints(
        snap({"a": [10], "b": [20]}),
        card([[3, NAN], [1, 1]], [5, 5], fires=np.array([[False, True], [True, True]])),
    )
    assert two[0] == health.fingerprints(snap({"a": [10]}), card(**BASE))[0] != two[1]
    assert isinstance(two[0], str)
