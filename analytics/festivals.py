"""The days of festivals and of member days, year by year.

Festivals have a code (:data:`RULES`); years are Gregorian. Those of the Chinese calendar end
with the table in ``lunar`` (2100), Qingming with 2099: beyond, and before 2000, ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from . import lunar

FIRST_YEAR, LAST_YEAR = 2000, 2099
LAST = 5  # as the number of a weekday in its month: the last one
MONTHS = range(1, 13)
THURSDAY, SUNDAY = 3, 6


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth such weekday (0: Monday) of a month; 5 is its last. ValueError else."""
    if not (0 <= weekday <= 6 and 1 <= nth <= LAST):
        raise ValueError(f"there is no weekday {weekday} number {nth} in every month")
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found.month == month else found - timedelta(days=7)


def qingming(year: int) -> date:
    """Return the day on which the sun reaches 15°, in China: the 4th or 5th of April.

    The rule holds for the years 2000 to 2099: it was compared with the sun's apparent
    longitude. In 2071 the moment lies within minutes of midnight.
    """
    number = year - FIRST_YEAR
    return date(year, 4, (number * 2422 + 48100) // 10000 - number // 4)


def _solar(month, day):
    return lambda year: date(year, month, day)


def _weekday(month, weekday, nth):
    return lambda year: nth_weekday(year, month, weekday, nth)


def _lunar(month, day):
    # None of them lies in the last weeks of a lunar year: each comes once in a Gregorian one.
    return lambda year: lunar.to_gregorian(year, month, day)


RULES: dict[str, Callable[[int], date]] = {
    "new_year": _solar(1, 1),
    "lunar_eve": lambda year: lunar.to_gregorian(year, 1, 1) - timedelta(days=1),
    "spring_festival": _lunar(1, 1),
    "lantern": _lunar(1, 15),
    "valentines_day": _solar(2, 14),
    "womens_day": _solar(3, 8),
    "qingming": qingming,
    "labour_day": _solar(5, 1),
    "mothers_day": _weekday(5, SUNDAY, 2),
    "childrens_day": _solar(6, 1),
    "dragon_boat": _lunar(5, 5),
    "fathers_day": _weekday(6, SUNDAY, 3),
    "qixi": _lunar(7, 7),
    "teachers_day": _solar(9, 10),
    "mid_autumn": _lunar(8, 15),
    "national_day": _solar(10, 1),
    "double_ninth": _lunar(9, 9),
    "thanksgiving": _weekday(11, THURSDAY, 4),
    "christmas": _solar(12, 25),
}


def festival(code: str, year: int) -> date:
    """Return the day of a festival in a year. ValueError: unknown, or outside 2000 to 2099."""
    if code not in RULES:
        raise ValueError(f"there is no festival {code}")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return RULES[code](year)


def yearly(year: int, month: int, day: int, in_lunar: bool = False) -> list[date]:
    """Return a day of every year, of the Chinese calendar's if so asked, in a Gregorian year.

    A day at the end of the lunar year may come twice in a Gregorian one, or not at all.
    """
    if not in_lunar:
        return [lunar.in_solar_year(year, month, day)]
    days = (lunar.in_lunar_year(start, month, day) for start in (year - 1, year))
    return [found for found in days if found.year == year]


def monthly(year: int, days: Iterable[int]) -> list[date]:
    """Return these days of every month, in order; the month's last where it is shorter."""
    days = set(days)
    return sorted({lunar.in_solar_year(year, month, day) for month in MONTHS for day in days})


def weekdays(year: int, weekday: int, nth: int) -> list[date]:
    """Return the nth such weekday (0: Monday; 5: the last) of every month."""
    return [nth_weekday(year, month, weekday, nth) for month in MONTHS]
