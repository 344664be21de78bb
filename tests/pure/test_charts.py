"""Charts as SVG: what they show is read back from their coordinates."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from customer_retention.analytics import charts
from hypothesis import given
from hypothesis import strategies as st


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


# ---------------------------------------------------------------- to scale
def shapes(svg, tag):
    """Return the attributes of all shapes of one kind, numbers as numbers."""

    def number(text):
        try:
            return float(text)
        except ValueError:
            return text

    return [
        {name: number(value) for name, value in node.attrib.items()} | {"said": node.text}
        for node in read(svg).iter()
        if node.tag.endswith("}" + tag)
    ]


def assert_inside(svg):
    """Check that nothing drawn lies outside the picture, and that texts begin within it."""
    size = read(svg)
    width, height = float(size.get("width")), float(size.get("height"))
    assert size.get("viewBox") == f"0 0 {size.get('width')} {size.get('height')}"
    for box in shapes(svg, "rect"):
        assert box["x"] >= -0.1 and box["x"] + box["width"] <= width + 0.1
        assert box["y"] >= -0.1 and box["y"] + box["height"] <= height + 0.1
        assert box["width"] >= 0 and box["height"] >= 0
    for text in shapes(svg, "text"):
        assert 0 <= text["x"] <= width and 0 < text["y"] <= height
    for dot in shapes(svg, "circle"):
        assert dot["r"] < dot["cx"] < width - dot["r"] and dot["r"] < dot["cy"] < height - dot["r"]


AMOUNT = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))


@given(st.lists(st.one_of(st.none(), AMOUNT), min_size=2, max_size=30))
def test_a_line_is_to_scale(values):
    """The axis's own texts tell where which value is; points lie between them as they should."""
    svg = charts.line([(f"m{n}", value, "") for n, value in enumerate(values)], repr)
    assert_inside(svg)
    ticks = [(t["y"] - 3, float(t["said"])) for t in shapes(svg, "text")[:3]]
    rules = shapes(svg, "line")
    assert [rule["y1"] for rule in rules] == pytest.approx([y for y, _v in ticks], abs=0.2)
    (low_y, low), (_mid_y, middle), (high_y, high) = ticks
    assert middle == pytest.approx((low + high) / 2, abs=1e-6 * (abs(low) + abs(high)))
    step = (360 - 2 * 46) / (len(values) - 1)
    shown = [(46 + n * step, value) for n, value in enumerate(values) if value is not None]
    dots = shapes(svg, "circle")
    assert [dot["cx"] for dot in dots] == pytest.approx([x for x, _v in shown], abs=0.06)
    for dot, (_x, value) in zip(dots, shown, strict=True):
        share = (value - low) / (high - low)
        assert dot["cy"] == pytest.approx(low_y - share * (low_y - high_y), abs=0.3)


def test_the_range_of_a_line_is_that_of_its_values():
    """What moves by little is seen to move: the values take most of the height."""
    dots = shapes(charts.line([("a", 1000.0, ""), ("b", 1001.0, "")], repr), "circle")
    assert dots[0]["cy"] - dots[1]["cy"] > 0.7 * (170 - 16 - 24)
    [flat] = shapes(charts.line([("a", 1000.0, "")], repr), "circle")
    assert flat["cy"] == pytest.approx((16 + 170 - 24) / 2, abs=0.1)  # in the middle


def test_months_are_named_as_far_as_there_is_room_and_the_last_always():
    for size, named in ((5, 5), (6, 3), (10, 5), (11, 4), (24, 5)):
        svg = charts.line([(f"m{n}", 1.0, "") for n in range(size)], str)
        said = [text for text in texts(svg) if text.startswith("m")]
        assert (len(said), said[-1]) == (named, f"m{size - 1}")


def test_steps_are_to_scale_and_coloured_by_what_they_are():
    svg = charts.waterfall(
        [("S", 100, "", True), ("L", -40, "", False), ("N", 20, "", False), ("E", 80, "", True)]
    )
    assert_inside(svg)
    start, lost, new, end = shapes(svg, "rect")
    for box, amount in ((start, 100), (lost, 40), (new, 20), (end, 80)):
        assert box["height"] / start["height"] == pytest.approx(amount / 100, abs=0.01)
    colours = [box["fill"] for box in (start, lost, new, end)]
    assert colours == [charts.BLUE, charts.RED, charts.GREEN, charts.BLUE]
    assert start["height"] == pytest.approx(170 - 24 - 18, abs=0.1)  # the highest takes all of it
    [ground] = shapes(svg, "line")
    assert start["y"] + start["height"] == pytest.approx(ground["y1"], abs=0.1)
    # Side by side, each under its text and over its label.
    for one, other in zip((start, lost, new), (lost, new, end)):
        assert other["x"] - one["x"] == pytest.approx((360 - 16) / 4, abs=0.1)
        assert one["x"] + one["width"] < other["x"]
    for number, text in enumerate(shapes(svg, "text")):
        box = (start, lost, new, end)[number // 2]
        assert text["x"] == pytest.approx(box["x"] + box["width"] / 2, abs=0.2)
        assert text["y"] < box["y"] if number % 2 == 0 else text["y"] > ground["y1"]


def test_a_step_of_nothing_can_be_seen():
    _start, none, _end = shapes(
        charts.waterfall([("S", 9, "", True), ("N", 0, "", False), ("E", 9, "", True)]), "rect"
    )
    assert (none["height"], none["fill"]) == (1, charts.GREEN)


def test_small_steps_keep_their_proportions_where_the_ground_is_cut():
    svg = charts.waterfall(
        [("S", 1000, "", True), ("L", -20, "", False), ("N", 10, "", False), ("E", 990, "", True)]
    )
    assert_inside(svg)
    bars = [box for box in shapes(svg, "rect") if box["fill"] != "#ffffff"]
    breaks = [box for box in shapes(svg, "rect") if box["fill"] == "#ffffff"]
    assert bars[1]["height"] == pytest.approx(2 * bars[2]["height"], abs=0.1)
    assert len(breaks) == 2
    for cut, bar in zip(breaks, (bars[0], bars[3])):  # across the whole foot of a total
        assert cut["x"] < bar["x"] and cut["x"] + cut["width"] > bar["x"] + bar["width"]
        assert bar["y"] < cut["y"] and cut["y"] + cut["height"] < bar["y"] + bar["height"]
    third = charts.waterfall([("S", 90, "", True), ("L", -30, "", False), ("E", 60, "", True)])
    assert not [box for box in shapes(third, "rect") if box["fill"] == "#ffffff"]


def test_a_label_takes_no_more_than_its_place():
    label = "a long label of a step"
    for steps in (4, 8, 16):
        svg = charts.waterfall([(label, 1, "", True)] * steps)
        room = (360 - 16) / steps / 5  # a letter of this size is five wide
        said = [text for text in texts(svg) if text]
        assert {charts.units(text) for text in said} <= {min(int(room), len(label))}


def test_bars_are_to_scale():
    items = [("A", 8, "8"), ("B", 2, "2"), ("C", 0, "0"), ("D", None, "–"), ("E", -4, "-4")]
    svg = charts.bars(items)
    assert_inside(svg)
    found = shapes(svg, "rect")
    assert [box["width"] for box in found] == pytest.approx([172, 43, 0, 0, 0], abs=0.1)
    assert len({box["x"] for box in found}) == 1
    for one, other in pairwise(found):
        assert one["y"] + one["height"] < other["y"]
    labels, figures = shapes(svg, "text")[::2], shapes(svg, "text")[1::2]
    for box, label, figure in zip(found, labels, figures, strict=True):
        assert label["x"] < box["x"] <= box["x"] + box["width"] < figure["x"]
        for text in (label, figure):  # its letters stand beside the bar
            assert box["y"] < text["y"] < box["y"] + box["height"]


def luminance(colour):
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize("value", [n / 20 for n in range(-2, 24)])
def test_a_cell_can_be_read_whatever_its_shade(value):
    svg = charts.heat(["0"], [("Jan", "9", [(value, "said")])])
    [box] = shapes(svg, "rect")
    [text] = [text for text in shapes(svg, "text") if text["said"] == "said"]
    light, dark = sorted((luminance(box["fill"]), luminance(text["fill"])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 3  # as WCAG asks of large or bold texts


def test_shades_go_from_white_to_deep():
    shades = [charts._shade(value) for value in (-1, 0, 0.5, 1, 2)]
    assert shades == ["#ffffff", "#ffffff", "#97b7cf", "#2f6f9f", "#2f6f9f"]


def test_cells_lie_under_their_column_and_beside_their_row():
    cells = [(0.5, "a"), (None, ""), (1.0, "c")]
    svg = charts.heat(["x", "y", "z"], [("Jan", "9", cells), ("Feb", "8", cells)])
    assert_inside(svg)
    place = {(t["said"], t["y"]): t for t in shapes(svg, "text")}
    heads = {said: t["x"] for (said, _y), t in place.items() if said in ("x", "y", "z")}
    found = shapes(svg, "rect")
    assert len(found) == 4
    for number, box in enumerate(found):
        head = heads["xz"[number % 2]]
        assert box["x"] + (box["width"] + 1) / 2 == pytest.approx(head, abs=0.1)
        said = "ac"[number % 2]
        month = ("Jan", "Feb")[number // 2]
        text = place[said, next(y for name, y in place if name == month)]
        assert text["x"] == pytest.approx(head, abs=0.1)
        assert box["y"] < text["y"] < box["y"] + box["height"]
    assert found[1]["x"] - found[0]["x"] == pytest.approx(2 * (900 - 128) / 3, abs=0.1)
    assert found[0]["x"] == 128 and found[1]["x"] + found[1]["width"] == pytest.approx(899, abs=0.1)
    assert found[2]["y"] > found[0]["y"] + found[0]["height"]
