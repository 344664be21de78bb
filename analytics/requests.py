"""What requests of service say: tickets and cases against what is usual for the customer."""

from __future__ import annotations

import numpy as np

RISE_MONTHS = 3  # the months that are compared with a quarter of the year before them
RISE_LEAST = 3  # fewer requests than that are never called a rise


def rise_percent(recent: np.ndarray, year: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return by how many percent ``recent`` is above a quarter of ``year``; 0 for no rise.

    Who had none in that year is compared with one a year.

    :param recent: requests of the last RISE_MONTHS months, whole
    :param year: requests of the 12 months before those, whole
    :param known: whether that year can be known of the customer; NaN is returned where not
    """
    recent, year = np.asarray(recent, dtype="float64"), np.asarray(year, dtype="float64")
    usual = np.maximum(year, 1)
    rise = (recent * (12 // RISE_MONTHS) - usual) * 100 / usual
    rise = np.where(recent >= RISE_LEAST, np.maximum(rise, 0), 0)
    return np.where(known, rise, np.nan)
