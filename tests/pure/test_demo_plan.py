"""The demo company's plan: believable, the same every time, every segment lived in."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from customer_retention.analytics import purchases, rfm, segments
from customer_retention.demo import (
    alerts,
    catalog,
    generator,
    names,
    people,
    procedures,
    stories,
)

# Seasonal buyers make the plan depend on the time of the year.
DAYS = [date(2026, 1, 15), date(2026, 4, 1), date(2026, 6, 30), date(2027, 9, 7), date(2028, 2, 29)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def plan(request):
    return generator.plan(request.param)


def scored(plan):
    rate = dict(plan.rates)
    rows = []
    for order in plan.orders:
        if order.state != "sale":
            continue
        day = order.moment.date()
        amount = sum(
            quantity
            * (
                catalog.BY_CODE[code].price_foreign / rate[day.replace(day=1)]
                if order.foreign
                else catalog.BY_CODE[code].price
            )
            for code, quantity in order.lines
        )
        rows.append((order.customer, day, amount * (1 - order.discount / 100), 1))
    table = pd.DataFrame(rows, columns=["customer", "day", "amount", "documents"])
    config = rfm.Config()
    facts = purchases.aggregate(table, plan.as_of, config.window_months)
    limits = rfm.limits_in_force(facts, plan.as_of, config, lambda: (0, 0, 0, 0))
    return rfm.score(facts, plan.as_of, limits)


def count_per_segment(scores, code):
    return Counter(code(r, f, m) for r, f, m in zip(scores["r"], scores["f"], scores["m"]))


def test_every_segment_of_the_shipped_schemes_has_customers(plan):
    scores = scored(plan)
    cells = {
        (r, column): segment
        for r, row in segments.ELEVEN_GRID.items()
        for column, segment in enumerate(row, start=1)
    }
    for wanted, code in (
        (set(segments.FOUR_TYPES), segments.four_types(4, 4, 4)),
        (set(segments.EIGHT_TYPES), segments.eight_types(4, 4, 4)),
        (set(cells.values()), segments.grid(cells)),
    ):
        found = count_per_segment(scores, code)
        assert {segment for segment, count in found.items() if count >= 2} == wanted


def test_size_and_mixture(plan):
    assert 290 <= len(plan.customers) <= 350
    assert 3000 <= len(plan.orders) <= 4500
    assert {customer.story for customer in plan.customers} == set(stories.STORIES)
    chinese = sum(customer.flavour == names.CHINESE for customer in plan.customers)
    assert 0.25 < chinese / len(plan.customers) < 0.4
    assert 30 < sum(customer.foreign for customer in plan.customers) < 80
    assert any(order.credited for order in plan.orders)
    assert {order.state for order in plan.orders} == {"draft", "sent", "sale", "cancel"}
    logins = {employee.login for employee in people.EMPLOYEES if employee.team}
    assert {order.seller for order in plan.orders} == logins
    assert 20 <= len(catalog.PRODUCTS) <= 30
    assert len(catalog.CATEGORIES) == 5


def test_orders_lie_between_the_horizon_and_the_day_before(plan):
    days = [order.moment.date() for order in plan.orders]
    assert max(days) < plan.as_of
    # A weekend's order moves back to Friday.
    assert (plan.as_of - min(days)).days <= stories.HORIZON + 2
    assert all(day.weekday() < 5 for day in days)
    assert plan.orders == sorted(plan.orders, key=lambda order: (order.moment, order.customer))


def test_names_and_keys_are_unique(plan):
    contacts = [contact for customer in plan.customers for contact in customer.contacts]
    keys = [row.key for row in [*plan.customers, *contacts]]
    assert len(keys) == len(set(keys))
    firms = [customer.name for customer in plan.customers]
    assert len(firms) == len(set(firms))
    phones = Counter(customer.address.phone for customer in plan.customers)
    # The twins, duplicates to be found, share theirs.
    assert sorted(count for count in phones.values() if count > 1) == [2, 2]


def test_orders_are_placed_by_the_customer_or_its_people(plan):
    allowed = {
        customer.key: {customer.key, *(contact.key for contact in customer.contacts)}
        for customer in plan.customers
    }
    assert all(order.orderer in allowed[order.customer] for order in plan.orders)
    university = next(c for c in plan.customers if c.name == "Hallam Vale University")
    placed = {order.orderer for order in plan.orders if order.customer == university.key}
    assert placed == allowed[university.key], "orders at each level"


def test_stories_are_true():
    plan = generator.plan(date(2026, 6, 30))
    days = {}
    for order in plan.orders:
        if order.state == "sale":
            ago = (plan.as_of - order.moment.date()).days
            days.setdefault(order.customer, []).append(ago)
    for customer in plan.customers:
        bought = sorted(days.get(customer.key, ()))
        if customer.story == "prospect":
            assert not bought
        elif customer.story == "one_order":
            assert len(bought) <= 1
        elif customer.story == "new":
            assert bought[-1] <= 92
        elif customer.story == "lost":
            assert bought[0] > 365
        elif customer.story == "returned":
            gaps = [after - before for before, after in pairwise(bought)]
            assert bought[0] <= 90
            assert max(gaps) > 180


def test_same_date_same_plan():
    day = date(2026, 6, 30)
    assert generator.plan(day) == generator.plan(day)
    small = generator.plan(day, size=10)
    assert {customer.story for customer in small.customers} == set(stories.STORIES)
    assert len(small.customers) < 40


def test_people_have_phone_numbers_of_their_own(plan):
    phones = [c.phone for customer in plan.customers for c in customer.contacts if c.phone]
    phones += [customer.address.phone for customer in plan.customers if "_twin" not in customer.key]
    assert len(phones) == len(set(phones)) > 400


def test_people_work_as_their_names_say():
    done = [
        procedures.work(f"steady_{n:02d}", "Call", ago, channel)
        for n in range(60)
        for ago in (1, 9)
        for channel in ("call", "visit", "wechat", "letter", None)
    ]
    assert done[0] == procedures.work("steady_00", "Call", 1, "call")
    wednesday = date(2026, 7, 1)
    days = [wednesday - timedelta(days=ago) for ago in range(1, 9)]
    worked = [day for day in days if procedures.works(wednesday, day)]
    assert [day.day for day in worked] == [26, 25, 24, 23]  # not the last two, no weekend
    late = sum(work.after > 3 for work in done) / len(done)
    assert 0.03 < late < 0.2
    assert {work.reached for work in done} == {True, False}
    assert all(work.words == procedures.NO_ANSWER for work in done if not work.reached)


def test_what_procedures_say_is_there_in_both_languages():
    texts = [procedures.OWN[name] for name in ("name", "description", "subject", "text")]
    texts += [name for name, _values in procedures.OWN["steps"]]
    texts += [words for *_rest, words in procedures.TALKS.values()]
    texts += [
        text for *_rest, title, body in procedures.CONTENTS.values() for text in (title, body)
    ]
    texts += [text for guide in procedures.GUIDES.values() for text in guide]
    texts += [text for found in procedures.RESULTS.values() for text in found]
    for english, chinese in texts:
        assert english.isascii(), english
        assert not chinese.isascii(), chinese
    stories_told = {*procedures.TALKS, *procedures.OPTOUTS, *procedures.OWN_ADDED}
    assert stories_told <= stories.STORIES.keys()
    assert set(procedures.GUIDES) <= set(catalog.BY_CODE)


def test_alerts_end_as_the_customers_story_does():
    opened = date(2026, 7, 30)
    for story in stories.STORIES:
        courses = [alerts.course(f"{story}_{number:02}", opened) for number in range(200)]
        assert courses == [alerts.course(f"{story}_{number:02}", opened) for number in range(200)]
        outcomes = Counter(course.outcome for course in courses)
        over = story in ("lost", "gone_quiet", "small_quiet", "one_order")
        assert bool(outcomes["saved"]) != over, story
        assert {"gone", "false_alarm", "unreachable"} <= set(outcomes)
        for course in courses:
            assert 0 <= (course.contacted or 0) <= course.ended
            assert (course.contacted is None) == (course.said is None)


def test_nobody_calls_on_a_weekend():
    monday = date(2026, 7, 27)
    days = [alerts.working_day(monday, after) for after in range(8)]
    assert days == [monday + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 7, 7)]
