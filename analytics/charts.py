"""Charts as SVG texts, for paper: every text is given ready for its reader.

Drawn small and plain, so that printers, old PDF makers and black and white keep them readable.
"""

from __future__ import annotations

from base64 import b64encode
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

FONTS = "Noto Sans CJK SC, Noto Sans, PingFang SC, Microsoft YaHei, Arial, sans-serif"
INK, MUTED, GRID = "#343a40", "#6c757d", "#dee2e6"
BLUE, GREEN, RED = "#2f6f9f", "#2e8b57", "#c0504d"
WHITE, DEEP = (255, 255, 255), (47, 111, 159)
PALE = 0.78  # up to this share of the deep shade dark letters are easier to read than white ones


def data_uri(svg: str) -> str:
    """Return what an image shows the chart with, without another request."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def units(text: str) -> int:
    """Return how wide a text is, in Latin letters: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def fit(text: str, width: int) -> str:
    """Return the text, cut so that it takes no more than ``width`` Latin letters."""
    if units(text) <= width:
        return text
    while text and units(text) > width - 1:
        text = text[:-1]
    return text + "…"


def line(points, tick, width: int = 360, height: int = 170) -> str:
    """Draw a line through ``points``: (label, value or None, text at the point or "").

    A gap stays a gap. The axis shows the range of the values, not zero.

    :param tick: function of a value that returns its text on the axis
    """
    values = [value for _label, value, _text in points if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    pad = (high - low) * 0.15 or abs(high) * 0.05 or 1.0
    low, high = low - pad, high + pad
    left, right, top, bottom = 46, width - 46, 16, height - 24
    step = (right - left) / max(len(points) - 1, 1)

    def y(value):
        return bottom - (value - low) / (high - low) * (bottom - top)

    parts = []
    for share in (0.15, 0.5, 0.85):
        value = low + (high - low) * share
        parts.append(_rule(left, right, y(value)))
        parts.append(_text(left - 5, y(value) + 3, tick(value), "end", 9, MUTED))
    every = -(-len(points) // 5)  # as many labels as there is room for; the last one always
    piece: list = []
    for number, (label, value, text) in enumerate(points):
        x = left + step * number
        if (len(points) - 1 - number) % every == 0:
            parts.append(_text(x, height - 8, label, "middle", 9, MUTED))
        if value is None:
            parts.append(_polyline(piece))
            piece = []
            continue
        piece.append((x, y(value)))
        parts.append(f'<circle cx="{x:.1f}" cy="{y(value):.1f}" r="2.4" fill="{BLUE}"/>')
        if text and number == len(points) - 1:
            parts.append(_text(x + 6, y(value) + 4, text, "start", 11))
        elif text:
            parts.append(_text(x, y(value) - 7, text, "middle", 10))
    parts.append(_polyline(piece))
    return _svg(width, height, parts)


def waterfall(steps, width: int = 360, height: int = 170) -> str:
    """Draw how one number becomes another.

    :param steps: (label, amount, text, whether it is a total): totals stand on the ground,
        others go up or down from where the one before ended
    """
    spans, level = [], 0.0
    for _label, amount, _said, total in steps:
        begin = 0.0 if total else level
        level = begin + amount
        spans.append((min(begin, level), max(begin, level)))
    # Without ground the middle would be too flat to be seen.
    highest = max((high for _low, high in spans), default=0.0) or 1.0
    lowest = min(
        (low for (low, _h), step in zip(spans, steps, strict=True) if not step[3]), default=0
    )
    room = highest - lowest
    ground = max(0.0, lowest - room * 1.5) if 0 < room < highest / 3 else 0.0
    left, right, top, bottom = 8, width - 8, 18, height - 24
    slot = (right - left) / max(len(steps), 1)

    def y(value):
        return bottom - (max(value, ground) - ground) / (highest - ground) * (bottom - top)

    parts = [_rule(left, right, bottom)]
    for number, ((label, amount, text, total), (low, high)) in enumerate(
        zip(steps, spans, strict=True)
    ):
        x, tall = left + slot * number + slot * 0.15, max(y(low) - y(high), 1.0)
        colour = BLUE if total else GREEN if amount >= 0 else RED
        middle = x + slot * 0.35
        parts.append(_box(x, y(high), slot * 0.7, tall, colour))
        parts.append(_text(middle, y(high) - 5, text, "middle", 10))
        parts.append(_text(middle, height - 8, fit(label, int(slot / 5)), "middle", 9, MUTED))
        if total and ground:  # the bar is broken: it does not begin at zero
            parts.append(_box(x - 1, bottom - 9, slot * 0.7 + 2, 2.5, "#ffffff"))
    return _svg(width, height, parts)


def bars(items, width: int = 360, row: int = 18) -> str:
    """Draw horizontal bars of ``items``: (label, value or None, text)."""
    highest = max((value for _label, value, _text_ in items if value), default=0) or 1.0
    left, room = 132, width - 132 - 56
    parts = []
    for number, (label, value, text) in enumerate(items):
        y = row * number + 2
        parts.append(_text(left - 6, y + row - 7, fit(label, 23), "end", 10))
        long = max(value or 0, 0) / highest * room
        parts.append(_box(left, y, long, row - 5, BLUE))
        parts.append(_text(left + long + 5, y + row - 7, text, "start", 10, MUTED))
    return _svg(width, row * max(len(items), 1) + 4, parts)


def heat(columns, rows, width: int = 900, row: int = 20) -> str:
    """Draw a heat map.

    :param columns: labels
    :param rows: (label, note, cells), a cell being (value from 0 to 1 or None, text); None is
        left open
    """
    left, top = 128, 18
    slot = (width - left) / max(len(columns), 1)
    parts = [
        _text(left + slot * (number + 0.5), 12, label, "middle", 9, MUTED)
        for number, label in enumerate(columns)
    ]
    for number, (label, note, cells) in enumerate(rows):
        y = top + row * number
        parts.append(_text(0, y + row - 5, label, "start", 10))
        parts.append(_text(left - 8, y + row - 5, note, "end", 10, MUTED))
        for place, (value, text) in enumerate(cells):
            if value is None:
                continue
            x = left + slot * place
            parts.append(_box(x, y, slot - 1, row - 1, _shade(value)))
            ink = "#ffffff" if value > PALE else INK
            parts.append(_text(x + slot / 2, y + row - 5, text, "middle", 9, ink))
    return _svg(width, top + row * max(len(rows), 1), parts)


def _shade(value: float) -> str:
    share = min(max(value, 0.0), 1.0)
    mixed = (round(a + (b - a) * share) for a, b in zip(WHITE, DEEP, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _svg(width, height, parts) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )


def _text(x, y, text, anchor="start", size=10, fill=INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONTS}" font-size="{size}"'
        f' fill="{fill}" text-anchor="{anchor}">{escape(str(text))}</text>'
    )


def _box(x, y, width, height, fill) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'
    )


def _rule(left, right, y) -> str:
    return (
        f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}"'
        f' stroke="{GRID}" stroke-width="1"/>'
    )


def _polyline(points) -> str:
    if len(points) < 2:
        return ""
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{way}" fill="none" stroke="{BLUE}" stroke-width="1.8"/>'
