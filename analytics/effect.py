"""What came of a procedure, arm by arm: counts, rates and cost. Nothing is judged too early.

Intention to treat: a customer counts in the arm drawn at the beginning, whatever became of the
steps. Rates speak of customers whose goal window is over; the others are only counted.
"""

from __future__ import annotations

from typing import NamedTuple


class Tally(NamedTuple):
    """Customers of one arm: ``entered`` in all, the rest of those whose window is over.

    ``before``: how many bought in an equally long window before they entered. Money is in
    company currency; ``spent`` is the cost of those judged, ``cost`` that of all who entered.
    """

    entered: int = 0
    judged: int = 0
    responses: int = 0
    purchases: int = 0
    before: int = 0
    revenue: float = 0.0
    spent: float = 0.0
    cost: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def open(self) -> int:
        """Return how many windows are not over yet."""
        return self.entered - self.judged


def quotient(part: float, whole: float) -> float | None:
    """Return ``part / whole``, None where there is nothing to divide by."""
    return part / whole if whole else None


def percent(part: float, whole: float) -> float | None:
    """Return how many of a hundred ``part`` is of ``whole``, None of nothing."""
    return quotient(100 * part, whole)
