"""What the demo company's people do with alerts: pure, seeded, no clock.

Days are counted from the day an alert was opened. A text is (English, Chinese). What becomes of an
alert is drawn from the customer's name and that day alone.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import NamedTuple

from .procedures import NO_ANSWER, RESULTS

SEED = 20240302
DAYS = 125  # for so long alerts have been on: three months that are over, whatever the day
LEFT_OVER = 7  # days before the as-of date whose alerts are still to be looked at
_NEGLECTED = 0.12  # share that nobody calls about: after weeks it turns out to be nothing

# {outcome: ((root cause, what was tried), …)}
ENDS = {
    "saved": (
        (
            "price",
            (
                "Offered larger packs at a better price; will order.",
                "提供大包装优惠价，客户将下单。",
            ),
        ),
        (
            "service",
            (
                "Late parcel explained, credit given; carries on.",
                "说明发货延误并补偿，客户继续采购。",
            ),
        ),
        ("other", ("Season starts later this year; order to follow.", "今年旺季推迟，随后下单。")),
    ),
    "gone": (
        ("competitor", ("Signed with another supplier for a year.", "已与其他供应商签约一年。")),
        ("no_need", ("The line was closed; nothing needed.", "生产线已关闭，不再需要。")),
    ),
    "false_alarm": (
        ("other", ("Buys through the head office now.", "现由总部统一采购。")),
        ("other", ("Was closed for renovation.", "此前停业装修。")),
    ),
    "unreachable": (
        ("contact_left", ("Contact left, no answer at reception.", "联系人已离职，前台无人接听。")),
    ),
}
_WEIGHTS = {"saved": 16, "gone": 3, "false_alarm": 2, "unreachable": 2}
# Of customers whose story is over nobody was saved.
_OVER = ("lost", "gone_quiet", "small_quiet", "one_order")
CALLED = ("Called because of the alert", "因流失预警致电")


class Course(NamedTuple):
    """``contacted`` (None: nobody called), ``ended``: days after opening; what was said first."""

    contacted: int | None
    said: tuple[str, str] | None
    ended: int
    outcome: str
    cause: str
    words: tuple[str, str]


def course(customer, opened):
    """Return what becomes of the alert of a customer.

    :param customer: the customer's key, which begins with its story
    :param opened: the day it was opened
    """
    rng = Random(f"{SEED}/{customer}/{opened:%Y-%m-%d}")
    if rng.random() < _NEGLECTED:
        return Course(None, None, rng.choice((20, 27, 34)), "false_alarm", *ENDS["false_alarm"][0])
    contacted = rng.choice((0, 1, 1, 2, 3))
    weights = dict(_WEIGHTS)
    if customer.startswith(_OVER):
        weights |= {"saved": 0, "gone": 8}
    [outcome] = rng.choices(list(weights), list(weights.values()))
    cause, words = rng.choice(ENDS[outcome])
    said = NO_ANSWER if outcome == "unreachable" else rng.choice(RESULTS["call"])
    ended = contacted + rng.choice((0, 2, 5, 9, 16, 28))
    return Course(contacted, said, ended, outcome, cause, words)


def working_day(opened, after):
    """Return the day that many days after ``opened``, or the Monday after it."""
    day = opened + timedelta(days=after)
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
