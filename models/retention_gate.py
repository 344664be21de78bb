"""The contact gate: gathers what is known, and has ``analytics/gate.py`` decide."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytz

from odoo import api, models
from odoo.exceptions import ValidationError

from ..analytics import gate
from ..analytics.gate_rules import RULES

# Places that keep one official time although their table of zones lists others.
OFFICIAL_ZONES = {"CN": "Asia/Shanghai"}
SEASONS = [datetime(2025, month, 1, tzinfo=ZoneInfo("UTC")) for month in (1, 4, 7, 10)]
PARTNER_FIELDS = (
    "active",
    "email_normalized",
    "phone",
    "phone_sanitized",
    "message_bounce",
    "tz",
    "country_id",
)
DAYS_AHEAD = 60  # rest days are known that long after the last window has room again


@lru_cache(maxsize=512)
def country_zone(code):
    """Return the time zone of a country whose clocks all show the same, else None."""
    if code in OFFICIAL_ZONES:
        return OFFICIAL_ZONES[code]
    zones = code and pytz.country_timezones.get(code) or []
    clocks = {
        tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in SEASONS) for zone in zones
    }
    return zones[0] if len(clocks) == 1 else None


class RetentionTouch(models.Model):
    """Every touch asks here first. Hooks: ``_gate_rules``, ``_problem_partners``,
    ``_waiting_ranks``."""

    _inherit = "retention.touch"

    # ---------------------------------------------------------------- rules
    @api.model
    def _gate_rules(self):
        """Return {code: label} of the rules, in the order in which they are asked.

        Hook: a bridge adds a code where it belongs, and ``_gate_<code>(company, asks, facts)``,
        which returns {key: Verdict} for the requests it objects to: skip, or defer with
        ``until``. ``facts`` is :class:`analytics.gate.Facts`.
        """
        return {
            "archived": self.env._("Contact archived"),
            "no_address": self.env._("No address for it"),
            "blacklisted": self.env._("On the blacklist"),
            "bounced": self.env._("Mails come back"),
            "opted_out": self.env._("Opted out"),
            "never": self.env._("Never to be disturbed"),
            "too_late": self.env._("Waited too long"),
            "sending_off": self.env._("Sending is switched off"),
            "open_problem": self.env._("Has an open problem"),
            "outranked": self.env._("Something more important is due"),
            "cap": self.env._("Touched often enough"),
            "rest_day": self.env._("Weekend or holiday"),
            "quiet_hours": self.env._("Quiet hours"),
            "hourly_cap": self.env._("Mails of the hour used up"),
        }

    @api.model
    def _rules_after(self, rules, code, added):
        """Return ``rules`` with those ``added`` asked right after ``code``."""
        found = {}
        for known, label in rules.items():
            found[known] = label
            if known == code:
                found |= added
        return found

    @api.model
    def _gate(self, company, asks, now, only=None):
        """Return {key: Verdict} for requests of one company.

        Reads everything in a number of queries that does not depend on how many ask. Nothing
        happens in the past: a moment before ``now`` is judged as now.

        :param asks: :class:`analytics.gate.Ask`
        :param only: codes of the rules that are asked; None for all
        :raises ValidationError: for a rule nobody decides, naming it
        """
        if not asks:
            return {}
        company = company._retention_company()
        codes = tuple(code for code in self._gate_rules() if only is None or code in only)
        for code in codes:
            if code not in RULES and not hasattr(self, f"_gate_{code}"):
                raise ValidationError(self.env._("Nothing decides the rule of contact %s.", code))
        asks = [
            ask._replace(moment=max(ask.moment, now), first_moment=ask.first_moment or ask.moment)
            for ask in asks
        ]
        facts = self._known_facts(company, asks, now)._replace(rules=codes)
        further = {
            code: getattr(self, f"_gate_{code}")(company, asks, facts)
            for code in codes
            if code not in RULES
        }
        return gate.decide(asks, facts._replace(extra=further))

    # ---------------------------------------------------------------- hooks
    @api.model
    def _problem_partners(self, company, partner_ids):
        """Return the customers among ``partner_ids`` with an open severe problem, as a set.

        An alert at critical risk, or an open case or ticket of high severity. Hook.
        """
        severe = self.env["retention.metrics"]._open_requests(company, partner_ids, severe=True)
        alerts = self.env["retention.alert"].sudo()
        critical = alerts.search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(partner_ids)),
                ("live", "=", True),
                ("risk_level", "=", "critical"),
            ],
            ["partner_id"],
        )
        return {*critical.partner_id.ids, *(request.customer for request in severe)}

    @api.model
    def _waiting_ranks(self, company, partner_ids, now):
        """Return {customer: [(moment, rank)]} of touches that are due soon. Hook.

        ``rank``: of the purpose, as in :data:`analytics.gate.RANKS`.
        """
        return {}

    # ---------------------------------------------------------------- what is known
    @api.model
    def _known_facts(self, company, asks, now):
        """Return :class:`analytics.gate.Facts` for requests whose moments are not past."""
        settings = company.sudo()
        customers = {ask.partner_id for ask in asks}
        # Who belongs to whom is as the requests say.
        owner = {ask.contact_id or ask.partner_id: ask.partner_id for ask in asks}
        people = self._known_people(settings, owner)
        caps = tuple(
            gate.Cap(
                cap.channel or None,
                cap.stage or None,
                cap.age_from_days,
                cap.age_to_days,
                cap.count,
                cap.days,
            )
            for cap in self.env["retention.touch.cap"]._of_company(company)
        )
        wishes = (cap for person in people.values() for cap in person.caps)
        span = timedelta(days=max((cap.days for cap in (*caps, *wishes)), default=0))
        last = max(ask.moment for ask in asks)
        metrics = self.env["retention.metrics"]
        hour = now.replace(minute=0, second=0, microsecond=0)
        sent, booked = metrics._mails_by_hour(company, hour)
        return gate.Facts(
            people=people,
            customers=self._known_customers(company, customers, now, now - span),
            caps=caps,
            sending=settings.retention_send,
            max_age=timedelta(days=settings.retention_touch_max_days),
            per_hour=settings.retention_mail_per_hour,
            rest=self._rest_days(company, now, last + span),
            zone=company._retention_timezone(),
            mails=sent,
            booked=booked,
        )

    @api.model
    def _rest_days(self, company, first, last):
        """Return date → bool for the days around these moments, anywhere on earth."""
        days = company._retention_rest_days(
            (first - timedelta(days=1)).date(), (last + timedelta(days=DAYS_AHEAD)).date()
        )
        return frozenset(days).__contains__

    @api.model
    def _known_customers(self, company, partner_ids, now, since):
        profiles = {
            profile.partner_id.id: profile
            for profile in self.env["retention.profile"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))],
                ["partner_id", "first_order_date", "stage"],
            )
        }
        none = self.env["retention.profile"]
        history = self.env["retention.metrics"]._touch_history(company, partner_ids, since)
        problems = self._problem_partners(company, partner_ids)
        waiting = self._waiting_ranks(company, partner_ids, now)
        found = {}
        for key in partner_ids:
            profile = profiles.get(key, none)
            found[key] = gate.Customer(
                first_day=profile.first_order_date or None,
                stage=profile.stage or None,
                problem=key in problems,
                touches=tuple(history.get(key, ())),
                waiting=tuple(waiting.get(key, ())),
            )
        return found

    @api.model
    def _known_people(self, company, owner):
        """Return {contact: Person}; ``owner``: {contact: customer}."""
        ids = {*owner, *owner.values()}
        partners = self._read_partners(ids)
        wishes = self._known_wishes(company, ids)
        refused = self._known_optouts(company, owner)
        mails = self._blacklisted("mail.blacklist", "email", partners, "email_normalized")
        phones = self._blacklisted("phone.blacklist", "number", partners, "phone_sanitized")
        found = {}
        for key, customer_id in owner.items():
            contact, customer = partners.get(key), partners.get(customer_id)
            if not (contact and customer):
                found[key] = gate.Person(archived=True)  # deleted meanwhile
                continue
            called = contact if contact.phone else customer
            blocked = {"mail": key in mails, "sms": key in phones, "call": called.id in phones}
            found[key] = gate.Person(
                zone=self._zone(company, contact, customer),
                archived=not (contact.active and customer.active),
                unreachable=self._unreachable(contact, customer),
                blocked=frozenset(channel for channel, listed in blocked.items() if listed),
                bounced=contact.message_bounce > 0,
                opted_out=frozenset(refused.get(key, ())),
                **self._wish_values(company, wishes, key, customer_id),
            )
        return found

    @api.model
    def _read_partners(self, ids):
        """Return {id: partner} of those that exist, archived ones among them."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        names = [name for name in PARTNER_FIELDS if name in partners._fields]
        found = partners.search_fetch([("id", "in", list(ids))], names)
        return {partner.id: partner for partner in found}

    @api.model
    def _unreachable(self, contact, customer):
        """Return the channels without an address. Calls may use the customer's own number."""
        lacks = {
            "mail": not contact.email_normalized,
            "sms": not contact.phone,
            "call": not (contact.phone or customer.phone),
        }
        return frozenset(channel for channel, missing in lacks.items() if missing)

    @api.model
    def _blacklisted(self, model, column, partners, name):
        """Return the ids of the partners whose address is on a blacklist, if there is one."""
        if model not in self.env or name not in self.env["res.partner"]._fields:
            return set()
        addresses = {partner[name] for partner in partners.values() if partner[name]}
        blacklist = self.env[model].sudo()
        listed = blacklist.search_fetch([(column, "in", list(addresses))], [column])
        listed = set(listed.mapped(column))
        return {key for key, partner in partners.items() if partner[name] in listed}

    @api.model
    def _zone(self, company, contact, customer):
        """Return the time zone a contact lives in, as far as one can tell."""
        country = contact.country_id or customer.country_id
        return (
            contact.tz or customer.tz or country_zone(country.code) or company._retention_timezone()
        )

    @api.model
    def _known_optouts(self, company, contact_ids):
        found = {}
        for row in (
            self.env["retention.optout"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("partner_id", "in", list(contact_ids))],
                ["partner_id", "purpose"],
            )
        ):
            found.setdefault(row.partner_id.id, set()).add(row.purpose)
        return found

    @api.model
    def _known_wishes(self, company, partner_ids):
        """Return {partner: (quiet hours or None, days between contacts)}."""
        preferences = (
            self.env["retention.preference"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))],
                ["partner_id", "quiet_from", "quiet_to", "contact_every_days"],
            )
        )
        return {
            wish.partner_id.id: (
                (wish.quiet_from, wish.quiet_to) if wish.quiet_from != wish.quiet_to else None,
                wish.contact_every_days,
            )
            for wish in preferences
        }

    @api.model
    def _wish_values(self, company, wishes, contact_id, customer_id):
        """Return quiet hours and caps of a contact: their own wish, else the customer's.

        What a contact says counts touches of that contact; what is noted on the customer
        counts those of everybody there.
        """
        own, shared = wishes.get(contact_id), wishes.get(customer_id)
        quiet = (own and own[0]) or (shared and shared[0])
        caps = []
        if shared and shared[1]:
            caps.append(gate.Cap(None, None, 0, 0, 1, shared[1]))
        if own and own[1] and contact_id != customer_id:
            caps.append(gate.Cap(None, None, 0, 0, 1, own[1], contact_id))
        return {
            "quiet": quiet or (company.retention_quiet_from, company.retention_quiet_to),
            "caps": tuple(caps),
        }
