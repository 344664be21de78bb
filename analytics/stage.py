"""Life-cycle stages, derived from dates alone.

The rule, in order: *prospect* no purchase; *lost* more than 365 days since the last purchase;
*at risk* more than 180 since any interaction, a purchase being one; *silent* more than 90
since the last purchase; *new* first purchase at most 90 ago; *won back* at most 90 since a
purchase that ended at risk or lost; *active* everybody else. With a rhythm of their own
(rhythm.MIN_GAPS gaps) the first three limits are at least 3, 2 and 1.5 expected gaps.
All numbers are settings, all days are counted without the company's closures, and a limit
that is reached is not yet passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from .closures import DAY, NONE, Closures, add_open_days, open_days, to_days

PROSPECT, NEW, ACTIVE, SILENT = "prospect", "new", "active", "silent"
AT_RISK, LOST, WON_BACK = "at_risk", "lost", "won_back"
BY_DAYS, BY_AGREEMENT, BY_CONTACT = "days", "agreement", "contact"  # what keeps a customer


@dataclass(frozen=True)
class Limits:
    """Days and multiples of the own expected gap.

    Days are numbers, or arrays with one number per customer (limits per tier).
    """

    silent: int | np.ndarray = 90
    at_risk: int | np.ndarray = 180
    lost: int | np.ndarray = 365
    new: int | np.ndarray = 90
    won_back: int | np.ndarray = 90
    silent_gaps: float = 1.5
    at_risk_gaps: float = 2.0
    lost_gaps: float = 3.0

    def at(self, places) -> Limits:
        """Return the limits of some of the customers, where each has its own."""
        arrays = {
            name: days[places]
            for name in ("silent", "at_risk", "lost", "new", "won_back")
            if isinstance(days := getattr(self, name), np.ndarray)
        }
        return replace(self, **arrays)


def by_tier(limits: Limits, tiers: Mapping[int, Limits], tier) -> Limits:
    """Return the days of each customer's tier; ``limits`` for tiers without their own.

    :param tiers: limits by tier; their multiples of the own gap are not looked at
    :param tier: tier of each customer, 0 for none
    """
    if not tiers:
        return limits
    tier, found = np.asarray(tier), {}
    for name in ("silent", "at_risk", "lost"):
        days = np.full(len(tier), getattr(limits, name))
        for key, own in tiers.items():
            days[tier == key] = getattr(own, name)
        found[name] = days
    return replace(limits, **found)


def limit(days, multiple: float, own_gap) -> np.ndarray:
    """Return max(days, multiple · own_gap) in whole days; more than that is past the limit.

    :param own_gap: expected gap of customers with a rhythm of their own, 0 for the others
    """
    own = np.floor(np.round(np.asarray(own_gap) * multiple, 6)).astype("int64")
    return np.maximum(np.asarray(days), own)


def stages(
    as_of: date,
    first_purchase,
    last_purchase,
    last_interaction,
    own_gap,
    won_back_on,
    limits: Limits | None = None,
    closed: Closures = NONE,
    standard: str = BY_DAYS,
    agreement=None,
) -> np.ndarray:
    """Return the stage code of each customer on ``as_of``.

    All arguments hold one entry per customer and know nothing later than ``as_of``.

    :param first_purchase, last_purchase: days, NaT without any
    :param last_interaction: day of the last talk, message or visit, NaT without any; purchases
        need not be in it
    :param own_gap: expected gap in days, 0 with fewer than MIN_GAPS own gaps
    :param won_back_on: last purchase that ended a spell at risk or lost (:func:`won_back_on`)
    :param standard: BY_DAYS: lost is counted from the last purchase; BY_CONTACT: from the last
        contact of any kind; BY_AGREEMENT: lost is who had an agreement and has none in force,
        and whoever never had one is judged by days
    :param agreement: 1 in force, 0 ended, NaN never any; only read BY_AGREEMENT
    """
    limits = limits or Limits()
    first, last = to_days(first_purchase), to_days(last_purchase)
    own_gap = np.asarray(own_gap)

    def since(days):
        filled = np.where(np.isnat(days), np.datetime64(as_of, "D"), days)
        return open_days(filled, np.datetime64(as_of, "D"), closed)

    untouched = since(np.fmax(to_days(last_interaction), last))
    silent_for, returned = since(last), to_days(won_back_on)
    gone_for = untouched if standard == BY_CONTACT else silent_for
    lost = gone_for > limit(limits.lost, limits.lost_gaps, own_gap)
    if standard == BY_AGREEMENT and agreement is not None:
        lost = np.where(np.isnan(agreement), lost, np.asarray(agreement) == 0)
    rules = {
        PROSPECT: np.isnat(last),
        LOST: lost,
        AT_RISK: untouched > limit(limits.at_risk, limits.at_risk_gaps, own_gap),
        SILENT: silent_for > limit(limits.silent, limits.silent_gaps, own_gap),
        NEW: since(first) <= np.asarray(limits.new),
        WON_BACK: ~np.isnat(returned) & (since(returned) <= np.asarray(limits.won_back)),
    }
    return np.select(list(rules.values()), list(rules), ACTIVE)


def entered(
    stage,
    first_purchase,
    last_purchase,
    last_interaction,
    own_gap,
    won_back_on,
    limits: Limits | None = None,
    closed: Closures = NONE,
    standard: str = BY_DAYS,
    agreement_end=None,
) -> np.ndarray:
    """Return the first day of each customer's stage as far as dates alone tell; NaT else.

    Prospects and active customers have no such day.

    :param agreement_end: the last day of the last agreement, NaT for none ever; a loss
        BY_AGREEMENT begins the day after it, closures or not; only read BY_AGREEMENT
    """
    limits, stage = limits or Limits(), np.asarray(stage)
    first, last = to_days(first_purchase), to_days(last_purchase)
    touch = np.fmax(to_days(last_interaction), last)

    def passed(day, days, multiple):
        known = ~np.isnat(day)
        start = np.where(known, day, np.datetime64(0, "D"))
        found = add_open_days(start, limit(days, multiple, own_gap) + 1, closed)
        return np.where(known, found, np.datetime64("NaT", "D"))

    lost = passed(touch if standard == BY_CONTACT else last, limits.lost, limits.lost_gaps)
    if standard == BY_AGREEMENT and agreement_end is not None:
        end = to_days(agreement_end)
        lost = np.where(np.isnat(end), lost, end + np.timedelta64(1, "D"))
    found = {
        LOST: lost,
        AT_RISK: passed(touch, limits.at_risk, limits.at_risk_gaps),
        SILENT: passed(last, limits.silent, limits.silent_gaps),
        NEW: first,
        WON_BACK: to_days(won_back_on),
    }
    day = np.full(len(stage), np.datetime64("NaT", "D"))
    for code, days in found.items():
        day = np.where(stage == code, days, day)
    return day.astype(DAY)
