"""What the gate reads from the database, and that it reads it at once."""

from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.analytics.gate import RANKS, Facts, Verdict
from odoo.addons.customer_retention.analytics.gate_rules import RULES
from odoo.addons.customer_retention.models.retention_gate import country_zone

from .gate_common import DAY, NOON, GateCase

GO = ("go", "", None)


@tagged("post_install", "-at_install")
class TestGate(GateCase):
    def skipped(self, reason, contact=None, **values):
        self.assertEqual(self.judge(contact, **values), ("skip", reason, None))

    # ------------------------------------------------------------ stops
    def test_nothing_in_the_way(self):
        self.assertEqual(self.judge(), GO)

    def test_archived(self):
        self.ann.active = False
        self.skipped("archived")
        self.skipped("archived", self.ann)

    def test_archived_contact_of_an_active_customer(self):
        self.person.active = False
        self.skipped("archived", purpose="service")
        self.assertEqual(self.judge(self.ann), GO)

    def test_deleted_meanwhile(self):
        asked = self.ask()
        self.person.unlink()
        self.assertEqual(self.gate(asked)[asked.key].reason, "archived")

    def test_addresses(self):
        self.person.write({"email": False, "phone": False})
        self.skipped("no_address")
        self.skipped("no_address", channel="sms")
        # The customer's own number is one to call.
        self.assertEqual(self.judge(channel="call"), GO)
        self.assertEqual(self.judge(channel="wechat"), GO)
        self.ann.phone = False
        self.skipped("no_address", channel="call")
        self.person.email = "no address at all"
        self.skipped("no_address")

    def test_blacklisted_mail(self):
        self.env["mail.blacklist"].create({"email": "PIA@example.com"})
        self.skipped("blacklisted", purpose="service")
        self.assertEqual(self.judge(channel="call"), GO)
        self.assertEqual(self.judge(self.ann), GO)

    def test_blacklisted_phone(self):
        if "phone.blacklist" not in self.env:
            self.skipTest("phone_validation is not installed")
        self.person.write({"phone": "+32 475 12 34 56"})
        self.env["phone.blacklist"].create({"number": "+32475123456"})
        self.skipped("blacklisted", channel="sms")
        self.skipped("blacklisted", channel="call")
        self.assertEqual(self.judge(), GO)

    def test_bounced(self):
        self.person.message_bounce = 1
        self.skipped("bounced")
        self.assertEqual(self.judge(channel="sms"), GO)

    def test_opted_out_of_one_purpose_in_one_company(self):
        other = self.make_company("Other")
        self.env["retention.optout"].create(
            [
                {"partner_id": self.person.id, "purpose": "promotion"},
                {"partner_id": self.person.id, "purpose": "care", "company_id": other.id},
            ]
        )
        self.skipped("opted_out", purpose="promotion")
        self.assertEqual(self.judge(), GO)
        self.assertEqual(self.judge(self.ann, purpose="promotion"), GO)

    def test_never(self):
        self.wish(quiet_from=0, quiet_to=24)
        self.skipped("never", purpose="service")

    def test_too_late(self):
        self.company.retention_touch_max_days = 2
        self.skipped("too_late", first_moment=NOON - timedelta(days=2, seconds=1))
        self.assertEqual(self.judge(first_moment=NOON - 2 * DAY), GO)

    def test_a_machine_that_slept_does_not_catch_up_on_everything(self):
        """Without a first moment, the moment asked for is the first one."""
        old, recent = self.ask(moment=NOON - 15 * DAY), self.ask(self.ann, moment=NOON - DAY)
        found = self.gate(old, recent)
        self.assertEqual(found[old.key].reason, "too_late")
        self.assertEqual(found[recent.key], Verdict("go", "", None, NOON))

    # ------------------------------------------------------------ holds
    def wish(self, contact=None, **values):
        contact = contact or self.person
        return self.env["retention.preference"].create({"partner_id": contact.id, **values})

    def test_sending_off(self):
        self.company.retention_send = False
        self.assertEqual(self.judge(), ("defer", "sending_off", NOON + DAY))
        self.assertEqual(self.judge(automatic=False), GO)

    def test_open_problem(self):
        profile = self.make_profile(self.ann, 400)
        alert = self.env["retention.alert"].create(
            {
                "profile_id": profile.id,
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "risk_level": "high",
                "state": "queued",
            }
        )
        self.assertEqual(self.judge(purpose="promotion"), GO)
        alert.sudo().risk_level = "critical"
        held = ("defer", "open_problem", NOON + DAY)
        self.assertEqual(self.judge(purpose="promotion"), held)
        self.assertEqual(self.judge(purpose="care"), GO)
        alert.sudo().state = "closed"
        self.assertEqual(self.judge(purpose="promotion"), GO)

    def test_something_more_important_waits(self):
        waiting = {self.ann.id: [(NOON + DAY, RANKS["rescue"])]}
        with patch.object(type(self.touches), "_waiting_ranks", lambda *args: waiting):
            self.assertEqual(self.judge(), ("defer", "outranked", NOON + 2 * DAY))
            self.assertEqual(self.judge(purpose="service"), GO)

    def test_cap_by_age_counts_the_customer(self):
        self.make_profile(self.ann, 30)
        self.touched(self.ann, NOON - DAY)
        self.assertEqual(self.judge(), ("defer", "cap", NOON + 6 * DAY))
        self.assertEqual(self.judge(purpose="service"), GO)

    def test_older_customers_fall_under_other_caps(self):
        self.make_profile(self.ann, 120)
        for days in (1, 2):
            self.touched(moment=NOON - days * DAY)
        self.assertEqual(self.judge(), GO)
        self.touched(moment=NOON - 29 * DAY)
        self.assertEqual(self.judge(), ("defer", "cap", NOON + DAY))

    def test_what_does_not_count(self):
        for values in (
            {"purpose": "service"},
            {"state": "failed", "date": False},
            {"company_id": self.make_company("Other").id},
        ):
            self.touched(moment=NOON - DAY, **values)
        self.assertEqual(self.judge(), GO)

    def test_caps_of_a_stage_and_a_channel(self):
        self.make_profile(self.ann, 300, stage="silent")
        self.env["retention.touch.cap"]._of_company(self.company).active = False
        self.env["retention.touch.cap"].create(
            {"stage": "silent", "channel": "sms", "count": 1, "days": 60}
        )
        self.touched(moment=NOON - 10 * DAY, channel="sms")
        self.touched(moment=NOON - 9 * DAY)
        self.assertEqual(self.judge(), GO)
        self.assertEqual(self.judge(channel="sms")[1], "cap")

    def test_how_often_a_contact_wants_to_hear(self):
        self.make_profile(self.ann, 300)
        self.wish(contact_every_days=45)
        self.touched(self.ann, NOON - 20 * DAY)
        self.assertEqual(self.judge(), GO)
        self.touched(moment=NOON - 40 * DAY)
        self.assertEqual(self.judge()[:2], ("defer", "cap"))
        self.assertEqual(self.judge(self.ann), GO)

    def test_how_often_a_customer_wants_to_hear(self):
        self.make_profile(self.ann, 300)
        self.wish(self.ann, contact_every_days=45)
        self.touched(self.contact(self.ann, "Bo"), NOON - 40 * DAY)
        self.assertEqual(self.judge()[:2], ("defer", "cap"))

    def test_weekend(self):
        saturday = NOON + 4 * DAY
        self.assertEqual(self.judge(now=saturday), ("defer", "rest_day", datetime(2026, 7, 6, 9)))
        self.assertEqual(self.judge(now=saturday, purpose="greeting"), GO)

    def test_quiet_hours_of_company_contact_and_customer(self):
        night = datetime(2026, 6, 30, 22)
        until = datetime(2026, 7, 1, 8)
        self.assertEqual(self.judge(now=night), ("defer", "quiet_hours", until))
        self.wish(self.ann, quiet_from=23, quiet_to=7)
        self.assertEqual(self.judge(now=night), GO)
        self.wish(quiet_from=22, quiet_to=6.5)
        until = datetime(2026, 7, 1, 6, 30)
        self.assertEqual(self.judge(now=night), ("defer", "quiet_hours", until))

    def test_hourly_cap(self):
        self.company.retention_mail_per_hour = 2
        bob = self.customer("Bob")
        self.touched(bob, NOON, purpose="service", automatic=True)
        self.touched(
            bob,
            NOON - DAY,
            state="deferred",
            date=False,
            next_try_at=NOON + timedelta(hours=1),
            automatic=True,
        )
        asks = [self.ask(key=key, purpose="service") for key in range(3)]
        found = self.gate(*asks, now=NOON + timedelta(minutes=20))
        self.assertEqual([found[key].state for key in range(3)], ["go", "defer", "defer"])
        hours = [found[key].until.hour for key in (1, 2)]
        self.assertEqual((hours, found[1].reason), ([13, 14], "hourly_cap"))

    # ------------------------------------------------------------ where the clock hangs
    def test_time_zone_of_a_contact(self):
        self.company.retention_tz = "Europe/Berlin"
        china, japan, states = (self.env.ref(f"base.{code}") for code in ("cn", "jp", "us"))

        def zone():
            owner = {self.person.id: self.ann.id}
            self.env.flush_all()
            return self.touches._known_people(self.company, owner)[self.person.id].zone

        self.assertEqual(zone(), "Europe/Berlin")
        self.ann.country_id = states  # has several
        self.assertEqual(zone(), "Europe/Berlin")
        self.ann.country_id = japan
        self.assertEqual(zone(), "Asia/Tokyo")
        self.person.country_id = china
        self.assertEqual(zone(), "Asia/Shanghai")
        self.ann.tz = "America/Lima"
        self.assertEqual(zone(), "America/Lima")
        self.person.tz = "Asia/Kolkata"
        self.assertEqual(zone(), "Asia/Kolkata")

    def test_countries_whose_zones_agree(self):
        found = {code: country_zone(code) for code in ("DE", "US", "XX", "CN")}
        self.assertEqual(
            found, {"DE": "Europe/Berlin", "US": None, "XX": None, "CN": "Asia/Shanghai"}
        )

    # ------------------------------------------------------------ seams
    def test_base_rules_all_have_a_label(self):
        own = [code for code in self.touches._gate_rules() if code in RULES]
        self.assertEqual(tuple(own), RULES)

    def test_another_rule(self):
        """A bridge in miniature: nobody is contacted on the day of a strike."""
        touches = type(self.touches)
        original, seen = touches._gate_rules, []

        def strike(model, company, asks, facts):
            seen.append((company, len(asks), type(facts)))
            return {asks[0].key: Verdict("defer", "", NOON + DAY)}

        with (
            patch.object(
                touches, "_gate_rules", lambda model: {"strike": "On strike", **original(model)}
            ),
            patch.object(touches, "_gate_strike", strike, create=True),
        ):
            self.assertEqual(self.judge(), ("defer", "strike", NOON + DAY))
            self.assertEqual(seen, [(self.company, 1, Facts)])
            touch = self.recorded(self.ask())
            self.assertEqual(touch.reason, "strike")
            self.assertIn("On strike", touch.log_text)

    def recorded(self, ask):
        return self.touches._record(self.company, [ask], self.gate(ask))[ask.key]

    def test_a_rule_that_nobody_decides(self):
        touches = type(self.touches)
        original = touches._gate_rules
        with patch.object(touches, "_gate_rules", lambda model: {**original(model), "moon": "x"}):
            self.assertRefused(ValidationError, "moon", self.judge)

    def test_another_problem(self):
        with patch.object(
            type(self.touches), "_problem_partners", lambda model, company, ids: set(ids)
        ):
            self.assertEqual(self.judge(purpose="promotion")[1], "open_problem")

    # ------------------------------------------------------------ scale
    def test_constant_number_of_queries(self):
        partners = [self.customer(f"C{number}") for number in range(40)]
        people = [self.contact(partner, f"P{partner.id}") for partner in partners]
        for person in people:
            self.wish(person, contact_every_days=3)
            self.touched(person, NOON - DAY)
        self.gate(self.ask(people[0]))  # defaults are made once

        def queries(*asks):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.gate(*asks)
            self.assertEqual(len(found), len(asks))
            return self.env.cr.sql_log_count - before

        few = queries(*map(self.ask, people[:2]))
        self.assertEqual(queries(*map(self.ask, people)), few)
        self.assertLess(few, 30)

    def test_nobody_asks(self):
        with self.assertQueryCount(0):
            self.assertEqual(self.touches._gate(self.company, [], NOON), {})

    # ------------------------------------------------------------ settings
    @mute_logger("odoo.sql_db")
    def test_settings_are_checked(self):
        for values in (
            {"retention_quiet_from": 24},
            {"retention_quiet_from": 0, "retention_quiet_to": 24},
            {"retention_quiet_to": -1},
            {"retention_touch_max_days": 0},
            {"retention_mail_per_hour": 0},
        ):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                self.company.write(values)
                self.env.flush_all()

    def test_nothing_is_sent_at_first(self):
        self.assertFalse(self.make_company("New").retention_send)

    def test_default_limits(self):
        caps = self.env["retention.touch.cap"]
        self.assertRecordValues(
            caps._of_company(self.company).sorted("sequence"),
            [
                {"age_from_days": 0, "age_to_days": 90, "count": 1, "days": 7},
                {"age_from_days": 91, "age_to_days": 180, "count": 3, "days": 30},
                {"age_from_days": 181, "age_to_days": 0, "count": 2, "days": 30},
            ],
        )
        caps._of_company(self.company).active = False
        self.assertFalse(caps._of_company(self.company))

    @mute_logger("odoo.sql_db")
    def test_limits_are_checked(self):
        for values in (
            {"count": 0},
            {"days": 0},
            {"age_from_days": 10, "age_to_days": 9},
            {"age_from_days": -1},
        ):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                self.env["retention.touch.cap"].create({"company_id": self.company.id, **values})
                self.env.flush_all()
