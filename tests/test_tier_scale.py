"""Tiers of many: no query per customer, killed at any point, rules that change meanwhile."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import AS_OF
from .tier_common import TierCase


@tagged("post_install", "-at_install")
class TestTierScale(TierCase):
    def people(self, count):
        found = self.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(count)]
        )
        for partner in found:
            self.order(partner, AS_OF, 6000)
        return found

    def queries_of(self, partners):
        """Return the number of queries in which these customers rise from Standard to Gold."""
        profiles = self.profiles.search([("partner_id", "in", partners.ids)])
        profiles.write({"tier_id": self.standard.id, "tier_since": AS_OF})
        self.env.flush_all()
        self.env.invalidate_all()
        metrics = self.env["retention.metrics"]
        scope = metrics._scope(self.company, AS_OF, metrics._partner_table(partners.ids))
        days = SQL("(%s)", metrics._purchase_rows(scope))
        condition = SQL("profile.id = ANY(%s)", profiles.ids)
        before = self.env.cr.sql_log_count
        self.profiles._review_tiers(self.company, AS_OF, days, condition, "nightly")
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertEqual(profiles.tier_id, self.gold)
        return count

    def test_no_query_per_customer(self):
        few, many = self.people(3), self.people(40)
        self.start(AS_OF)
        self.queries_of(few)  # what is read once
        self.assertLessEqual(self.queries_of(many), self.queries_of(few) + 1)

    def test_rules_that_change_meanwhile(self):
        people = self.people(6)
        self.company.retention_tiers_started = True
        runs = self.env["retention.run"]
        self.env.flush_all()
        run = runs._plan(self.company, AS_OF)
        while run.phase != "tier":
            run._step()
        run._step(size=2)
        self.assertEqual(len(self.profiles.search([("tier_id", "=", self.gold.id)])), 2)
        self.gold.min_amount = 6000.01
        self.company._retention_regrade_tiers()
        while run.state != "done":
            run._step(size=2)
        for partner in people:
            self.assertEqual(self.tier_of(partner), self.silver)
        self.assertFalse(self.company.retention_tier_regrade)

    def test_nothing_is_written_when_nothing_happens(self):
        self.people(3)
        self.start(AS_OF)
        self.refresh(AS_OF + timedelta(days=1))
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        before = {p.id: p.write_date for p in profiles}
        run = self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(run.changed_count, 0)
        self.env.invalidate_all()
        self.assertEqual({p.id: p.write_date for p in profiles}, before)
