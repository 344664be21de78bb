"""The purchase part of the expert card: points for days since the last purchase.

How the table was made: a smooth curve over the logarithm of days (0 today, 60 from about 15
months on), lowered for customers with more purchase days by up to two thirds, less and less
the longer they are away, written down in bands and rounded. How much depth lowers the
points was judged by eye from one window of one log (CDNOW, customers known on 1997-09-30, who
bought in the 91 days after); five such judgements gave AUC .771 to .772 there, so nothing
hangs on the exact numbers. Nothing was fitted. The windows after 1997-12-31 and 1998-03-31 were
looked at only once the table stood, and it was not changed after: AUC .800 and .834 there,
against .793 and .828 for plain days since the last purchase (first window: .771 against .763).

The fitted card bands days as this table does, and purchase days as a pace. Counts, as here,
ranked as well (.839 after 1998-03-31) but said 6.5 points too few leave among the best tenth:
the records had grown older than those learned from. A pace that counts the first purchase mixed
up those who bought once and twice. Which pace to take was then decided by windows of the same
log that closed by 1998-03-31 alone.
"""

from __future__ import annotations

import numpy as np

MAXIMUM = 60
# Last purchase day of each column: 1, 2, 3, 4–5, 6–8, 9–12, 13 and more.
DEPTH_EDGES = (1, 2, 3, 5, 8, 12)
# (last day of the band, points by column); beyond the last band MAXIMUM for everyone.
BANDS = (
    (7, (3, 2, 2, 1, 1, 0, 0)),
    (14, (7, 5, 5, 4, 3, 3, 3)),
    (21, (10, 8, 7, 6, 5, 4, 4)),
    (30, (14, 11, 10, 8, 7, 6, 5)),
    (45, (18, 14, 13, 11, 9, 8, 7)),
    (60, (22, 18, 16, 14, 12, 11, 9)),
    (75, (26, 21, 19, 17, 14, 13, 11)),
    (90, (29, 24, 21, 19, 17, 15, 13)),
    (105, (31, 26, 24, 21, 19, 16, 15)),
    (120, (34, 28, 26, 23, 20, 18, 17)),
    (135, (36, 30, 28, 25, 22, 20, 18)),
    (150, (38, 32, 30, 27, 24, 22, 20)),
    (180, (41, 35, 32, 29, 26, 24, 23)),
    (210, (44, 38, 35, 33, 30, 27, 26)),
    (240, (46, 41, 38, 36, 33, 31, 29)),
    (270, (49, 44, 41, 38, 36, 34, 32)),
    (300, (51, 46, 44, 41, 39, 37, 36)),
    (330, (53, 48, 46, 44, 42, 40, 39)),
    (365, (55, 51, 49, 47, 45, 44, 42)),
    (410, (57, 54, 52, 51, 49, 48, 47)),
    (460, (59, 57, 56, 55, 54, 53, 52)),
    (540, (60, 59, 58, 58, 57, 57, 56)),
)
_EDGES = np.array([last for last, _points in BANDS])
_TABLE = np.array([points for _last, points in BANDS] + [(MAXIMUM,) * (len(DEPTH_EDGES) + 1)])
# Repeat purchase days per year of the fitted card's bands, most first; the last band is for
# customers who never bought again. A count alone would lose its meaning as the records grow
# longer: the same five purchases say less of a customer known for twice as long.
PACE_EDGES = (
    *(52, 40, 30, 25, 20, 16, 13, 11, 9, 7.5, 6, 5, 4, 3.5, 3, 2.5, 2),
    *(1.6, 1.3, 1, 0.8, 0.6, 0.5, 0.3, 0.01),
)
KNOWN_DAYS = 90  # who is known for less counts as known for that long


def recency_points(days: np.ndarray, purchase_days: np.ndarray) -> np.ndarray:
    """Return 0 to MAXIMUM: more days never fewer points, more purchase days never more.

    :param days: since the last purchase, closures left out
    :param purchase_days: distinct purchase days over the whole history
    :return: float64 whole points; NaN without a purchase
    """
    purchase_days = np.asarray(purchase_days)
    band = np.searchsorted(_EDGES, np.asarray(days), side="left")
    points = _TABLE[band, np.searchsorted(DEPTH_EDGES, purchase_days, side="left")]
    return np.where(purchase_days > 0, points.astype("float64"), np.nan)


def slowness(purchase_days: np.ndarray, known_days: np.ndarray) -> np.ndarray:
    """Return repeat purchase days per year below zero, so that more is worse.

    :param known_days: since the first purchase
    """
    repeats = np.asarray(purchase_days, dtype="float64") - 1
    return -365 * repeats / np.maximum(known_days, KNOWN_DAYS)


def scales() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the ascending edges of the fitted card's bands: of days, and of slowness."""
    return tuple(float(edge) for edge in _EDGES), tuple(-float(edge) for edge in PACE_EDGES)


def expert_bands() -> list[str]:
    """Return the points of the expert card by days, as most–least over purchase days."""
    return [f"{row.max()}–{row.min()}" if np.ptp(row) else f"{row[0]}" for row in _TABLE]
