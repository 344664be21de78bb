"""The engine asks the database as often for many customers as for a few."""

import logging

from odoo.tests import tagged

from .alert_common import AlertCase

_logger = logging.getLogger(__name__)
FEW, MANY = 3, 30
SLACK = 6  # an insert more per 1000 rows, a cache filled once


@tagged("post_install", "-at_install")
class TestAlertScale(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_alert_capacity = 100

    def make(self, count, start=0):
        profiles = self.profiles
        for number in range(start, start + count):
            profile = self.make_profile(f"C{number}", value_at_stake=number)
            self.make_reason(profile)
            self.order(profile.partner_id, self.day(-number - 1))
            profiles |= profile
        return profiles

    def queries(self, days, profiles, nightly=True):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.alerts._sync(self.company, self.day(days), profiles.partner_id.ids, nightly)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def compare(self, what, few, many):
        with self.subTest(what=what):
            self.assertLessEqual(many, few + SLACK, f"{what}: {few} and {many} queries")

    def test_a_life(self):
        """Nights in which many are opened, late, critical, unchanged, and closed."""
        few, many = self.make(FEW), self.make(MANY, FEW)
        life = [
            ("opening", lambda profiles: None),
            ("late", lambda profiles: None),
            ("becoming critical", lambda p: p.write({"risk_level": "critical", "is_core": True})),
            ("nothing new", lambda profiles: None),
            ("causes gone, first night", self.heal),
            ("causes gone, second night", lambda profiles: None),
        ]
        counts = {what: [] for what, _change in life}
        for round_number, profiles in enumerate((few, many)):
            for night, (what, change) in enumerate(life):
                change(profiles)
                day = 100 * round_number + night * 5
                counts[what].append(self.queries(day, profiles))
            closed = self.alerts.search([("profile_id", "in", profiles.ids)])
            self.assertEqual(set(closed.mapped("close_reason")), {"cause_gone"})
            self.assertEqual(len(closed), len(profiles))
        for what, (least, most) in counts.items():
            self.compare(what, least, most)
        _logger.info("queries for %s and %s customers: %s", FEW, MANY, counts)

    def heal(self, profiles):
        profiles.write({"risk_level": "low"})
        profiles.reason_ids.write({"fires": False})

    def test_owner_leaves(self):
        counts = []
        for number, count in enumerate((FEW, MANY)):
            user = self.make_user(f"a_leaving{number}", "customer_retention.group_user")
            profiles = self.make(count, number * 50)
            profiles.write({"user_id": user.id})
            self.sync(profiles=profiles)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            user.active = False
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            alerts = self.alerts.search([("profile_id", "in", profiles.ids)])
            self.assertEqual(alerts.user_id, self.manager)
        self.compare("owner archived", *counts)

    def test_verification(self):
        counts = []
        for number, count in enumerate((FEW, MANY)):
            profiles = self.make(count, number * 50)
            live = self.sync(profiles=profiles)
            alerts = live.filtered(lambda a, mine=profiles: a.profile_id in mine)
            self.answer(alerts)
            for profile in profiles:
                self.order(profile.partner_id, self.day(2), 10 + profile.id)
            counts.append(self.queries(3 + number, profiles))
            self.assertEqual(set(alerts.mapped("verification")), {"verified"})
        self.compare("verification", *counts)

    def test_a_quiet_night_writes_nothing(self):
        profiles = self.make(FEW)
        self.night()
        self.night(1)
        self.env.cr.execute("SELECT txid_current()")
        written = []
        execute = type(self.env.cr).execute

        def watch(cursor, query, *args, **kwargs):
            result = execute(cursor, query, *args, **kwargs)
            text = getattr(query, "code", query).lstrip()[:6].upper()
            if text in ("UPDATE", "INSERT", "DELETE") and cursor.rowcount:
                written.append(getattr(query, "code", query))
            return result

        self.patch(type(self.env.cr), "execute", watch)
        self.queries(2, profiles)
        self.assertFalse(written)
