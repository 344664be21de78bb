"""A first proposal for a company's tiers, from its own customers' amounts.

The top tier is for the core customers: the fewest, by amount, who make 80 % of the margin where
that is known, else of the revenue. The two below it are cut by quantile of the others, and all
three figures are rounded to 1, 2 or 5 times a power of ten. Amounts are whole cents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .rfm import core_threshold

UNIT = 100  # the smallest figure proposed
FEW = 20  # below it quantiles say nothing; the median customer says something
WITHOUT_DATA = (100_000, 500_000, 2_000_000)
SHARE = 80  # percent of the revenue or margin that core customers make
SILVER_PART, GOLD_PART = (1, 2), (3, 4)  # parts of the customers below the top tier
TOP_AT_MOST, ANY_AT_MOST = (1, 2), (3, 4)  # parts of all customers, or a tier means nothing


class Proposal(NamedTuple):
    """Three figures in cents, each larger than the one before.

    ``source``: "margin" or "own" (enough customers; the top by margin, by revenue), "few"
    (from the median customer) or "none".
    """

    silver: int
    gold: int
    top: int
    source: str


def propose(cents, margins=None) -> Proposal:
    """Return figures for three tiers.

    :param cents: net amount of each customer in the window; customers without a positive one
        do not count
    :param margins: cents each customer earned the company, or None where that is not known
    """
    amounts = _positive(cents)
    if not len(amounts):
        return Proposal(*WITHOUT_DATA, "none")
    if len(amounts) < FEW:
        silver = friendly(_at(amounts, SILVER_PART))
        return Proposal(silver, larger(silver), larger(larger(silver)), "few")
    by_margin = None if margins is None else margin_threshold(cents, margins, SHARE)
    source = "own" if by_margin is None else "margin"
    top = friendly(by_margin or core_threshold(amounts, SHARE))
    top = _rare_enough(amounts, top, TOP_AT_MOST)
    others = amounts[amounts < top]
    silver = _rare_enough(amounts, friendly(_at(others, SILVER_PART)), ANY_AT_MOST)
    gold = max(friendly(_at(others, GOLD_PART)), larger(silver))
    return Proposal(silver, gold, max(top, larger(gold)), source)


def margin_threshold(cents, margins, percent) -> int | None:
    """Return the amount from which on customers make ``percent`` of the margin together.

    Customers of equal amounts are all in or all out. None without a margin to share out.
    """
    table = np.column_stack([cents, margins]).astype("int64")
    table = table[table[:, 0] > 0]
    table = table[np.argsort(-table[:, 0], kind="stable")]
    whole = int(table[:, 1].sum())
    if whole <= 0:
        return None
    enough = table[:, 1].cumsum() * 100 >= whole * percent
    return int(table[enough.argmax(), 0])


def friendly(cents) -> int:
    """Return the figure 1, 2 or 5 × 10ⁿ (n ≥ 0, in whole units) nearest by ratio."""
    cents, low = int(cents), UNIT
    while larger(low) <= cents:
        low = larger(low)
    # Nearer to the larger one from their geometric mean on, compared without rounding.
    return low if cents < low or cents * cents < low * larger(low) else larger(low)


def larger(figure: int) -> int:
    """Return the friendly figure after ``figure``, which is a friendly one."""
    leading = int(str(figure)[0])
    return figure * 5 // 2 if leading == 2 else figure * 2


def counts(cents, limits) -> list[int]:
    """Return how many customers with a positive amount fall below the first limit, from it on
    to the next, and so on: one number more than there are limits.

    :param limits: cents, ascending
    """
    places = np.searchsorted(np.asarray(limits), _positive(cents), side="right")
    return np.bincount(places, minlength=len(limits) + 1).tolist()


def sums(cents, limits) -> list[int]:
    """Return the cents of the customers in each place, as :func:`counts` counts them."""
    amounts = _positive(cents)
    places = np.searchsorted(np.asarray(limits), amounts, side="right")
    return [int(amounts[places == place].sum()) for place in range(len(limits) + 1)]


def top_share(cents, percent=20) -> int | None:
    """Return how many percent of the revenue the best ``percent`` of the customers bring.

    The part is rounded up to whole customers and the answer to whole percent; None when nobody
    has a positive amount.
    """
    amounts = _positive(cents)
    if not len(amounts):
        return None
    best = -(-len(amounts) * percent // 100)
    part, whole = int(amounts[-best:].sum()), int(amounts.sum())
    return (200 * part + whole) // (2 * whole)


def _positive(cents):
    amounts = np.asarray(cents, dtype="int64")
    return np.sort(amounts[amounts > 0])


def _at(ordered, part):
    """Return the value that ``part`` of the sorted values do not exceed: at ceil(k·n/m)."""
    above, below = part
    return ordered[-(-above * len(ordered) // below) - 1]


def _rare_enough(ordered, figure, at_most):
    """Raise ``figure`` until no more than that part of the customers reach it."""
    above, below = at_most
    while (ordered >= figure).sum() * below > len(ordered) * above:
        figure = larger(figure)
    return figure
