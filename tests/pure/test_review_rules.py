"""The period of a review, and what it says has changed."""

from datetime import date
from xml.etree import ElementTree

import pytest
from customer_retention.analytics import charts, review
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


def read(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [node.text for node in read(svg).iter() if node.tag.endswith("text")]


def count(svg, tag):
    return sum(node.tag.endswith(tag) for node in read(svg).iter())


def boxes(svg):
    return [
        (float(node.get("x")), float(node.get("y")), float(node.get("height")))
        for node in read(svg).iter()
        if node.tag.endswith("rect")
    ]


def test_line_leaves_gaps_open():
    points = [(f"m{n}", None if n == 2 else n / 10, "") for n in range(6)]
    svg = charts.line(points, tick="{:.2f}".format)
    assert count(svg, "polyline") == 2
    assert count(svg, "circle") == 5
    assert "m5" in texts(svg)


def test_texts_stand_above_their_points_and_beside_the_last():
    svg = charts.line([("a", 1.0, "first"), ("b", 2.0, ""), ("c", 3.0, "last")], tick=str)
    places = {node.text: node for node in read(svg).iter() if node.tag.endswith("text")}
    (x, y), _middle, (last_x, last_y) = (
        (float(node.get("cx")), float(node.get("cy")))
        for node in read(svg).iter()
        if node.tag.endswith("circle")
    )
    first, last = places["first"], places["last"]
    assert (first.get("text-anchor"), last.get("text-anchor")) == ("middle", "start")
    assert float(first.get("x")) == x and float(first.get("y")) < y
    assert float(last.get("x")) > last_x and abs(float(last.get("y")) - last_y) < 5


def test_nothing_to_draw():
    for svg in (
        charts.line([], str),
        charts.line([("a", None, "")], str),
        charts.line([("a", 0.0, "0")], str),
        charts.waterfall([]),
        charts.waterfall([("Start", 0, "0", True)]),
        charts.bars([]),
        charts.heat([], []),
    ):
        assert read(svg).get("width")


def test_waterfall_goes_down_and_up():
    svg = charts.waterfall(
        [
            ("Start", 100, "100", True),
            ("Lost", -40, "−40", False),
            ("New", 20, "+20", False),
            ("End", 80, "80", True),
        ]
    )
    start, lost, new, end = boxes(svg)
    assert start[1] == lost[1]  # what is lost hangs from the top of the start
    assert lost[1] + lost[2] == pytest.approx(new[1] + new[2], abs=0.2)
    assert new[1] == pytest.approx(end[1], abs=0.2)


def test_waterfall_of_small_steps_is_broken_at_the_ground():
    svg = charts.waterfall([("S", 1000, "", True), ("L", -20, "", False), ("E", 980, "", True)])
    assert boxes(svg)[2][2] > 10
    assert len(boxes(svg)) == 5


def test_waterfall_of_a_period_in_which_nothing_happens():
    quiet = [("S", 7, "7", True), ("L", 0, "0", False), ("N", 0, "+0", False), ("E", 7, "7", True)]
    assert [tall for _x, _y, tall in boxes(charts.waterfall(quiet))] == [128.0, 1.0, 1.0, 128.0]


def test_heat_leaves_open_cells_empty():
    svg = charts.heat(["0", "1"], [("Jan", "9", [(1.0, "100%"), (None, "")])])
    assert len(boxes(svg)) == 1


def test_texts_are_escaped_and_fit():
    svg = charts.bars([("A & <B>", 3, "3"), ("重要价值客户重要价值客户重要", 1, "1")])
    assert "A & <B>" in texts(svg)
    assert "重要价值客户重要价值客…" in texts(svg)
    assert charts.units("客户ab") == 6


def test_data_uri():
    assert charts.data_uri("<svg/>").startswith("data:image/svg+xml;base64,")
