"""Segment schemes: total functions of the 125 scores (r, f, m), hence partitions.

A scheme is stored as what a person edits (split points, or a painted 5 × 5 grid) and is
read here as one code per score, in the order of :func:`position`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

HIGH, SLEEPING, NEW, GENERAL = "high", "sleeping", "new", "general"
FOUR_TYPES = (HIGH, SLEEPING, NEW, GENERAL)
EIGHT_TYPES = tuple(f"{r}{f}{m}" for r in "HL" for f in "HL" for m in "HL")
SCORES = tuple((r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6))

# Rows R5..R1, columns FM1..FM5.
ELEVEN_GRID = {
    5: ("newcomer", "potential", "potential", "champion", "champion"),
    4: ("promising", "potential", "potential", "loyal", "champion"),
    3: ("about_to_sleep", "about_to_sleep", "attention", "attention", "attention"),
    2: ("hibernating", "hibernating", "wake_up", "wake_up", "cant_lose"),
    1: ("long_gone", "hibernating", "wake_up", "cant_lose", "cant_lose"),
}


def position(r: int, f: int, m: int) -> int:
    """Return the zero-based place of a score among the 125."""
    return (r - 1) * 25 + (f - 1) * 5 + (m - 1)


def fm(f: int, m: int) -> int:
    """Return the average of f and m, halves rounded up."""
    return (f + m + 1) // 2


def four_types(r_split: int, f_split: int, m_split: int) -> Callable[[int, int, int], str]:
    """Four types: a dimension is high from its split on.

    High value: all high. Sleeping: f and m high, r not. New: r high, f and m not.
    General: everybody else.
    """

    def code(r: int, f: int, m: int) -> str:
        recent, often, much = r >= r_split, f >= f_split, m >= m_split
        if often and much:
            return HIGH if recent else SLEEPING
        return NEW if recent and not often and not much else GENERAL

    return code


def eight_types(r_split: int, f_split: int, m_split: int) -> Callable[[int, int, int], str]:
    """Eight types: "HLH" = r high, f low, m high."""

    def code(r: int, f: int, m: int) -> str:
        pairs = ((r, r_split), (f, f_split), (m, m_split))
        return "".join("H" if value >= split else "L" for value, split in pairs)

    return code


def grid(cells: Mapping[tuple[int, int], object]) -> Callable[[int, int, int], object]:
    """Grid of R × FM; ``cells`` maps (r, fm) to a segment.

    :raises ValueError: when one of the 25 cells is missing or empty
    """
    wanted = {(r, column) for r in range(1, 6) for column in range(1, 6)}
    missing = sorted(cell for cell in wanted if not cells.get(cell))
    if missing:
        raise ValueError(f"cells without a segment: {missing}")

    def code(r: int, f: int, m: int) -> object:
        return cells[r, fm(f, m)]

    return code


def mapping(code: Callable[[int, int, int], object]) -> list:
    """Return the code of each of the 125 scores, in the order of :func:`position`."""
    return [code(r, f, m) for r, f, m in SCORES]
