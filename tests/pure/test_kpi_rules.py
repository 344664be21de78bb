"""Rules that hold in every company, and the published examples."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import kpi, kpi_ratios, kpi_sales, kpi_service, kpi_tables
from customer_retention.analytics.kpi import Period
from hypothesis import given, settings
from hypothesis import strategies as st

MONTH = pd.Timestamp(2025, 1, 1)
EXTRA = (
    "margin",
    "tickets_solved",
    "resolution_hours",
    "nps_answers",
    "nps_promoters",
    "nps_detractors",
    "csat_answers",
    "csat_satisfied",
    "alerts_saved",
    "alerts_gone",
    "referrals",
    "sop_cost",
)


def row(customer, start=False, end=False, new=False, back=False, at=MONTH, days=0, revenue=0.0):
    return {
        "customer": customer,
        "month": at,
        "cohort": MONTH if new else MONTH - pd.DateOffset(years=1),
        "active_start": start,
        "active_end": end,
        "is_new": new,
        "is_lost": not end and (start or new or back),
        "is_reactivated": back,
        "purchase_days": days,
        "orders": days,
        "revenue": revenue,
        **dict.fromkeys(EXTRA, np.nan),
    }


def one_month(rows):
    return Period(pd.DataFrame(rows), MONTH, MONTH)


def test_classic_formula_counts_who_came_back_as_kept():
    """Start 100, lost 20, won back 15, new 30: 80 % by list, 95 % by the classic formula."""
    period = one_month(
        [row(("stayed", n), True, True) for n in range(80)]
        + [row(("lost", n), True) for n in range(20)]
        + [row(("back", n), end=True, back=True) for n in range(15)]
        + [row(("new", n), end=True, new=True) for n in range(30)]
    )
    assert kpi.retention(period).value == 0.8
    assert kpi.classic_retention(period).value == 0.95
    assert [len(part) for part in kpi.bridge(period)] == [100, 20, 30, 15, 125]


def test_churn_of_the_source():
    """1,000 customers, 50 lost: 5 %."""
    period = one_month([row(n, True, n >= 50) for n in range(1000)])
    assert kpi.churn(period).value == 0.05
    assert kpi.retention(period).value == 0.95
    assert kpi.classic_retention(period).value == 0.95


def test_flags_that_do_not_add_up_are_refused():
    with pytest.raises(ArithmeticError):
        kpi.bridge(one_month([row(1, end=True)]))
    with pytest.raises(ValueError, match="before it begins"):
        Period(pd.DataFrame([row(1)]), MONTH, MONTH - pd.DateOffset(months=1))


def test_yearly_churn():
    assert kpi.yearly(0.05) == pytest.approx(0.4596, abs=1e-4)


def test_service_and_voice():
    rows = [row(1, True, True), row(2, True, True), row(3, True)]
    rows[0] |= {"alerts_saved": 1, "nps_answers": 1, "nps_promoters": 1, "nps_detractors": 0}
    rows[0] |= {"csat_answers": 2, "csat_satisfied": 1, "referrals": 2, "sop_cost": 30.0}
    rows[2] |= {"alerts_gone": 1, "nps_answers": 2, "nps_promoters": 0, "nps_detractors": 1}
    period = one_month(rows)
    saved = kpi_service.save_rate(period)
    assert (saved.value, saved.customers, saved.base) == (0.5, {1}, {1, 3})
    assert kpi_service.satisfaction(period).value == 0.5
    score = kpi_service.net_promoter_score(period)
    assert (score.value, score.customers, score.base) == (0, {1}, {1, 3})
    assert kpi_service.referral_rate(period)[:3] == (1 / 3, 1, 3)
    assert kpi_service.retention_cost(period)[:3] == (15, 30, 2)
    assert kpi_service.retention_cost(period, 10)[:3] == (20, 40, 2)
    unknown = one_month([row(1, True, True)])
    assert kpi_service.retention_cost(unknown)[:3] == (None, 0, 0)
    assert kpi_service.referral_rate(unknown)[:3] == (None, 0, 0)


def test_keeping_against_winning():
    """30 for two customers kept are 15 each; 120 for two new ones 60: a quarter."""
    rows = [row(1, True, True), row(2, True, True), row(3, end=True, new=True)]
    rows[0] |= {"sop_cost": 30.0}
    kept = kpi_service.retention_cost(one_month(rows))
    won = kpi_service.acquisition_cost(frozenset({3, 4}), 60.0)
    assert won[:3] == (60, 120, 2)
    found = kpi_service.cost_against_acquisition(kept, won)
    assert found[:3] == (0.25, 15, 60)
    assert (found.customers, found.base) == ({1, 2}, {3, 4})
    for each in (None, 0.0):
        unknown = kpi_service.acquisition_cost(frozenset({3}), each)
        assert kpi_service.cost_against_acquisition(kept, unknown).value is None
    assert kpi_service.acquisition_cost(frozenset(), 60.0).value is None


def test_not_recorded_is_not_zero():
    period = one_month([row(1, True, True)])
    for rate in (
        kpi_service.save_rate,
        kpi_service.satisfaction,
        kpi_service.net_promoter_score,
        kpi_service.referral_rate,
        kpi_service.retention_cost,
    ):
        assert rate(period).value is None


def test_spread():
    assert kpi_service.spread([]) == (None, None, None, 0)
    assert kpi_service.spread([np.nan]) == (None, None, None, 0)
    assert kpi_service.spread(range(1, 11)) == (5.5, 5.5, 9, 10)
    assert kpi_service.spread([1, 2, 3, 100]) == (26.5, 2.5, 100, 4)


@st.composite
def ledgers(draw):
    """Some customers, each with months in which it buys, active that month and the next one."""
    rows, months = [], draw(st.integers(2, 8))
    for customer in range(draw(st.integers(0, 12))):
        bought = draw(st.lists(st.integers(0, 2), min_size=months, max_size=months))
        active, cohort = False, None
        for number, days in enumerate(bought):
            at = MONTH + pd.DateOffset(months=number)
            end = bool(days or (number and bought[number - 1]))
            cohort = cohort or (at if days else None)
            if not (active or end):
                continue
            found = row(customer, active, end, end and not active and cohort == at, at=at)
            found["is_reactivated"] = end and not active and cohort != at
            amount = draw(st.integers(1, 1000)) / 4 if days else 0.0
            found |= {"cohort": cohort, "purchase_days": days, "orders": days, "revenue": amount}
            found["segment"] = draw(st.sampled_from(["low", "high", None]))
            rows.append(found)
            active = end
    columns = [*row(0), "segment"]
    table = pd.DataFrame(rows, columns=columns).astype({"month": "datetime64[ns]"})
    table["cohort"] = pd.to_datetime(table["cohort"])
    flags = ["active_start", "active_end", "is_new", "is_lost", "is_reactivated"]
    table = table.astype(dict.fromkeys(flags, bool)).astype(dict.fromkeys(EXTRA, "float64"))
    table = table.astype({"purchase_days": int, "orders": int, "revenue": float})
    first = draw(st.integers(0, months - 1))
    last = draw(st.integers(first, months - 1))
    return table, *(MONTH + pd.DateOffset(months=number) for number in (first, last))


def exact(figure):
    return Fraction(int(figure.numerator), int(figure.denominator))


@settings(max_examples=50)
@given(ledgers())
def test_retention_and_churn_make_one(case):
    period = Period(*case)
    if period.start:
        assert exact(kpi.retention(period)) + exact(kpi.churn(period)) == 1
    else:
        assert kpi.retention(period).value is kpi.churn(period).value is None


@settings(max_examples=50)
@given(ledgers())
def test_the_bridge_holds_and_groups_are_a_partition(case):
    period = Period(*case)
    whole = kpi.bridge(period)
    groups = [kpi.bridge(group) for group in period.groups("segment").values()]
    for position, part in enumerate(whole):
        parts = [group[position] for group in groups]
        assert frozenset().union(*parts) == part
        assert sum(map(len, parts)) == len(part)
    assert (whole.start - whole.lost) | whole.new | whole.reactivated == whole.end


FIGURES = (
    kpi.retention,
    kpi.classic_retention,
    kpi.reactivation,
    kpi_sales.repeat,
    kpi_sales.returning,
    kpi_sales.order_value,
    kpi_sales.frequency,
)


@settings(max_examples=30)
@given(ledgers(), st.randoms(use_true_random=False))
def test_order_of_rows_never_matters(case, chance):
    table, first, last = case
    order = list(range(len(table)))
    chance.shuffle(order)
    shuffled = Period(table.iloc[order], first, last)
    for rate in FIGURES:
        assert rate(Period(*case)) == rate(shuffled)
    mixed = kpi_tables.cohorts(shuffled.ledger, last)
    plain = kpi_tables.cohorts(table, last)
    pd.testing.assert_frame_equal(mixed.customers, plain.customers)
    pd.testing.assert_frame_equal(mixed.revenue, plain.revenue)


@settings(max_examples=50)
@given(ledgers())
def test_rates_of_sets_stay_within_one_and_name_their_customers(case):
    period = Period(*case)
    for rate in (kpi.retention, kpi.churn, kpi.reactivation, kpi_sales.repeat):
        found = rate(period)
        assert found.customers <= found.base
        assert (len(found.customers), len(found.base)) == found[1:3]
        assert found.value is None or 0 <= found.value <= 1
    gross = kpi_sales.gross_revenue_retention(period, 2).value
    net = kpi_sales.net_revenue_retention(period, 2).value
    assert gross is None or 0 <= gross <= 1 and gross <= net


@settings(max_examples=50)
@given(ledgers())
def test_cohorts_hold_everybody_and_all_revenue(case):
    table, _first, last = case
    found = kpi_tables.cohorts(table, last)
    rows = table[table["month"] <= last]
    assert found.size.sum() == rows["customer"].nunique()
    assert np.nansum(found.revenue.to_numpy()) == pytest.approx(rows["revenue"].sum())
    assert (found.customers[0].to_numpy() == found.size.to_numpy()).all() if len(rows) else True
    # As many months as the oldest cohort is old, and this one.
    old = rows["cohort"].min() if len(rows) else None
    ages = 0 if old is None else 12 * (last.year - old.year) + last.month - old.month + 1
    assert found.customers.columns.tolist() == list(range(ages))
    so_far = kpi_tables.cohorts(table, last, cumulative=True).customers
    assert so_far.isna().equals(found.customers.isna())
    assert (so_far.iloc[:, 1:].diff(axis=1).fillna(0) >= 0).all().all()


@settings(max_examples=50)
@given(ledgers())
def test_ratios_of_one_month_are_the_figures_of_sets(case):
    table, first, _last = case
    period = Period(table, first, first)
    rates = kpi_ratios.rates(period.rows)
    pairs = {
        "retention_rate": (kpi.retention, 100),
        "churn_rate": (kpi.churn, 100),
        "classic_rate": (kpi.classic_retention, 100),
        "order_value": (kpi_sales.order_value, 1),
        "revenue_per_customer": (kpi_sales.revenue_per_customer, 1),
        "purchase_frequency": (kpi_sales.frequency, 1),
    }
    for name, (rate, scale) in pairs.items():
        value = rate(period).value
        assert rates[name] == (None if value is None else pytest.approx(scale * value))


def test_ratios_of_service_and_margin():
    """Shares are shown in percent, the others as they are."""
    rows = one_month([row(1, True, True), row(2, True, True)]).rows.assign(
        margin=[30.0, 10.0],
        revenue=[100.0, 60.0],
        resolution_hours=[5.0, 1.0],
        tickets_solved=[2, 1],
        csat_satisfied=[1, 2],
        csat_answers=[2, 2],
        nps_promoters=[2, 0],
        nps_detractors=[0, 1],
        nps_answers=[2, 2],
        alerts_saved=[1, 0],
        alerts_gone=[0, 2],
    )
    found = kpi_ratios.rates(rows)
    wanted = {"margin_rate": 25, "resolution_mean": 2, "nps": 25, "csat": 75, "save_rate": 100 / 3}
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)


@settings(max_examples=50)
@given(ledgers())
def test_ratios_are_never_averages_of_ratios(case):
    rows = case[0]
    whole = kpi_ratios.rates(rows)["retention_rate"]
    start = rows[rows["active_start"]]
    if len(start):
        assert whole == pytest.approx(100 * start["active_end"].sum() / len(start))
    else:
        assert whole is None
