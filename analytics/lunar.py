"""The Chinese calendar, and when a yearly day comes round again, in either calendar.

Lunar dates run from the Spring Festival of 1900 (31 January) to the end of lunar year 2100
(28 January 2101); outside ``ValueError``. The table gives month lengths and leap months. It was
computed from new moons and solar terms (Beijing time, GB/T 33661) and compared day by day with
the packages zhdate, LunarCalendar and lunardate. For 1906 and 1922, when the calendar was made
by older tables, it follows the calendar then printed; in 2057, 2089 and 2097, where a new moon
falls within minutes of midnight, LunarCalendar puts one month a day later.

A day that a year does not have is its month's last: 29 February and the thirtieth of a month
with 29 days. A day in a leap month is kept in the ordinary month of years without it.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import NamedTuple

FIRST_YEAR = 1900
FIRST_DAY = date(1900, 1, 31)

# One hexadecimal number per lunar year, ten in a line. Its last digit is the leap month (0:
# none); above it, from the lowest bit on, one bit per month in calendar order: 1 for 30 days.
_TABLE = """
16d28 07520 0ea50 164a5 064b0 0a9b0 15564 056a0 0b590 17522
07520 1b256 0b250 0a4b0 14ab5 02ad0 056b0 0b692 0da90 1d927
0e920 0d250 1a4d5 0a560 02b60 15b54 06d40 0ea90 1e922 0e920
0d266 052b0 0a570 12b65 0b5a0 06d40 0ec93 07490 16937 0a930
052b0 0a5b6 0aad0 056a0 1b554 0ba40 0b490 1a932 0a950 152d7
05360 0aad0 15aa5 05b20 0da50 1d4a3 0d4a0 0a958 0a970 05560
0ab56 0ad50 06d20 0ea54 0ea50 064a0 0c973 0a9b0 155a7 056a0
0b690 17525 0b520 0b250 164b4 0a4b0 14ab8 02ad0 056d0 0b696
0da90 0d920 1d254 0d250 1a4da 0a560 02b60 05b56 06d50 0ea90
1e925 0e920 0d260 0a563 0a570 14d68 035a0 06d50 16c95 07490
06930 152b4 052b0 0a5b0 155a2 056a0 1b557 0ba40 0b490 1a935
0a950 052d0 0aad4 0ab50 15aa9 05d20 0da50 1d4a6 0d4a0 0c950
152e4 05560 0ab50 15b22 06d20 0ea56 07250 064b0 0c975 0cab0
055a0 0ad63 0b690 1752b 0b520 0b250 1a4b6 0a4b0 04ab0 055b5
05ad0 0b6a0 1b522 0d920 1d257 0d250 0a550 14ad5 04b60 05b50
0daa3 0ec90 1e928 0e920 0d260 0a566 0a570 05560 06d54 07550
07490 0e933 06930 152b7 052b0 0a5b0 155a5 056a0 0b650 174a4
0b4a0 1a958 0a950 052d0 0aad6 0ab50 05aa0 0ba54 0da50 0d4a0
1c953 0c960 194e7 05560 0ab50 15b25 06d20 0ea50 0e4a4 068b0
0c978 04ab0 055b0 0ad66 0b6a0 07520 17254 0b450 0a8b0 149b2
04ab0
"""
_YEARS = tuple(int(word, 16) for word in _TABLE.split())
LAST_YEAR = FIRST_YEAR + len(_YEARS) - 1


class Lunar(NamedTuple):
    """A day of the Chinese calendar; ``leap``: in the leap month that follows ``month``."""

    year: int
    month: int
    day: int
    leap: bool = False


def leap_month(year: int) -> int:
    """Return the month that a leap month follows in a lunar year, 0 without one."""
    return _word(year) & 0xF


def month_days(year: int, month: int, leap: bool = False) -> int:
    """Return how many days a lunar month has, 29 or 30. ValueError if there is none."""
    return 29 + (_word(year) >> 4 + _position(year, month, leap) & 1)


def _word(year):
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"lunar year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return _YEARS[year - FIRST_YEAR]


def _position(year, month, leap):
    """Return how many months of the year come before."""
    after = leap_month(year)
    if not 1 <= month <= 12 or leap and month != after:
        raise ValueError(f"lunar year {year} has no {'leap ' * leap}month {month}")
    return month - 1 + (leap or 0 < after < month)


@cache
def _month_starts(year):
    """Return the days of the year before each of its months, and before the next year."""
    count = 13 if leap_month(year) else 12
    lengths = (29 + (_word(year) >> 4 + position & 1) for position in range(count))
    return tuple(accumulate(lengths, initial=0))


@cache
def _new_years():
    """Return the ordinal of each lunar New Year's Day, and of the day after the last year."""
    lengths = (_month_starts(year)[-1] for year in range(FIRST_YEAR, LAST_YEAR + 1))
    return tuple(accumulate(lengths, initial=FIRST_DAY.toordinal()))


def to_gregorian(year: int, month: int, day: int, leap: bool = False) -> date:
    """Return the Gregorian date of a lunar one. ValueError if there is no such day."""
    if not 1 <= day <= month_days(year, month, leap):
        raise ValueError(f"lunar month {year}-{month} has no day {day}")
    before = _month_starts(year)[_position(year, month, leap)]
    return date.fromordinal(_new_years()[year - FIRST_YEAR] + before + day - 1)


def to_lunar(day: date) -> Lunar:
    """Return the lunar date of a Gregorian one. ValueError outside the table."""
    ordinal, starts = day.toordinal(), _new_years()
    if not starts[0] <= ordinal < starts[-1]:
        raise ValueError(f"{day} is outside the table of the Chinese calendar")
    index = bisect_right(starts, ordinal) - 1
    year, rest = FIRST_YEAR + index, ordinal - starts[index]
    after = leap_month(year)
    position = bisect_right(_month_starts(year), rest) - 1
    leap = bool(after) and position == after
    month = position if after and position >= after else position + 1
    return Lunar(year, month, rest - _month_starts(year)[position] + 1, leap)


# ---------------------------------------------------------------- days that come round
def in_solar_year(year: int, month: int, day: int) -> date:
    """Return the day in a Gregorian year; a day the month does not have is its last."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def in_lunar_year(year: int, month: int, day: int, leap: bool = False) -> date:
    """Return the day in a lunar year, by the rules of the module's first lines."""
    leap = leap and leap_month(year) == month
    return to_gregorian(year, month, min(day, month_days(year, month, leap)), leap)


def next_solar(month: int, day: int, start: date) -> date:
    """Return the first such day on or after ``start``."""
    found = in_solar_year(start.year, month, day)
    return found if found >= start else in_solar_year(start.year + 1, month, day)


def next_lunar(month: int, day: int, leap: bool, start: date) -> date | None:
    """Return the first such day on or after ``start``, None when the table ends before it."""
    start = max(start, FIRST_DAY)
    if start.toordinal() >= _new_years()[-1]:
        return None
    year = to_lunar(start).year
    for candidate in range(year, min(year + 1, LAST_YEAR) + 1):
        found = in_lunar_year(candidate, month, day, leap)
        if found >= start:
            return found
    return None
