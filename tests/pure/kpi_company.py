"""A company of twelve customers over eight months, worked out by hand.

A customer is lost who has not bought for more than 90 days. Everybody buys on the 15th (F first
on the 10th), so a purchase carries to the ends of its month and of the next two: bought on 15
January means active on 31 March (75 days) and no longer on 30 April (105 days).

One cell per customer and month: the segment at month end (N new, H high value, G general), what
happened (+ new, r came back, - lost, = stayed), and what was bought: amounts of one day joined
by a comma, those of two days by a slash, 0 for nothing. A dot: no row, as not a customer then.

The segments follow from the scoring rule with its limits for small companies, multiples of the
median order: A has bought on five days in May, which is F4, and for 500, which is more than five
times the median of 90, so M4: high value. B has four days only (F3) and 600 (M4): general. H and
K buy rarely but much (M4): general. Whoever is lost has R3: general.
"""

from datetime import date

import pandas as pd

TABLE = """
       Jan    Feb       Mar    Apr      May    Jun     Jul    Aug
A  P   N+100  N=100     N=100  N=60,40  H=100  H=100   H=100  H=100
B  P   N+200  N=0       N=200  N=0      G=200  G=0     G=200  G=0
C  P   N+50   N=0       N=0    G-0      .      .       .      .
D  P   N+80   N=0       N=0    G-0      .      Nr80    N=0    N=0
E  Q   .      N+120     N=60   N=0      N=0    G-0     .      .
F  Q   .      N+300/20  N=0    N=0      G-0    .       .      .
G  Q   .      N+40      N=0    N=40     N=0    N=0     G-0    Nr40
H  P   .      .         N+500  G=0      G=0    G=500   G=0    G=0
I  Q   .      .         .      N+70     N=0    N=0     G-0    .
J  Q   .      .         .      .        N+90   N=30    N=0    N=60
K  P   .      .         .      .        .      G+1000  G=0    G=0
L  Q   .      .         .      .        .      .       .      N+10
"""
YEAR = 2025
LOST_DAYS = 90
SEGMENTS = {"N": "new", "H": "high", "G": "general"}


def month(number):
    """Return the first day of a month of the company."""
    return pd.Timestamp(YEAR, number, 1)


def cells():
    """Yield (customer, salesperson, number of the month, cell), cells without a row left out."""
    for line in TABLE.strip().splitlines()[1:]:
        customer, salesperson, *months = line.split()
        for number, cell in enumerate(months, 1):
            if cell != ".":
                yield customer, salesperson, number, cell


def purchases():
    """Return rows (customer, day, amount), one per order."""
    found = []
    for customer, _salesperson, number, cell in cells():
        days = cell[2:].split("/")
        for day, amounts in zip((15,) if len(days) == 1 else (10, 15), days, strict=True):
            when = date(YEAR, number, day)
            found += [
                (customer, when, int(amount)) for amount in amounts.split(",") if amount != "0"
            ]
    return found


def ledger():
    """Return the ledger that the table says, in the shape of analytics.kpi."""
    bought = pd.DataFrame(purchases(), columns=["customer", "day", "amount"])
    bought["number"] = [day.month for day in bought["day"]]
    first = bought.groupby("customer")["number"].min()
    found = []
    for customer, salesperson, number, cell in cells():
        mine = bought[(bought["customer"] == customer) & (bought["number"] == number)]
        found.append(
            {
                "customer": customer,
                "month": month(number),
                "cohort": month(first[customer]),
                "active_start": cell[1] in "=-",
                "active_end": cell[1] != "-",
                "is_new": cell[1] == "+",
                "is_lost": cell[1] == "-",
                "is_reactivated": cell[1] == "r",
                "purchase_days": mine["day"].nunique(),
                "orders": len(mine),
                "revenue": float(mine["amount"].sum()),
                "segment": SEGMENTS[cell[0]],
                "user": salesperson,
            }
        )
    return pd.DataFrame(found)
