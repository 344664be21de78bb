"""What the scheduled action asks for, when it computes itself, and what failed jobs leave."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .jobs_common import AS_OF, JobsCase

CORE = "odoo.addons.customer_retention.models.retention_run.RetentionRun._cron_nightly"


@tagged("post_install", "-at_install")
class TestJobs(JobsCase):
    def jobs(self):
        key = f"retention.run/{self.company.id}/%"
        return self.env["queue.job"].search([("identity_key", "=like", key)], order="method_name")

    def test_one_chain_per_company(self):
        other = self.make_company("Other")
        with trap_jobs() as trap:
            self.runs._cron_nightly()
            for company in (self.company, other):
                trap.assert_enqueued_job(company._retention_job_answer)
                trap.assert_enqueued_job(company._retention_job_step)
            companies = self.env["res.company"]._retention_companies()
            trap.assert_jobs_count(2 * len(companies))

    def test_stored_jobs(self):
        self.runs._cron_nightly()
        answer, step = self.jobs()
        self.assertEqual((answer.state, step.state), ("pending", "wait_dependencies"))
        self.assertEqual(step.channel, "root.retention")
        self.assertTrue(step.job_function_id.allow_commit)
        self.runs._cron_nightly()
        self.assertEqual(self.jobs(), answer | step)

    def test_computes_itself_where_nobody_runs_the_queue(self):
        parameters = self.env["ir.config_parameter"]
        for said, calls in (("0", 1), (False, 1), ("1", 0)):
            parameters.set_param("customer_retention.jobs", said)
            with trap_jobs(), patch(CORE) as core:
                self.runs._cron_nightly()
            self.assertEqual(core.call_count, calls, said)

    def test_computes_itself_when_jobs_stand_still(self):
        self.runs._cron_nightly()
        self.env.flush_all()
        with freeze_time(f"{AS_OF} 12:20:00"):
            self.assertFalse(self.runs._jobs_stand_still())
        with freeze_time(f"{AS_OF} 12:40:00"):
            self.assertTrue(self.runs._jobs_stand_still())
            with patch(CORE) as core:
                self.runs._cron_nightly()
        core.assert_called_once()

    def test_after_a_failed_job_the_next_hour_goes_on(self):
        self.runs._cron_nightly()
        answer, step = self.jobs()
        answer.with_context(_job_edit_sentinel=answer.EDIT_SENTINEL).write({"state": "failed"})
        self.assertFalse(self.runs._jobs_under_way(self.company))
        self.assertEqual(step.state, "cancelled")
        self.runs._cron_nightly()
        anew = self.jobs() - answer - step
        self.assertEqual(anew.mapped("state"), ["pending", "wait_dependencies"])

    def test_why_it_failed_is_on_the_run(self):
        with trap_jobs():
            while self.runs._live(self.company).phase != "write":
                self.runs._job_step(self.company)
            self.runs._job_step(self.company)
        run = self.runs._live(self.company)
        run.part_ids[0]._job_failed(exc_message="No space left", exc_name="x", exc_info="y")
        self.assertEqual(run.error, "No space left")
        self.work()
        self.assertEqual((run.state, run.error), ("done", False))
