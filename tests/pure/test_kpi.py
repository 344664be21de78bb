"""The company of twelve customers: every figure as worked out on paper."""

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import kpi, kpi_sales, kpi_tables
from customer_retention.analytics.kpi import Period
from customer_retention.analytics.kpi_tables import JOINED, LEFT
from kpi_company import ledger, month

OPEN = None


@pytest.fixture(scope="module")
def company():
    return ledger()


@pytest.fixture(scope="module")
def summer(company):
    """June to August."""
    return Period(company, month(6), month(8))


def people(names):
    return frozenset(names.split())


def check(figure, part, whole, customers=None, base=None):
    assert (figure.numerator, figure.denominator) == (part, whole)
    assert figure.value == (part / whole if whole else None)
    if customers is not None:
        assert figure.customers == people(customers)
    if base is not None:
        assert figure.base == people(base)


def test_bridge_of_the_summer(summer):
    assert kpi.bridge(summer) == kpi.Bridge(
        start=people("A B E G H I J"),
        lost=people("E I"),
        new=people("K L"),
        reactivated=people("D"),
        end=people("A B D G H J K L"),
    )


def test_bridge_of_each_month(company):
    found = []
    for number in range(1, 9):
        parts = kpi.bridge(Period(company, month(number), month(number)))
        found.append(tuple(len(part) for part in parts))
    assert found == [
        (0, 0, 4, 0, 4),
        (4, 0, 3, 0, 7),
        (7, 0, 1, 0, 8),
        (8, 2, 1, 0, 7),
        (7, 1, 1, 0, 7),
        (7, 1, 1, 1, 8),
        (8, 2, 0, 0, 6),
        (6, 0, 1, 1, 8),
    ]


def test_rates_of_sets(summer):
    check(kpi.retention(summer), 5, 7, "A B G H J", "A B E G H I J")
    check(kpi.churn(summer), 2, 7, "E I", "A B E G H I J")
    # Eight at the end less two new ones: D, who came back, counts as if never gone.
    check(kpi.classic_retention(summer), 6, 7, "A B D G H J")
    check(kpi.reactivation(summer), 1, 3, "D", "C D F")


def test_who_came_and_went_within_the_period_is_no_loss(company):
    """I is new in April and lost in July; D is lost in April and back in June."""
    parts = kpi.bridge(Period(company, month(4), month(8)))
    assert (parts.lost, parts.new) == (people("C E F"), people("J K L"))
    assert parts.reactivated == people("")


def test_before_there_was_anybody(company):
    january = Period(company, month(1), month(1))
    for rate in (kpi.retention, kpi.churn, kpi.classic_retention, kpi.reactivation):
        assert rate(january).value is None
    nobody = Period(company.iloc[:0], month(1), month(8))
    assert kpi_sales.repeat(nobody).value is None
    assert kpi_sales.order_value(nobody).value is None
    assert kpi_sales.lifetime_predictive(nobody).figure.value is None


def test_by_segment(summer):
    groups = summer.groups("segment")
    assert set(groups) == {"new", "high", "general"}
    check(kpi.retention(groups["high"]), 1, 1, "A")
    check(kpi.retention(groups["general"]), 2, 2, "B H")
    check(kpi.reactivation(groups["general"]), 0, 2, "", "C F")
    # G and I are general when they are lost; they left the group of new customers.
    check(kpi.retention(groups["new"]), 2, 4, "G J", "E G I J")
    check(kpi.reactivation(groups["new"]), 1, 1, "D")
    assert [len(part) for part in kpi.bridge(groups["new"])] == [4, 2, 1, 1, 4]


def test_by_salesperson(summer):
    groups = summer.groups("user")
    check(kpi.retention(groups["P"]), 3, 3, "A B H")
    check(kpi.retention(groups["Q"]), 2, 4, "G J", "E G I J")
    assert [len(part) for part in kpi.bridge(groups["P"])] == [3, 0, 1, 1, 5]
    assert [len(part) for part in kpi.bridge(groups["Q"])] == [4, 2, 1, 0, 3]
    check(kpi_sales.order_value(groups["P"]), 2080, 7)
    check(kpi_sales.order_value(groups["Q"]), 140, 4)
    check(kpi_sales.repeat(groups["Q"]), 1, 3, "J", "G J L")


def test_coming_back(summer, company):
    check(kpi_sales.repeat(summer), 2, 8, "A J", "A B D G H J K L")
    check(kpi_sales.returning(summer), 6, 8, "A B D G H J")
    # F bought on two days of February; it is a first and a second purchase.
    february = Period(company, month(2), month(2))
    check(kpi_sales.repeat(february), 1, 4, "F", "A E F G")
    check(kpi_sales.returning(february), 2, 4, "A F")


def test_repurchase_within_days():
    rows = [
        ("A", "2025-01-15", "2025-02-14"),  # 30 days
        ("B", "2025-01-15", "2025-02-15"),  # 31 days
        ("C", "2025-01-15", None),
        ("D", "2025-02-15", "2025-02-20"),
    ]
    table = pd.DataFrame(rows, columns=["customer", "first_day", "second_day"])
    for name in ("first_day", "second_day"):
        table[name] = pd.to_datetime(table[name])
    check(
        kpi_sales.repurchase(table, "2025-01-01", "2025-02-28", 30, "2025-03-17"),
        1,
        3,
        "A",
        "A B C",
    )
    # D has time until 17 March, the whole of that day.
    check(kpi_sales.repurchase(table, "2025-01-01", "2025-02-28", 30, "2025-03-18"), 2, 4)
    check(kpi_sales.repurchase(table, "2025-01-01", "2025-01-31", 31, "2025-03-18"), 2, 3, "A B")


def test_sales(summer):
    check(kpi_sales.order_value(summer), 2220, 11)
    check(kpi_sales.revenue_per_customer(summer), 2220, 8)
    check(kpi_sales.frequency(summer), 11, 8)


def test_two_orders_of_one_day_are_two_orders_and_one_purchase(company):
    april = Period(company, month(4), month(4))
    check(kpi_sales.order_value(april), 210, 4, "A G I")
    check(kpi_sales.frequency(april), 3, 3)


def test_revenue_kept(company):
    july = Period(company, month(7), month(7))
    base = "A B E F G H I"
    # February to April: 300, 200, 180, 320, 80, 500, 70; May to July: A 300, B 400, H 500.
    check(kpi_sales.net_revenue_retention(july, 3), 1200, 1650, "A B H", base)
    check(kpi_sales.gross_revenue_retention(july, 3), 1000, 1650, "A B H", base)
    assert kpi_sales.net_revenue_retention(july, 12).value is None


def test_lifetime_value(company, summer):
    past = kpi_sales.lifetime_historical(summer)
    assert past.basis == "revenue"
    check(past.figure, 4690, 12)
    future = kpi_sales.lifetime_predictive(summer)
    # At the start of the three months 7 + 8 + 6, of whom 1 + 2 + 0 left.
    assert future.assumptions["monthly_churn"] == 3 / 21
    years = 1 / (1 - (6 / 7) ** 12)
    assert future.figure.value == pytest.approx(2220 / 11 * 11 / 8 * 4 * years)
    # Nobody leaves in February and March: three years, and no more.
    spring = kpi_sales.lifetime_predictive(Period(company, month(2), month(3)))
    assert spring.assumptions["years"] == 3
    discounted = kpi_sales.lifetime_predictive(Period(company, month(2), month(3)), 0.1)
    assert discounted.figure.value == pytest.approx(
        spring.figure.value / 3 * (1 / 1.1 + 1 / 1.1**2 + 1 / 1.1**3)
    )


def test_lifetime_value_of_margin(company):
    known = Period(company.assign(margin=company["revenue"] * 0.25), month(6), month(8))
    assert kpi_sales.lifetime_historical(known).basis == "margin"
    check(kpi_sales.lifetime_historical(known).figure, 1172.5, 12)
    assert kpi_sales.lifetime_predictive(known).assumptions["margin_share"] == 0.25
    partly = company.assign(margin=company["revenue"].where(company["month"] > month(2)))
    assert kpi_sales.lifetime_historical(Period(partly, month(6), month(8))).basis == "revenue"


def test_migration_of_segments(company):
    moved = kpi_tables.migration(company, month(5), month(8), "segment")
    assert moved.cells == {
        ("high", "high"): people("A"),
        ("general", "general"): people("B H"),
        ("new", "new"): people("G J"),
        ("new", LEFT): people("E I"),
        (JOINED, "new"): people("D L"),
        (JOINED, "general"): people("K"),
    }
    assert moved.counts.loc["new", LEFT] == 2
    assert moved.counts.loc["high", "general"] == 0
    assert moved.counts.to_numpy().sum() == 10


def test_migration_of_what_was_not_recorded(company):
    tier = company["segment"].where(company["month"] > month(5))
    moved = kpi_tables.migration(company.assign(tier=tier), month(5), month(6), "tier")
    assert moved.cells[None, "high"] == people("A")
    assert moved.cells[None, LEFT] == people("E")


COHORTS = {
    1: ([4, 1, 2, 1, 2, 2, 2, 1], [430, 100, 300, 100, 300, 180, 300, 100]),
    2: ([3, 1, 1, 0, 0, 0, 1, OPEN], [480, 60, 40, 0, 0, 0, 40, OPEN]),
    3: ([1, 0, 0, 1, 0, 0, OPEN, OPEN], [500, 0, 0, 500, 0, 0, OPEN, OPEN]),
    4: ([1, 0, 0, 0, 0, *[OPEN] * 3], [70, 0, 0, 0, 0, *[OPEN] * 3]),
    5: ([1, 1, 0, 1, *[OPEN] * 4], [90, 30, 0, 60, *[OPEN] * 4]),
    6: ([1, 0, 0, *[OPEN] * 5], [1000, 0, 0, *[OPEN] * 5]),
    8: ([1, *[OPEN] * 7], [10, *[OPEN] * 7]),
}


def same(row, expected):
    np.testing.assert_array_equal(row.to_numpy(), np.array(expected, dtype="float64"))


def test_every_cell_of_the_cohorts(company):
    found = kpi_tables.cohorts(company, month(8))
    assert found.size.tolist() == [4, 3, 1, 1, 1, 1, 1]
    assert list(found.customers.index) == [month(number) for number in COHORTS]
    for number, (customers, revenue) in COHORTS.items():
        same(found.customers.loc[month(number)], customers)
        same(found.revenue.loc[month(number)], revenue)
    # Of eleven customers whose second month is over, A, E and J bought in it; L's is open.
    assert found.mean[1] == 3 / 11
    assert found.share.loc[month(1), 2] == 0.5


def test_cohorts_so_far(company):
    found = kpi_tables.cohorts(company, month(8), cumulative=True)
    same(found.customers.loc[month(1)], [4, 1, 2, 2, 2, 3, 3, 3])
    same(found.customers.loc[month(2)], [3, 1, 2, 2, 2, 2, 2, OPEN])
    same(found.revenue.loc[month(2)], [480, 540, 580, 580, 580, 580, 620, OPEN])


def test_cohorts_of_nobody(company):
    found = kpi_tables.cohorts(company.iloc[:0], month(8))
    assert found.customers.empty and found.size.empty
