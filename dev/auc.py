"""How well each figure ranks the customers who will buy nothing in the next 91 days.

Every figure is computed from what was known on the date; the days after it only say who
bought. Works on the purchase log itself, without Odoo and without a database.
"""

import sys
import types
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from cdnow import read

DATES = (date(1997, 9, 30), date(1997, 12, 31), date(1998, 3, 31))
AHEAD = 91
DAYS_SINCE, RFM_SUM = "days since last", "RFM sum"
PURCHASE_PART, PURCHASES_AND_TREND = "card: purchase part", "card: with lateness and drops"
TREND = {
    "overdue": 3,
    "lengthening": 1,
    "frequency_drop": 2,
    "spend_drop": 2,
    "value_drop": 1,
}


def addon_without_odoo():
    """Make the analytics importable: the addon's own __init__.py would import Odoo."""
    package = types.ModuleType("customer_retention")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["customer_retention"] = package


def auc(figure, lapsed):
    """Return the chance that a customer who lapses has the higher figure; ties count half."""
    ranks = pd.Series(np.asarray(figure)).rank().to_numpy()
    lapsed = np.asarray(lapsed, dtype=bool)
    positive = lapsed.sum()
    above = ranks[lapsed].sum() - positive * (positive + 1) / 2
    return above / (positive * (len(lapsed) - positive))


def purchase_log(rows):
    """Return CDNOW's rows as the addon's purchases; a row of nothing is no purchase."""
    return pd.DataFrame(
        {
            "customer": rows["customer"],
            "day": rows["day"].dt.date,
            "amount": rows["cents"] / 100,
            "documents": (rows["cents"] > 0).astype("int64"),
        }
    )


def figures(log, as_of):
    """Return one column per figure, higher = more likely to lapse, indexed by customer."""
    from customer_retention.analytics import purchases, recency, rfm, risk

    config = rfm.Config()
    facts = purchases.aggregate(log, as_of, config.window_months)
    facts = facts[facts["purchase_days"] > 0]
    limits = rfm.limits_in_force(facts, as_of, config, lambda: (0, 0, 0, 0))
    scores = rfm.score(facts, as_of, limits)
    days = (pd.Timestamp(as_of) - pd.to_datetime(facts["last_day"])).dt.days
    points = recency.recency_points(days.to_numpy(), facts["purchase_days"].to_numpy())
    trend = trend_points(log, facts.index, as_of)
    card = np.column_stack([points, *trend.values()])
    maxima = [recency.MAXIMUM, *(TREND[name] for name in trend)]
    return pd.DataFrame(
        {
            DAYS_SINCE: days,
            RFM_SUM: -scores[["r", "f", "m"]].sum(axis=1),
            PURCHASE_PART: points,
            PURCHASES_AND_TREND: risk.score_card(card, maxima).score,
        },
        index=facts.index,
    )


def trend_points(log, customers, as_of):
    """Return {signal: points} of lateness and drops."""
    from customer_retention.analytics import measures, rhythm

    bought = log[log["documents"] > 0]
    gaps = rhythm.purchase_gaps(bought, as_of)
    own = rhythm.own_rhythm(bought, gaps, as_of).reindex(customers)
    expected = rhythm.expected_gap(own, rhythm.company_gap(gaps, own["open_gap"].to_numpy()))
    now = measures.trade_windows(log, as_of).reindex(customers)
    then = measures.compared_with(now, as_of)
    shares = {
        "overdue": measures.overdue_share(own["open_gap"].to_numpy(), expected),
        "lengthening": measures.lengthening_share(gaps, customers),
        "frequency_drop": measures.drop_share(now["days_current"], then["days"]),
        "spend_drop": measures.drop_share(now["cents_current"], then["cents"]),
        "value_drop": measures.value_drop_share(
            now["cents_current"], now["documents_current"], then["cents"], then["documents"]
        ),
    }
    return {name: measures.share_to_points(share, TREND[name]) for name, share in shares.items()}


def main(path):
    addon_without_odoo()
    log = purchase_log(read(path))
    worse = []
    for as_of in DATES:
        table = figures(log, as_of)
        later = (log["day"] > as_of) & (log["day"] <= as_of + timedelta(days=AHEAD))
        back = table.index.isin(log[later & (log["documents"] > 0)]["customer"])
        print(f"{as_of}: {len(table):,} customers, {back.mean():.1%} bought within {AHEAD} days")
        found = {name: auc(table[name], ~back) for name in table}
        for name, value in found.items():
            print(f"  {name:<30} {value:.4f}")
        worse += [
            f"{name} on {as_of}: {found[name]:.4f} < {found[DAYS_SINCE]:.4f}"
            for name in (PURCHASE_PART, PURCHASES_AND_TREND)
            if found[name] < found[DAYS_SINCE]
        ]
    if worse:
        sys.exit("error: worse than plain days since the last purchase: " + "; ".join(worse))


if __name__ == "__main__":
    main(sys.argv[1])
