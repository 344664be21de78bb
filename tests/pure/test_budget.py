"""Amounts spread over months."""

from datetime import date

import pytest
from customer_retention.analytics.budget import spent

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("amounts", "first", "last", "found"),
    [
        ([(*YEAR, 1200)], (2025, 3), (2025, 3), 100),
        ([(*YEAR, 1200)], (2025, 1), (2025, 12), 1200),
        ([(*YEAR, 1200), (*YEAR, 600)], (2025, 5), (2025, 6), 300),
        # Actual amounts up to June: the six months have it all, July is not known.
        ([(date(2025, 1, 1), date(2025, 6, 30), 1200)], (2025, 5), (2025, 6), 400),
        ([(date(2025, 1, 1), date(2025, 6, 30), 1200)], (2025, 6), (2025, 7), None),
        ([(*YEAR, 1200), (date(2026, 1, 1), date(2026, 2, 28), 50)], (2025, 12), (2026, 1), 125),
        ([(*YEAR, 1200)], (2025, 12), (2026, 1), None),
        ([(*YEAR, 0)], (2025, 1), (2025, 1), 0),
        ([], (2025, 1), (2025, 1), None),
    ],
)
def test_spent(amounts, first, last, found):
    result = spent(amounts, date(*first, 1), date(*last, 1))
    assert result is None if found is None else result == pytest.approx(found)
