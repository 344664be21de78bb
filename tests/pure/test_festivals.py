"""Festivals against the days on which they were and will be kept."""

from datetime import date, timedelta

import pytest
from customer_retention.analytics import festivals, lunar
from hypothesis import given
from hypothesis import strategies as st

# Month and day in each year from 2024 on
PUBLISHED = {
    "spring_festival": "0210 0129 0217 0206 0126 0213 0203 0123 0211 0131",
    "lantern": "0224 0212 0303 0220",
    "dragon_boat": "0610 0531 0619 0609 0528 0616 0605 0624 0612 0601",
    "qixi": "0810 0829 0819 0808",
    "mid_autumn": "0917 1006 0925 0915 1003 0922 0912 1001 0919 0908",
    "double_ninth": "1011 1029 1018 1008",
    # until 2045
    "qingming": "0404 0404 0405 0405 0404 0404 0405 0405 0404 0404 0405 "
    "0405 0404 0404 0405 0405 0404 0404 0404 0405 0404 0404",
    "mothers_day": "0512 0511 0510 0509 0514 0513",
    "fathers_day": "0616 0615 0621 0620 0618 0617",
    "thanksgiving": "1128 1127 1126 1125 1123 1122",
    "new_year": "0101",
    "womens_day": "0308",
    "labour_day": "0501",
    "national_day": "1001",
    "christmas": "1225",
}
CASES = [
    (code, date(year, int(text[:2]), int(text[2:])))
    for code, days in PUBLISHED.items()
    for year, text in enumerate(days.split(), 2024)
]
years = st.integers(festivals.FIRST_YEAR, festivals.LAST_YEAR)


@pytest.mark.parametrize(("code", "day"), CASES)
def test_published_days(code, day):
    assert festivals.festival(code, day.year) == day


@pytest.mark.parametrize("code", festivals.RULES)
def test_every_festival_comes_once_in_every_year(code):
    for year in range(festivals.FIRST_YEAR, festivals.LAST_YEAR + 1):
        assert festivals.festival(code, year).year == year


def test_the_eve_is_the_last_day_of_the_lunar_year():
    assert festivals.festival("lunar_eve", 2026) == date(2026, 2, 16)
    assert festivals.festival("lunar_eve", 2025) == date(2025, 1, 28)


@pytest.mark.parametrize(
    ("code", "year"), [("easter", 2026), ("qingming", 1999), ("christmas", 2100)]
)
def test_what_is_not_known(code, year):
    with pytest.raises(ValueError):
        festivals.festival(code, year)


@pytest.mark.parametrize(
    ("month", "weekday", "nth", "day"),
    [
        # June 2026 begins on a Monday and has thirty days.
        (6, 0, 1, 1),
        (6, 0, 4, 22),
        (6, 0, 5, 29),
        (6, 1, 5, 30),
        (6, 2, 5, 24),
        (6, 6, 1, 7),
        (2, 6, 5, 22),
    ],
)
def test_nth_weekday(month, weekday, nth, day):
    assert festivals.nth_weekday(2026, month, weekday, nth) == date(2026, month, day)


@pytest.mark.parametrize(("weekday", "nth"), [(7, 1), (-1, 1), (0, 0), (0, 6)])
def test_no_such_weekday(weekday, nth):
    with pytest.raises(ValueError):
        festivals.nth_weekday(2026, 6, weekday, nth)


def test_days_of_every_month():
    found = festivals.monthly(2026, [18])
    assert found == [date(2026, month, 18) for month in range(1, 13)]
    found = festivals.monthly(2026, [31, 30, 8])
    assert found[:6] == [
        date(2026, 1, 8),
        date(2026, 1, 30),
        date(2026, 1, 31),
        date(2026, 2, 8),
        date(2026, 2, 28),
        date(2026, 3, 8),
    ]
    assert len(found) == 12 * 3 - 1 - 4  # February has one last day, four months have no 31st


def test_days_of_every_year():
    assert festivals.yearly(2026, 2, 29) == [date(2026, 2, 28)]
    assert festivals.yearly(2026, 8, 15, in_lunar=True) == [date(2026, 9, 25)]
    assert festivals.yearly(2026, 12, 8, in_lunar=True) == [date(2026, 1, 26)]
    # Laba came twice in 2022 and not at all in 2023.
    assert festivals.yearly(2022, 12, 8, in_lunar=True) == [date(2022, 1, 10), date(2022, 12, 30)]
    assert festivals.yearly(2023, 12, 8, in_lunar=True) == []


@given(st.integers(2001, 2099), st.integers(1, 12), st.integers(1, 30))
def test_lunar_days_are_neither_lost_nor_doubled(year, month, day):
    found = festivals.yearly(year, month, day, in_lunar=True)
    every = [lunar.in_lunar_year(y, month, day) for y in range(year - 2, year + 2)]
    assert found == [d for d in every if d.year == year]


@given(years, st.integers(0, 6), st.integers(1, 5))
def test_weekdays_of_every_month(year, weekday, nth):
    found = festivals.weekdays(year, weekday, nth)
    assert [day.month for day in found] == list(range(1, 13))
    for day in found:
        assert day.weekday() == weekday
        if nth < 5:
            assert (day.day - 1) // 7 + 1 == nth
        else:
            assert (day + timedelta(days=7)).month != day.month
