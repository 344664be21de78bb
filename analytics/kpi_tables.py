"""Tables over the ledger: who moved from where to where, and what became of each cohort."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

JOINED, LEFT = "joined", "left"


class Migration(NamedTuple):
    """``counts``: customers, rows from, columns to; ``cells``: {(from, to): customers}."""

    counts: pd.DataFrame
    cells: dict


def migration(ledger: pd.DataFrame, start, end, column: str) -> Migration:
    """Compare ``column`` at the ends of two months, of customers active at one of them.

    Who was not active at the end of ``start`` comes from JOINED; who is not at the end of
    ``end`` goes to LEFT. A value that was not recorded is None.
    """

    def values(month):
        rows = ledger[(ledger["month"] == pd.Timestamp(month)) & ledger["active_end"]]
        found = rows.set_index("customer")[column].astype("object")
        return found.where(found.notna(), None)

    before, after = values(start), values(end)
    everybody = before.index.union(after.index)
    cells: dict = {}
    for customer in everybody:
        old = before[customer] if customer in before.index else JOINED
        new = after[customer] if customer in after.index else LEFT
        cells.setdefault((old, new), set()).add(customer)
    cells = {moved: frozenset(customers) for moved, customers in cells.items()}
    rows = pd.Index(dict.fromkeys(old for old, _new in cells), dtype="object", name="old")
    columns = pd.Index(dict.fromkeys(new for _old, new in cells), dtype="object", name="new")
    counts = [[len(cells.get((old, new), ())) for new in columns] for old in rows]
    return Migration(pd.DataFrame(counts, rows, columns, dtype="int64"), cells)


class Cohorts(NamedTuple):
    """Rows are months of the first purchase, columns months since, 0 being the first.

    The size is the number of customers with a row in month 0.
    A cell that lies after the last month is not empty but open: NaN.
    """

    size: pd.Series
    customers: pd.DataFrame
    revenue: pd.DataFrame

    @property
    def share(self) -> pd.DataFrame:
        """Return the share of each cohort's customers."""
        return self.customers.div(self.size.where(self.size > 0), axis=0)

    @property
    def mean(self) -> pd.Series:
        """Return the share of all customers whose cell is not open, by months since."""
        known = self.customers.notna().mul(self.size, axis=0).sum()
        return (self.customers.sum() / known).where(known > 0)


def cohorts(ledger: pd.DataFrame, last, cumulative: bool = False) -> Cohorts:
    """Return how many of each cohort bought, and for how much, by months since.

    :param last: the last month that is over
    :param cumulative: who bought in any month from 1 to k, and revenue from 0 to k, instead of
        in month k only; month 0 is the whole cohort in both
    """
    last = pd.Timestamp(last)
    rows = ledger[ledger["cohort"].notna() & (ledger["month"] <= last)]
    age = _months(rows["month"]) - _months(rows["cohort"])
    rows = rows.assign(age=age)[age >= 0]
    months = pd.DatetimeIndex(rows["cohort"].unique(), name="cohort").sort_values()
    reached = last.year * 12 + last.month - (months.year * 12 + months.month).to_numpy()
    ages = pd.RangeIndex(reached.max(initial=-1) + 1, name="age")
    first = rows[rows["age"] == 0].groupby("cohort")["customer"].nunique()
    size = first.reindex(months, fill_value=0).astype("int64")
    bought = rows[rows["purchase_days"] > 0]
    if cumulative:
        bought = bought.sort_values("age").assign(later=bought["age"] > 0)
        bought = bought.drop_duplicates(["customer", "later"])

    def table(values):
        return values.unstack("age").reindex(index=months, columns=ages).fillna(0.0)

    customers = table(bought.groupby(["cohort", "age"])["customer"].nunique())
    revenue = table(rows.groupby(["cohort", "age"])["revenue"].sum())
    if cumulative:
        later = customers.columns[1:]
        customers[later] = customers[later].cumsum(axis=1)
        revenue = revenue.cumsum(axis=1)
    over = ages.to_numpy()[None, :] <= reached[:, None]
    return Cohorts(size, customers.where(over, np.nan), revenue.where(over, np.nan))


def _months(days: pd.Series) -> pd.Series:
    """Return the number of each day's month, counted without gaps."""
    return days.dt.year * 12 + days.dt.month
