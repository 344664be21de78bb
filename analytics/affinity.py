"""What goes with what: favourite categories, products bought together, the next product."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from .closures import to_days
from .purchases import to_cents

# A product bought on fewer days has no rhythm; one bought more often than weekly is no refill.
REFILL_DAYS = 3
REFILL_GAP = 7
# After three usual gaps the customer has stopped buying it.
REFILL_ENDS = 3


class Rule(NamedTuple):
    """When two products count as bought together.

    ``support``: customers who must have bought both; ``damping``: how many customers of no
    particular taste are added to each product's, so that three of three is not certainty;
    ``share``: damped share of a product's customers that must have bought the other, too;
    ``basket``: products considered per customer, those ordered most; ``per_product``: pairs
    kept per product.
    """

    support: int = 3
    damping: int = 10
    share: float = 0.1
    basket: int = 50
    per_product: int = 10


class NextProduct(NamedTuple):
    """What a customer is most likely to buy next, and why.

    ``reason``: "due", bought regularly and time for it again, or "pair", goes with
    ``with_product_id``; ``figure``: the usual gap in days, or the share (0–1) of the customers
    of that product who bought this one, too.
    """

    product_id: int
    reason: str
    with_product_id: int | None
    figure: float


def favourite_categories(
    lines: pd.DataFrame, since: date, limit: int | None = None
) -> dict[int, list[int]]:
    """Return each customer's categories, the favourite first.

    That is the one bought on most days after ``since``, then of the largest amount, then of
    the lowest id.

    :param lines: columns ``customer category day amount``; without category: missing
    """
    recent = lines[to_days(lines["day"]) > np.datetime64(since)].dropna(subset=["category"])
    by = recent.groupby(["customer", "category"])
    found = pd.DataFrame({"days": by["day"].nunique(), "cents": to_cents(by["amount"].sum())})
    found = found.reset_index().sort_values(
        ["customer", "days", "cents", "category"], ascending=[True, False, False, True]
    )
    return {
        int(customer): [int(category) for category in rows["category"].head(limit or len(rows))]
        for customer, rows in found.groupby("customer")
    }


def last_products(lines: pd.DataFrame) -> dict[int, list[int]]:
    """Return the products of each customer's last purchase day, the largest amount first.

    :param lines: columns ``customer product day amount``
    """
    last = lines[lines["day"] == lines.groupby("customer")["day"].transform("max")]
    by = last.groupby(["customer", "product"])["amount"].sum()
    found = to_cents(by).rename("cents").reset_index()
    found = found.sort_values(["customer", "cents", "product"], ascending=[True, False, True])
    return {
        int(customer): [int(product) for product in rows["product"]]
        for customer, rows in found.groupby("customer")
    }


def co_purchases(lines: pd.DataFrame, rule: Rule | None = None) -> pd.DataFrame:
    """Return which products go together: "customers who bought this also bought that".

    ``support`` counts the customers with both; ``confidence`` is their share of the product's
    customers; ``strength`` the same, damped towards the share the other product has anyway;
    ``lift`` is strength over that share: above 1, or the pair is left out.

    :param lines: columns ``customer product family``; one row per order line. Products of one
        family (variants) do not go with each other.
    :return: columns ``product other support confidence strength lift``, by product and rank
    """
    rule = rule or Rule()
    basket = _baskets(lines, rule)
    counts = basket.groupby("product").size()
    pairs = basket.merge(basket, on="customer", suffixes=("", "_other"))
    pairs = pairs[pairs["family"] != pairs["family_other"]]
    found = pairs.groupby(["product", "product_other"]).size().rename("support").reset_index()
    found = found[found["support"] >= rule.support].rename(columns={"product_other": "other"})
    own = found["product"].map(counts).astype("float64")
    base = found["other"].map(counts) / lines["customer"].nunique()
    found["confidence"] = found["support"] / own
    found["strength"] = (found["support"] + rule.damping * base) / (own + rule.damping)
    found["lift"] = found["strength"] / base
    found = found[(found["strength"] > base) & (found["strength"] >= rule.share)]
    found = found.sort_values(
        ["product", "strength", "lift", "other"], ascending=[True, False, False, True]
    )
    return found.groupby("product").head(rule.per_product).reset_index(drop=True)


def next_products(
    lines: pd.DataFrame, pairs: pd.DataFrame, as_of: date, since: date
) -> dict[int, NextProduct]:
    """Return the best next product of each customer that has one.

    First what they buy regularly and is due again, else what goes best with something bought
    after ``since`` and of whose family they have bought nothing yet.

    :param lines: columns ``customer product family day offered``, all purchases so far;
        ``offered``: the product may be sold
    :param pairs: columns ``product other other_family confidence strength``, others offered
    """
    due = _due_again(lines[lines["offered"].astype(bool)], as_of)
    found = {
        int(row.customer): NextProduct(int(row.product), "due", None, float(row.gap))
        for row in due.itertuples()
    }
    recent = lines[to_days(lines["day"]) > np.datetime64(since)]
    offers = recent[["customer", "product"]].drop_duplicates().merge(pairs, on="product")
    owned = pd.MultiIndex.from_frame(lines[["customer", "family"]])
    fresh = ~pd.MultiIndex.from_frame(offers[["customer", "other_family"]]).isin(owned)
    offers = offers[fresh].sort_values(
        ["customer", "strength", "other", "product"], ascending=[True, False, True, True]
    )
    for row in offers.drop_duplicates("customer").itertuples():
        best = NextProduct(int(row.other), "pair", int(row.product), float(row.confidence))
        found.setdefault(int(row.customer), best)
    return found


def _baskets(lines: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return ``customer product family`` of what is compared: without rare products."""
    basket = lines.groupby(["customer", "product", "family"]).size().rename("lines").reset_index()
    common = basket.groupby("product")["customer"].transform("size") >= rule.support
    basket = basket[common].sort_values(
        ["customer", "lines", "product"], ascending=[True, False, True]
    )
    return basket.groupby("customer").head(rule.basket)[["customer", "product", "family"]]


def _due_again(lines: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return ``customer product gap``: what each customer would now buy again.

    Of several the one bought on most days, then the longest overdue for its gap (the median of
    its own), then the lowest id.
    """
    days = lines[["customer", "product", "day"]].drop_duplicates()
    days = days.assign(day=to_days(days["day"]).astype("datetime64[s]"))
    days = days.sort_values(["customer", "product", "day"])
    by = days.groupby(["customer", "product"])["day"]
    days["gap"] = by.diff().dt.days
    found = days.groupby(["customer", "product"], as_index=False).agg(
        days=("day", "size"), last=("day", "max"), gap=("gap", "median")
    )
    found["share"] = (pd.Timestamp(as_of) - found["last"]).dt.days / found["gap"]
    found = found[
        (found["days"] >= REFILL_DAYS)
        & (found["gap"] >= REFILL_GAP)
        & found["share"].between(1, REFILL_ENDS)
    ]
    found = found.sort_values(
        ["customer", "days", "share", "product"], ascending=[True, False, False, True]
    )
    return found.drop_duplicates("customer")[["customer", "product", "gap"]]
