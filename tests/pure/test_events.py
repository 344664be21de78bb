"""Reading events from outside, and how far use fell."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from customer_retention.analytics import events

CHOICES = events.Choices(
    frozenset({"login", "review"}),
    frozenset({"positive", "negative"}),
    latest=datetime(2026, 7, 1),
    earliest=datetime(2024, 7, 1),
)
GOOD = {"kind": "login", "moment": "2026-06-30T08:00:00", "outside_id": "7"}


def test_the_least_an_event_says():
    event = events.read_event(GOOD, CHOICES, "shop")
    moment = datetime(2026, 6, 30, 8)
    assert event == ("login", "", moment, 1.0, "shop", "7", "", "")


def test_all_an_event_may_say():
    record = {
        **GOOD,
        "kind": " Review ",
        "name": "Pump",
        "weight": "2.5",
        "source": "stars",
        "outside_id": 1001.0,
        "sentiment": "NEGATIVE",
        "note": " leaks ",
        "email": "not ours to read",
    }
    event = events.read_event(record, CHOICES, "shop")
    assert event[3:] == (2.5, "stars", "1001", "negative", "leaks")
    assert event.kind == "review"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "logout"}, "no_kind"),
        ({"kind": None}, "no_kind"),
        ({"kind": ["login"]}, "no_text"),
        ({"moment": None}, "no_moment"),
        ({"moment": "yesterday"}, "no_moment"),
        ({"moment": 5}, "no_moment"),
        ({"moment": "2026-07-01T00:00:01"}, "future"),
        ({"moment": "2024-06-30T23:59:59"}, "too_old"),
        ({"outside_id": ""}, "no_outside"),
        ({"outside_id": "  "}, "no_outside"),
        ({"weight": 0}, "bad_weight"),
        ({"weight": -1}, "bad_weight"),
        ({"weight": "much"}, "bad_weight"),
        ({"weight": "nan"}, "bad_weight"),
        ({"weight": [1]}, "bad_weight"),
        ({"sentiment": "furious"}, "bad_sentiment"),
        ({"note": {"a": 1}}, "no_text"),
    ],
)
def test_what_is_wrong(changes, code):
    with pytest.raises(events.EventError, match=f"^{code}$"):
        events.read_event({**GOOD, **changes}, CHOICES)


def test_the_edges_are_good():
    for moment in ("2026-07-01T00:00:00", "2024-07-01T00:00:00"):
        assert events.read_event({**GOOD, "moment": moment}, CHOICES)


@pytest.mark.parametrize(
    ("value", "order", "zone", "moment"),
    [
        ("2026-06-30T08:00:00Z", "ymd", "Asia/Shanghai", (2026, 6, 30, 8)),
        ("2026-06-30T08:00:00+02:00", "ymd", "UTC", (2026, 6, 30, 6)),
        ("2026-06-30 08:00:00.75", "ymd", "UTC", (2026, 6, 30, 8)),
        ("2026-06-30", "ymd", "UTC", (2026, 6, 30)),
        ("2026-06-30 08:00", "ymd", "Asia/Shanghai", (2026, 6, 30, 0)),
        ("30/06/2026 08:15", "dmy", "UTC", (2026, 6, 30, 8, 15)),
        ("06/30/2026", "mdy", "UTC", (2026, 6, 30)),
        ("2026年6月30日", "ymd", "Asia/Shanghai", (2026, 6, 29, 16)),
        (datetime(2026, 6, 30, 9), "ymd", "Asia/Shanghai", (2026, 6, 30, 1)),
        (date(2026, 6, 30), "ymd", "UTC", (2026, 6, 30)),
        ("30/06/2026", "ymd", "UTC", None),
        ("30/06/2026 25:00", "dmy", "UTC", None),
        ("0001-01-01T00:00:00+10:00", "ymd", "UTC", None),
        ("", "ymd", "UTC", None),
        (None, "ymd", "UTC", None),
        (7, "ymd", "UTC", None),
    ],
)
def test_moments(value, order, zone, moment):
    assert events.read_moment(value, order, zone) == (moment and datetime(*moment))


def test_a_row_without_a_number_is_known_by_what_it_says():
    moment = datetime(2026, 6, 30)
    one = events.content_id(1, "login", moment)
    assert one == events.content_id(1, "login", moment)
    assert one != events.content_id(1, "login", moment + timedelta(seconds=1))
    assert events.content_id("ab", "c") != events.content_id("a", "bc")


def test_fall():
    # Base 90 days, compared by 30: twelve uses are four a month.
    recent = [4, 3, 2, 1, 0, 9, 0, 0, 1]
    base = [12, 12, 12, 12, 12, 12, 5, 6, 0]
    wanted = [0, 25, 50, 75, 100, 0, np.nan, 100, np.nan]
    np.testing.assert_allclose(events.fall(recent, base), wanted)
