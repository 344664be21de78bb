"""CDNOW's purchase log: reading it, and an independent computation of every customer's figures.

Nothing here imports the addon's own analytics (but for the published cut points, which check
those), so that agreement means something: scores are counted by rank where the engine compares
with cut points, and money is summed in whole cents.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median

import pandas as pd

DAYS = (date(1998, 6, 30), date(1999, 3, 31), date(2000, 2, 15))
WINDOW_MONTHS = 24
CORE_PERCENT = 80
COLUMNS = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "revenue_total",
    "rfm_frequency",
    "rfm_monetary",
    "rfm_r",
    "rfm_f",
    "rfm_m",
    "rfm_score",
    "is_core",
    "segment",
)

# Published with the scoring rule: master log, 1998-06-30, every row counts in F.
GOLDEN = {
    "r": ((141, 432, 485, 512), (4539, 4748, 4844, 4720, 4719)),
    "f": ((1, 1, 2, 4), (11908, 0, 4079, 3658, 3925)),
    "m": ((1536, 3135, 5992, 13395), (4817, 4615, 4710, 4715, 4713)),
}
GOLDEN_555, GOLDEN_111 = 2360, 1665
# The purchase model of the master log, in days, by plain maximum likelihood.
PURCHASE_DAY = date(1997, 9, 30)
PURCHASE_MODEL = {"r": 0.25162, "alpha": 33.523, "a": 0.72343, "b": 2.1611}


def read(path):
    """Return the log as a DataFrame: customer (str), day (timestamp), cents.

    The master log has a header and 4 columns, the sample none and one more (its own id).
    """
    fields = [line.split() for line in Path(path).read_text(encoding="ascii").splitlines()]
    fields = [row for row in fields if row and row[0].isdigit()]
    return pd.DataFrame(
        {
            "customer": [row[0] for row in fields],
            "day": pd.to_datetime([row[-3] for row in fields], format="%Y%m%d"),
            "cents": [round(float(row[-1]) * 100) for row in fields],
        }
    )


def as_csv(rows, company=None):
    """Return lines for dev/load-orders."""
    header, tail = "customer,date,amount", ""
    if company:
        header, tail = f"{header},company", f",{company}"
    lines = [
        f"{customer},{day:%Y-%m-%d},{cents // 100}.{cents % 100:02d}{tail}"
        for customer, day, cents in rows.itertuples(index=False)
    ]
    return [header, *lines]


def repeats(rows, as_of, unit=1):
    """Return what the purchase model reads of each customer, indexed by customer: x tx T m.

    Purchases of a day are one. ``unit``: days of a unit of time.
    """
    as_of = pd.Timestamp(as_of)
    days = rows[rows["day"] <= as_of].groupby(["customer", "day"])["cents"].sum().reset_index()
    days["first"] = days.groupby("customer")["day"].transform("min")
    customers = days.groupby("customer")["day"]
    table = pd.DataFrame({"x": customers.size() - 1})
    table["tx"] = (customers.max() - customers.min()).dt.days / unit
    table["T"] = (as_of - customers.min()).dt.days / unit
    again = days[days["day"] > days["first"]].groupby("customer")["cents"].mean() / 100
    table["m"] = again.reindex(table.index).fillna(0)
    return table


# ---------------------------------------------------------------------- what should come out
def expected(rows, as_of):
    """Return the figures of every customer in ``rows``, indexed by customer.

    One row is one order. An order of nothing is no purchase.
    """
    as_of = pd.Timestamp(as_of)
    start = as_of - pd.DateOffset(months=WINDOW_MONTHS)
    rows = rows[rows["day"] <= as_of]
    bought = rows[rows["cents"] > 0]
    recent, bought_recently = (part[part["day"] > start] for part in (rows, bought))
    table = pd.DataFrame(index=pd.Index(sorted(rows["customer"].unique()), name="customer"))
    table["first_order_date"] = bought.groupby("customer")["day"].min()
    table["last_order_date"] = bought.groupby("customer")["day"].max()
    counted = {
        "order_count": bought.groupby("customer").size(),
        "revenue_total": rows.groupby("customer")["cents"].sum(),
        "rfm_frequency": bought_recently.groupby("customer")["day"].nunique(),
        "rfm_monetary": recent.groupby("customer")["cents"].sum(),
    }
    for name, values in counted.items():
        table[name] = values.reindex(table.index).fillna(0).astype(int)
    customer = table["order_count"] > 0
    days = (as_of - table["last_order_date"]).dt.days
    table["rfm_r"] = days.map(r_score).where(customer, 0).astype(int)
    table["rfm_f"] = table["rfm_frequency"].map(f_score).where(customer, 0).astype(int)
    table["rfm_m"] = m_scores(table["rfm_monetary"]).where(customer, 0).astype(int)
    scores = table[["rfm_r", "rfm_f", "rfm_m"]].astype(str).agg("".join, axis=1)
    table["rfm_score"] = scores.where(customer, "")
    table["is_core"] = core(table["rfm_monetary"])
    table["segment"] = [segment(*row) for row in table[["rfm_r", "rfm_f", "rfm_m"]].to_numpy()]
    return table


def r_score(days):
    return 1 + sum(days <= edge for edge in (30, 90, 180, 365))


def f_score(days):
    return 1 + sum(days >= least for least in (2, 3, 5, 8))


def m_scores(cents):
    """Score by rank: five equal parts of those who spent anything, equals together."""
    positive = cents[cents > 0]
    rank = positive.rank(method="min").astype(int)
    return (1 + 5 * (rank - 1) // len(positive)).reindex(cents.index).fillna(1)


def core(cents):
    """Say who belongs to the smallest set that makes CORE_PERCENT of the money, ties included."""
    positive = sorted(cents[cents > 0], reverse=True)
    goal, made = sum(positive) * CORE_PERCENT, 0
    for least in positive:
        made += 100 * least
        if made >= goal:
            return cents >= least
    return cents < 0


def segment(r, f, m):
    if not r:
        return ""
    if f >= 4 and m >= 4:
        return "high" if r >= 4 else "sleeping"
    return "new" if r >= 4 and f <= 3 and m <= 3 else "general"


# ---------------------------------------------------------------------- what came out
def stored(env, company):
    """Return the profiles of ``company`` in the shape of :func:`expected`."""
    env.flush_all()
    env.cr.execute(
        """SELECT partner.ref, p.first_order_date, p.last_order_date, p.order_count,
                  (p.revenue_total * 100)::int, p.rfm_frequency, (p.rfm_monetary * 100)::int,
                  p.rfm_r, p.rfm_f, p.rfm_m, COALESCE(p.rfm_score, ''), p.is_core,
                  COALESCE(segment.code, '')
           FROM retention_profile p JOIN res_partner partner ON partner.id = p.partner_id
           LEFT JOIN retention_segment segment ON segment.id = p.segment_id
           WHERE p.company_id = %s""",
        [company.id],
    )
    table = pd.DataFrame(env.cr.fetchall(), columns=["customer", *COLUMNS])
    for name in ("first_order_date", "last_order_date"):
        table[name] = pd.to_datetime(table[name])
    return table.set_index("customer").sort_index()


def differences(found, wanted):
    """Return {column: number of customers that differ}, customers on one side only included."""
    one_sided = len(found.index.symmetric_difference(wanted.index))
    both = found.index.intersection(wanted.index)
    count = {"customers on one side only": one_sided}
    for name in COLUMNS:
        left, right = found.loc[both, name], wanted.loc[both, name]
        same = (left == right) | (left.isna() & right.isna())
        count[name] = int((~same).sum())
    return count


def golden(rows, rfm):
    """Return what differs from the published cut points and counts of scores."""
    as_of = pd.Timestamp(DAYS[0])
    by_customer = rows.groupby("customer")
    values = {
        "r": (as_of - by_customer["day"].max()).dt.days.to_numpy(),
        "f": by_customer.size().to_numpy(),
        "m": by_customer["cents"].sum().to_numpy(),
    }
    wrong, text = [], pd.Series("", index=range(len(values["r"])))
    for letter, (cuts, counts) in GOLDEN.items():
        found = rfm.cut_points(values[letter])
        scores = (rfm.score_down if letter == "r" else rfm.score_up)(values[letter], found)
        found_counts = tuple(int((scores == score).sum()) for score in (1, 2, 3, 4, 5))
        text += pd.Series(scores).astype(str)
        if (found, found_counts) != (cuts, counts):
            wrong.append(f"{letter}: {found} {found_counts}, published {cuts} {counts}")
    for score, count in (("555", GOLDEN_555), ("111", GOLDEN_111)):
        if (text == score).sum() != count:
            wrong.append(f"{score}: {(text == score).sum()}, published {count}")
    return wrong


def purchase_model(rows, clv):
    """Return what differs from the published fit of the master log, and say how long it took.

    The budget is ten times one group-by of the log, in the same run.
    """
    seconds = {}
    for _round in range(3):
        start = time.perf_counter()
        rows.groupby("customer").agg({"day": ["min", "max", "nunique"], "cents": "sum"})
        seconds.setdefault("group-by", []).append(time.perf_counter() - start)
        groups = repeats(rows, PURCHASE_DAY)[["x", "tx", "T"]].value_counts().reset_index()
        start = time.perf_counter()
        fit = clv.fit(clv.Customers.of(*(groups[name] for name in groups)), prior=0)
        seconds.setdefault("fit", []).append(time.perf_counter() - start)
    grouped, fitted = (median(seconds[name]) for name in ("group-by", "fit"))
    print(
        f"Purchase model: {fitted:.3f} s, {fitted / grouped:.1f}x one group-by of the log "
        f"({grouped:.3f} s), at most 10x; {fit.model}"
    )
    wrong = [f"takes {fitted / grouped:.1f}x a group-by"] if fitted > 10 * grouped else []
    for name, known in PURCHASE_MODEL.items():
        if abs(getattr(fit.model, name) / known - 1) > 0.001:
            wrong.append(f"{name}: {getattr(fit.model, name)}, known {known}")
    return wrong


def main(env):
    from odoo.addons.customer_retention.analytics import clv, rfm

    rows = read(Path(os.environ["RETENTION_CDNOW"]) / "CDNOW_master.txt")
    total = 0
    for as_of in DAYS:
        run = env["retention.profile"]._refresh(env.company, as_of)
        env.cr.commit()
        wanted = expected(rows, as_of)
        count = differences(stored(env, env.company), wanted)
        total += sum(count.values())
        segments = wanted["segment"].value_counts().to_dict()
        print(f"{as_of}: {len(wanted):,} customers, {run.changed_count:,} profiles written")
        print(f"  segments: {segments}; core: {int(wanted['is_core'].sum()):,}")
        print("  differences: " + ", ".join(f"{name} {n}" for name, n in count.items()))
    wrong = golden(rows, rfm)
    print("Published cut points and scores: " + ("; ".join(wrong) or "all equal"))
    slow = purchase_model(rows, clv)
    print("Purchase model: " + ("; ".join(slow) or "as known"))
    if total or wrong or slow:
        sys.exit("error: the engine and the independent computation differ.")


if __name__ == "__main__" and len(sys.argv) == 2:
    print("\n".join(as_csv(read(sys.argv[1]))))
