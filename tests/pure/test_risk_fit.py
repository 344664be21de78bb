"""The fitted card: known solutions, points that add up, nothing that depends on the order."""

from datetime import date
from math import log

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import logit, recency, risk, risk_calibration, risk_fit
from customer_retention.analytics.risk_fit import NO_DATA, Scale
from hypothesis import given
from hypothesis import strategies as st

CLOSES = date(2026, 6, 30)
SCALES = (Scale(0, (30, 90)), Scale(0, (1,)), Scale(1, (0,)))


def customers(count=4000, seed=7):
    """Return (bands, lapsed): two signals, of which the second has data for half of them."""
    chance = np.random.default_rng(seed)
    bands = np.column_stack(
        [
            chance.integers(0, 3, count),
            chance.integers(0, 2, count),
            np.where(chance.random(count) < 0.5, chance.integers(0, 2, count), NO_DATA),
        ]
    )
    odds = -2 + 1.5 * bands[:, 0] + bands[:, 1] + 0.8 * (bands[:, 2] > 0)
    return bands, chance.random(count) < logit.probability(odds)


# ---------------------------------------------------------------- regression
def test_two_by_two_table_has_the_known_solution():
    """20 of 100 without the sign left, 60 of 100 with it: log-odds log(1/4) and log(3/2)."""
    found = logit.fit([[0], [1]], [20, 60], [100, 100], ridge=0)
    assert found.intercept == pytest.approx(log(0.25), abs=1e-6)
    assert found.slopes[0] == pytest.approx(log(6), abs=1e-6)


def test_two_independent_signs():
    """Log-odds −1 + 0.5 a + 1.5 b, counted exactly: the regression finds them again."""
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    totals = np.array([400, 100, 200, 300])
    events = totals * logit.probability(-1 + rows @ [0.5, 1.5])
    found = logit.fit(rows, events, totals, ridge=0)
    np.testing.assert_allclose([found.intercept, *found.slopes], [-1, 0.5, 1.5], atol=1e-5)


def test_a_sign_that_speaks_for_a_customer_gets_nothing():
    found = logit.fit([[0, 0], [1, 0], [0, 1], [1, 1]], [60, 20, 80, 40], [100] * 4, ridge=0)
    assert found.slopes[0] == 0
    # Without the first sign: 80 of 200 against 120 of 200.
    assert found.slopes[1] == pytest.approx(log((120 / 80) / (80 / 120)), abs=1e-6)


def test_ridge_satisfies_its_own_equation():
    found = logit.fit([[0], [1]], [2, 8], [10, 10], ridge=1)
    chance = logit.probability(np.array([found.intercept, found.intercept + found.slopes[0]]))
    assert 10 * chance.sum() == pytest.approx(10, abs=1e-5)
    assert 8 - 10 * chance[1] == pytest.approx(found.slopes[0], abs=1e-5)


@pytest.mark.parametrize("ridge", [1, logit.WEAK])
def test_separation_does_not_blow_up(ridge):
    found = logit.fit([[0], [1]], [0, 500], [500, 500], ridge=ridge)
    assert np.isfinite([found.intercept, *found.slopes]).all()
    low, high = logit.probability(np.array([found.intercept, found.intercept + found.slopes[0]]))
    assert low < 0.02
    assert high > 0.98


def test_a_scale_beyond_all_measure_ends_all_the_same():
    """With attributes of a millionth of a millionth the rounds are used up, nothing worse."""
    found = logit.fit([[0], [1e-7], [1e-7]], [0, 0, 2], [3, 3, 4], ridge=0)
    assert np.isfinite([found.intercept, *found.slopes]).all()


def test_a_step_that_only_loses_is_not_taken():
    design, events, totals = np.array([[1.0]]), np.array([20.0]), np.array([100.0])
    beta, bound = np.zeros(1), np.full(1, -np.inf)
    gradient = np.array([30.0])  # 100 · ½ − 20: downhill is towards less
    options = (design, events, totals, np.zeros(1), bound, beta)
    assert logit._descend(*options, -gradient, gradient)[0] == 0
    assert -2 < logit._descend(*options, gradient, gradient)[0] < 0


def test_one_outcome_only_is_refused():
    for events in ([0, 0], [5, 5]):
        with pytest.raises(ValueError, match="both"):
            logit.fit([[0], [1]], events, [5, 5])


def test_no_overflow_far_out():
    assert logit.probability(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=6))
def test_the_solution_is_a_maximum_within_the_bounds(counts):
    events = np.array([gone for gone, _stayed in counts], dtype=float)
    totals = events + [stayed for _gone, stayed in counts]
    if not 0 < events.sum() < totals.sum():
        return
    rows = (np.arange(len(counts))[:, None] >= np.arange(1, len(counts))).astype(float)
    found = logit.fit(rows, events, totals)
    design = np.column_stack([np.ones(len(rows)), rows])
    beta = np.r_[found.intercept, found.slopes]
    gradient = design.T @ (totals * logit.probability(design @ beta) - events)
    gradient[1:] += found.slopes
    assert (found.slopes >= 0).all()
    assert np.abs(gradient[np.r_[True, found.slopes > 0]]).max() < 1e-4
    assert (gradient[1:] > -1e-4).all()


# ---------------------------------------------------------------- bands
def test_bands():
    values = [-1, 0, 0.5, 1, 1.5, 2, 9, float("nan")]
    assert risk_fit.bands_of(values, (0, 1, 2)).tolist() == [0, 0, 1, 1, 2, 2, 3, NO_DATA]
    assert np.isnan(risk_fit.points_of([0, 4], np.array([NO_DATA, 1]))).tolist() == [True, False]


def test_scales_of_the_purchase_part():
    days, slow = recency.scales()
    assert list(days) == sorted(days)
    assert list(slow) == sorted(slow)
    # Twice in a year, known for a month, never again, once a week.
    pace = recency.slowness(np.array([3, 2, 1, 53]), np.array([365, 30, 400, 364]))
    np.testing.assert_allclose(pace, [-2, -365 / 90, 0, -365 * 52 / 364])
    assert risk_fit.bands_of(pace, slow).tolist() == [16, 12, 25, 0]


def test_the_expert_card_beside():
    assert recency.expert_bands()[:2] == ["3–0", "7–3"]
    assert recency.expert_bands()[-1] == "60"


# ---------------------------------------------------------------- card
def test_points_add_up_and_rise():
    bands, lapsed = customers()
    card = risk_fit.learn(bands, SCALES, lapsed)
    for table, scale in zip(card.points, SCALES, strict=True):
        assert len(table) == len(scale.edges) + 1
        assert table[0] == 0
        assert (np.diff(table) >= 0).all()
        assert table.dtype == "int64"
    assert 97 <= card.maxima().sum() <= 103
    scored = risk.score_card(card.earned(bands), card.maxima())
    assert (scored.parts.sum(axis=1) == scored.score).all()
    assert (scored.score == card.score(bands)).all()
    # No data: left out of both sums.
    without = bands[:, 2] == NO_DATA
    assert set(scored.coverage[without]) == {100 * card.maxima()[0] // card.maxima().sum()}


def test_chances_are_what_happened():
    bands, lapsed = customers(20_000)
    card = risk_fit.learn(bands, SCALES, lapsed)
    score = card.score(bands)
    chance = card.chance(score)
    assert chance.mean() == pytest.approx(lapsed.mean(), abs=1e-3)
    table = risk_calibration.deciles(score, chance, lapsed)
    assert (table["predicted"] - table["observed"]).abs().max() < 0.04
    assert table["customers"].sum() == len(bands)


def test_order_and_number_of_rows_do_not_matter():
    bands, lapsed = customers()
    card = risk_fit.learn(bands, SCALES, lapsed)
    order = np.random.default_rng(1).permutation(len(bands))
    again = risk_fit.learn(bands[order], SCALES, lapsed[order])
    assert [table.tolist() for table in again.points] == [table.tolist() for table in card.points]
    assert (again.intercept, again.slope) == (card.intercept, card.slope)


def test_nothing_to_learn():
    bands = np.tile([[0, 0, 0], [2, 1, 1]], (200, 1))
    lapsed = np.repeat([True, True, False, False], 100)
    assert risk_fit.learn(bands, SCALES, lapsed) is None


def test_a_signal_without_any_data_has_no_points():
    bands, lapsed = customers()
    bands[:, 2] = NO_DATA
    card = risk_fit.learn(bands, SCALES, lapsed)
    assert card.maxima()[1] == 0
    assert card.score(bands).max() == 100


def test_perfectly_told_outcomes():
    bands = np.tile([[0, 0, 0], [2, 1, 1]], (200, 1))
    card = risk_fit.learn(bands, SCALES, bands[:, 0] == 2)
    low, high = card.chance(card.score(bands[:2]))
    assert (card.score(bands[:2]) == [0, 100]).all()
    assert low < 0.05
    assert high > 0.95


# ---------------------------------------------------------------- judging
def test_nobody_is_judged_by_a_card_that_knew_them():
    bands, lapsed = customers(1000)
    ids = np.arange(1000)
    score, chance = risk_fit.judged_by_others(ids, bands, SCALES, lapsed)
    other = lapsed.copy()
    other[ids % 5 == 3] = ~other[ids % 5 == 3]
    again, _chance = risk_fit.judged_by_others(ids, bands, SCALES, other)
    assert (again[ids % 5 == 3] == score[ids % 5 == 3]).all()
    assert not np.isnan(chance).any()
    assert (risk_fit.judged_by_others(5 * ids, bands, SCALES, lapsed)[0] == score).all()


def test_a_fifth_of_whom_the_others_tell_nothing_has_no_score():
    """All who left are in one fifth: its others all stayed, so nothing is learned for it."""
    bands, _lapsed = customers(1000)
    ids = np.arange(1000)
    left = (ids % 5 == 2) & (bands[:, 0] == 2)
    for lapsed in (left, ~left):  # or all who stayed are
        score, chance = risk_fit.judged_by_others(ids, bands, SCALES, lapsed)
        expert = risk_calibration.chance_by_others(ids, bands[:, 0], lapsed)
        assert np.isnan(expert[ids % 5 == 2]).all() and not np.isnan(expert[ids % 5 != 2]).any()
        assert np.isnan(score[ids % 5 == 2]).all() and np.isnan(chance[ids % 5 == 2]).all()
    assert not np.isnan(risk_fit.judged_by_others(ids, bands, SCALES, left)[0][ids % 5 != 2]).any()


def test_a_sign_that_speaks_for_customers_makes_no_card():
    """Who shows it stays: no points can be given for it, so nobody has a score."""
    bands = np.tile([[0], [1]], (500, 1))
    scale = (Scale(0, (1,)),)
    lapsed = (bands[:, 0] == 0) & (np.arange(1000) % 3 > 0)
    assert risk_fit.learn(bands, scale, lapsed) is None
    score, chance = risk_fit.judged_by_others(np.arange(1000), bands, scale, lapsed)
    assert np.isnan(score).all() and np.isnan(chance).all()


def test_points_that_never_settle_are_those_of_the_last_round(monkeypatch):
    bands, lapsed = customers(1000)
    settled = risk_fit.learn(bands, SCALES, lapsed)
    monkeypatch.setattr(risk_fit, "ROUNDS", 1)
    first = risk_fit.learn(bands, SCALES, lapsed)
    assert abs(first.maxima().sum() - settled.maxima().sum()) <= 2
    assert first.slope > 0 and np.isfinite(first.intercept)


def test_an_empty_fifth_is_nothing():
    bands, lapsed = customers(1000)
    ids = np.arange(1000) * 5  # all in the first fifth
    ids[500:] += 1
    score, chance = risk_fit.judged_by_others(ids, bands, SCALES, lapsed)
    assert not np.isnan(score).any() and not np.isnan(chance).any()
    assert not np.isnan(risk_calibration.chance_by_others(ids, bands[:, 0], lapsed)).any()


@pytest.mark.parametrize(
    ("first_day", "horizon", "gone", "stayed", "refusal"),
    [
        (date(2025, 6, 30), 90, 100, 100, None),
        (date(2025, 7, 1), 90, 100, 100, ("short", 364, 365)),
        (None, 90, 100, 100, ("short", 0, 365)),
        (date(2025, 6, 30), 200, 100, 100, ("short", 365, 400)),
        (date(2025, 6, 30), 90, 99, 500, ("few", 99, 100)),
        (date(2025, 6, 30), 90, 500, 3, ("few", 3, 100)),
        (date(2025, 6, 30), 90, 0, 0, ("few", 0, 100)),
    ],
)
def test_refusal(first_day, horizon, gone, stayed, refusal):
    lapsed = np.repeat([True, False], [gone, stayed])
    assert risk_fit.refusal(first_day, CLOSES, horizon, lapsed) == refusal


def test_auc_and_brier():
    lapsed = np.array([True, False, True, False])
    assert risk_calibration.auc([3, 1, 4, 2], lapsed) == 1
    assert risk_calibration.auc([1, 1, 1, 1], lapsed) == 0.5
    assert risk_calibration.auc([3, 1, 2, 2], lapsed) == 0.875
    assert np.isnan(risk_calibration.auc([1, 2], [True, True]))
    assert risk_calibration.brier([1, 0, 0.5, 0.5], lapsed) == 0.125


def test_groups_keep_equals_together():
    assert risk_calibration.groups(np.arange(20)).tolist() == [
        k for k in range(10) for _two in "ab"
    ]
    assert set(risk_calibration.groups([5] * 9 + [6])) == {0, 9}
    assert risk_calibration.groups([]).tolist() == []


def test_chance_of_a_figure_that_is_no_chance():
    figure = np.repeat([100, 300], 500)
    lapsed = np.concatenate([np.arange(500) < 100, np.arange(500) < 400])
    chance = risk_calibration.chance_by(figure, lapsed)
    np.testing.assert_allclose(chance([100, 300]), [0.2, 0.8], atol=1e-3)
    told = risk_calibration.chance_by_others(np.arange(1000), figure, lapsed)
    np.testing.assert_allclose(told, np.where(figure == 100, 0.2, 0.8), atol=0.02)


def test_levels_and_shares_at_stake():
    score = np.repeat([0, 34, 35, 55, 75, 100], [50, 50, 29, 100, 60, 40])
    lapsed = np.concatenate(
        [np.arange(n) < k for n, k in ((50, 5), (50, 10), (29, 29), (100, 14), (60, 45), (40, 40))]
    )
    table = risk_calibration.levels(score, lapsed)
    assert table["customers"].tolist() == [100, 29, 100, 100]
    assert table["lapsed"].tolist() == [15, 29, 14, 85]
    # 29 customers are too few: the table's 20 % stay; 14 % is not less than that.
    assert risk_calibration.stake_shares(table["customers"], table["lapsed"]) == (15, 20, 20, 85)


def test_a_purchase_changes_only_what_the_card_holds():
    """Without days since the last purchase and lateness on the card buying lowers nothing."""
    points = pd.DataFrame({"overdue": [8.0], "service": [5.0]})
    assert risk.score_after_purchase(points, {"service": 10}, np.array([1])).tolist() == [50]
    maxima = {"overdue": 8, "service": 10}
    assert risk.score_after_purchase(points, maxima, np.array([1])).tolist() == [28]  # 5 of 18


def test_score_after_a_purchase_by_the_card_in_use():
    points = pd.DataFrame({"recency": [60.0, 10.0, 20.0], "overdue": [8.0, 0.0, np.nan]})
    maxima = {"recency": 92, "overdue": 8}
    after = risk.score_after_purchase(points, maxima, np.array([1, 3, 2]), fresh=[25.0, 14.0, 0.0])
    # The purchase part never rises, lateness is over, and no data stays no data.
    assert after.tolist() == [25, 10, 0]
