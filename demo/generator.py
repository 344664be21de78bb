"""The plan of the demo company: customers with their life stories, orders, quotations.

``plan(as_of)`` is a function of its arguments only: same date and size, same rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from math import sin
from random import Random

from . import names
from .catalog import LABORATORY, WORKSHOP, range_for
from .groups import GROUPS
from .people import TEAMS
from .rows import Contact, Customer, Order, Plan
from .stories import HORIZON, STORIES

SEED = 20240229
SIZE = 300


def plan(as_of, size=SIZE, seed=SEED):
    """Return the Plan for ``as_of`` with about ``size`` customers.

    :param as_of: day the story has come to; the last order is older
    :param size: small sizes keep at least one customer of each story
    """
    result, firms, serial = Plan(as_of, rates=exchange_rates(as_of)), names.Names(seed), 0
    for name, story in STORIES.items():
        for number in range(1, max(1, round(story.count * size / SIZE)) + 1):
            serial += 1
            rng = Random(f"{seed}/{name}/{number}")
            customer = _customer(rng, firms, f"{name}_{number:02d}", name, serial)
            result.customers.append(customer)
            result.orders += _orders(rng, customer, story.visits(rng, as_of), story.size, as_of)
            result.orders += _quotations(rng, customer, as_of)
    _add_twins(result)
    for customer, story, weight in GROUPS:
        rng = Random(f"{seed}/{customer['key']}")
        serial += 1
        made = _grouped(rng, customer, story, serial)
        result.customers.append(made)
        result.orders += _orders(rng, made, STORIES[story].visits(rng, as_of), weight, as_of)
    result.orders.sort(key=lambda order: (order.moment, order.customer))
    return result


def exchange_rates(as_of):
    """Return (first of month, foreign units per company unit), oldest first."""
    day, rates = (as_of - timedelta(days=HORIZON + 40)).replace(day=1), []
    while day <= as_of:
        months = day.year * 12 + day.month
        rates.append((day, round(0.92 + 0.025 * sin(months / 4) + 0.004 * (months % 3), 4)))
        day = (day + timedelta(days=32)).replace(day=1)
    return rates


def _customer(rng, firms, key, story, serial):
    flavour = (names.ENGLISH, names.CHINESE, names.EUROPEAN)[
        (0 if rng.random() < 0.76 else 2) if serial % 3 else 1
    ]
    sector = rng.choice((LABORATORY, WORKSHOP))
    name, place = firms.firm(flavour, sector)
    domain = names.domain(name, serial)
    people = rng.choice((0, 1, 1, 2))
    return Customer(
        key, story, name, flavour, sector, _seller(rng, flavour, sector),
        names.address(rng, flavour, serial, place), f"office@{domain}", f"https://www.{domain}",
        f"{10000 + serial}", flavour == names.EUROPEAN,
        contacts=tuple(
            Contact(
                f"{key}_p{n}", names.person(rng, flavour, place), key, email=f"p{n}@{domain}",
                phone=names.mobile(flavour, serial, n, place),
            )
            for n in range(1, people + 1)
        ),
    )  # fmt: skip


def _seller(rng, flavour, sector):
    """The second of each team looks after the Chinese customers, and some others."""
    _name, _name_zh, (first, second) = TEAMS[sector]
    return second if flavour == names.CHINESE or rng.random() < 0.25 else first


def _grouped(rng, row, story, serial):
    """Return a customer of ``groups.py``, with its departments and people as contacts."""
    domain = f"{row['key'].replace('_', '-')}.example"
    return Customer(
        row["key"], story, row["name"], row["flavour"], row["sector"],
        _seller(rng, row["flavour"], row["sector"]),
        names.address(rng, row["flavour"], serial, row.get("place")), f"office@{domain}",
        f"https://www.{domain}", f"{10000 + serial}", parent=row.get("parent", ""),
        contacts=tuple(
            Contact(key, name, parent, kind, f"{key.replace('_', '-')}@{domain}")
            for key, name, parent, kind in row.get("contacts", ())
        ),
    )  # fmt: skip


def _add_twins(result):
    """Enter two customers a second time under nearly their name: duplicates to be found."""
    for customer in [c for c in result.customers if c.story == "one_order"][:2]:
        bought = next(o for o in result.orders if o.customer == customer.key)
        key, short = f"{customer.key}_twin", customer.name.split()
        twin = " ".join(short[:-1]) + " Ltd" if short[1:] else short[0].removesuffix("有限公司")
        result.customers.append(
            replace(customer, key=key, name=twin, contacts=(), reference=customer.reference + "-2")
        )
        moment = bought.moment + timedelta(days=14)
        if moment.date() < result.as_of:
            result.orders.append(replace(bought, customer=key, orderer=key, moment=moment))


def _moment(rng, as_of, ago):
    """Return a time of a working day that is the same day from UTC-8 to UTC+8."""
    day = as_of - timedelta(days=max(1, ago))
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(rng.randint(8, 15), rng.randint(0, 59)))


def _orders(rng, customer, visits, size, as_of):
    scale = size * rng.lognormvariate(0, 0.45)
    favourites = rng.sample(range_for(customer.sector), rng.randint(5, 9))
    discount = rng.choice((5, 8, 10)) if size > 2 else rng.choice((0, 0, 0, 5))
    orders = []
    for visit in visits:
        state = "cancel" if visit.ago < HORIZON - 60 and rng.random() < 0.015 else "sale"
        fresh = state == "sale" and 8 <= visit.ago <= 330 and rng.random() < 0.035
        orders.append(
            Order(
                customer.key, _orderer(rng, customer), _moment(rng, as_of, visit.ago), state,
                customer.seller, customer.foreign, discount,
                _basket(rng, favourites, scale * visit.factor),
                invoiced=fresh, credited=rng.choice((0, 0, 0, 0.1, 0.3, 1)) if fresh else 0,
            )
        )  # fmt: skip
    return orders


def _quotations(rng, customer, as_of):
    """Prospects wait for an answer to one or two quotations; a few customers too."""
    count = rng.choice((1, 1, 2)) if customer.story == "prospect" else rng.random() < 0.09
    favourites = range_for(customer.sector)
    return [
        Order(
            customer.key, _orderer(rng, customer), _moment(rng, as_of, rng.randint(2, 45)),
            rng.choice(("draft", "sent", "sent")), customer.seller, customer.foreign, 0,
            _basket(rng, favourites, rng.uniform(0.5, 2)),
        )
        for _quotation in range(count)
    ]  # fmt: skip


def _orderer(rng, customer):
    """Most orders name the firm itself, the others one of its people or departments."""
    if customer.contacts and rng.random() < (0.75 if customer.contacts[1:] else 0.3):
        return rng.choice(customer.contacts).key
    return customer.key


def _basket(rng, products, scale):
    """Return (product code, quantity) of one order; small customers buy small things."""
    limit = 150 if scale < 0.3 else 1000 if scale < 1.5 else 9999
    fitting = [p for p in products if p.price <= limit] or products
    weights = [1 / p.price**0.35 for p in fitting]
    count = min(len(fitting), 1 if scale < 0.3 else rng.choice((1, 2, 2, 3, 4)))
    chosen = {p.code: p for p in rng.choices(fitting, weights, k=count)}
    return tuple(
        (code, max(1, round(p.usual * scale * rng.uniform(0.6, 1.5)))) for code, p in chosen.items()
    )
