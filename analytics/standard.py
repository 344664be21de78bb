"""Within how many hours somebody has to hear from us."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta

from .schedule import DAY, day_start, local


def reply_due(
    opened: datetime, hours: float, zone: str, rest_days: Container[date] = ()
) -> datetime:
    """Return the moment by which ``hours`` have passed; the clock stands still on rest days.

    Moments are naive datetimes in UTC; days begin and end in ``zone``. ``rest_days`` must be
    finite.
    """
    moment, left = opened, timedelta(hours=hours)
    while rest_days:
        day = local(moment, zone).date()
        end = day_start(day + DAY, zone)
        if day not in rest_days:
            if left <= end - moment:
                break
            left -= end - moment
        moment = end
    return moment + left
