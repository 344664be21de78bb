"""Events from outside: reading what another system or a spreadsheet says of one.

What cannot be read is a :class:`EventError` that names the problem; the caller has the words.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from hashlib import sha256
from math import isfinite
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from . import cells

RECENT_DAYS, BASE_DAYS = 30, 90  # what is compared: the last days with those before them
MIN_BASE = 6  # uses in the base below which a fall is chance
FEED_DAYS = 7  # a source that has sent nothing for longer says nothing about customers


class EventError(ValueError):
    """``args[0]`` says why: a code that the caller turns into a sentence."""


class Event(NamedTuple):
    """``moment`` is naive UTC; texts are stripped and "" where there are none."""

    kind: str
    name: str
    moment: datetime
    weight: float
    source: str
    outside_id: str
    sentiment: str
    note: str


class Choices(NamedTuple):
    kinds: frozenset
    sentiments: frozenset
    latest: datetime  # later moments are in the future
    earliest: datetime  # earlier ones are not kept


def text(value) -> str:
    """Return a value of JSON or of a cell as a text."""
    if isinstance(value, dict | list):
        raise EventError("no_text")
    return cells.cell_text(value)


def read_event(record: dict, choices: Choices, source: str = "") -> Event:
    """Return the Event that ``record`` describes.

    :param record: kind, moment (text, or a datetime), outside_id, and optionally name, weight,
        source, sentiment, note; other keys are the caller's
    :raises EventError: no_kind, no_moment, future, too_old, no_outside, bad_weight,
        bad_sentiment or no_text
    """
    kind = text(record.get("kind")).lower()
    if kind not in choices.kinds:
        raise EventError("no_kind")
    moment = read_moment(record.get("moment"))
    if moment is None:
        raise EventError("no_moment")
    if moment > choices.latest:
        raise EventError("future")
    if moment < choices.earliest:
        raise EventError("too_old")
    sentiment = text(record.get("sentiment")).lower()
    if sentiment and sentiment not in choices.sentiments:
        raise EventError("bad_sentiment")
    outside = text(record.get("outside_id"))
    if not outside:
        raise EventError("no_outside")
    return Event(
        kind,
        text(record.get("name")),
        moment,
        _weight(record.get("weight")),
        text(record.get("source")) or source,
        outside,
        sentiment,
        text(record.get("note")),
    )


def read_moment(value, order: str = "ymd", zone: str = "UTC") -> datetime | None:
    """Return a moment as naive UTC, or None for what is none.

    :param value: a datetime, a date (midnight), or a text: ISO 8601 with or without an offset,
        or a date as people write it (``order``: see :func:`cells.parse_date`) with or without
        a time
    :param zone: where a moment without an offset was
    """
    moment = value
    if isinstance(value, str):
        moment = _parse(value.strip(), order)
    elif isinstance(value, date) and not isinstance(value, datetime):
        moment = datetime.combine(value, time())
    if not isinstance(moment, datetime):
        return None
    try:
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        return None


def _parse(written: str, order: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return _parse_by_hand(written, order)


def _parse_by_hand(written: str, order: str) -> datetime | None:
    day = cells.parse_date(written, order)
    if day is None:
        return None
    clock = cells.narrow(written).rpartition(" ")[2]
    try:
        return datetime.combine(day, time.fromisoformat(clock) if ":" in clock else time())
    except ValueError:
        return None


def _weight(value) -> float:
    if value is None or value is False or value == "":
        return 1.0
    try:
        weight = float(value)
    except (TypeError, ValueError) as error:
        raise EventError("bad_weight") from error
    if not (isfinite(weight) and weight > 0):
        raise EventError("bad_weight")
    return weight


def content_id(*parts) -> str:
    """Return an id made of what a row says, for rows that bring none of their own."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:32]


def fall(recent, base) -> np.ndarray:
    """Return by how many percent use fell below the customer's own base; NaN without a base.

    :param recent: uses in the last RECENT_DAYS   :param base: in the BASE_DAYS before; who
        began in their midst has a base too small, and so falls less, never more
    """
    recent, base = np.asarray(recent, dtype="float64"), np.asarray(base, dtype="float64")
    usual = base * RECENT_DAYS / BASE_DAYS
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = 100 * (1 - recent / usual)
    return np.where(base >= MIN_BASE, np.clip(percent, 0, 100), np.nan)
