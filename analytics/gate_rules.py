"""The rules of the contact gate, in order: those that end a request, those that hold it.

A stop says of (ask, book) whether it objects. A hold names of (ask, moment, book) a later moment;
none, or the moment itself, when it does not object. ``book`` is :class:`gate._Book`.
"""

from datetime import timedelta

from .schedule import PATIENCE, day_start, local, quiet_until, rest_until

# The purposes that are capped and rest on weekends; where two wait, the higher one goes first.
RANKS = {"promotion": 1, "care": 2, "rescue": 3}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AHEAD = 3 * DAY  # how far ahead a higher-ranking touch keeps lower ones back


def _outranked(ask, moment, book):
    rank = RANKS.get(ask.purpose, 9)
    due = [when for when, other in book.customer(ask).waiting if other > rank]
    near = [when for when in due if moment - DAY < when <= moment + AHEAD]
    return max(near) + DAY if near else None


def _capped(ask, moment, book):
    if ask.purpose not in RANKS:
        return None
    facts, customer = book.facts, book.customer(ask)
    first = customer.first_day
    age = max(0, (local(moment, facts.zone).date() - first).days) if first else 0
    holds = []
    for cap in (*facts.caps, *book.person(ask).caps):
        late = cap.age_to and age > cap.age_to
        if age < cap.age_from or late or not _speaks_of(cap, ask.channel, customer.stage):
            continue
        until = _room(cap, moment, book.touches[ask.partner_id])
        if until and first and cap.age_to:  # older, the customer falls under other caps
            until = min(until, day_start(first + (cap.age_to + 1) * DAY, facts.zone))
        holds.append(until or moment)
    return max(holds, default=None)


def _speaks_of(cap, channel, stage):
    return cap.channel in (None, channel) and cap.stage in (None, stage)


def _room(cap, moment, touches):
    """Return when all windows of a cap have room for one more; None: at ``moment`` they have.

    Also those that end later: a touch may be noted after the one judged now.
    """
    span = cap.days * DAY
    near = [
        when
        for when, channel, contact in touches
        if moment - span < when < moment + span
        and cap.channel in (None, channel)
        and cap.contact_id in (None, contact)
    ]
    for end in (moment, *(when for when in near if when > moment)):
        inside = [when for when in near if end - span < when <= end]
        if len(inside) >= cap.count:
            return inside[-cap.count] + span
    return None


def _rest_day(ask, moment, book):
    if ask.purpose not in RANKS:
        return None
    found = rest_until(moment, book.person(ask).zone, book.facts.rest, book.facts.morning)
    return found or moment + PATIENCE * DAY


def _hourly(ask, moment, book):
    if not (ask.automatic and ask.channel == "mail"):
        return None
    later, hour, most = moment > ask.moment, full_hour(moment), book.facts.per_hour
    if book.sent[hour] + later * book.booked[hour] < most:
        return None
    while book.sent[hour] + book.booked[hour] >= most or hour <= moment:
        hour += HOUR
    return hour


def full_hour(moment):
    return moment.replace(minute=0, second=0, microsecond=0)


# ---------------------------------------------------------------- rules in order
STOPS = {
    "archived": lambda ask, book: book.person(ask).archived,
    "no_address": lambda ask, book: ask.channel in book.person(ask).unreachable,
    "blacklisted": lambda ask, book: ask.channel in book.person(ask).blocked,
    "bounced": lambda ask, book: ask.channel == "mail" and book.person(ask).bounced,
    "opted_out": lambda ask, book: ask.purpose in book.person(ask).opted_out,
    "never": lambda ask, book: book.person(ask).quiet == (0, 24),
    "too_late": lambda ask, book: (
        bool(ask.first_moment) and ask.moment - ask.first_moment > book.facts.max_age
    ),
}
HOLDS = {
    "sending_off": lambda ask, moment, book: (
        moment + DAY if ask.automatic and not book.facts.sending else None
    ),
    "open_problem": lambda ask, moment, book: (
        moment + DAY if ask.purpose == "promotion" and book.customer(ask).problem else None
    ),
    "outranked": _outranked,
    "cap": _capped,
    "rest_day": _rest_day,
    "quiet_hours": lambda ask, moment, book: quiet_until(
        moment, book.person(ask).zone, *book.person(ask).quiet
    ),
    "hourly_cap": _hourly,
}
LANDING = ("outranked", "cap", "rest_day", "quiet_hours", "hourly_cap")
RULES = (*STOPS, *HOLDS)
