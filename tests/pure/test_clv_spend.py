"""The spend of a purchase day, and the value over months, against published figures."""

import sys

import clv_examples
import numpy as np
import pytest
from clv_examples import population, spends
from customer_retention.analytics import clv, clv_spend
from customer_retention.analytics.clv_fit import ModelUnavailable, minimise, on_bound
from scipy import special

FITTED = clv.BuyTillLeave(*clv_examples.FITTED)
SPEND = clv_spend.Spend(*clv_examples.SPEND, 89.48, 32.8, 946, 0.114, -4055.92, frozenset())
# x, tx, T in weeks, mean spend: CDNOW customers in the documentation of lifetimes.
FIRST = (2, 30.43, 38.86, 22.35)
SIXTH = (7, 29.43, 38.86, 73.74)


def value(x, tx, T, m, month):
    _expected, often = clv.over_months(FITTED, x, tx, T, month, rate=0.01)
    return float(often * clv_spend.expected_spend(SPEND, x, m))


# ---------------------------------------------------------------------- published
def test_published_spend():
    x, m = [2, 1, 0, 7], [22.35, 11.77, 0, 73.74]
    found = clv_spend.expected_spend(SPEND, x, m)
    assert found == pytest.approx([24.658616, 18.911480, 35.171002, 71.462851], rel=1e-4)


def test_a_small_mean_is_a_mean():
    """p (v + x m) / (p x + q − 1): also below one unit of money; without purchases the mean."""
    found = clv_spend.expected_spend(SPEND, [3, 3, 0, 3], [0.5, 1.0, 5, -2])
    p, q, v = clv_examples.SPEND
    mean = p * v / (q - 1)
    wanted = [p * (v + 1.5) / (3 * p + q - 1), p * (v + 3) / (3 * p + q - 1), mean, mean]
    assert found == pytest.approx(wanted)


def test_published_value_with_months_of_thirty_days():
    assert value(*FIRST, 30 / 7) == pytest.approx(35.871, rel=1e-3)
    assert value(*SIXTH, 30 / 7) == pytest.approx(280.484, rel=1e-3)


def test_documented_values_took_thirty_weeks_for_a_month():
    assert value(*FIRST, 30) == pytest.approx(140.096, rel=1e-3)
    assert value(*SIXTH, 30) == pytest.approx(1003.868, rel=1e-3)


# ---------------------------------------------------------------------- fitting
def repeaters(size=6000, **options):
    x, _tx, _T = population(size)
    x = x[x > 0]
    return x, spends(x, **options)


def test_the_spend_behind_a_population_is_found():
    x, m = repeaters(20_000)
    found = clv_spend.fit(x, m)
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), rel=0.25)
    known = clv_spend.expected_spend(SPEND, x, m).mean()
    assert clv_spend.expected_spend(found, x, m).mean() == pytest.approx(known, rel=0.02)
    assert not found.flags and abs(found.correlation) < 0.1


@pytest.mark.parametrize(
    ("place", "ends"),
    [(0.1, True), (0.102, False), (0.2, False), (10, False), (999.5, True), (990, False)],
)
def test_on_a_bound(place, ends):
    bounds = ((0.01, 100.0), (0.1, 1000.0))
    assert on_bound(np.log([1.0, place]), bounds) == ends


def test_a_start_that_leads_nowhere_is_passed_over():
    """(log x − 1)²; from a large start the figures are no numbers."""

    def objective(logs):
        if logs[0] > 3:
            return np.nan, np.full(1, np.nan)
        return float(((logs - 1) ** 2).sum()), 2 * (logs - 1)

    found = minimise(objective, [(50.0,), (2.0,)], [(0.1, 100.0)])
    assert found.logs[0] == pytest.approx(1, abs=1e-5)
    assert len(found.others) == 1
    with pytest.raises(ArithmeticError, match="No start"):
        minimise(objective, [(50.0,)], [(0.1, 100.0)])


def test_slope_is_the_slope():
    x, m = repeaters(500)
    place = np.array([5.0, 3.0, 12.0])
    likelihood = clv_spend.Likelihood(x, m, np.ones_like(x))
    _value, slope = likelihood(place)
    for number in range(3):
        step = np.zeros(3)
        step[number] = 1e-6 * place[number]
        up, down = (likelihood(place + s)[0] for s in (step, -step))
        assert slope[number] == pytest.approx((up - down) / (2 * step[number]), rel=1e-5)


def test_likelihood_of_one_customer():
    # By the formula as it is written, without logarithms of gamma functions.
    (p, q, v), x, m = (6.25, 3.74, 15.44), 2, 20.0
    known = special.gamma(p * x + q) / special.gamma(p * x) / special.gamma(q)
    known *= v**q * m ** (p * x - 1) * x ** (p * x) / (x * m + v) ** (p * x + q)
    value, _slope = clv_spend.Likelihood(*(np.array([n]) for n in (x, m, 1.0)))((p, q, v))
    assert value == pytest.approx(np.log(known), rel=1e-12)


def test_weights_are_customers():
    x, m = repeaters(1000)
    m = np.round(m / 5) * 5 + 5
    pairs, count = np.unique(np.column_stack([x, m]), axis=0, return_counts=True)
    one, other = clv_spend.fit(x, m), clv_spend.fit(*pairs.T, count)
    assert one[:3] == pytest.approx(other[:3], rel=1e-3)
    assert (one.cap, one.customers) == (other.cap, other.customers)
    assert (one.mean, one.correlation) == pytest.approx((other.mean, other.correlation))


def test_any_currency_fits_alike():
    x, m = repeaters(1000)
    one, other = clv_spend.fit(x, m), clv_spend.fit(x, m * 1e6)
    assert other[:3] == pytest.approx((one.p, one.q, one.v * 1e6), rel=1e-3)


def test_amounts_of_zero_and_below_are_left_out():
    x, m = repeaters(1000)
    one = clv_spend.fit(x, m)
    other = clv_spend.fit(np.append(x, [3, 2, 0]), np.append(m, [0, -40, 99]))
    assert one == other
    # They are expected to spend as everybody does.
    everybody = one.p * one.v / (one.q - 1)
    assert clv_spend.expected_spend(one, [3, 2, 0], [0, -40, 99]) == pytest.approx([everybody] * 3)


# ---------------------------------------------------------------------- where it does not hold
def test_heavy_tail_takes_the_capped_mean():
    chance = np.random.default_rng(5)
    x = chance.integers(1, 6, 3000).astype(float)
    m = np.exp(chance.normal(3, 2, 3000))
    found = clv_spend.fit(x, m)
    assert clv_spend.HEAVY_TAIL in found.flags and found.p is None
    assert found.cap == np.sort(m)[int(0.95 * 3000)] or found.cap == np.sort(m)[2849]
    expected = clv_spend.expected_spend(found, [0, 2, 2, 2], [0, 10, 1e9, -5])
    assert expected == pytest.approx([found.mean, 10, found.cap, found.mean])
    assert found.mean < m.mean()


def test_few_amounts_take_the_capped_mean():
    found = clv_spend.fit([1.0] * 49, np.linspace(10, 58, 49))
    assert clv_spend.FEW in found.flags and found.q is None
    assert clv_spend.expected_spend(found, [1, 0], [20, 0]) == pytest.approx([20, found.mean])


def test_nobody_spends_anything():
    found = clv_spend.fit([1, 2], [0, -3])
    assert (found.cap, found.mean, found.customers) == (0, 0, 0)
    assert clv_spend.expected_spend(found, [1, 0], [5, 0]).tolist() == [0, 0]


def test_constant_spend_is_flagged_and_still_right():
    x = np.random.default_rng(1).integers(1, 9, 500)
    found = clv_spend.fit(x, np.full(500, 20.0))
    assert clv_spend.CONSTANT in found.flags
    assert clv_spend.expected_spend(found, [0, 3], [0, 20]) == pytest.approx([20, 20], rel=0.002)
    assert found.correlation == 0


def test_correlation_is_flagged():
    x = np.random.default_rng(2).integers(1, 9, 500)
    found = clv_spend.fit(x, 10.0 * x + np.linspace(1, 5, 500))
    assert found.correlation > 0.9 and clv_spend.CORRELATED in found.flags


def test_without_scipy(monkeypatch):
    x, m = repeaters(500)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ModelUnavailable, match="scipy"):
        clv_spend.fit(x, m)
    assert clv_spend.expected_spend(SPEND, [2], [22.35]) == pytest.approx([24.6586], rel=1e-4)
