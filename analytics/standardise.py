"""Fair comparison of people and teams: as if all of them looked after the same mix of customers.

Direct standardisation: rates are taken within strata (risk × value), and weighed by how many of
all customers are in each, so nobody looks better for having the easier ones.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from .effect import quotient
from .uplift import weighted, wilson

FEWEST = 20  # customers below which nothing can be said of somebody
COVERED = 0.8  # of all customers must be of strata in which somebody has any
VALUABLE = 0.2  # the share of customers, by what they brought, that counts as valuable


class Standing(NamedTuple):
    """How somebody stands. Rates are shares; ``low`` and ``high`` limit the fair one (95 %).

    ``code``: "above" or "below" everybody's rate, "alike" where the difference may be chance,
    "too_few" customers to say.
    """

    name: object
    count: int
    hits: int
    raw: float
    fair: float | None
    low: float | None
    high: float | None
    code: str


def valuable(amounts) -> np.ndarray:
    """Return for each amount whether it is in the highest fifth, and above nothing.

    Equal amounts are treated alike: no more than a fifth, unless the limit is shared.
    """
    amounts = np.asarray(amounts, dtype="float64")
    if not len(amounts):
        return np.zeros(0, dtype=bool)
    limit = np.sort(amounts)[-max(math.floor(VALUABLE * len(amounts)), 1)]
    return (amounts >= limit) & (amounts > 0)


def standings(rows: pd.DataFrame) -> tuple[list[Standing], float | None]:
    """Return everybody's standing, best first, unknown last, and the rate of all together.

    :param rows: one for each customer: ``name`` (whose; None: nobody's, counts for the mix
        only), ``stratum``, ``hit`` (bool)
    """
    if rows.empty:
        return [], None
    everybody = rows.groupby("stratum")["hit"].agg(["size", "mean"])
    weight = everybody["size"].to_numpy() / len(rows)
    overall = float(rows["hit"].mean())
    found = [
        _standing(name, mine, everybody, weight, overall)
        for name, mine in rows.dropna(subset="name").groupby("name")
    ]
    found.sort(key=lambda s: (s.code == "too_few", -(s.fair or 0), -s.count))
    return found, overall


def _standing(name, mine, everybody, weight, overall):
    table = mine.groupby("stratum")["hit"].agg(["size", "sum"])
    table = table.reindex(everybody.index, fill_value=0)
    sizes, hits = table["size"].to_numpy(), table["sum"].to_numpy(dtype="float64")
    count, raw = int(sizes.sum()), float(hits.sum() / sizes.sum())
    if count < FEWEST or weight[sizes > 0].sum() < COVERED:
        return Standing(name, count, int(hits.sum()), raw, None, None, None, "too_few")
    # Where somebody has nobody, they count as everybody does: neither better nor worse.
    other = everybody["mean"].to_numpy()
    rate = np.where(sizes > 0, hits / np.maximum(sizes, 1), other)
    low, high = wilson(hits, sizes)
    low, high = np.where(sizes > 0, low, other), np.where(sizes > 0, high, other)
    fair = weighted(weight, rate, low, high)
    code = "above" if fair.low > overall else "below" if fair.high < overall else "alike"
    return Standing(name, count, int(hits.sum()), raw, *fair, code)


def habits(found: list[Standing], table: pd.DataFrame) -> dict:
    """Return {column: (of those above, of the others)}: what the best do differently.

    :param table: index: names; ``customers``, and for each habit two columns ``<habit>`` (what
        was done) and ``<habit>_of`` (of how many); sums are divided by sums
    """
    known = {standing.name: standing.code for standing in found if standing.code != "too_few"}
    best = [name for name, code in known.items() if code == "above" and name in table.index]
    rest = [name for name, code in known.items() if code != "above" and name in table.index]
    if not best or not rest:
        return {}
    sums = [table.loc[who].sum() for who in (best, rest)]
    return {
        column: tuple(quotient(float(s[column]), float(s[f"{column}_of"])) for s in sums)
        for column in table.columns
        if f"{column}_of" in table.columns
    }
