"""The contact gate: whether a touch may happen, and if not now, when.

Every moment is a naive datetime in UTC. What the gate knows comes in as :class:`Facts`; what it
accepts counts at once for what it judges after. Rules are of two kinds: a *stop* ends a request
for good, a *hold* names a later moment. The first rule that objects gives the reason; a deferral
lands where no hold objects any more, as far as is known now.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .gate_rules import DAY, HOLDS, LANDING, RANKS, RULES, STOPS, full_hour

HORIZON = 1000 * DAY  # no deferral is worked out further than that


class Ask(NamedTuple):
    """One request. ``moment``: when it should happen; ``first_moment``: when it first should
    have; ``priority``: lower numbers first; ``automatic``: sent by the machine, not a person."""

    key: object
    partner_id: int
    contact_id: int | None
    channel: str
    purpose: str
    moment: datetime
    priority: int = 10
    first_moment: datetime | None = None
    automatic: bool = True


class Verdict(NamedTuple):
    """``state``: go, defer or skip; ``reason``: the code of the rule, "" for go; ``until``: for
    defer, when to ask again; ``moment``: the one judged, at which a go counts as done."""

    state: str
    reason: str = ""
    until: datetime | None = None
    moment: datetime | None = None


class Cap(NamedTuple):
    """At most ``count`` touches in any ``days`` days, of customers it fits.

    ``channel``, ``stage``: None for all; ``age_from``, ``age_to``: days since the first purchase,
    both inclusive, 0 as the last for no end; ``contact_id``: counts touches of that contact only.
    """

    channel: str | None
    stage: str | None
    age_from: int
    age_to: int
    count: int
    days: int
    contact_id: int | None = None


class Person(NamedTuple):
    """A contact. ``unreachable``, ``blocked``: channels without address, or blacklisted;
    ``opted_out``: purposes; ``quiet``: local hours (from, to); ``caps``: wishes of their own."""

    zone: str = "UTC"
    archived: bool = False
    unreachable: frozenset = frozenset()
    blocked: frozenset = frozenset()
    bounced: bool = False
    opted_out: frozenset = frozenset()
    quiet: tuple = (0.0, 0.0)
    caps: tuple = ()


class Customer(NamedTuple):
    """``touches``: (moment, channel, contact) of the capped purposes; ``waiting``: (moment,
    rank) of touches that are due; ``problem``: has an open severe one."""

    first_day: date | None = None
    stage: str | None = None
    problem: bool = False
    touches: tuple = ()
    waiting: tuple = ()


class Facts(NamedTuple):
    """``rest``: date → whether nobody works; ``zone``: of the company, in which customers age;
    ``mails``, ``booked``: {full hour: automatic mails sent, deferred to it}; ``extra``: {code:
    {key: Verdict}} of further rules; ``rules``: codes in the order in which they are asked."""

    people: dict
    customers: dict
    caps: tuple = ()
    sending: bool = True
    max_age: timedelta = 14 * DAY
    per_hour: int = 200
    rest: Callable = lambda day: False
    morning: float = 9.0
    zone: str = "UTC"
    mails: dict = {}
    booked: dict = {}
    extra: dict = {}
    rules: tuple | None = None


class _Book:
    """What is known, and what this batch adds to it."""

    def __init__(self, facts):
        self.facts = facts
        self.touches = {key: sorted(found.touches) for key, found in facts.customers.items()}
        self.sent = defaultdict(int, facts.mails)
        self.booked = defaultdict(int, facts.booked)

    def person(self, ask):
        return self.facts.people[ask.contact_id or ask.partner_id]

    def customer(self, ask):
        return self.facts.customers[ask.partner_id]

    def note(self, ask, verdict):
        mail = ask.automatic and ask.channel == "mail"
        if verdict.state == "go":
            if ask.purpose in RANKS:
                touch = (ask.moment, ask.channel, ask.contact_id or ask.partner_id)
                insort(self.touches[ask.partner_id], touch)
            self.sent[full_hour(ask.moment)] += mail
        elif verdict.state == "defer":
            self.booked[full_hour(verdict.until)] += mail


def decide(asks, facts):
    """Return {key: Verdict} for a batch of :class:`Ask`, whatever order it comes in."""
    book, verdicts = _Book(facts), {}
    for ask in sorted(asks, key=lambda a: (a.moment, -RANKS.get(a.purpose, 9), a.priority, a.key)):
        verdicts[ask.key] = verdict = _judge(ask, book)
        book.note(ask, verdict)
    return verdicts


def _judge(ask, book):
    for code in book.facts.rules or RULES:
        given = book.facts.extra.get(code, {}).get(ask.key)
        stop = STOPS[code](ask, book) if code in STOPS else given and given.state == "skip"
        if stop:
            return Verdict("skip", code, None, ask.moment)
        until = HOLDS[code](ask, ask.moment, book) if code in HOLDS else given and given.until
        if until and until > ask.moment:
            return Verdict("defer", code, _land(ask, until, book), ask.moment)
    return Verdict("go", "", None, ask.moment)


def _land(ask, moment, book):
    """Return the first moment from ``moment`` on to which no hold that knows its end objects."""
    holds = [HOLDS[code] for code in book.facts.rules or RULES if code in LANDING]
    before = None
    while before != moment and moment < ask.moment + HORIZON:
        before = moment
        for hold in holds:
            moment = max(moment, hold(ask, moment, book) or moment)
    return moment
