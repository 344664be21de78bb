"""The purchase model against published figures, an integral, and made-up populations."""

import sys

import clv_examples
import numpy as np
import pytest
from clv_examples import population
from customer_retention.analytics import clv
from customer_retention.analytics.clv_fit import ModelUnavailable, TooLittle
from customer_retention.analytics.clv_likelihood import Likelihood
from scipy import integrate, special

PAPER, FITTED = (clv.BuyTillLeave(*known) for known in (clv_examples.PAPER, clv_examples.FITTED))


def by_integral(model, x, tx, T, t):
    """Expected purchases without 2F1: the mean over everybody's chance p of leaving.

    Who is still here buys (1 - (s / (s + p t))^(r + x)) / p times within t, s = alpha + T.
    """
    r, alpha, a, b = model
    scale = alpha + T

    def given(p):
        return -np.expm1((r + x) * -np.log1p(p * t / scale)) / p if p else (r + x) * t / scale

    mean, _error = integrate.quad(
        lambda place: given(special.betaincinv(a, b + x, place)), 0, 1, limit=400
    )
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + tx)) ** (r + x) if x else 0
    return mean / (1 + odds)


# ---------------------------------------------------------------------- published
def test_published_customer():
    # Bought twice, last in week 30.43 of 38.86: 1.2260 purchases in the next 39 weeks.
    found = clv.expected_purchases(FITTED, 2, 30.43, 38.86, 39)
    assert found == pytest.approx(1.2260, abs=5e-4)


def test_published_zero_class():
    found = clv.expected_purchases(PAPER, 0, 0, np.array([27, 39]), 39)
    # Of one-order customers .23 on average; the sample's lie between these two.
    assert found[0] > 0.225 > found[1]


def test_a_new_customer_is_nobody_special():
    r, alpha, a, b = PAPER
    t = 39
    z = t / (alpha + t)
    known = (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * special.hyp2f1(r, b, a + b - 1, z))
    assert clv.expected_purchases(PAPER, 0, 0, 0, t) == pytest.approx(known, rel=1e-12)


# ---------------------------------------------------------------------- forecasts
@pytest.mark.parametrize(
    ("model", "x", "tx", "T", "t"),
    [
        (PAPER, 0, 0, 30, 39),
        (PAPER, 2, 30.43, 38.86, 39),
        (PAPER, 29, 38, 38.86, 52),
        # a + b + x < 1: 2F1 is negative there and has no logarithm.
        (clv.BuyTillLeave(0.5, 4.0, 0.31, 0.5), 0, 0, 30, 10),
        # a = 1 divides by zero; a + b = 1 has a pole.
        (clv.BuyTillLeave(0.5, 4.0, 1.0, 2.5), 3, 20, 30, 10),
        (clv.BuyTillLeave(0.5, 4.0, 1.0000001, 2.5), 3, 20, 30, 10),
        (clv.BuyTillLeave(0.5, 4.0, 0.4, 0.6), 0, 0, 30, 10),
        # Loyal customers: flat ridges of real shops.
        (clv.BuyTillLeave(0.7, 60.0, 0.003, 0.5), 4, 200, 300, 90),
        (clv.BuyTillLeave(1.2, 30.0, 0.29, 422.0), 6, 200, 300, 28),
        # Direct 2F1 overflows.
        (clv.BuyTillLeave(0.243, 4.414, 0.793, 2.426), 1500, 400, 401, 300),
        (clv.BuyTillLeave(0.243, 4.414, 0.793, 2.426), 5000, 720, 720.2, 365),
    ],
)
def test_expected_purchases_equal_the_integral(model, x, tx, T, t):
    found = float(clv.expected_purchases(model, x, tx, T, t))
    assert found == pytest.approx(by_integral(model, x, tx, T, t), rel=2e-5)


def test_direct_form_fails_where_eulers_is_used():
    model, x, T, t = PAPER, 5000, 720.2, 365
    z = t / (model.alpha + T + t)
    direct = special.hyp2f1(model.r + x, model.b + x, model.a + model.b + x - 1, z)
    assert not np.isfinite(direct)
    assert np.isfinite(clv.expected_purchases(model, x, 720, T, t))


def test_eulers_form_fails_where_the_direct_one_is_used():
    model = clv.BuyTillLeave(0.5, 30.0, 6000.0, 60000.0)
    found = float(clv.expected_purchases(model, 2, 100, 120, 90))
    assert found == pytest.approx(by_integral(model, 2, 100, 120, 90), rel=1e-4)
    assert np.exp((model.a - 1) * np.log1p(-90 / 240)) == 0


def test_chance_of_a_purchase_is_below_the_expected_number():
    x, tx, T = np.array([0, 1, 5, 30]), np.array([0, 10, 30, 38]), np.full(4, 39.0)
    for t in (1e-6, 1, 39, 500):
        chance = clv.chance(PAPER, x, tx, T, t)
        expected = clv.expected_purchases(PAPER, x, tx, T, t)
        assert ((chance >= 0) & (chance <= 1) & (chance <= expected * (1 + 1e-6) + 1e-12)).all()
    # In a moment there is room for one purchase at most.
    assert clv.chance(PAPER, x, tx, T, 1e-6) == pytest.approx(
        clv.expected_purchases(PAPER, x, tx, T, 1e-6), rel=1e-5
    )


def test_chance_equals_its_integral_over_rates():
    x, tx, T, t = 3, 20, 30, 13
    r, alpha, a, b = PAPER
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + tx)) ** (r + x)

    def given(rate):
        shape, scale = r + x, alpha + T
        logs = shape * np.log(scale) + (shape - 1) * np.log(rate) - scale * rate
        return -np.expm1(-rate * t) * np.exp(logs - special.gammaln(shape))

    found, _error = integrate.quad(given, 0, 20, limit=300)
    assert float(clv.chance(PAPER, x, tx, T, t)) == pytest.approx(found / (1 + odds), rel=1e-7)


def test_chance_of_long_histories_neither_overflows_nor_needs_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with np.errstate(all="raise"):
        found = clv.chance(PAPER, [5000, 5000], [10, 719], [720, 720], 90)
    assert found[0] < 1e-290 and found[1] == pytest.approx(0.8632, abs=1e-4)


def test_chance_falls_with_silence_and_grows_with_time():
    quiet = clv.chance(PAPER, 4, np.array([38, 30, 20, 10]), 39, 13)
    assert (np.diff(quiet) < 0).all()
    assert (np.diff(clv.chance(PAPER, 4, 30, 39, np.array([1, 13, 26, 52]))) > 0).all()


def test_a_unit_of_time_is_only_a_unit():
    days = PAPER._replace(alpha=PAPER.alpha * 7)
    for function in (clv.chance, clv.expected_purchases):
        weekly = function(PAPER, 2, 30, 38, 39)
        assert function(days, 2, 210, 266, 273) == pytest.approx(weekly, rel=1e-12)


def test_horizon():
    found = clv.horizon([0, 2, 3, 3, 4, 10], [0, 600, 180, 183, 1200, 50])
    assert found.tolist() == [90, 90, 90, 92, 450, 90]


def test_discounting():
    place = PAPER, 2, 30.43, 38.86, 30 / 7
    expected, plain = clv.over_months(*place)
    assert plain == pytest.approx(expected, rel=1e-12)
    assert expected == clv.expected_purchases(PAPER, 2, 30.43, 38.86, 360 / 7)
    _expected, discounted = clv.over_months(*place, rate=0.01)
    assert plain / 1.01**12 < discounted < plain / 1.01


# ---------------------------------------------------------------------- fitting
def customers(size=4000, **options):
    return clv.Customers.of(*population(size, **options))


def grouped(found):
    rows = np.column_stack([found.x, found.tx, found.T])
    unique, count = np.unique(rows, axis=0, return_counts=True)
    return clv.Customers.of(*unique.T, count)


def test_slope_is_the_slope():
    likelihood = Likelihood(customers(500))
    model = np.array([0.4, 6.0, 0.6, 1.7])
    _value, slope = likelihood(clv.BuyTillLeave(*model))
    for number in range(4):
        step = np.zeros(4)
        step[number] = 1e-6 * model[number]
        up, down = (likelihood(clv.BuyTillLeave(*(model + s)))[0] for s in (step, -step))
        assert slope[number] == pytest.approx((up - down) / (2 * step[number]), rel=1e-5)


def test_likelihood_of_one_customer():
    # By the formula as it is written, without logarithms of gamma functions.
    r, alpha, a, b = PAPER
    x, tx, T = 3, 20.0, 30.0
    beta, gamma = special.beta, special.gamma
    known = beta(a, b + x) / beta(a, b) * gamma(r + x) * alpha**r
    known = known / gamma(r) / (alpha + T) ** (r + x)
    ended = beta(a + 1, b + x - 1) / beta(a, b) * gamma(r + x) * alpha**r
    known += ended / gamma(r) / (alpha + tx) ** (r + x)
    value, _slope = Likelihood(clv.Customers.of([x], [tx], [T]))(PAPER)
    assert value == pytest.approx(np.log(known), rel=1e-12)


def test_long_histories_do_not_underflow():
    value, slope = Likelihood(clv.Customers.of([5000, 5000], [1, 719], [720, 720]))(PAPER)
    assert np.isfinite(value) and np.isfinite(slope).all()


def test_grouping_changes_nothing():
    found = clv.Customers.of(*(np.round(part) for part in population(3000)))
    together = grouped(found)
    assert len(together.x) < len(found.x) / 2
    one, other = clv.fit(found), clv.fit(together)
    assert (one.customers, one.repeaters) == (other.customers, other.repeaters)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9)
    assert one.model == pytest.approx(other.model, rel=1e-3)


def test_the_model_behind_a_population_is_found():
    found = clv.fit(customers(20_000))
    x, tx, T = population(20_000)
    forecast = clv.expected_purchases(found.model, x, tx, T, 39).mean()
    known = clv.expected_purchases(PAPER, x, tx, T, 39).mean()
    assert forecast == pytest.approx(known, rel=0.05)
    assert found.model.r == pytest.approx(PAPER.r, rel=0.1)
    assert not found.flags


def test_prior_fades():
    small, large = customers(300), customers(20_000)

    def shift(found):
        with_prior, without = (
            clv.expected_purchases(clv.fit(found, prior).model, 2, 30, 38, 39)
            for prior in (clv.PRIOR, 0)
        )
        return abs(with_prior / without - 1)

    assert shift(large) < 0.004
    assert shift(large) < shift(small) < 0.2


def test_no_fit_with_the_prior_ends_on_a_bound():
    for seed in range(8):
        model = clv.fit(customers(220, seed=seed)).model
        assert all(1e-3 < value < 1e3 for value in model)


def test_customers_of_today_are_left_out():
    x, tx, T = population(500)
    more = clv.Customers.of(*(np.append(part, np.zeros(50)) for part in (x, tx, T)))
    found = clv.fit(more)
    assert found.customers == 500
    assert found.model == pytest.approx(clv.fit(clv.Customers.of(x, tx, T)).model, rel=1e-6)


def test_flat_ridge_is_flagged():
    # Nobody ever leaves: any small a and large b will do.
    chance = np.random.default_rng(3)
    x = chance.poisson(chance.gamma(2.0, 3.0, 1500))
    T = np.full(1500, 100.0)
    tx = np.where(x > 0, T * chance.random(1500) ** (1 / np.maximum(x, 1)), 0)
    found = clv.fit(clv.Customers.of(x, tx, T), prior=0)
    assert clv.FLAT in found.flags
    expected = clv.expected_purchases(found.model, x, tx, T, 50).mean()
    assert expected == pytest.approx(x.mean() / 2, rel=0.1)


@pytest.mark.parametrize(
    ("size", "repeaters", "refused"),
    [(199, 60, True), (200, 49, True), (200, 50, False), (5000, 0, True), (0, 0, True)],
)
def test_too_little_is_refused(size, repeaters, refused):
    x = np.where(np.arange(size) < repeaters, 2.0, 0.0)
    T = np.linspace(20, 39, size) if size else np.zeros(0)
    found = clv.Customers.of(x, np.where(x > 0, T / 2, 0), T)
    if not refused:
        assert clv.fit(found).repeaters == repeaters
        return
    with pytest.raises(TooLittle) as error:
        clv.fit(found)
    assert (error.value.customers, error.value.repeaters) == (size, repeaters)
    assert "200" in str(error.value) and "50" in str(error.value)


def test_without_scipy(monkeypatch):
    found = customers(300)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ModelUnavailable, match="scipy"):
        clv.fit(found)
    with pytest.raises(ModelUnavailable, match="scipy"):
        clv.expected_purchases(PAPER, 2, 30, 38, 39)
