"""A person who writes the same rows goes first; the scheduled action does its step again soon."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_retention.models import batches

from .common import RetentionCase


@tagged("post_install", "-at_install")
class TestConflict(RetentionCase):
    def call(self, model, method, step):
        """Call a scheduled action in whose ``step`` somebody was faster; return new triggers."""
        cron = self.env.ref(f"customer_retention.cron_{method.rsplit('_', 1)[1]}")
        mine = [("cron_id", "=", cron.id), ("call_at", ">", fields.Datetime.now())]
        before = self.env["ir.cron.trigger"].search(mine)
        records = self.env[model]
        conflict = patch.object(type(records), step, side_effect=SerializationFailure)
        progress = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        with conflict as tried, progress, patch.object(self.env.cr, "rollback") as rolled_back:
            getattr(records, method)()
        self.assertTrue(tried.called)
        self.assertTrue(rolled_back.called)
        return self.env["ir.cron.trigger"].search(mine) - before

    def test_the_night_goes_on_in_a_minute(self):
        self.assertTrue(self.call("retention.run", "_cron_nightly", "_advance"))

    def test_fresh_customers_wait_for_a_minute(self):
        customer = self.customer()
        self.env["retention.refresh.request"]._ask_pairs({(customer.id, self.company.id)})
        self.commit_requests()
        self.assertTrue(self.call("retention.refresh.request", "_cron_fresh", "_answer"))

    def each_company(self, conflicts, other):
        """Work in all companies; in ours ``conflicts`` tries meet somebody who was faster."""
        tries = []

        def work(company):
            tries.append(company)
            if company == self.company and tries.count(company) <= conflicts:
                raise SerializationFailure

        progress = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        rolled_back = patch.object(self.env.cr, "rollback")
        with progress, patch.object(batches.time, "sleep") as slept, rolled_back as rollback:
            try:
                batches.each_company(self.env, work, "The test")
            finally:
                self.assertEqual(rollback.call_count, slept.call_count)
                self.assertEqual(rollback.call_count, tries.count(self.company) - 1)
                self.assertIn(other, tries)
        return tries.count(self.company)

    def test_a_company_is_tried_again(self):
        other = self.make_company("Other")
        self.assertEqual(self.each_company(0, other), 1)
        self.assertEqual(self.each_company(2, other), 3)

    def test_but_not_for_ever(self):
        other = self.make_company("Other")
        with self.assertLogs(batches.__name__, "ERROR"), self.assertRaises(SerializationFailure):
            self.each_company(100, other)
