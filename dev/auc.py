"""How well each figure ranks the customers who will buy nothing in the next 91 days.

Every figure is computed by the engine as of the date, from what was known then; the days after
it only say who bought. Runs in `odoo shell` on a database that holds CDNOW's purchase log.
"""

import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd

DATES = (date(1997, 9, 30), date(1997, 12, 31), date(1998, 3, 31))
AHEAD = 91
DAYS_SINCE, RFM_SUM, CARD = "days since last", "RFM sum", "expert card"


def auc(figure, lapsed):
    """Return the chance that a customer who lapses has the higher figure; ties count half."""
    ranks = pd.Series(np.asarray(figure)).rank().to_numpy()
    lapsed = np.asarray(lapsed, dtype=bool)
    positive = lapsed.sum()
    above = ranks[lapsed].sum() - positive * (positive + 1) / 2
    return above / (positive * (len(lapsed) - positive))


def figures(env, as_of):
    """Return one column per figure, higher = more likely to lapse, indexed by customer."""
    table = env["retention.profile"]._compute_as_of(env.company, as_of)
    table = table[table["last_order_date"].notna()]
    last = pd.to_datetime(table["last_order_date"])
    return pd.DataFrame(
        {
            DAYS_SINCE: (pd.Timestamp(as_of) - last).dt.days,
            RFM_SUM: -table[["rfm_r", "rfm_f", "rfm_m"]].sum(axis=1),
            CARD: table["risk_score"],
        }
    )


def buyers(env, as_of):
    """Return the customers who bought in the days after ``as_of``."""
    metrics = env["retention.metrics"]
    scope = metrics._scope(env.company, as_of + timedelta(days=AHEAD))
    rows = env.execute_query(metrics._purchase_rows(scope))
    return {partner for partner, day, _amount, documents in rows if documents > 0 and day > as_of}


def main(env):
    worse = []
    for as_of in DATES:
        table = figures(env, as_of)
        back = table.index.isin(buyers(env, as_of))
        print(f"{as_of}: {len(table):,} customers, {back.mean():.1%} bought within {AHEAD} days")
        found = {name: auc(table[name], ~back) for name in table}
        for name, value in found.items():
            print(f"  {name:<20} {value:.4f}")
        if found[CARD] < found[DAYS_SINCE]:
            worse.append(f"{as_of}: {found[CARD]:.4f} < {found[DAYS_SINCE]:.4f}")
    if worse:
        sys.exit("error: worse than plain days since the last purchase: " + "; ".join(worse))
