"""A person who writes the same rows goes first; the scheduled action does its step again soon."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged

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
