"""How often to contact a customer, and when each owner comes round to whom.

The plan holds each customer's next contact only. Every owner takes at most so many a working
day; who waits longest comes first. Taking the earliest wish first is best here: where it leaves
somebody out, no order of the same contacts would fit them all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

# Days between contacts up to an age in days; after the last limit LATER.
GUIDE = ((90, 7), (180, 12))
LATER = 21
CORE_VISIT, OTHER_VISIT = 30, 91


class Customer(NamedTuple):
    """One customer as the plan needs them.

    ``age``: days since the customer's first purchase; ``interval``: wanted days between two
    contacts, None for the guide's; ``last_contact``: None counts from the first purchase.
    ``key`` and ``owner`` (None: nobody) are ids; ``value`` is any figure, more comes first.
    """

    key: int
    owner: int | None
    age: int
    last_contact: date | None = None
    interval: int | None = None
    value: float = 0.0


class Plan(NamedTuple):
    """What :func:`plan` returns.

    ``dates``: {key: date of the next contact}; ``load``: {(owner, date): contacts that day};
    ``left_out``: keys wanted within the horizon for whom there was no room, most urgent first.
    """

    dates: dict[int, date]
    load: dict[tuple[int, date], int]
    left_out: list[int]


class Rounds(NamedTuple):
    """What :func:`rounds` returns.

    ``contacts``: (key, day), in the order of days for each owner; ``load``: as in
    :class:`Plan`; ``left_out``: keys still waiting at the end, most urgent first.
    """

    contacts: list[tuple[int, date]]
    load: dict[tuple[int, date], int]
    left_out: list[int]


def guide_interval(age_days: int) -> int:
    """Return the days between two contacts with a customer of that age.

    Weekly up to 90 days, two or three times a month up to 180, then once or twice.
    """
    return next((days for limit, days in GUIDE if age_days <= limit), LATER)


def wanted_on(customer: Customer, start: date) -> date:
    """Return the day on which the next contact is due, which may lie before ``start``."""
    last = customer.last_contact or start - timedelta(days=customer.age)
    interval = guide_interval(customer.age) if customer.interval is None else customer.interval
    return last + timedelta(days=interval)


def plan(
    customers: Iterable[Customer],
    capacity: Mapping[int, int],
    start: date,
    days: int,
    rest_days: Callable[[date], bool],
) -> Plan:
    """Plan the next contact of everybody who is due from ``start`` on within so many days.

    Nobody is planned before being due, nor on a day of rest. Among those due, the most overdue
    come first, then the more valuable, then the lower key: the order of rows says nothing.
    Customers that are due later are neither planned nor left out.

    :param capacity: contacts a working day by owner; who is not in it takes none
    :raises ValueError: when a key comes twice
    """
    end = start + timedelta(days=days)
    wanted = [
        (due, -customer.value, customer.key, customer.owner)
        for customer in customers
        if (due := wanted_on(customer, start)) < end
    ]
    if len({key for _, _, key, _ in wanted}) < len(wanted):
        raise ValueError("a customer can have only one next contact")
    dates, left_out = {}, []
    working = [day for ahead in range(days) if not rest_days(day := start + timedelta(days=ahead))]
    by_owner = defaultdict(list)
    for row in sorted(wanted, key=lambda row: row[:3]):
        by_owner[row[3]].append(row)
    for owner, rows in by_owner.items():
        left_out += _fill(rows, capacity.get(owner, 0), working, dates)
    owners = {key: owner for _, _, key, owner in wanted}
    load = Counter((owners[key], day) for key, day in dates.items())
    return Plan(dates, dict(load), [key for _, _, key, _ in sorted(left_out)])


def _fill(rows, capacity, working, dates):
    """Give one owner's customers their days; return the rows that found none.

    :param rows: in the order of their due dates
    """
    waiting, position = [], 0
    for day in working:
        while position < len(rows) and rows[position][0] <= day:
            heappush(waiting, rows[position])
            position += 1
        for _ in range(min(capacity, len(waiting))):
            dates[heappop(waiting)[2]] = day
    return waiting + rows[position:]


def rounds(
    customers: Iterable[Customer],
    capacity: Mapping[int, int],
    start: date,
    days: int,
    rest_days: Callable[[date], bool],
    taken: Mapping[tuple[int, date], int] | None = None,
) -> Rounds:
    """Plan all contacts of so many days: who was contacted is due again after the interval.

    Each day is that of :func:`plan`, so this is what comes of planning anew every morning.

    :param taken: {(owner, day): contacts} that use up some of the capacity
    """
    taken = taken or {}
    working = [day for ahead in range(days) if not rest_days(day := start + timedelta(days=ahead))]
    by_owner = defaultdict(list)
    for customer in customers:
        by_owner[customer.owner].append(customer)
    contacts, load, left_out = [], Counter(), []
    for owner, mine in by_owner.items():
        most = capacity.get(owner, 0)
        room = {day: max(most - taken.get((owner, day), 0), 0) for day in working}
        made, waiting = _go_round(mine, room, start)
        contacts += made
        load.update((owner, day) for _key, day in made)
        left_out += waiting
    return Rounds(contacts, dict(load), [row[2] for row in sorted(left_out)])


def _go_round(customers, room, start):
    """Return one owner's ([(key, day)], rows of those who wait at the end).

    :param room: {working day: contacts that fit in}, in the order of days
    """
    later, waiting, made = [], [], []
    for c in customers:
        interval = guide_interval(c.age) if c.interval is None else c.interval
        heappush(later, (wanted_on(c, start), -c.value, c.key, interval))
    for day, most in room.items():
        while later and later[0][0] <= day:
            heappush(waiting, heappop(later))
        for _ in range(min(most, len(waiting))):
            _due, value, key, interval = heappop(waiting)
            made.append((key, day))
            heappush(later, (day + timedelta(days=interval), value, key, interval))
    return made, waiting
