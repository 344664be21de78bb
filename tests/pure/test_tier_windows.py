"""By which windows a customer is judged on a day, and who holds a tier that is given by hand."""

from datetime import date

import numpy as np
import pytest
from customer_retention.analytics import tier
from example_tiers import (
    BASE,
    DAY,
    GOLD,
    GRACE,
    HELD,
    LEVELS,
    SILVER,
    VIP,
    customer,
    day,
    figures,
    review,
    rules,
)

TODAY = date(2025, 3, 16)


@pytest.mark.parametrize(
    ("position", "valid", "locked", "reviewed"),
    [
        (GOLD, 0, None, None),  # still valid
        (GOLD, -1, None, -1),
        (SILVER, -1, None, -1),
        (BASE, -1, None, None),  # never ends
        (GOLD, -1, 0, None),  # locked to this day
        (GOLD, -1, 1, None),
        (GOLD, -9, -1, -1),  # as long as the lock was
    ],
)
def test_what_is_reviewed(position, valid, locked, reviewed):
    until = None if locked is None else TODAY + locked * DAY
    old = customer(position, valid_until=TODAY + valid * DAY, locked_until=until)
    spans = tier.windows(old, rules(), TODAY).iloc[0]
    end = None if reviewed is None else TODAY + reviewed * DAY
    assert day(spans["hold_to"]) == end
    assert day(spans["hold_from"]) == (end and end.replace(year=2024))


def test_last_year_is_looked_at_where_years_count():
    spans = tier.windows(customer(), rules(window="calendar"), TODAY).iloc[0]
    assert (day(spans["last_from"]), day(spans["last_to"])) == (
        date(2023, 12, 31),
        date(2024, 12, 31),
    )
    spans = tier.windows(customer(), rules(), TODAY).iloc[0]
    assert (day(spans["last_from"]), day(spans["last_to"])) == (None, None)


def by_hand(place):
    """Return rules of four tiers, of which the one at ``place`` is given by hand."""
    levels = list(LEVELS)
    levels[place] = tier.Level("partner", manual_only=True)
    return rules(levels=tuple(levels))


@pytest.mark.parametrize(
    ("values", "now", "cause", "position"),
    [
        ({}, 0, "", 2),
        ({}, 10**7, "", 2),
        ({"locked_until": TODAY - DAY}, 0, "grace", 2),
        ({"locked_until": TODAY - DAY}, 10**7, "up", 3),
        (GRACE | {"grace_until": TODAY - DAY}, 0, "down", 1),
        (GRACE, 10**7, "up", 3),
    ],
)
def test_a_tier_by_hand_is_held(values, now, cause, position):
    """For good without a lock; after one, or in a grace, like any other."""
    found = review(customer(2, **values), figures(now=now), TODAY, by_hand(GOLD))
    assert (found["cause"], found["position"]) == (cause, position)


@pytest.mark.parametrize(
    ("position", "place", "wanted"),
    [
        (SILVER, SILVER, SILVER),
        (BASE, BASE, GOLD),  # the lowest tier is everybody's, and holds nobody
        (-1, VIP, GOLD),  # who has none does not have the last one
    ],
)
def test_whom_a_tier_by_hand_holds(position, place, wanted):
    found = review(customer(position), figures(now=500_000), TODAY, by_hand(place))
    assert found["position"] == wanted


@pytest.mark.parametrize(("days", "until"), [(0, 2025), (1, 2026)])
def test_a_review_a_year_late(days, until):
    """The window that follows holds to its last day; then the one of today begins."""
    year_ago = HELD | {"valid_until": date(2024, 3, 15)}
    as_of = date(2025, 3, 15) + days * DAY
    found = review(customer(GOLD, **year_ago), figures(hold=500_000), as_of)
    assert found["cause"] == "kept"
    assert day(found["valid_until"]) == date(until, 3, 15 + days)


def test_validity():
    """Of a tier by hand to the end of its lock; of one without an end, to yesterday."""
    old = customer(VIP, valid_until=None, locked_until=None)
    assert tier.validity(old, np.datetime64(TODAY))[0] == np.datetime64(TODAY - DAY)
    old = customer(VIP, valid_until=TODAY - 9 * DAY, locked_until=TODAY - 2 * DAY)
    assert tier.validity(old, np.datetime64(TODAY))[0] == np.datetime64(TODAY - 2 * DAY)
