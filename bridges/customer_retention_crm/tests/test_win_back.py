"""The library's procedure that makes opportunities of lost core customers."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START, SopCase


@tagged("post_install", "-at_install")
class TestWinBack(SopCase):
    def test_a_lost_core_customer(self):
        """Ann, of whom 80 % of the revenue comes, is lost after 365 days; so is little Bob."""
        sop = self.env.ref("customer_retention_crm.sop_win_back")._take()
        self.assertEqual(sop._problems(), [])
        ago = START - timedelta(days=364)
        ann, bob = self.buyer("Ann", ago, amount=9000), self.buyer("Bob", ago, amount=10)
        self.night(0)
        sop._start(START)
        self.night(1)
        self.night(2)
        enrollment = self.enrollments.search([("root_id", "=", sop.root_id.id)])
        self.assertEqual(enrollment.partner_id, ann)
        self.tick(2, 9)
        task = enrollment.run_ids.activity_id
        self.assertEqual(task.summary, "Find out why they left")
        with self.at(3):
            task.with_user(self.owner).action_feedback("Prices")
        self.tick(3, 10)
        leads = self.env["crm.lead"].search([("partner_id", "in", (ann | bob).ids)])
        self.assertEqual(
            (leads.partner_id, leads.user_id, leads.tag_ids.name), (ann, self.owner, "Win-back")
        )
        self.assertEqual(enrollment.state, "done")
