"""Owners of critical alerts are told by SMS where the company wants it: once, and only them."""

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertSms(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_alert_sms = True
        cls.owner.partner_id.phone = "+86 139 1234 5678"

    def sent(self, user):
        return self.env["sms.sms"].search([("partner_id", "=", user.partner_id.id)])

    def test_critical_once(self):
        for number in range(7):
            self.make_profile(f"C{number}", "critical", value_at_stake=1000 - number)
        self.make_profile("Calm", "high")
        self.night()
        self.night()
        self.night(1)
        [sms] = self.sent(self.owner)
        self.assertEqual((sms.number, sms.state), ("+8613912345678", "outgoing"))
        self.assertIn("C0", sms.body)
        self.assertIn("and 2 more", sms.body)
        self.assertNotIn("Calm", sms.body)

    def test_off_unless_the_company_wants_it(self):
        self.company.retention_alert_sms = False
        self.make_profile("Ann", "critical")
        self.night()
        self.assertFalse(self.sent(self.owner))

    def test_without_a_number(self):
        self.make_profile("Ann", "critical", user=self.leader)
        self.night()
        self.assertFalse(self.sent(self.leader))
