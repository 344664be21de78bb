"""Customers see their own tier in the portal, where it is switched on, and nobody else's."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AS_OF
from .tier_common import TierCase


@tagged("post_install", "-at_install")
class TestTierPortal(TierCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.customer("Ann Ltd")
        cls.ben = cls.customer("Ben Ltd")
        cls.newcomer = cls.customer("New Ltd")
        cls.orders(cls.ann, 30, amount=1400)
        cls.orders(cls.ben, 30, amount=12000)
        benefits = cls.env["retention.tier.benefit"]
        for tier, name, description in (
            (cls.silver, "5 % on renewals", "You pay 5 % less on renewals"),
            (cls.silver, "Watch closely", False),
            (cls.gold, "First to hear", "You hear of news first"),
        ):
            benefits.create(
                {"tier_id": tier.id, "name": name, "type": "early", "description": description}
            )
        cls.start(AS_OF)
        cls.company.retention_tier_portal = True
        cls.users = {}
        for partner in (cls.ann, cls.ben, cls.newcomer):
            contact = cls.customer(f"Contact of {partner.name}", parent_id=partner.id)
            contact.is_company = False
            login = f"portal_{partner.name[:3].lower()}"
            cls.users[partner] = new_test_user(
                cls.env,
                login,
                groups="base.group_portal",
                partner_id=contact.id,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

    def page(self, partner):
        login = self.users[partner].login
        self.authenticate(login, login)
        return self.url_open("/my/tier")

    def counter(self, partner):
        login = self.users[partner].login
        self.authenticate(login, login)
        found = self.make_jsonrpc_request("/my/counters", {"counters": ["retention_tier_count"]})
        return found["retention_tier_count"]

    def test_own_tier(self):
        page = self.page(self.ann)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Silver", page.text)
        self.assertIn("You pay 5 % less on renewals", page.text)
        self.assertIn("You hear of news first", page.text)
        self.assertIn("3,600.00", page.text)
        self.assertIn('aria-valuenow="28"', page.text)
        self.assertEqual(self.counter(self.ann), 1)

    def test_a_discount_says_how_much(self):
        self.env["retention.tier.benefit"].create(
            {
                "tier_id": self.silver.id,
                "name": "Internal name",
                "type": "discount",
                "discount": 2.5,
                "description": "On agreements",
            }
        )
        benefits = self.env["retention.tier.portal"]._benefits(self.silver)
        self.assertIn("2.5 % – On agreements", benefits)
        self.assertNotIn("On agreements", benefits)

    def test_internal_benefits_are_not_shown(self):
        self.assertNotIn("Watch closely", self.page(self.ann).text)

    def test_nobody_elses(self):
        """Ben's tier, the highest, and nothing of Ann's."""
        page = self.page(self.ben)
        self.assertIn("VIP", page.text)
        for words in ("Silver", "3,600.00", "Ann Ltd"):
            self.assertNotIn(words, page.text)

    def test_no_tier(self):
        self.assertEqual(self.page(self.newcomer).status_code, 404)
        self.assertEqual(self.counter(self.newcomer), 0)

    def test_switched_off(self):
        self.company.retention_tier_portal = False
        self.assertEqual(self.page(self.ann).status_code, 404)
        self.assertEqual(self.counter(self.ann), 0)

    def test_not_begun(self):
        self.company.retention_tiers_started = False
        self.assertEqual(self.page(self.ann).status_code, 404)

    def test_off_by_default(self):
        self.assertFalse(self.make_company("Another").retention_tier_portal)

    def test_home_has_a_card(self):
        login = self.users[self.ann].login
        self.authenticate(login, login)
        self.assertIn("/my/tier", self.url_open("/my").text)

    def test_strangers_log_in_first(self):
        self.authenticate(None, None)
        answer = self.url_open("/my/tier", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_in_grace_the_day_is_named(self):
        self.profile(self.ann).sudo().write({"tier_grace_until": "2026-08-29", "tier_spend": 600})
        self.env.flush_all()
        page = self.page(self.ann)
        self.assertIn("400.00", page.text)
        self.assertIn("08/29/2026", page.text)

    def test_facade_gives_plain_values(self):
        """No record leaves it: a record of the portal's page would carry its rights along."""
        user = self.users[self.ann]
        data = self.env["retention.tier.portal"].with_user(user).with_company(self.company)._data()

        def plain(value):
            if isinstance(value, dict):
                return all(plain(part) for part in value.values())
            if isinstance(value, list):
                return all(plain(part) for part in value)
            return value is None or isinstance(value, str | int | bool)

        self.assertTrue(plain(data))
        self.assertEqual(data["tier"], "Silver")
        self.assertEqual(data["next"]["tier"], "Gold")
