"""Voice of the customer: net promoter score, classes of answers, what counts once per period."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from math import sqrt
from typing import NamedTuple

from .cells import cell_text, narrow

SCALES = {"nps": (0, 10), "csat": (1, 5)}
CLASSES = ("promoter", "passive", "detractor")  # the best first
PROMOTER_FROM, PASSIVE_FROM = 9, 7
SATISFIED_FROM, DISSATISFIED_TO = 4, 2
NO_SCORE = -1  # zero is an answer
# Fewer answers say nothing about the others, whatever the formula says.
LEAST_ANSWERS = 10
CONFIDENCE = 1.96  # 95 percent

ASKS_FOR_CONTACT = re.compile(
    r"\b(call|contact|phone|ring|e-?mail|write to) me\b|\b(call|get) back to me\b|\bcall me back\b"
    r"|\bget in touch\b|\b(please|could you|can you) (call|contact|phone|get in touch)\b"
    r"|联系我|联络我|给我(打|回)?个?电话|回电|致电给?我|打电话给我|请.{0,4}(联系|联络|来电)",
    re.IGNORECASE,
)
WORDS = {
    5: "verysatisfied excellent verygood 非常满意 很满意 十分满意",
    4: "satisfied good 满意 比较满意",
    3: "neutral neither okay ok fair average neithersatisfiednordissatisfied 一般 中立 还可以",
    2: "dissatisfied unsatisfied poor bad 不满意 不太满意",
    1: "verydissatisfied veryunsatisfied verybad verypoor terrible 非常不满意 很不满意 十分不满意",
}
SCORE_OF = {word: score for score, words in WORDS.items() for word in words.split()}
NUMBER = re.compile(r"(\d{1,2})(?:[.,]0+)?(?:\s*(?:分|星|/\s*(?:5|10)))?(?:\s*[-–—:：(（].*)?$")


class Nps(NamedTuple):
    """``score``, ``low`` and ``high`` between −100 and 100; no interval for few answers."""

    score: float
    low: float | None
    high: float | None


# ---------------------------------------------------------------- single answers
def nps_class(score: int) -> str:
    if score >= PROMOTER_FROM:
        return "promoter"
    return "passive" if score >= PASSIVE_FROM else "detractor"


def answer_class(kind: str, score: int) -> str | None:
    """Return good, middle or bad; None for an answer that has no score."""
    if kind not in SCALES or score < SCALES[kind][0]:
        return None
    if kind == "nps":
        return dict(zip(CLASSES, ("good", "middle", "bad")))[nps_class(score)]
    if score >= SATISFIED_FROM:
        return "good"
    return "bad" if score <= DISSATISFIED_TO else "middle"


def asks_for_contact(comment: str) -> bool:
    return bool(ASKS_FOR_CONTACT.search(comment or ""))


def parse_score(cell, kind: str) -> int | None:
    """Return the score in a cell: 9, "9 - very likely", "4/5" or "非常满意"; None for no score."""
    text = narrow(cell_text(cell)).strip()
    low, high = SCALES[kind]
    if found := NUMBER.match(text):
        score = int(found[1])
        return score if low <= score <= high else None
    return SCORE_OF.get(re.sub(r"[\W_]+", "", text).lower()) if kind == "csat" else None


# ---------------------------------------------------------------- many answers
def nps(promoters: int, passives: int, detractors: int) -> Nps | None:
    """Return the NPS of so many answers; None without any.

    With p, d the shares of promoters and detractors of n answers, each answer is +1, 0 or −1,
    so its variance is p + d − (p − d)², and the score's standard error is the root of that by n.
    """
    n = promoters + passives + detractors
    if not n:
        return None
    p, d = promoters / n, detractors / n
    score = 100 * (p - d)
    if n < LEAST_ANSWERS:
        return Nps(score, None, None)
    half = 100 * CONFIDENCE * sqrt(max(p + d - (p - d) ** 2, 0) / n)
    return Nps(score, max(score - half, -100), min(score + half, 100))


def period_start(day: date, months: int) -> date:
    """Return the first day of the calendar period of ``months`` (1, 3, 6 or 12) with ``day``."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def counting(answers: Iterable[tuple], months: int) -> set:
    """Return the ids of the answers that count: each customer's latest of a period.

    :param answers: (id, customer or None, day); of one day the greater id is the later one.
        Answers without a customer all count.
    """
    latest, counted = {}, set()
    for key, customer, day in answers:
        if customer is None:
            counted.add(key)
            continue
        place = (customer, period_start(day, months))
        latest[place] = max(latest.get(place, (day, key)), (day, key))
    return counted | {key for _day, key in latest.values()}
