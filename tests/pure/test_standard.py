"""Response standards by hand: hours of the clock, and hours that stand still on rest days."""

from datetime import date, datetime

import pytest
from customer_retention.analytics.standard import reply_due

FRIDAY = datetime(2026, 6, 5, 14, 30)
WEEKEND = {date(2026, 6, 6), date(2026, 6, 7)}


@pytest.mark.parametrize(
    ("hours", "rests", "due"),
    [
        (2, (), datetime(2026, 6, 5, 16, 30)),
        (24, (), datetime(2026, 6, 6, 14, 30)),
        (0.5, (), datetime(2026, 6, 5, 15, 0)),
        (2, WEEKEND, datetime(2026, 6, 5, 16, 30)),
        # 9.5 hours are left on Friday, the rest falls on Monday.
        (9.5, WEEKEND, datetime(2026, 6, 6)),
        (10, WEEKEND, datetime(2026, 6, 8, 0, 30)),
        (24, WEEKEND, datetime(2026, 6, 8, 14, 30)),
    ],
)
def test_hours(hours, rests, due):
    assert reply_due(FRIDAY, hours, "UTC", rests) == due


def test_rest_days_are_local():
    # 23:30 on Friday in UTC is 7:30 on Saturday in Shanghai: nothing passes before Monday.
    opened = datetime(2026, 6, 5, 23, 30)
    due = reply_due(opened, 1, "Asia/Shanghai", WEEKEND)
    assert due == datetime(2026, 6, 7, 17, 0)


def test_opened_on_a_rest_day():
    due = reply_due(datetime(2026, 6, 7, 12), 2, "UTC", WEEKEND)
    assert due == datetime(2026, 6, 8, 2)


def test_the_hour_the_clock_is_put_forward_does_not_count_twice():
    # Berlin, 29 March 2026 is Sunday and 23 hours long, a rest day here; Saturday has 1 hour left.
    opened = datetime(2026, 3, 28, 22)
    due = reply_due(opened, 3, "Europe/Berlin", {date(2026, 3, 29)})
    assert due == datetime(2026, 3, 30, 0)
