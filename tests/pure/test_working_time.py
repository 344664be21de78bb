"""Hours of work: breaks, nights, weekends, clock changes, zones; equal to counting minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from customer_retention.analytics.working_time import worked_hours
from hypothesis import given, settings
from hypothesis import strategies as st

MONDAY = date(2025, 3, 24)
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def weeks(zone, first=MONDAY, days=14):
    """Return Monday to Friday, 8 to 12 and 13 to 17 o'clock where ``zone`` is."""
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        if day.weekday() < 5:
            for begin, end in ((8, 12), (13, 17)):
                hours = (
                    datetime(day.year, day.month, day.day, h, tzinfo=zone) for h in (begin, end)
                )
                found.append(tuple(hours))
    return found


def moment(day, hour, minute=0, zone=BERLIN):
    return datetime(2025, 3, 24, tzinfo=zone).replace(hour=hour, minute=minute) + timedelta(
        days=day
    )


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (moment(0, 9), moment(0, 11, 30), 2.5),
        (moment(0, 11), moment(0, 14), 2),  # the lunch break is none
        (moment(0, 12, 10), moment(0, 12, 50), 0),
        (moment(0, 18), moment(1, 8, 30), 0.5),  # overnight
        (moment(0, 6), moment(0, 23), 8),
        (moment(4, 16), moment(7, 9), 2),  # over the weekend in which clocks change
        (moment(5, 9), moment(6, 20), 0),  # within it
        (moment(0, 8), moment(11, 17), 80),
        (moment(0, 11), moment(0, 10), 0),  # closed before it was opened
    ],
)
def test_by_hand(begin, end, hours):
    assert worked_hours(weeks(BERLIN), [begin], [end])[0] == pytest.approx(hours)


def test_moments_without_a_zone_are_in_utc():
    """Nine o'clock in Berlin is eight in UTC before clocks change, and seven after."""
    begin = [datetime(2025, 3, 28, 8), datetime(2025, 3, 31, 7)]
    end = [datetime(2025, 3, 28, 10), datetime(2025, 3, 31, 9)]
    assert list(worked_hours(weeks(BERLIN), begin, end)) == [2, 2]


def test_where_people_work_decides():
    """Ten in the morning in Berlin is five in the afternoon in Shanghai."""
    begin, end = moment(0, 9), moment(0, 11)
    assert worked_hours(weeks(BERLIN), [begin], [end])[0] == 2
    assert worked_hours(weeks(SHANGHAI), [begin], [end])[0] == 1


def test_nothing_to_count():
    assert not len(worked_hours(weeks(BERLIN), [], []))
    assert list(worked_hours([], [moment(0, 9)], [moment(0, 10)])) == [0]


def test_overlapping_intervals_count_once():
    twice = [*weeks(BERLIN), (moment(0, 9), moment(0, 13)), (moment(0, 8), moment(0, 10))]
    assert worked_hours(twice, [moment(0, 0)], [moment(1, 0)])[0] == 9


minutes = st.integers(0, 600)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(minutes, minutes), max_size=6), st.tuples(minutes, minutes))
def test_is_the_count_of_minutes(pairs, asked):
    start = datetime(2025, 1, 1, tzinfo=UTC)
    spans = [sorted(pair) for pair in pairs]
    intervals = [tuple(start + timedelta(minutes=m) for m in span) for span in spans]
    begin, end = sorted(asked)
    count = sum(any(a <= m < b for a, b in spans) for m in range(begin, end))
    found = worked_hours(
        intervals, [start + timedelta(minutes=begin)], [start + timedelta(minutes=end)]
    )
    assert found[0] * 60 == pytest.approx(count, abs=1e-6)
