"""What goes with what, and how people are called, against cases worked out by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest
from customer_retention.analytics import affinity, names
from customer_retention.analytics.affinity import NextProduct, Rule
from hypothesis import given
from hypothesis import strategies as st

AS_OF = date(2026, 6, 30)
SINCE = date(2024, 6, 30)
PAIRS = ["product", "other", "other_family", "confidence", "strength"]


def log(*rows, family=None):
    """Return order lines from (customer, product, days ago[, category[, amount]])."""
    table = [
        (
            customer,
            product,
            (family or {}).get(product, product),
            rest[0] if rest else 1,
            AS_OF - timedelta(days=ago),
            float(rest[1]) if len(rest) > 1 else 10.0,
            True,
        )
        for customer, product, ago, *rest in rows
    ]
    return pd.DataFrame(
        table, columns=["customer", "product", "family", "category", "day", "amount", "offered"]
    )


def pairs(*rows):
    return pd.DataFrame(rows, columns=PAIRS)


# ---------------------------------------------------------------- favourites
def test_days_come_before_amounts():
    lines = log((1, 7, 10, 5, 900), (1, 8, 10, 6, 1), (1, 8, 20, 6, 1), (1, 9, 20, 6, 1))
    assert affinity.favourite_categories(lines, SINCE) == {1: [6, 5]}


def test_then_amounts_then_ids():
    lines = log((1, 7, 10, 5, 3), (1, 8, 10, 6, 4), (1, 9, 10, 4, 3), (2, 7, 1, 5))
    assert affinity.favourite_categories(lines, SINCE) == {1: [6, 4, 5], 2: [5]}
    assert affinity.favourite_categories(lines, SINCE, limit=2) == {1: [6, 4], 2: [5]}


def test_favourites_are_recent_and_known():
    first = (AS_OF - SINCE).days
    lines = log((1, 7, first, 5), (1, 8, first - 1, 6), (2, 9, 1, None), (3, 7, first, 5))
    assert affinity.favourite_categories(lines, SINCE) == {1: [6]}
    assert affinity.favourite_categories(lines[:0], SINCE) == {}


# ---------------------------------------------------------------- the last purchase
def test_last_products():
    lines = log((1, 7, 30), (1, 8, 5, 1, 20), (1, 9, 5, 1, 30), (1, 8, 5, 1, 15), (2, 7, 40))
    assert affinity.last_products(lines) == {1: [8, 9], 2: [7]}


# ---------------------------------------------------------------- bought together
def test_co_purchases_by_hand():
    # Ten customers: 1–4 have pump (1) and seal (2), 5 only the pump, the others only oil (3).
    rows = [(c, 1, 5) for c in range(1, 6)] + [(c, 2, 5) for c in range(1, 5)]
    rows += [(c, 3, 5) for c in range(6, 11)]
    found = affinity.co_purchases(log(*rows), Rule(support=3, damping=10, share=0.1))
    assert found[["product", "other", "support"]].to_numpy().tolist() == [[1, 2, 4], [2, 1, 4]]
    # The pump's five customers and ten more, of whom 40 % have the seal: (4 + 4) / 15.
    assert found["confidence"].tolist() == [0.8, 1.0]
    assert found["strength"].tolist() == pytest.approx([8 / 15, 9 / 14])
    assert found["lift"].tolist() == pytest.approx([8 / 15 / 0.4, 9 / 14 / 0.5])


def test_too_few_do_not_count():
    rows = [(c, p, 5) for c in (1, 2) for p in (1, 2)] + [(c, 3, 5) for c in range(3, 9)]
    assert affinity.co_purchases(log(*rows)).empty
    assert len(affinity.co_purchases(log(*rows), Rule(support=2))) == 2


def test_what_everybody_buys_goes_with_nothing():
    rows = [(c, 1, 5) for c in range(1, 11)] + [(c, 2, 5) for c in range(1, 6)]
    assert affinity.co_purchases(log(*rows)).empty


def test_variants_do_not_go_with_each_other():
    rows = [(c, p, 5) for c in range(1, 6) for p in (1, 2)] + [(c, 3, 5) for c in range(6, 20)]
    assert len(affinity.co_purchases(log(*rows))) == 2
    assert affinity.co_purchases(log(*rows, family={1: 90, 2: 90})).empty


def test_the_best_pairs_are_kept():
    rows = [(c, p, 5) for c in range(1, 6) for p in range(1, 7)]
    rows += [(c, 9, 5) for c in range(6, 20)]
    found = affinity.co_purchases(log(*rows), Rule(per_product=2))
    assert found.groupby("product").size().tolist() == [2] * 6
    assert found[found["product"] == 3]["other"].tolist() == [1, 2]


def test_the_surest_pair_comes_first_then_the_more_telling():
    """All four buyers of 1 have 9 and 5, three have 2; 9 is bought by no others, 5 by four."""
    rows = [(c, p, 5) for c in range(1, 5) for p in (1, 5, 9)] + [(c, 2, 5) for c in range(1, 4)]
    rows += [(c, 5, 5) for c in range(5, 9)] + [(c, 7, 5) for c in range(9, 20)]
    found = affinity.co_purchases(log(*rows), Rule(damping=0))
    assert found[found["product"] == 1]["other"].tolist() == [9, 5, 2]
    best = affinity.co_purchases(log(*rows), Rule(damping=0, per_product=1))
    assert best[best["product"] == 1]["other"].tolist() == [9]


def test_large_baskets_are_cut_to_what_is_ordered_most():
    rows = [(c, p, 5) for c in range(1, 6) for p in (1, 2)] + [(c, 2, 9) for c in range(1, 6)]
    rows += [(c, 3, ago) for c in range(1, 6) for ago in (1, 2)]
    rows += [(c, 9, 5) for c in range(6, 20)]
    found = affinity.co_purchases(log(*rows), Rule(basket=2))
    assert set(found["product"]) == {2, 3}


# ---------------------------------------------------------------- the next product
def test_best_pair_not_yet_bought():
    lines = log((1, 1, 30), (1, 2, 30), (2, 1, 30))
    offers = pairs((1, 2, 2, 0.5, 0.4), (1, 3, 3, 0.4, 0.3), (2, 3, 3, 0.35, 0.31))
    assert affinity.next_products(lines, offers, AS_OF, SINCE) == {
        1: NextProduct(3, "pair", 2, 0.35),
        2: NextProduct(2, "pair", 1, 0.5),
    }


def test_a_variant_bought_long_ago_is_bought():
    lines = log((1, 1, 30), (1, 5, 2000), family={5: 2})
    assert affinity.next_products(lines, pairs((1, 2, 2, 0.5, 0.4)), AS_OF, SINCE) == {}


def test_what_was_bought_long_ago_suggests_nothing():
    lines = log((1, 1, (AS_OF - SINCE).days))
    assert affinity.next_products(lines, pairs((1, 2, 2, 0.5, 0.4)), AS_OF, SINCE) == {}


@pytest.mark.parametrize(
    ("ago", "gap"),
    [
        ((90, 60, 30), 30),  # due today
        ((89, 59, 29), None),  # not yet
        ((150, 120, 90), 30),  # three gaps: still
        ((151, 121, 91), None),  # stopped buying it
        ((60, 30), None),  # no rhythm yet
        ((26, 20, 14, 8), None),  # every few days
        ((100, 90, 55), 22.5),  # the middle of 10 and 35
    ],
)
def test_due_again(ago, gap):
    lines = log(*((1, 7, days) for days in ago))
    expected = {1: NextProduct(7, "due", None, gap)} if gap else {}
    assert affinity.next_products(lines, pairs(), AS_OF, SINCE) == expected


def test_due_comes_before_a_pair_but_must_be_for_sale():
    lines = log(*((1, 7, days) for days in (90, 60, 30)))
    offers = pairs((7, 8, 8, 0.5, 0.4))
    assert affinity.next_products(lines, offers, AS_OF, SINCE)[1].reason == "due"
    lines["offered"] = False
    assert affinity.next_products(lines, offers, AS_OF, SINCE)[1] == NextProduct(8, "pair", 7, 0.5)


def test_the_most_regular_is_due_first():
    lines = log(
        *((1, 7, days) for days in (90, 60, 30)), *((1, 8, days) for days in (120, 90, 60, 30))
    )
    assert affinity.next_products(lines, pairs(), AS_OF, SINCE)[1].product_id == 8


# ---------------------------------------------------------------- properties
line = st.tuples(
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(0, 400),
    st.integers(1, 3),
    st.sampled_from([0.1, 0.2, 0.3, 5.0]),
)


@given(st.lists(line, max_size=40), st.randoms(use_true_random=False))
def test_order_of_rows_never_matters(rows, random):
    mixed = random.sample(rows, len(rows))
    rule, offers = Rule(support=1), []
    for lines in (log(*rows), log(*mixed)):
        together = affinity.co_purchases(lines, rule)
        offers.append(
            (
                together.to_dict("list"),
                affinity.favourite_categories(lines, SINCE),
                affinity.last_products(lines),
                affinity.next_products(
                    lines, together.assign(other_family=together["other"]), AS_OF, SINCE
                ),
            )
        )
    assert offers[0] == offers[1]


@given(st.lists(line, max_size=60))
def test_pairs_are_sound(rows):
    lines = log(*rows)
    found = affinity.co_purchases(lines, Rule(support=2, per_product=99))
    bought = lines.groupby("product")["customer"].agg(set).to_dict()
    for row in found.itertuples():
        both = bought[row.product] & bought[row.other]
        assert row.support == len(both) >= 2
        assert row.confidence == len(both) / len(bought[row.product])
        assert row.lift > 1
        assert 0 < row.strength <= row.confidence <= 1
    suggestions = affinity.next_products(
        lines, found.assign(other_family=found["other"]), AS_OF, SINCE
    )
    for customer, best in suggestions.items():
        has_it = customer in bought[best.product_id]
        assert has_it == (best.reason == "due")


# ---------------------------------------------------------------- names
@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ann Lee", "Ann"),
        ("  Ann   Lee ", "Ann"),
        ("Ann", "Ann"),
        ("Bo Derek", "Bo"),
        ("Lee, Ann", "Ann"),
        ("van den Berg, Ann Maria", "Ann"),
        ("Ann Lee, MBA", "Ann"),
        ("Dr. Ann Lee", "Ann"),
        ("Prof. Dr. Ann Lee", "Ann"),
        ("Dr. Lee", "Dr. Lee"),
        ("A. Lee", "A. Lee"),
        ("Anne-Marie Lee", "Anne-Marie"),
        ("王小明", "王小明"),
        ("王 小明", "王 小明"),
        ("김민준", "김민준"),
        ("Dr.", "Dr."),
        ("", ""),
        (None, ""),
    ],
)
def test_given_name(name, called):
    assert names.given_name(name) == called
