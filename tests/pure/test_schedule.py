"""When steps are due: tables worked out by hand, and what must hold for any step."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from customer_retention.analytics import schedule
from hypothesis import example, given
from hypothesis import strategies as st

NEW_YORK, BERLIN, SHANGHAI = "America/New_York", "Europe/Berlin", "Asia/Shanghai"
APIA, SAO_PAULO, LORD_HOWE, CAIRO = (
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)
ZONES = [NEW_YORK, BERLIN, SHANGHAI, LORD_HOWE, CAIRO, "Asia/Kathmandu", "Pacific/Kiritimati"]


def at(text):
    return datetime.fromisoformat(text)


def never(_day):
    return False


def always(_day):
    return True


def weekend(day):
    return day.weekday() > 4


def october(day):
    """The weekends, and the first week of October 2026 with its swapped working day."""
    if day == date(2026, 10, 10):
        return False
    return weekend(day) or date(2026, 10, 1) <= day <= date(2026, 10, 7)


# ---------------------------------------------------------------- clocks
@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        ("2026-07-01 09:00", SHANGHAI, "2026-07-01 01:00"),
        ("2026-01-15 09:00", NEW_YORK, "2026-01-15 14:00"),
        ("2026-07-15 09:00", NEW_YORK, "2026-07-15 13:00"),
        # 8 March, 2:00 becomes 3:00: what is skipped is three o'clock.
        ("2026-03-08 01:59", NEW_YORK, "2026-03-08 06:59"),
        ("2026-03-08 02:00", NEW_YORK, "2026-03-08 07:00"),
        ("2026-03-08 02:30", NEW_YORK, "2026-03-08 07:00"),
        ("2026-03-08 03:00", NEW_YORK, "2026-03-08 07:00"),
        # 1 November, 2:00 becomes 1:00 again: the first of the two.
        ("2026-11-01 01:30", NEW_YORK, "2026-11-01 05:30"),
        ("2026-11-01 02:00", NEW_YORK, "2026-11-01 07:00"),
        ("2026-03-29 02:30", BERLIN, "2026-03-29 01:00"),
        ("2026-10-25 02:30", BERLIN, "2026-10-25 00:30"),
        ("2026-10-25 03:00", BERLIN, "2026-10-25 02:00"),
        # Half an hour at Lord Howe: 4 October, 2:00 becomes 2:30.
        ("2026-10-04 02:15", LORD_HOWE, "2026-10-03 15:30"),
        # Samoa had no 30 December 2011.
        ("2011-12-29 23:00", APIA, "2011-12-30 09:00"),
        ("2011-12-30 10:00", APIA, "2011-12-30 10:00"),
        ("2011-12-31 00:00", APIA, "2011-12-30 10:00"),
    ],
)
def test_to_utc(wall, zone, moment):
    assert schedule.to_utc(at(wall), zone) == at(moment)


@pytest.mark.parametrize(
    ("moment", "zone", "wall"),
    [
        ("2026-11-01 05:30", NEW_YORK, "2026-11-01 01:30"),
        ("2026-11-01 06:30", NEW_YORK, "2026-11-01 01:30"),
        ("2011-12-30 09:59", APIA, "2011-12-29 23:59"),
        ("2011-12-30 10:00", APIA, "2011-12-31 00:00"),
        ("2026-06-30 16:00", SHANGHAI, "2026-07-01 00:00"),
    ],
)
def test_local(moment, zone, wall):
    assert schedule.local(at(moment), zone) == at(wall)


@pytest.mark.parametrize(
    ("day", "zone", "moment"),
    [
        (date(2026, 7, 1), BERLIN, "2026-06-30 22:00"),
        (date(2018, 11, 4), SAO_PAULO, "2018-11-04 03:00"),  # begins at one o'clock
        (date(2019, 3, 31), "Asia/Beirut", "2019-03-30 22:00"),  # likewise
        (date(2011, 12, 30), APIA, "2011-12-30 10:00"),
    ],
)
def test_day_start(day, zone, moment):
    assert schedule.day_start(day, zone) == at(moment)


# ---------------------------------------------------------------- due
@pytest.mark.parametrize(
    ("base", "count", "hour", "zone", "expected"),
    [
        ("2026-06-05 10:00", 24, None, BERLIN, "2026-06-06 10:00"),
        ("2026-06-05 10:00", -2, None, BERLIN, "2026-06-05 08:00"),
        # 24 hours elapse although the local day has 23 or 25 of them.
        ("2026-03-08 01:00", 24, None, NEW_YORK, "2026-03-09 01:00"),
        ("2026-11-01 01:00", 24, None, NEW_YORK, "2026-11-02 01:00"),
        # Nine o'clock in Shanghai is 1:00 UTC: at it, and a minute later.
        ("2026-06-05 00:00", 1, 9, SHANGHAI, "2026-06-05 01:00"),
        ("2026-06-05 00:01", 1, 9, SHANGHAI, "2026-06-06 01:00"),
        # The skipped hour is three o'clock on that day.
        ("2026-03-08 05:00", 1, 2.5, NEW_YORK, "2026-03-08 07:00"),
        ("2026-03-08 06:01", 1, 2.5, NEW_YORK, "2026-03-09 06:30"),
        # Between the two half past one: the next is tomorrow's.
        ("2026-11-01 04:30", 1, 1.5, NEW_YORK, "2026-11-01 05:30"),
        ("2026-11-01 04:31", 1, 1.5, NEW_YORK, "2026-11-02 06:30"),
    ],
)
def test_hours(base, count, hour, zone, expected):
    assert schedule.due(at(base), count, "hours", hour, zone, always) == at(expected)


@pytest.mark.parametrize(
    ("base", "count", "hour", "zone", "expected"),
    [
        # Without an hour the wall time stays: 8:00 in New York, before and after the change.
        ("2026-03-07 13:00", 1, None, NEW_YORK, "2026-03-08 12:00"),
        ("2026-10-31 12:00", 1, None, NEW_YORK, "2026-11-01 13:00"),
        ("2026-03-28 07:00", 1, None, BERLIN, "2026-03-29 06:00"),
        ("2026-10-24 06:00", 1, None, BERLIN, "2026-10-25 07:00"),
        ("2026-03-29 06:00", -1, None, BERLIN, "2026-03-28 07:00"),
        ("2026-03-28 01:30:15", 1, None, BERLIN, "2026-03-29 01:00"),
        # The day is the local one: it is already the 6th in Shanghai.
        ("2026-06-05 17:00", 0, 9, SHANGHAI, "2026-06-06 01:00"),
        ("2026-06-05 17:00", 3, 9, SHANGHAI, "2026-06-09 01:00"),
        ("2026-06-05 17:00", -7, 9, SHANGHAI, "2026-05-30 01:00"),
        # An hour that is over today means tomorrow; the very minute is not over.
        ("2026-06-05 01:00", 0, 9, SHANGHAI, "2026-06-05 01:00"),
        ("2026-06-05 01:00:01", 0, 9, SHANGHAI, "2026-06-06 01:00"),
        ("2026-06-05 01:01", 0, 9.25, SHANGHAI, "2026-06-05 01:15"),
        ("2026-06-05 01:01", 0, None, SHANGHAI, "2026-06-05 01:01"),
        ("2026-06-05 01:01", 1, 0, SHANGHAI, "2026-06-05 16:00"),
        ("2026-03-07 15:00", 1, 2.5, NEW_YORK, "2026-03-08 07:00"),
        ("2026-10-31 15:00", 1, 1.5, NEW_YORK, "2026-11-01 05:30"),
        # The second half past one is now, not the first.
        ("2026-11-01 06:30", 0, None, NEW_YORK, "2026-11-01 06:30"),
        ("2026-11-01 06:30", 0, 1.5, NEW_YORK, "2026-11-02 06:30"),
        # A day that Samoa skipped is the beginning of the next.
        ("2011-12-29 20:00", 1, 9, APIA, "2011-12-30 10:00"),
        ("2011-12-29 20:00", 2, 9, APIA, "2011-12-30 19:00"),
    ],
)
def test_days(base, count, hour, zone, expected):
    assert schedule.due(at(base), count, "days", hour, zone, always) == at(expected)


@pytest.mark.parametrize(
    ("base", "count", "hour", "rest", "expected"),
    [
        # Friday 5 June 2026, 18:00 in Shanghai
        ("2026-06-05 10:00", 0, 9, weekend, "2026-06-08 01:00"),
        ("2026-06-05 10:00", 0, 19, weekend, "2026-06-05 11:00"),
        ("2026-06-05 10:00", 0, None, weekend, "2026-06-05 10:00"),
        ("2026-06-05 10:00", 1, 9, weekend, "2026-06-08 01:00"),
        ("2026-06-05 10:00", 1, None, weekend, "2026-06-08 10:00"),
        ("2026-06-05 10:00", 6, 9, weekend, "2026-06-15 01:00"),
        ("2026-06-05 10:00", -5, 9, weekend, "2026-05-29 01:00"),
        # Saturday
        ("2026-06-06 10:00", 0, None, weekend, "2026-06-08 10:00"),
        ("2026-06-06 10:00", 0, 9, weekend, "2026-06-08 01:00"),
        ("2026-06-06 10:00", 1, 9, weekend, "2026-06-08 01:00"),
        ("2026-06-06 10:00", 2, 9, weekend, "2026-06-09 01:00"),
        ("2026-06-06 10:00", -1, 9, weekend, "2026-06-05 01:00"),
        # Wednesday 30 September: the holidays, two working days, a swapped Saturday, Monday
        ("2026-09-30 02:00", 1, 9, october, "2026-10-08 01:00"),
        ("2026-09-30 02:00", 3, 9, october, "2026-10-10 01:00"),
        ("2026-09-30 02:00", 4, 9, october, "2026-10-12 01:00"),
        ("2026-10-12 02:00", -4, 9, october, "2026-09-30 01:00"),
        ("2026-09-30 02:00", 0, 9, october, "2026-10-08 01:00"),
    ],
)
def test_workdays(base, count, hour, rest, expected):
    assert schedule.due(at(base), count, "workdays", hour, SHANGHAI, rest) == at(expected)


def test_what_cannot_be_counted():
    now = at("2026-06-05 10:00")
    for unit, hour, rest in (("weeks", 9, never), ("days", 24, never), ("workdays", 9, always)):
        with pytest.raises(ValueError):
            schedule.due(now, 1, unit, hour, SHANGHAI, rest)


# ---------------------------------------------------------------- quiet hours and rest
@pytest.mark.parametrize(
    ("moment", "zone", "start", "end", "expected"),
    [
        ("2026-06-05 13:59", SHANGHAI, 22, 8, "2026-06-05 13:59"),
        ("2026-06-05 14:00", SHANGHAI, 22, 8, "2026-06-06 00:00"),
        ("2026-06-05 23:59", SHANGHAI, 22, 8, "2026-06-06 00:00"),
        ("2026-06-06 00:00", SHANGHAI, 22, 8, "2026-06-06 00:00"),
        ("2026-06-05 04:30", SHANGHAI, 12, 14.5, "2026-06-05 06:30"),
        ("2026-06-05 14:00", SHANGHAI, 22, 22, "2026-06-05 14:00"),
        ("2026-06-05 14:00", SHANGHAI, 22, 24, "2026-06-05 16:00"),
        # The night of the change is an hour shorter, and an hour longer.
        ("2026-03-08 04:00", NEW_YORK, 22, 8, "2026-03-08 12:00"),
        ("2026-11-01 04:00", NEW_YORK, 22, 8, "2026-11-01 13:00"),
        # It ends in the skipped hour.
        ("2026-03-29 00:30", BERLIN, 1, 2.5, "2026-03-29 01:00"),
        # 2:40 is quiet, and twenty minutes later it is two again.
        ("2026-10-25 00:40", BERLIN, 2.5, 8, "2026-10-25 01:00"),
        ("2026-10-25 01:30", BERLIN, 2.5, 8, "2026-10-25 07:00"),
        # Each of the two half past one ends it.
        ("2026-11-01 05:10", NEW_YORK, 22, 1.5, "2026-11-01 05:30"),
        ("2026-11-01 06:10", NEW_YORK, 22, 1.5, "2026-11-01 06:30"),
        # The only quarter of an hour that is not quiet was skipped.
        ("2026-03-28 23:00", BERLIN, 2.75, 2.5, "2026-03-30 00:30"),
        ("2011-12-30 09:00", APIA, 22, 8, "2011-12-30 18:00"),
    ],
)
def test_quiet_until(moment, zone, start, end, expected):
    assert schedule.quiet_until(at(moment), zone, start, end) == at(expected)


@pytest.mark.parametrize(
    ("moment", "zone", "rest", "expected"),
    [
        ("2026-06-05 15:59", SHANGHAI, weekend, "2026-06-05 15:59"),
        ("2026-06-05 16:00", SHANGHAI, weekend, "2026-06-08 01:00"),
        ("2026-06-07 15:59", SHANGHAI, weekend, "2026-06-08 01:00"),
        ("2026-09-30 16:00", SHANGHAI, october, "2026-10-08 01:00"),
        ("2026-03-07 15:00", NEW_YORK, weekend, "2026-03-09 13:00"),
        ("2026-06-05 16:00", SHANGHAI, always, None),
    ],
)
def test_rest_until(moment, zone, rest, expected):
    found = schedule.rest_until(at(moment), zone, rest, 9)
    assert found == (expected and at(expected))


def test_rest_until_gives_up_after_sixty_days():
    now = at("2026-06-01 02:00")
    for days, found in ((60, at("2026-07-31 01:00")), (61, None)):
        end = date(2026, 6, 1) + timedelta(days=days)
        assert schedule.rest_until(now, SHANGHAI, lambda day, end=end: day < end, 9) == found


# ---------------------------------------------------------------- whatever the step
moments = st.datetimes(at("2015-01-01"), at("2037-12-31")).map(lambda m: m.replace(microsecond=0))
zones = st.sampled_from(ZONES)
hours = st.one_of(st.none(), st.integers(0, 24 * 60 - 1).map(lambda minute: minute / 60))
quarters = st.integers(0, 95).map(lambda quarter: quarter / 4)
weeks = st.frozensets(st.integers(0, 6), max_size=6).map(lambda off: lambda d: d.weekday() in off)


@given(moments, zones)
def test_there_and_back(moment, zone):
    wall = schedule.local(moment, zone)
    assert wall == moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(
        tzinfo=None
    )
    again = schedule.to_utc(wall, zone)
    assert again <= moment  # the first of two
    assert schedule.local(again, zone) == wall


@given(moments, st.integers(-40, 40), st.sampled_from(["days", "workdays"]), hours, zones, weeks)
@example(at("2026-11-01 06:30"), 0, "days", None, NEW_YORK, never)
def test_due_in_days(base, count, unit, hour, zone, rest):
    found = schedule.due(base, count, unit, hour, zone, rest)
    assert found >= base if count >= 0 else found <= base
    day, today = schedule.local(found, zone).date(), schedule.local(base, zone).date()
    if unit == "workdays":
        assert not rest(day)
    if unit == "days" and count:
        assert day == today + timedelta(days=count)
    elif count > 0:
        days = (today + timedelta(days=ahead) for ahead in range(1, (day - today).days + 1))
        assert sum(not rest(day) for day in days) == count


@given(moments, st.integers(-100, 100), hours, zones)
def test_due_in_hours(base, count, hour, zone):
    found, asked = (
        schedule.due(base, count, "hours", wanted, zone, always) for wanted in (hour, None)
    )
    assert asked - base == timedelta(hours=count)
    assert timedelta() <= found - asked <= timedelta(hours=25)


@given(moments, zones, quarters, quarters)
@example(at("2026-10-25 00:40"), BERLIN, 2.5, 8)
@example(at("2026-03-28 23:00"), BERLIN, 2.75, 2.5)
def test_quiet_hours_end_at_the_first_moment_outside(moment, zone, start, end):
    def quiet(m):
        wall = schedule.local(m, zone).time()
        hour = wall.hour + wall.minute / 60
        return start <= hour < end if start <= end else not end <= hour < start

    found = schedule.quiet_until(moment, zone, start, end)
    assert found >= moment
    assert not quiet(found)
    assert schedule.quiet_until(found, zone, start, end) == found
    while moment < found:
        assert quiet(moment)
        moment += timedelta(minutes=7)


@given(moments, zones, hours.filter(lambda hour: hour is not None), weeks)
def test_rest_ends_on_a_working_day(moment, zone, hour, rest):
    found = schedule.rest_until(moment, zone, rest, hour)
    assert found >= moment
    assert not rest(schedule.local(found, zone).date())
    assert (found == moment) == (not rest(schedule.local(moment, zone).date()))
