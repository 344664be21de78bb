"""A night in parts ends as a night in one process does."""

from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .jobs_common import AS_OF, JobsCase


@tagged("post_install", "-at_install")
class TestParts(JobsCase):
    def compute_here(self):
        """What one process makes of the same purchases, in a company of its own."""
        other = self.make_company("Other")
        for order in self.env["sale.order"].search([("company_id", "=", self.company.id)]):
            self.order(order.partner_id, order.date_order, order.amount_untaxed, other)
        self.refresh(company=other)
        return self.figures(other)

    def test_the_same_figures(self):
        expected = self.compute_here()
        self.assertEqual(len(expected), 20)
        names = self.work()
        # 20 customers are 7 ranges of 3: 4 parts, then 3, in each of the two phases.
        self.assertEqual(names.count("_job_part"), 14)
        self.assertEqual(self.figures(), expected)
        run = self.runs._last_done(self.company)
        self.assertEqual((run.as_of, run.done_count), (AS_OF, 20))
        self.assertEqual(run.changed_count, 40)
        self.assertFalse(run.part_ids)

    def test_the_order_of_parts_does_not_matter(self):
        expected = self.compute_here()
        self.work(before=lambda jobs: jobs.reverse())
        self.assertEqual(self.figures(), expected)

    def test_a_second_night_changes_only_what_moved(self):
        self.work()
        self.assertEqual(self.work().count("_job_part"), 0)
        with freeze_time("2026-07-01 12:00:00"):
            self.work()
            self.assertEqual(self.runs._last_done(self.company).as_of.isoformat(), "2026-07-01")
        self.assertEqual(len(self.figures()), 20)

    def parts(self):
        """Go to the writing phase and lay out its first parts."""
        with trap_jobs():
            while self.runs._live(self.company).phase != "write":
                self.runs._job_step(self.company)
            self.runs._job_step(self.company)
        return self.runs._live(self.company).part_ids

    def test_what_parts_did_is_counted_without_a_gap(self):
        parts = self.parts()
        self.assertEqual(parts.mapped("row_count"), [3, 3, 3, 3])
        run = parts.run_id
        for part in parts[0] | parts[1] | parts[3]:
            part._job_part(self.company.id)
        upto = parts[1].upto
        run._fold_parts()
        self.assertEqual((run.cursor, run.done_count, run.changed_count), (upto, 6, 6))
        self.assertFalse(run.part_ids)

    def test_doing_a_part_twice_changes_nothing(self):
        part = self.parts()[0]
        part._job_part(self.company.id)
        self.assertEqual((part.done, part.written), (True, 3))
        with patch.object(type(part.run_id), "_do_range") as done:
            part._job_part(self.company.id)
        done.assert_not_called()

    def test_a_part_that_the_run_went_on_without(self):
        parts = self.parts()
        run, part = parts.run_id, parts[2]
        self.refresh()
        self.assertEqual(run.state, "done")
        self.assertFalse(part.exists())
        part._job_part(self.company.id)
        self.assertEqual(len(self.figures()), 20)

    def test_lost_work_rows(self):
        """A crash of the database server empties the run's table: it begins anew."""
        parts = self.parts()
        run = parts.run_id
        self.env["retention.metrics"]._work_drop(self.company.id)
        parts[0]._job_part(self.company.id)
        self.assertFalse(parts[0].done)
        with trap_jobs():
            self.runs._job_step(self.company)
        self.assertEqual((run.phase, run.cursor), ("aggregate", 0))
        self.work()
        self.assertEqual(run.state, "done")

    def test_parts_meet_each_other_and_nobody_else(self):
        first, second, third = (db_connect(self.env.cr.dbname).cursor() for _n in range(3))
        for cr in (first, second, third):
            self.addCleanup(cr.close)
        metrics = [self.env(cr=cr)["retention.metrics"].sudo() for cr in (first, second, third)]
        number = 2_000_000_000
        self.assertTrue(metrics[0]._try_lock_shared(number))
        self.assertTrue(metrics[1]._try_lock_shared(number))
        self.assertFalse(metrics[2]._try_lock(number))
        for cr in (first, second, third):
            cr.rollback()
        self.assertTrue(metrics[2]._try_lock(number))
        self.assertFalse(metrics[0]._try_lock_shared(number))

    def test_who_finds_the_company_busy_comes_again(self):
        part = self.parts()[0]
        metrics = type(self.env["retention.metrics"])
        with (
            patch.object(metrics, "_try_lock_shared", return_value=False),
            self.assertRaises(RetryableJobError) as busy,
        ):
            part._job_part(self.company.id)
        self.assertTrue(busy.exception.ignore_retry)
        with (
            patch.object(metrics, "_try_lock", return_value=False),
            self.assertRaises(RetryableJobError),
        ):
            self.runs._job_step(self.company)

    def test_fresh_customers_between_parts(self):
        """An order confirmed in the middle of the night is in the figures at its end."""
        partner = self.partners[-1]
        was = self.figures().get(partner)
        self.assertIsNone(was)
        self.work()
        revenue = self.profile(partner).revenue_total

        def confirm(jobs):
            if not asked and any(job.method_name == "_job_part" for job in jobs):
                asked.append(self.order(partner, "2026-07-01", 500.0))
                self.commit_requests()

        asked = []
        with freeze_time("2026-07-01 12:00:00"):
            self.work(before=confirm)
        self.assertTrue(asked)
        self.assertEqual(self.profile(partner).revenue_total, revenue + 500)
