"""Customers one by one, with their tier and figures, and what a review makes of them."""

from datetime import date, timedelta

import pandas as pd
from customer_retention.analytics import tier, tier_review

BASE, SILVER, GOLD, VIP = range(4)
CENTS = (0, 100_000, 500_000, 1_000_000)
SEGMENT = 7
LEVELS = tuple(tier.Level(place, cents=cents) for place, cents in enumerate(CENTS))
DAY = timedelta(days=1)


def rules(**options):
    return tier.Rules(options.pop("levels", LEVELS), **options)


def customer(position=-1, **values):
    """Return one customer as a table; days as dates."""
    row = dict.fromkeys(tier.STATE) | {"position": position, "before": -1, "pending": -1}
    row |= {"segment": 0, "buyer": True} | values
    table = pd.DataFrame([row])
    for name in tier.DAYS:
        table[name] = pd.to_datetime(table[name])
    return table


def figures(now=0, hold=0, then=0, last=0, counts=(0, 0, 0, 0)):
    row = {}
    for name, cents, count in zip(tier.WINDOWS, (now, hold, then, last), counts, strict=True):
        row |= {f"{name}_cents": cents, f"{name}_count": count}
    return pd.DataFrame([row])


def review(old, found, as_of, given=None, **options):
    return tier_review.review(old, found, given or rules(), as_of, **options).iloc[0]


def day(value):
    return None if pd.isna(value) else value.date()


HELD = {"since": date(2024, 3, 15), "valid_until": date(2025, 3, 15)}
GRACE = HELD | {"grace_until": date(2025, 5, 14)}
