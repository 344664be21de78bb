"""The contact gate: each rule by hand, then what must hold whatever the schedule."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from customer_retention.analytics import gate
from customer_retention.analytics.gate import Ask, Cap, Customer, Facts, Person, Verdict, decide
from customer_retention.analytics.gate_rules import RULES
from customer_retention.analytics.schedule import local
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = timedelta(days=1)
NOON = datetime(2026, 6, 30, 12)  # a Tuesday
WEEKLY = Cap(None, None, 0, 90, 1, 7)
CAPS = (WEEKLY, Cap(None, None, 91, 180, 3, 30), Cap(None, None, 181, 0, 2, 30))
WEEKEND = {"rest": lambda day: day.weekday() >= 5}


def ask(key=1, moment=NOON, purpose="care", channel="mail", partner=1, contact=None, **values):
    return Ask(key, partner, contact, channel, purpose, moment, **values)


def facts(person=None, customer=None, **values):
    return Facts({1: person or Person()}, {1: customer or Customer(date(2026, 6, 1))}, **values)


def judge(one, **values):
    return decide([one], facts(**values))[one.key]


def touched(*moments, channel="mail", **values):
    values.setdefault("first_day", date(2026, 6, 1))
    return Customer(touches=tuple((moment, channel, 1) for moment in moments), **values)


# ---------------------------------------------------------------- stops
@pytest.mark.parametrize(
    ("person", "reason", "request_"),
    [
        (Person(archived=True), "archived", {}),
        (Person(unreachable=frozenset({"mail"})), "no_address", {}),
        (Person(unreachable=frozenset({"mail"})), "", {"channel": "call"}),
        (Person(blocked=frozenset({"sms"})), "blacklisted", {"channel": "sms"}),
        (Person(blocked=frozenset({"sms"})), "", {"channel": "wechat"}),
        (Person(bounced=True), "bounced", {}),
        (Person(bounced=True), "", {"channel": "call"}),
        (Person(opted_out=frozenset({"promotion"})), "opted_out", {"purpose": "promotion"}),
        (Person(opted_out=frozenset({"promotion"})), "", {"purpose": "care"}),
        (Person(quiet=(0, 24)), "never", {"purpose": "service"}),
        (Person(), "too_late", {"first_moment": NOON - 15 * DAY}),
        (Person(), "", {"first_moment": NOON - 14 * DAY}),
    ],
)
def test_stops(person, reason, request_):
    state = "skip" if reason else "go"
    assert judge(ask(**request_), person=person) == Verdict(state, reason, None, NOON)


def test_stops_come_before_holds():
    found = judge(ask(), person=Person(bounced=True, quiet=(10, 14)), sending=False)
    assert (found.state, found.reason) == ("skip", "bounced")


# ---------------------------------------------------------------- holds
def held(found):
    assert found.state == "defer"
    return found.reason, found.until


def test_sending_off_holds_the_machine_only():
    assert held(judge(ask(purpose="service"), sending=False)) == ("sending_off", NOON + DAY)
    assert judge(ask(automatic=False), sending=False).state == "go"


def test_open_problem_holds_promotion():
    customer = Customer(problem=True)
    assert held(judge(ask(purpose="promotion"), customer=customer)) == ("open_problem", NOON + DAY)
    assert judge(ask(), customer=customer).state == "go"


@pytest.mark.parametrize(
    ("purpose", "rank", "days", "until"),
    [
        ("promotion", 2, 2, 3),
        ("promotion", 3, 3, 4),
        ("care", 3, 1, 2),
        ("care", 2, 1, None),
        ("rescue", 3, 1, None),
        ("promotion", 3, 3.1, None),
        ("promotion", 3, -0.5, 0.5),  # due and not done yet
        ("promotion", 3, -1, None),
        ("greeting", 3, 1, None),
    ],
)
def test_higher_ranking_procedures_go_first(purpose, rank, days, until):
    customer = Customer(waiting=((NOON + days * DAY, rank),))
    found = judge(ask(purpose=purpose), customer=customer)
    if until is None:
        assert found.state == "go"
    else:
        assert held(found) == ("outranked", NOON + until * DAY)


def test_cap_window_is_half_open():
    assert judge(ask(), customer=touched(NOON - 7 * DAY), caps=CAPS).state == "go"
    last = NOON - 7 * DAY + timedelta(seconds=1)
    assert held(judge(ask(), customer=touched(last), caps=CAPS)) == ("cap", last + 7 * DAY)


@pytest.mark.parametrize("purpose", ["service", "greeting"])
def test_service_and_greeting_know_neither_caps_nor_weekends(purpose):
    saturday = NOON + 4 * DAY
    one = ask(purpose=purpose, moment=saturday)
    assert judge(one, customer=touched(saturday), caps=CAPS, **WEEKEND).state == "go"
    quiet = Person(quiet=(10, 13))
    assert held(judge(one, person=quiet, **WEEKEND)) == (
        "quiet_hours",
        saturday + timedelta(hours=1),
    )


def test_service_is_not_counted():
    batch = [ask(1, purpose="service"), ask(2, purpose="greeting"), ask(3)]
    assert {v.state for v in decide(batch, facts(caps=CAPS)).values()} == {"go"}


@pytest.mark.parametrize(
    ("age", "touches", "state"),
    [(90, 1, "defer"), (91, 2, "go"), (91, 3, "defer"), (180, 3, "defer"), (181, 2, "defer")],
)
def test_caps_by_age(age, touches, state):
    moments = [NOON - DAY - number * timedelta(hours=1) for number in range(touches)]
    customer = touched(*moments, first_day=NOON.date() - age * DAY)
    assert judge(ask(), customer=customer, caps=CAPS).state == state


def test_a_customer_may_grow_out_of_a_cap():
    """On the 91st day the weekly cap is over, before the week is."""
    customer = touched(NOON - DAY, first_day=NOON.date() - 89 * DAY)
    assert held(judge(ask(), customer=customer, caps=CAPS)) == ("cap", datetime(2026, 7, 2))


def test_a_prospect_is_of_age_zero():
    customer = touched(NOON - DAY, first_day=None)
    assert held(judge(ask(), customer=customer, caps=CAPS)) == ("cap", NOON + 6 * DAY)


def test_all_caps_hold_together():
    caps = (WEEKLY, Cap("sms", None, 0, 0, 1, 30), Cap(None, "silent", 0, 0, 1, 60))
    sms = touched(NOON - 8 * DAY, channel="sms")
    assert judge(ask(), customer=sms, caps=caps).state == "go"
    assert held(judge(ask(channel="sms"), customer=sms, caps=caps)) == ("cap", NOON + 22 * DAY)
    silent = sms._replace(stage="silent")
    assert held(judge(ask(), customer=silent, caps=caps)) == ("cap", NOON + 52 * DAY)


def test_a_wish_counts_the_contact_only():
    wish = Person(caps=(Cap(None, None, 0, 0, 1, 30, contact_id=2),))
    known = Facts({1: Person(), 2: wish}, {1: touched(NOON - 8 * DAY)}, caps=CAPS)
    assert decide([ask(contact=2)], known)[1].state == "go"
    mine = Customer(touches=((NOON - 8 * DAY, "mail", 2),))
    known = known._replace(customers={1: mine})
    assert held(decide([ask(contact=2)], known)[1]) == ("cap", NOON + 22 * DAY)
    assert decide([ask()], known)[1].state == "go"


def test_a_touch_after_the_moment_counts_too():
    """The clock was set back: the window that ends with the later touch must hold as well."""
    later = NOON + 2 * DAY
    assert held(judge(ask(), customer=touched(later), caps=CAPS)) == ("cap", later + 7 * DAY)


def test_rest_days_wait_for_the_working_morning():
    shanghai = Person("Asia/Shanghai")
    friday_evening = datetime(2026, 7, 3, 17)  # Saturday 1:00 there
    assert held(judge(ask(moment=friday_evening), person=shanghai, **WEEKEND)) == (
        "rest_day",
        datetime(2026, 7, 6, 1),
    )


def test_a_company_that_never_works_does_not_hang():
    found = judge(ask(), rest=lambda day: True)
    assert found.reason == "rest_day" and found.until > NOON + 60 * DAY


def test_a_deferral_lands_where_nothing_else_objects():
    """From the cap on Saturday noon to Monday, whose morning is quiet for this person."""
    customer = touched(NOON - 3 * DAY)
    person = Person(quiet=(8, 11.5))
    found = judge(ask(), person=person, customer=customer, caps=CAPS, **WEEKEND)
    assert held(found) == ("cap", datetime(2026, 7, 6, 11, 30))


def test_hourly_cap_counts_automatic_mails_and_spreads_the_rest():
    batch = [ask(key, partner=key, purpose="service") for key in range(7)]
    batch += [ask(7, partner=7, purpose="service", automatic=False)]
    batch += [ask(8, partner=8, purpose="service", channel="sms")]
    known = Facts(
        {key: Person() for key in range(9)},
        {key: Customer() for key in range(9)},
        per_hour=2,
        mails={NOON: 1},
        booked={NOON: 5, NOON + timedelta(hours=2): 1},
    )
    hours = {key: v.until and v.until.hour for key, v in decide(batch, known).items()}
    assert hours == {0: None, 1: 13, 2: 13, 3: 14, 4: 15, 5: 15, 6: 16, 7: None, 8: None}


def test_only_automatic_mails_fill_an_hour():
    batch = [ask(1, partner=1, purpose="service", automatic=False)]
    batch += [ask(2, partner=2, purpose="service", channel="sms")]
    batch += [ask(3, partner=3, purpose="service"), ask(4, partner=4, purpose="service")]
    people, customers = {n: Person() for n in range(1, 5)}, {n: Customer() for n in range(1, 5)}
    found = decide(batch, Facts(people, customers, per_hour=1))
    assert {key: verdict.state for key, verdict in found.items()} == {
        1: "go",
        2: "go",
        3: "go",
        4: "defer",
    }


def test_an_hour_is_full_by_what_was_sent_and_what_waits_for_it():
    one, two, three = (NOON + n * timedelta(hours=1) for n in (1, 2, 3))
    known = facts(per_hour=2, mails={NOON: 2, one: 1, two: 1}, booked={one: 1})
    assert held(decide([ask(purpose="service")], known)[1]) == ("hourly_cap", two)
    known = known._replace(booked={one: 1, two: 1})
    assert held(decide([ask(purpose="service")], known)[1]) == ("hourly_cap", three)


# ---------------------------------------------------------------- batches
def test_what_is_accepted_counts_for_the_next():
    found = decide([ask(1), ask(2)], facts(caps=CAPS))
    assert found[1].state == "go" and held(found[2]) == ("cap", NOON + 7 * DAY)


def test_order_within_a_batch():
    def first(*batch):
        return [key for key, v in decide(batch, facts(caps=CAPS)).items() if v.state == "go"]

    late = NOON + timedelta(minutes=1)
    assert first(ask(1, late, "rescue"), ask(2, NOON, "promotion")) == [2]
    assert first(ask(1, purpose="promotion"), ask(2), ask(3, purpose="rescue")) == [3]
    assert first(ask(1, priority=20), ask(2, priority=5)) == [2]
    assert first(ask(2), ask(1)) == [1]


# ---------------------------------------------------------------- further rules
def test_further_rules_stand_where_they_are_put():
    rules = ("holiday", *RULES)
    extra = {"holiday": {1: Verdict("defer", "holiday", NOON + DAY), 2: Verdict("skip", "x")}}
    batch = [ask(1), ask(2), ask(3)]
    found = decide(batch, facts(Person(quiet=(11, 15)), rules=rules, extra=extra))
    assert held(found[1]) == ("holiday", datetime(2026, 7, 1, 15))
    assert (found[2].state, found[2].reason) == ("skip", "holiday")
    assert found[3].reason == "quiet_hours"


def test_rules_that_are_left_out_are_not_asked():
    assert judge(ask(), person=Person(bounced=True), rules=("cap",)).state == "go"


# ---------------------------------------------------------------- whatever the schedule
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Chatham"]
START = datetime(2026, 2, 20)  # over the weeks in which clocks are set forward
PURPOSES = ["service", "greeting", "care", "promotion", "rescue"]


@st.composite
def schedules(draw):
    hours = st.sampled_from([(21.0, 8.0), (12.0, 14.5), (0.0, 0.0), (1.5, 23.0)])
    zones = {key: draw(st.sampled_from(ZONES)) for key in (1, 2, 3)}
    people = {key: Person(zone, quiet=draw(hours)) for key, zone in zones.items()}
    first = st.none() | st.integers(0, 250).map(lambda days: START.date() - days * DAY)
    customers = {1: Customer(draw(first)), 3: Customer(draw(first), problem=draw(st.booleans()))}
    batch = [
        Ask(
            key,
            3 if contact == 3 else 1,
            contact,
            draw(st.sampled_from(["mail", "call"])),
            draw(st.sampled_from(PURPOSES)),
            START + draw(st.integers(0, 40 * 24 * 4)) * timedelta(minutes=15),
            draw(st.integers(1, 3)),
        )
        for key, contact in enumerate(draw(st.lists(st.sampled_from([1, 2, 3]), max_size=14)))
    ]
    caps = (*CAPS, Cap("call", None, 0, 0, 1, draw(st.integers(1, 40))))
    known = Facts(people, customers, caps=caps, max_age=30 * DAY, per_hour=2, **WEEKEND)
    return batch, known


def run(batch, known):
    """Ask again whenever told to, one moment after the other; return what became of each."""
    waiting = {one.key: one._replace(first_moment=one.moment) for one in batch}
    done, ended, mails = defaultdict(list), {}, defaultdict(int)
    while waiting:
        now = min(one.moment for one in waiting.values())
        due = [one for one in waiting.values() if one.moment == now]
        customers = {
            key: customer._replace(touches=tuple(t[:3] for t in done[key] if t[3] in gate.RANKS))
            for key, customer in known.customers.items()
        }
        for key, verdict in decide(due, known._replace(customers=customers, mails=mails)).items():
            one = waiting[key]
            if verdict.state == "defer":
                assert verdict.until > now and verdict.reason
                waiting[key] = one._replace(moment=verdict.until)
                continue
            ended[key] = verdict
            del waiting[key]
            if verdict.state == "go":
                contact = one.contact_id
                done[one.partner_id].append((now, one.channel, contact, one.purpose))
                mails[now.replace(minute=0)] += one.channel == "mail"
    return done, ended, mails


def count_in_window(touches, cap, end):
    inside = [t for t in touches if end - cap.days * DAY < t[0] <= end]
    return len([t for t in inside if cap.channel in (None, t[1])])


def fits(cap, customer, moment):
    first = customer.first_day
    age = max(0, (moment.date() - first).days) if first else 0
    return cap.age_from <= age and (not cap.age_to or age <= cap.age_to)


@settings(max_examples=150)
@given(schedules())
def test_nobody_is_touched_too_often_or_at_night(schedule):
    batch, known = schedule
    done, ended, mails = run(batch, known)
    assert set(ended) == {one.key for one in batch}
    assert all(v.state == "go" or (v.state == "skip" and v.reason) for v in ended.values())
    assert max(mails.values(), default=0) <= 2
    for key, touches in done.items():
        counted = [t for t in touches if t[3] in gate.RANKS]
        for moment, _channel, contact, purpose in touches:
            person = known.people[contact]
            wall = local(moment, person.zone)
            hour, (start, end) = wall.hour + wall.minute / 60, person.quiet
            assert not (start <= hour < end if start <= end else hour >= start or hour < end)
            assert purpose not in gate.RANKS or wall.weekday() < 5
        for moment, *_rest in counted:
            for cap in known.caps:
                if fits(cap, known.customers[key], moment):
                    assert count_in_window(counted, cap, moment) <= cap.count


@given(schedules(), st.randoms(use_true_random=False))
def test_the_order_of_a_batch_does_not_matter(schedule, random):
    batch, known = schedule
    mixed = random.sample(batch, len(batch))
    assert decide(mixed, known) == decide(batch, known)


@settings(max_examples=100)
@given(schedules())
def test_a_deferral_lands_where_it_may_go(schedule):
    """Asked again at once about the new moment, no rule objects but what others have taken."""
    batch, known = schedule
    for one in batch:
        verdict = decide([one], known)[one.key]
        if verdict.state == "defer" and verdict.reason != "open_problem":
            again = decide([one._replace(moment=verdict.until)], known)[one.key]
            assert again.state == "go"
