"""When the steps of a procedure are due, and until when they wait for a decent hour.

Moments are naive datetimes in UTC; wall times are naive datetimes of a place; a zone is an IANA
name (unknown ones: ``ZoneInfoNotFoundError``). Hours are floats of the local clock, 9.5 is
half past nine, kept to the minute. A wall time that the place skips means the first that is
there after it; one that it has twice means the first. ``rest_days`` is a callable date → bool,
true for days on which nobody works.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

RestDays = Callable[[date], bool]
DAY = timedelta(days=1)
PATIENCE = 60  # days of rest in a row after which there is no hope of a better day
ENDLESS = 1000  # the same for counting working days, which a long closure may interrupt


# ---------------------------------------------------------------- clocks
def local(moment: datetime, zone: str) -> datetime:
    """Return the wall time of a moment."""
    return moment + _offset(moment, ZoneInfo(zone))


def to_utc(wall: datetime, zone: str) -> datetime:
    """Return the moment of a wall time."""
    return _moments(wall, zone)[0]


def day_start(day: date, zone: str) -> datetime:
    """Return the first moment of a day; that is not always midnight."""
    return to_utc(datetime.combine(day, time()), zone)


def _offset(moment, tz):
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(tz).utcoffset()


def _moments(wall, zone):
    """Return the moments, in order, at which clocks show a wall time or pass over it."""
    tz = ZoneInfo(zone)
    first, second = (wall - wall.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    if first > second:  # skipped: the offset before it gives a later moment than that after it
        return (_change(second, first, tz),)
    return (first,) if first == second else (first, second)


def _change(before, after, tz):
    """Return the moment in (before, after] from which the offset is that of ``after``."""
    goal = _offset(after, tz)
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(before + timedelta(seconds=middle), tz) == goal:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def _at(day, hour):
    """Return the wall time of an hour on a day. ValueError for an hour no clock shows."""
    return datetime.combine(day, time()) + timedelta(minutes=_minutes(hour))


def _minutes(hour):
    if not 0 <= hour < 24:
        raise ValueError(f"there is no hour {hour}")
    return min(round(hour * 60), 24 * 60 - 1)


# ---------------------------------------------------------------- when a step is due
def due(
    base: datetime,
    count: int,
    unit: str,
    hour: float | None,
    zone: str,
    rest_days: RestDays,
) -> datetime:
    """Return the moment that lies ``count`` units from ``base``; negative: before it.

    * hours: elapsed hours; with an hour, the next such hour at or after that moment.
    * days: local calendar days, at the hour, else at the wall time of ``base``.
    * workdays: that many days on which people work, counted from the local day of ``base``;
      0 is that day, or the next working day where it is one of rest.

    Never before ``base`` when ``count`` is 0 or more: an hour that is over means the next day
    (working day). Never after it when ``count`` of days is negative.

    :raises ValueError: unknown unit, no such hour, or no working day for years
    """
    if unit == "hours":
        moment = base + timedelta(hours=count)
        return moment if hour is None else _next_hour(moment, hour, zone)
    if unit not in ("days", "workdays"):
        raise ValueError(f"unknown unit of time {unit}")
    wall = local(base, zone)
    works = unit == "workdays"
    day = _workday(wall.date(), count, rest_days) if works else wall.date() + count * DAY
    if hour is None and day == wall.date():
        return base  # asking the clock again would confuse the two hours of the same name
    while True:
        moment = to_utc(_at(day, hour) if hour is not None else _same_time(day, wall), zone)
        if count < 0 or moment >= base:
            return moment
        day = _workday(day, 1, rest_days) if works else day + DAY


def _same_time(day, wall):
    return datetime.combine(day, wall.time())


def _next_hour(moment, hour, zone):
    day = local(moment, zone).date()
    while (found := to_utc(_at(day, hour), zone)) < moment:
        day += DAY
    return found


def _workday(day, count, rest_days):
    """Return the ``count``-th working day after a day, before it for a negative count."""
    if not count:
        return _workday(day, 1, rest_days) if rest_days(day) else day
    step, left, rested = DAY if count > 0 else -DAY, abs(count), 0
    while left:
        day += step
        if not rest_days(day):
            left, rested = left - 1, 0
            continue
        rested += 1
        if rested > ENDLESS:
            raise ValueError("there is no working day to count")
    return day


# ---------------------------------------------------------------- waiting for a decent hour
def quiet_until(moment: datetime, zone: str, quiet_from: float, quiet_to: float) -> datetime:
    """Return the first moment at or after ``moment`` outside the quiet hours.

    They run from ``quiet_from`` to just before ``quiet_to`` on the local clock, over midnight
    when the former is later; equal hours mean none. 24 is the midnight that 0 is.
    """
    start, end = (_minutes(0 if hour == 24 else hour) for hour in (quiet_from, quiet_to))
    if not _is_quiet(moment, zone, start, end):
        return moment
    day, found = local(moment, zone).date(), None
    while found is None:
        wall = datetime.combine(day, time()) + timedelta(minutes=end)
        found = next(
            (
                candidate
                for candidate in _moments(wall, zone)
                if candidate >= moment and not _is_quiet(candidate, zone, start, end)
            ),
            None,
        )
        day += DAY
    tz = ZoneInfo(zone)
    if _offset(moment, tz) == _offset(found, tz):
        return found
    # Clocks that are set back may leave the quiet hours by it.
    change = _change(moment, found, tz)
    return found if _is_quiet(change, zone, start, end) else change


def _is_quiet(moment, zone, start, end):
    wall = local(moment, zone).time()
    minute = wall.hour * 60 + wall.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


def rest_until(moment: datetime, zone: str, rest_days: RestDays, hour: float) -> datetime | None:
    """Return the moment itself on a working day, else that hour on the next working day.

    None when there is none for 60 days.
    """
    day = local(moment, zone).date()
    if not rest_days(day):
        return moment
    for ahead in range(1, PATIENCE + 1):
        found = to_utc(_at(day + ahead * DAY, hour), zone)
        # A day that the place skipped altogether leads to the next one.
        if not (rest_days(day + ahead * DAY) or rest_days(local(found, zone).date())):
            return found
    return None
