"""Filters on customers and contacts by each company's own calendar, the button, the history."""

from ast import literal_eval
from datetime import date, timedelta

from lxml import etree

from odoo.tests import freeze_time, tagged

from .tier_common import TierCase

# Already 1 August at ten in the morning on Kiritimati, still ten on 31 July on Hawaii.
NOW = "2026-07-31 20:00:00"
EAST, WEST = "Pacific/Kiritimati", "Pacific/Honolulu"
FIRST, LAST = date(2026, 8, 1), date(2026, 7, 31)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTierFilters(TierCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_tz = EAST
        cls.west = cls.make_company("West", retention_tz=WEST)
        cls.env.user.company_ids |= cls.west
        tiers = cls.make_tiers(0, 1000, 5000, 10000, company=cls.west)
        cls.golds = {cls.company: cls.gold, cls.west: tiers[2]}
        cls.bases = {cls.company: cls.standard, cls.west: tiers[0]}
        (cls.company | cls.west).retention_tiers_started = True

    def make(self, name, company, **values):
        """Make a customer whose profile says this; a move into the tier is noted if it is new."""
        partner = self.customer(name)
        values = {"tier_id": self.golds[company].id, **values}
        profile = self.profiles.create(
            {"partner_id": partner.id, "company_id": company.id, **values}
        )
        if values.get("tier_since"):
            self.env["retention.change"].create(
                {
                    "profile_id": profile.id,
                    "company_id": company.id,
                    "date": values["tier_since"],
                    "what": "tier",
                    "new_value": str(values["tier_id"]),
                    "cause": "nightly",
                }
            )
        return profile

    def domain(self, model, name):
        """Return the domain of the filter ``name`` as people find it in their search view."""
        user = self.make_user(f"u{model}{name}", "customer_retention.group_user")
        arch = self.env[model].with_user(user).get_view(view_type="search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return literal_eval(node.get("domain"))

    def assertFound(self, name, wanted):
        """Check whom the filter finds, among customers and among contacts in each company."""
        both = (self.company | self.west).ids
        profiles = self.profiles.with_context(allowed_company_ids=both)
        found = profiles.search(self.domain("retention.profile", name))
        self.assertEqual(set(found), set(wanted))
        prefixed = name if name.startswith("retention_") else f"retention_{name}"
        domain = self.domain("res.partner", prefixed)
        for company in self.company | self.west:
            partners = self.env["res.partner"].with_context(allowed_company_ids=company.ids)
            here = {p.partner_id.id for p in wanted if p.company_id == company}
            self.assertEqual(set(partners.search(domain).ids), here, company.name)

    def test_entered_this_month(self):
        found = [
            self.make("East, 1 August", self.company, tier_since=FIRST),
            self.make("West, 31 July", self.west, tier_since=LAST),
            self.make("West, 1 July", self.west, tier_since=date(2026, 7, 1)),
        ]
        self.make("East, 31 July", self.company, tier_since=LAST)
        self.make("West, 30 June", self.west, tier_since=date(2026, 6, 30))
        base = self.bases[self.company].id
        self.make("Back to the lowest", self.company, tier_since=FIRST, tier_id=base)
        quiet = self.make("By the first load", self.company)
        quiet.tier_since = FIRST
        self.assertFound("tier_entered", found)
        self.assertTrue(found[0].tier_entered_lately)
        self.assertFalse(quiet.tier_entered_lately)
        self.assertIn(quiet, self.profiles.search([("tier_entered_lately", "=", False)]))
        self.assertNotIn(found[0], self.profiles.search([("tier_entered_lately", "!=", True)]))

    def test_in_grace(self):
        found = [self.make("In grace", self.company, tier_grace_until=FIRST + timedelta(days=9))]
        self.make("Not", self.company)
        self.assertFound("tier_grace", found)

    def test_locked(self):
        found = [
            self.make("East, to this day", self.company, tier_locked_until=FIRST),
            self.make("West, to this day", self.west, tier_locked_until=LAST),
        ]
        self.make("East, to yesterday", self.company, tier_locked_until=LAST)
        self.make("Not", self.west)
        self.assertFound("tier_locked", found)

    def test_won_back_this_month(self):
        found = [
            self.make("East, 1 August", self.company, won_back_on=FIRST),
            self.make("West, 1 July", self.west, won_back_on=date(2026, 7, 1)),
        ]
        self.make("East, 31 July", self.company, won_back_on=LAST)
        self.make("West, 30 June", self.west, won_back_on=date(2026, 6, 30))
        self.make("Never", self.west)
        self.assertFound("won_back_month", found)

    # ------------------------------------------------------------ on the contact
    def test_button_and_history(self):
        profile = self.make("Ann", self.company, tier_since=FIRST)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": profile.partner_id.id}
        )
        benefit = self.env["retention.tier.benefit"].create(
            {"name": "Early", "tier_id": self.gold.id, "type": "early"}
        )
        other = self.make("Bob", self.company)
        for who in (profile, other):
            self.env["retention.tier.grant"].create(
                {
                    "profile_id": who.id,
                    "company_id": self.company.id,
                    "tier_id": self.gold.id,
                    "benefit_id": benefit.id,
                    "state": "given",
                    "earned_on": FIRST,
                    "given_on": FIRST,
                    "cause": "up",
                }
            )
        user = self.make_user("r_user", "customer_retention.group_user")
        contact = contact.with_user(user)
        arch = contact.get_view(view_type="form")["arch"]
        self.assertIn("action_retention_grants", arch)
        self.assertEqual(contact.retention_grant_count, 1)
        action = contact.action_retention_grants()
        grants = self.env[action["res_model"]].with_user(user).search(action["domain"])
        self.assertEqual(grants.profile_id, profile)
        history = contact.retention_change_ids.filtered(lambda c: c.what == "tier")
        self.assertEqual(
            [(c.date, c.old_label, c.new_label) for c in history], [(FIRST, False, "Gold")]
        )
        plain = self.make_user("plain", "base.group_user")
        arch = contact.with_user(plain).get_view(view_type="form")["arch"]
        self.assertNotIn("action_retention_grants", arch)
