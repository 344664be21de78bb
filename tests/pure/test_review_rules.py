"""The period of a review, and what it says has changed."""

from datetime import date

from customer_retention.analytics import review
from customer_retention.analytics.review import Measured, Span


def test_span():
    for kind, day, first, last, end in (
        ("monthly", date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 28)),
        ("monthly", date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 29)),
        ("quarterly", date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 1), date(2026, 3, 31)),
        (
            "quarterly",
            date(2026, 12, 31),
            date(2026, 10, 1),
            date(2026, 12, 1),
            date(2026, 12, 31),
        ),
    ):
        found = review.span(kind, day)
        assert found == (first, last)
        assert found.end == end
        assert found.months == review.MONTHS[kind]


def test_over_is_never_the_running_one():
    for kind, today, first in (
        ("monthly", date(2026, 3, 1), date(2026, 2, 1)),
        ("monthly", date(2026, 1, 31), date(2025, 12, 1)),
        ("quarterly", date(2026, 3, 31), date(2025, 10, 1)),
        ("quarterly", date(2026, 4, 1), date(2026, 1, 1)),
    ):
        assert review.over(kind, today).first == first


def test_back():
    quarter = Span(date(2026, 1, 1), date(2026, 3, 1))
    assert quarter.back(3) == (date(2025, 10, 1), date(2025, 12, 1))
    assert quarter.back(12) == (date(2025, 1, 1), date(2025, 3, 1))
    assert quarter.back(1).months == 3  # December to February


def rate(key, value, before, base=100, base_before=100, axis="segment", code="retention"):
    return Measured(axis, key, code, value, before, base, base_before)


def keys(items):
    return [item.key for item in items]


def test_by_customers_not_by_points():
    found = review.rank(
        [
            rate("few", 0.9, 0.5, base=25),  # 10 customers
            rate("many", 0.55, 0.5, base=1000),  # 50 customers
            rate("worse", 0.4, 0.5, base=200),  # -20
            rate("worst", 0.2, 0.5, base=200),  # -60
            rate("same", 0.5, 0.5),
        ]
    )
    assert keys(found.up) == ["many", "few"]
    assert keys(found.down) == ["worst", "worse"]
    assert found.compared == 5


def test_small_groups_make_no_noise():
    found = review.rank(
        [
            rate("small now", 1.0, 0.0, base=19),
            rate("small then", 1.0, 0.0, base_before=19),
            rate("new", 1.0, None),
            rate("gone", None, 1.0),
        ]
    )
    assert found == ([], [], 0)
    assert len(review.rank([rate("just", 1.0, 0.0, 20, 20)]).up) == 1


def test_less_than_one_customer_is_no_change():
    found = review.rank([rate("a", 0.509, 0.5), rate("b", 0.491, 0.5)])
    assert (found.up, found.down, found.compared) == ([], [], 2)
    one = review.rank([rate("a", 0.5 + 1 / 64, 0.5, 64), rate("b", 0.5 - 1 / 64, 0.5, 64)])
    assert (keys(one.up), keys(one.down)) == (["a"], ["b"])


def test_each_group_once_in_each_direction():
    found = review.rank(
        [
            rate("a", 0.6, 0.5),
            rate("a", 0.8, 0.5, code="repeat"),
            rate("b", 0.4, 0.5),
            rate("b", 0.9, 0.5, code="repeat"),
        ]
    )
    assert [(i.key, i.code) for i in found.up] == [("b", "repeat"), ("a", "repeat")]
    assert [(i.key, i.code) for i in found.down] == [("b", "retention")]


def test_three_at_most_and_always_the_same():
    rates = [rate(key, 0.6, 0.5) for key in "dbca"]
    assert keys(review.rank(rates).up) == ["a", "b", "c"]
    assert review.rank(rates) == review.rank(rates[::-1])


def test_tone():
    assert review.tone("up", 0.1) == "good"
    assert review.tone("down", 0.1) == "bad"
    assert review.tone("down", -2) == "good"
    assert review.tone("up", 0) == ""
    assert review.tone("up", None) == ""
