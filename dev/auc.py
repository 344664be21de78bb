"""How well each figure tells who will buy nothing in the days ahead, on CDNOW's purchase log.

Every figure is computed by the engine as of the date, from what was known then; the days after
it only say who bought. What has to be learned (the fitted card, the purchase model, the chance
that belongs to a score) is learned from what lies before the date: no window judges itself.
Runs in `odoo shell` on a database that holds the log.
"""

import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd

from odoo.addons.customer_retention.analytics import clv, clv_likelihood, risk_calibration

DAYS_SINCE, RFM_SUM, CARD = "days since last", "RFM sum", "expert card"
MODEL, FITTED = "BG/NBD P(≥1)", "fitted card"
SCORES = (DAYS_SINCE, RFM_SUM, CARD)
FIRST = date(1997, 9, 30)
# (as of, days ahead); the log ends on 1998-06-30, so nothing later has 91 days ahead of it.
DATES = (
    (FIRST, 91),
    (date(1997, 12, 31), 91),
    (date(1998, 1, 31), 91),
    (date(1998, 3, 31), 91),
    (date(1998, 4, 30), 61),
)
BELOW, APART = 0.002, 0.05  # what the fitted card may be below another, and off in a tenth
PUBLISHED = {"AUC": 0.765, "Brier": 0.118}  # of the purchase model at FIRST, to 3 digits


def auc(figure, lapsed):
    """Return the chance that a customer who lapses has the higher figure; ties count half."""
    ranks = pd.Series(np.asarray(figure)).rank().to_numpy()
    lapsed = np.asarray(lapsed, dtype=bool)
    positive = lapsed.sum()
    above = ranks[lapsed].sum() - positive * (positive + 1) / 2
    return above / (positive * (len(lapsed) - positive))


def figures(env, as_of, card):
    """Return one column per figure, higher = more likely to lapse, indexed by customer."""
    cards = env["retention.risk.card"]
    profiles = env["retention.profile"]
    table = profiles._compute_as_of(env.company, as_of, card=cards)
    table = table[table["last_order_date"].notna()]
    last = pd.to_datetime(table["last_order_date"])
    found = pd.DataFrame(
        {
            DAYS_SINCE: (pd.Timestamp(as_of) - last).dt.days,
            RFM_SUM: -table[["rfm_r", "rfm_f", "rfm_m"]].sum(axis=1),
            CARD: table["risk_score"],
        }
    )
    if card.state == "draft":
        fitted = profiles._compute_as_of(env.company, as_of, card=card)["risk_score"]
        found[FITTED] = fitted.reindex(found.index)
    return found


def purchase_days(env, as_of):
    """Return one row per customer and day of purchase: ``customer day``."""
    metrics = env["retention.metrics"]
    rows = env.execute_query(metrics._purchase_rows(metrics._scope(env.company, as_of)))
    rows = [(partner, day) for partner, day, _amount, documents in rows if documents > 0]
    table = pd.DataFrame(rows, columns=["customer", "day"])
    return table.assign(day=pd.to_datetime(table["day"]))


def lapsed(env, as_of, ahead, customers):
    """Say which customers buy nothing in the days ahead."""
    days = purchase_days(env, as_of + timedelta(days=ahead))
    return ~customers.isin(days[days["day"] > pd.Timestamp(as_of)]["customer"])


def model_chance(env, as_of, ahead, customers):
    """Return the purchase model's chance that each customer buys nothing in the days ahead."""
    found = purchase_days(env, as_of).groupby("customer")["day"].agg(["count", "min", "max"])
    found = found.reindex(customers)
    x = found["count"].to_numpy(dtype=float) - 1
    tx = (found["max"] - found["min"]).dt.days.to_numpy(dtype=float)
    T = (pd.Timestamp(as_of) - found["min"]).dt.days.to_numpy(dtype=float)
    alike = pd.DataFrame({"x": x, "tx": tx, "T": T}).groupby(["x", "tx", "T"]).size()
    columns = alike.index.to_frame(index=False)
    counted = (columns[name].to_numpy() for name in ("x", "tx", "T"))
    model = clv.fit(clv_likelihood.Customers(*counted, alike.to_numpy(dtype=float))).model
    print(
        "  BG/NBD  " + "  ".join(f"{name} {value:.4f}" for name, value in model._asdict().items())
    )
    return 1 - clv.chance(model, x, tx, T, ahead)


def chances(env, as_of, ahead, table, card):
    """Return the chance to lapse by each figure; of those that are none, as one window earlier."""
    begin = as_of - timedelta(days=ahead)
    before = figures(env, begin, env["retention.risk.card"])
    gone = lapsed(env, begin, ahead, before.index)
    found = pd.DataFrame(index=table.index)
    for name in SCORES:
        found[name] = risk_calibration.chance_by(before[name], gone)(table[name])
    found[MODEL] = model_chance(env, as_of, ahead, table.index)
    if FITTED in table:
        found[FITTED] = card._chance(table[FITTED].to_numpy())
    return found


def judge(env, as_of, ahead):
    """Print one date; return (AUC, Brier, largest difference in a tenth) per figure."""
    card = env["retention.risk.card"]._learn(env.company, as_of, horizon=ahead)
    table = figures(env, as_of, card)
    gone = lapsed(env, as_of, ahead, table.index)
    print(f"{as_of}: {len(table):,} customers, {(~gone).mean():.1%} bought within {ahead} days")
    said = chances(env, as_of, ahead, table, card)
    table[MODEL] = said[MODEL]
    found = {}
    for name in said:
        tenths = risk_calibration.deciles(table[name], said[name], gone)
        off = (tenths["predicted"] - tenths["observed"]).abs().max()
        found[name] = (auc(table[name], gone), risk_calibration.brier(said[name], gone), off)
        ranks, error, _off = found[name]
        print(f"  {name:<16} AUC {ranks:.4f}  Brier {error:.4f}  off by up to {100 * off:4.1f} %")
    if card.state == "refused":
        print(f"  {FITTED:<16} refused: {card.refusal_sentence}")
    else:
        print("  tenth  customers  score     said   happened")
        tenths = risk_calibration.deciles(table[FITTED], said[FITTED], gone)
        for row in tenths.itertuples():
            scores = f"{row.score_from:.0f}–{row.score_to:.0f}"
            print(
                f"  {row.Index + 1:>5}  {row.customers:>9,}  {scores:<7} {row.predicted:>6.1%}"
                f"  {row.observed:>8.1%}"
            )
    return found


def problems(as_of, found):
    """Return what is not as it should be, in words."""
    if found[CARD][0] < found[DAYS_SINCE][0]:
        yield f"the expert card ranks worse than {DAYS_SINCE}"
    if as_of == FIRST:
        if FITTED in found:
            yield "the fitted card learned from less than a year"
        for name, value in zip(PUBLISHED, found[MODEL], strict=False):
            if abs(value - PUBLISHED[name]) > 0.001:
                yield f"{MODEL}: {name} {value:.4f}, published {PUBLISHED[name]}"
    if FITTED in found:
        best = max(ranks for ranks, _error, _off in found.values())
        if found[FITTED][0] < best - BELOW:
            yield f"the fitted card ranks {best - found[FITTED][0]:.4f} below the best"
        if found[FITTED][2] > APART:
            yield f"the fitted card is off by {found[FITTED][2]:.1%} in a tenth"
    elif as_of > date(1998, 1, 1):
        yield "the fitted card was refused"


def main(env):
    wrong = []
    for as_of, ahead in DATES:
        found = judge(env, as_of, ahead)
        wrong += [f"{as_of}: {problem}" for problem in problems(as_of, found)]
    if wrong:
        sys.exit("error: " + "; ".join(wrong))
