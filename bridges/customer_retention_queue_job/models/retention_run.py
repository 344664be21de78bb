from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, PENDING, STARTED, WAIT_DEPENDENCIES

# Phases whose customers are independent of each other.
PARALLEL = ("write", "assess")
PARTS = 8  # between two moments at which fresh customers and procedures have their turn
JOBS_PARAMETER = "customer_retention.jobs"
PARTS_PARAMETER = "customer_retention.parts"
BUSY = 5  # seconds
STANDSTILL = timedelta(minutes=30)


class RetentionRun(models.Model):
    """The run as jobs: one step a job, and the parts of a phase beside each other.

    Every method that is a job takes its lock first, in a transaction of its own ("Allow commit"
    of its job function), which ends before the job is marked as done: a job done twice does
    nothing the second time.
    """

    _inherit = "retention.run"

    part_ids = fields.One2many(
        "retention.run.part",
        "run_id",
        "Parts",
        readonly=True,
        groups="customer_retention.group_manager",
    )

    # ---------------------------------------------------------------- scheduled action
    @api.model
    def _cron_nightly(self):
        """Ask for a first step per company; compute here where nobody runs the queue."""
        if not self._uses_jobs() or self._jobs_stand_still():
            return super()._cron_nightly()
        for company in self.env["res.company"]._retention_companies():
            if not self._jobs_under_way(company):
                self._delay_next(company)
        return None

    @api.model
    def _uses_jobs(self):
        """Say whether somebody is likely to run jobs.

        The queue comes along with other apps, and without its runner a job waits for ever. So
        the server must load the runner, or the system parameter must say that another one does
        ("1"; "0" for never).
        """
        said = self.env["ir.config_parameter"].sudo().get_param(JOBS_PARAMETER)
        return said == "1" if said else "queue_job" in config["server_wide_modules"]

    @api.model
    def _jobs_key(self, company, *parts):
        return "/".join(["retention.run", str(company.id), *map(str, parts)])

    @api.model
    def _jobs_stand_still(self):
        """Say whether a job that could have run for half an hour still waits."""
        limit = fields.Datetime.now() - STANDSTILL
        waiting = [
            ("identity_key", "=like", "retention.run/%"),
            ("state", "in", (PENDING, ENQUEUED)),
            ("date_created", "<", limit),
            "|",
            ("eta", "=", False),
            ("eta", "<", limit),
        ]
        return bool(self.env["queue.job"].sudo().search_count(waiting, limit=1))

    @api.model
    def _jobs_under_way(self, company):
        """Say whether the company has jobs that go on; cancel those that wait for a failed one."""
        jobs = self.env["queue.job"].sudo()
        jobs = jobs.search(
            [
                ("identity_key", "=like", self._jobs_key(company, "%")),
                ("state", "in", (PENDING, ENQUEUED, STARTED, WAIT_DEPENDENCIES)),
            ]
        )
        if any(job.state != WAIT_DEPENDENCIES for job in jobs):
            return True
        jobs.button_cancelled()
        return False

    @api.model
    def _delay_next(self, company, parts=None):
        """Have the parts done, then waiting requests answered, then the next step done."""

        def job(records, description, *key):
            key = self._jobs_key(company, *key)
            return records.delayable(identity_key=key, description=description)

        meanwhile = self.env._("Retention: fresh customers and due procedures")
        step = self.env._("Retention: next step of the run")
        jobs = [
            job(company, meanwhile, "answer")._retention_job_answer(),
            job(company, step, "step")._retention_job_step(),
        ]
        if parts:
            some = self.env._("Retention: part of the customers")
            every = [job(part, some, "part", part.id)._job_part(company.id) for part in parts]
            jobs.insert(0, group(*every))
        chain(*jobs).delay()

    @api.model
    def _job_step(self, company):
        """Do one step of the company's run, or lay out parts of it, and ask for what is next."""
        if not self.env["retention.metrics"]._try_lock(company.id):
            raise self._busy()
        run = self.with_company(company)._live(company)
        run._fold_parts()
        parts = run._plan_parts() if run.phase in PARALLEL else None
        if parts or self._advance(company):
            self._delay_next(company, parts)

    @api.model
    def _busy(self):
        """Return the exception that makes the queue try again soon, however often it takes."""
        message = self.env._("The company's figures are being computed just now.")
        return RetryableJobError(message, seconds=BUSY, ignore_retry=True)

    # ---------------------------------------------------------------- parts
    def _step(self, size=None):
        if self.part_ids:
            # Whoever goes on without jobs counts what they did, and leaves them nothing to do.
            self._fold_parts()
        return super()._step(size)

    def _plan_parts(self):
        """Lay out the next parts of the phase; nothing where one step does it as well.

        The caller holds the company's lock.
        """
        self.ensure_one()
        metrics, company = self.env["retention.metrics"], self.company_id
        if not self._part_rows_exist():
            return None
        if self.phase == "assess":
            # Makes the signals that a company lacks, which parts must not do beside each other.
            self.env["retention.signal"]._of_company(company)
        found, cursor, size = [], self.cursor, self._chunk_size()
        while len(found) < self._part_count():
            if self.phase == "write":
                upper, count = metrics._work_upper(metrics._work_table(company.id), cursor, size)
            else:
                upper, count = metrics._health_upper(company, cursor, size)
            if upper is None:
                break
            found.append({"after": cursor, "upto": upper, "row_count": count})
            cursor = upper
        if len(found) < 2:
            return None
        same = {"run_id": self.id, "phase": self.phase}
        return self.env["retention.run.part"].create([{**same, **part} for part in found])

    def _part_rows_exist(self):
        """A crash of the database server empties the tables that a run reads."""
        metrics, company = self.env["retention.metrics"], self.company_id
        if self.phase == "write":
            return metrics._work_exists(company.id)
        return not self.day_count or metrics._days_exist(company.id)

    @api.model
    def _part_count(self):
        return int(self.env["ir.config_parameter"].sudo().get_param(PARTS_PARAMETER, PARTS))

    def _fold_parts(self):
        """Move the cursor over what parts have done without a gap; forget them all."""
        for part in self.part_ids:
            if part.done and part.phase == self.phase and part.after == self.cursor:
                self._advance_to(part.upto, part.row_count, part.written)
        self.part_ids.unlink()
