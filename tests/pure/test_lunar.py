"""The Chinese calendar against festivals as they were and will be kept."""

from datetime import date, timedelta

import pytest
from customer_retention.analytics import lunar

SPRING_FESTIVALS = [
    "1900-01-31",
    "1949-01-29",
    "1950-02-17",
    "1960-01-28",
    "1970-02-06",
    "1976-01-31",
    "1980-02-16",
    "1984-02-02",
    "1985-02-20",
    "1988-02-17",
    "1990-01-27",
    "1997-02-07",
    "2000-02-05",
    "2001-01-24",
    "2008-02-07",
    "2010-02-14",
    "2012-01-23",
    "2015-02-19",
    "2016-02-08",
    "2018-02-16",
    "2019-02-05",
    "2020-01-25",
    "2021-02-12",
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
    "2028-01-26",
    "2029-02-13",
    "2030-02-03",
    "2031-01-23",
    "2033-01-31",
    "2034-02-19",
    "2050-01-23",
    "2100-02-09",
]
MID_AUTUMN = [
    "2020-10-01",
    "2021-09-21",
    "2022-09-10",
    "2023-09-29",
    "2024-09-17",
    "2025-10-06",
    "2026-09-25",
]
DRAGON_BOAT = [
    "2020-06-25",
    "2021-06-14",
    "2022-06-03",
    "2023-06-22",
    "2024-06-10",
    "2025-05-31",
    "2026-06-19",
]
LEAP_MONTHS = {
    1922: 5,
    1984: 10,
    1995: 8,
    2012: 4,
    2014: 9,
    2017: 6,
    2020: 4,
    2023: 2,
    2025: 6,
    2028: 5,
    2033: 11,
    2024: 0,
    2026: 0,
    2034: 0,
}
LAST = date(2101, 1, 28)


@pytest.mark.parametrize("text", SPRING_FESTIVALS)
def test_spring_festival(text):
    day = date.fromisoformat(text)
    assert lunar.to_gregorian(day.year, 1, 1) == day
    assert lunar.to_lunar(day) == (day.year, 1, 1, False)
    if day > lunar.FIRST_DAY:
        before = lunar.to_lunar(day - timedelta(days=1))
        assert (before.year, before.month) == (day.year - 1, 12)


@pytest.mark.parametrize("text", MID_AUTUMN)
def test_mid_autumn(text):
    day = date.fromisoformat(text)
    assert lunar.to_lunar(day) == (day.year, 8, 15, False)


@pytest.mark.parametrize("text", DRAGON_BOAT)
def test_dragon_boat(text):
    day = date.fromisoformat(text)
    assert lunar.to_lunar(day) == (day.year, 5, 5, False)


@pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
def test_leap_months(year, month):
    assert lunar.leap_month(year) == month


def test_leap_month_follows_its_month():
    first = lunar.to_gregorian(2025, 6, 1, leap=True)
    assert first == date(2025, 7, 25)
    assert lunar.to_lunar(first) == (2025, 6, 1, True)
    assert lunar.to_lunar(first - timedelta(days=1))[1:] == (6, 30, False)
    assert lunar.to_lunar(first + timedelta(days=29)) == (2025, 7, 1, False)
    assert lunar.to_gregorian(2023, 2, 1, leap=True) == date(2023, 3, 22)


def test_every_day_there_and_back():
    day, before = lunar.FIRST_DAY, None
    while day <= LAST:
        found = lunar.to_lunar(day)
        assert lunar.to_gregorian(*found) == day
        if before:
            follows = found.day == before.day + 1 or found.day == 1 and before.day in (29, 30)
            assert follows, day
        day, before = day + timedelta(days=1), found
    assert before == (2100, 12, 29, False)


def test_years_have_as_many_days_as_they_must():
    """A year of twelve months has 353 to 355 days, one of thirteen 383 to 385."""
    for year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR):
        days = (lunar.to_gregorian(year + 1, 1, 1) - lunar.to_gregorian(year, 1, 1)).days
        assert days in ((383, 384, 385) if lunar.leap_month(year) else (353, 354, 355)), year


def test_seven_leap_months_in_nineteen_years():
    for start in range(1900, 2082):
        leaps = sum(bool(lunar.leap_month(year)) for year in range(start, start + 19))
        assert leaps in (6, 7, 8)


@pytest.mark.parametrize(
    "call",
    [
        lambda: lunar.to_lunar(date(1900, 1, 30)),
        lambda: lunar.to_lunar(LAST + timedelta(days=1)),
        lambda: lunar.to_gregorian(1899, 1, 1),
        lambda: lunar.to_gregorian(2101, 1, 1),
        lambda: lunar.to_gregorian(2024, 13, 1),
        lambda: lunar.to_gregorian(2024, 0, 1),
        lambda: lunar.to_gregorian(2024, 6, 1, leap=True),
        lambda: lunar.to_gregorian(2024, 1, 30),  # 29 days
        lambda: lunar.to_gregorian(2024, 1, 0),
    ],
)
def test_no_such_day(call):
    with pytest.raises(ValueError):
        call()


# ---------------------------------------------------------------- days that come round
@pytest.mark.parametrize(
    ("month", "day", "start", "expected"),
    [
        (6, 30, date(2026, 6, 29), date(2026, 6, 30)),
        (6, 30, date(2026, 6, 30), date(2026, 6, 30)),
        (6, 30, date(2026, 7, 1), date(2027, 6, 30)),
        (2, 29, date(2026, 2, 28), date(2026, 2, 28)),
        (2, 29, date(2026, 3, 1), date(2027, 2, 28)),
        (2, 29, date(2027, 3, 1), date(2028, 2, 29)),
        (2, 29, date(2028, 2, 29), date(2028, 2, 29)),
        (12, 31, date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_next_solar(month, day, start, expected):
    assert lunar.next_solar(month, day, start) == expected


@pytest.mark.parametrize(
    ("month", "day", "leap", "start", "expected"),
    [
        (8, 15, False, date(2026, 9, 24), date(2026, 9, 25)),
        (8, 15, False, date(2026, 9, 25), date(2026, 9, 25)),
        (8, 15, False, date(2026, 9, 26), date(2027, 9, 15)),
        # The first month of 2024 has 29 days, that of 2025 has 30.
        (1, 30, False, date(2024, 2, 10), date(2024, 3, 9)),
        (1, 30, False, date(2025, 1, 29), date(2025, 2, 27)),
        # The twelfth month ends in the next year.
        (12, 8, False, date(2026, 1, 1), date(2026, 1, 26)),
        (12, 8, False, date(2026, 1, 27), date(2027, 1, 15)),
        # Leap sixth month: there in 2025, in the sixth month in 2026.
        (6, 1, True, date(2025, 1, 29), date(2025, 7, 25)),
        (6, 1, True, date(2025, 7, 26), date(2026, 7, 14)),
        # Ordinary sixth month of a year that has both: the first of them only.
        (6, 1, False, date(2025, 6, 1), date(2025, 6, 25)),
        (6, 1, False, date(2025, 6, 26), date(2026, 7, 14)),
        # A leap second month asked for in the year of a leap sixth.
        (2, 1, True, date(2025, 1, 29), date(2025, 2, 28)),
        # Before and after the table.
        (1, 1, False, date(1800, 1, 1), date(1900, 1, 31)),
        (1, 1, False, date(2100, 2, 10), None),
        (12, 29, False, LAST, LAST),
        (12, 29, False, LAST + timedelta(days=1), None),
    ],
)
def test_next_lunar(month, day, leap, start, expected):
    assert lunar.next_lunar(month, day, leap, start) == expected
