"""Owners are told: critical at once, high in the morning, others never; customers never."""

from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from .alert_common import AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAlertNotify(AlertCase, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.owner | cls.leader | cls.manager).write({"notification_type": "inbox", "tz": "UTC"})
        for user in cls.owner | cls.leader | cls.manager:
            user.email = f"{user.login}@example.com"

    def told(self, user, call):
        """Return the bodies of the messages that ``user`` is notified of during ``call``."""
        mine = [("res_partner_id", "=", user.partner_id.id)]
        before = self.env["mail.notification"].search(mine)
        call()
        self.env.flush_all()
        return (self.env["mail.notification"].search(mine) - before).mail_message_id.mapped("body")

    def summary(self, at):
        with freeze_time(at):
            self.alerts._cron_morning_summary()

    # ------------------------------------------------------------ critical
    def test_critical_at_once_and_once(self):
        for name in ("Ann", "Bob"):
            self.make_profile(name, "critical")
        [body] = self.told(self.owner, self.night)
        self.assertIn("Ann", body)
        self.assertIn("Bob", body)
        self.assertIn("80 of 100 points", body)
        self.assertIn("/odoo/retention.alert/", body)
        self.assertFalse(self.told(self.owner, self.night))
        self.assertFalse(self.told(self.owner, lambda: self.night(1)))

    def test_one_message_per_owner(self):
        self.make_profile("Ann", "critical")
        self.make_profile("Bob", "critical", user=self.leader)
        bodies = self.told(self.leader, self.night)
        self.assertEqual(len(bodies), 1)
        self.assertNotIn("Ann", bodies[0])

    def test_by_mail(self):
        self.owner.notification_type = "email"
        self.make_profile("Ann", "critical", value_at_stake=1)
        with self.mock_mail_gateway():
            self.night()
        [mail] = self._new_mails
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertIn("Customers to call at once: 1", mail.subject)

    def test_toast(self):
        self.make_profile("Ann", "critical")
        sent = []
        users = type(self.env["res.users"])
        self.patch(users, "_bus_send", lambda user, kind, data, **kw: sent.append((user, kind)))
        self.night()
        self.assertIn((self.owner, "simple_notification"), sent)

    def test_waiting_ones_are_not_told(self):
        self.company.retention_alert_capacity = 1
        self.make_profile("Poor", "critical", value_at_stake=1)
        self.make_profile("Rich", "critical", value_at_stake=2)
        [body] = self.told(self.owner, self.night)
        self.assertNotIn("Poor", body)

    def test_becomes_critical(self):
        ann = self.make_profile()
        self.assertFalse(self.told(self.owner, self.night))
        ann.risk_level = "critical"
        self.assertEqual(len(self.told(self.owner, lambda: self.sync(1))), 1)

    # ------------------------------------------------------------ high
    def test_morning_summary(self):
        self.make_profile("Ann")
        self.make_profile("Bob")
        self.assertFalse(self.told(self.owner, self.night))
        for at, count in (
            ("2026-07-01 07:59", 0),
            ("2026-07-01 08:00", 1),
            ("2026-07-01 09:00", 0),
            ("2026-07-02 08:00", 0),
        ):
            with self.subTest(at=at):
                found = self.told(self.owner, lambda at=at: self.summary(at))
                self.assertEqual(len(found), count)
                for body in found:
                    self.assertIn("Ann", body)
                    self.assertIn("Bob", body)

    def test_once_a_day(self):
        self.make_profile("Ann")
        self.night()
        self.summary("2026-07-01 08:00")
        self.make_profile("Late")
        self.sync(1)
        self.assertFalse(self.told(self.owner, lambda: self.summary("2026-07-01 10:00")))
        self.assertFalse(self.told(self.owner, lambda: self.summary("2026-07-01 20:00")))
        self.assertEqual(len(self.told(self.owner, lambda: self.summary("2026-07-02 08:30"))), 1)

    def test_in_the_users_morning(self):
        self.owner.tz = "Asia/Shanghai"
        self.make_profile("Ann")
        self.night()
        self.assertFalse(self.told(self.owner, lambda: self.summary("2026-06-30 23:30")))
        self.assertEqual(len(self.told(self.owner, lambda: self.summary("2026-07-01 00:30"))), 1)

    def test_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.owner.lang = "zh_CN"
        self.make_profile("Ann")
        alert = self.night()
        self.assertEqual(alert._in_owner_language().env.lang, "zh_CN")
        self.assertEqual(len(self.told(self.owner, lambda: self.summary("2026-07-01 08:00"))), 1)

    # ------------------------------------------------------------ never
    def test_low_and_watch_are_in_the_list_only(self):
        for level in ("low", "watch"):
            self.make_reason(self.make_profile(level, level))
        self.assertFalse(self.told(self.owner, self.night))
        self.assertFalse(self.told(self.owner, lambda: self.summary("2026-07-01 08:00")))
        self.assertEqual(len(self.tasks(self.alerts.search([("live", "=", True)]))), 2)

    def test_the_customer_is_told_nothing(self):
        ann = self.make_profile("Ann", "critical")
        ann.partner_id.email = "ann@example.com"
        with self.mock_mail_gateway():
            alert = self.night()
            self.summary("2026-07-01 08:00")
            alert.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
            self.answer(alert)
        self.assertNotIn(ann.partner_id, alert.message_partner_ids)
        self.assertNotIn(ann.partner_id, self._new_mails.recipient_ids)
        self.assertNotIn(ann.partner_id, alert.message_ids.notified_partner_ids)
        self.assertNotIn("ann@example.com", str(self._new_mails.mapped("email_to")))
        self.assertFalse(ann.partner_id.activity_ids)
        suggested = alert._message_get_suggested_recipients()
        self.assertNotIn(ann.partner_id.id, [found.get("partner_id") for found in suggested])

    def test_who_takes_over_is_told(self):
        self.make_profile("Ann", "critical")
        self.night()
        self.assertEqual(len(self.told(self.leader, lambda: self.night(2))), 1)
        self.assertEqual(len(self.told(self.owner, self.leader_leaves)), 1)

    def leader_leaves(self):
        self.leader.active = False

    def test_the_day_is_kept(self):
        self.make_profile("Ann", "critical")
        self.assertEqual(self.night().told_on, AS_OF)
