import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..analytics.rfm import CutPoints
from .own_fields import LiveFlag
from .retention_metrics_health import Reading

_logger = logging.getLogger(__name__)
MAX_REPLAYED_NIGHTS = 31
CHUNK = 20_000
CHUNK_PARAMETER = "customer_retention.chunk"


class RetentionRun(models.Model):
    """One full computation of a company's customers for one day: resumable, auditable."""

    _name = "retention.run"
    _description = "Retention Run"
    _order = "as_of desc, id desc"
    _rec_name = "as_of"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    as_of = fields.Date(required=True, readonly=True)
    cause = fields.Selection(
        [
            ("first", "First computation"),
            ("nightly", "Nightly run"),
            ("rescore", "Settings changed"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], default="running", required=True, readonly=True
    )
    live = LiveFlag(
        readonly=True, default=True, help="Set while running: a company has one run at a time."
    )
    phase = fields.Selection(
        [
            ("aggregate", "Reading purchases"),
            ("write", "Writing profiles"),
            ("read", "Reading days of purchase and contact"),
            ("assess", "Judging stage and risk"),
            ("alert", "Opening and closing alerts"),
            ("enter", "Beginning procedures"),
        ],
        default="aggregate",
        required=True,
        readonly=True,
    )
    cursor = fields.Integer(readonly=True, help="The last customer written so far.")
    row_count = fields.Integer("Customers Read", readonly=True)
    done_count = fields.Integer("Customers Done", readonly=True)
    progress = fields.Float(compute="_compute_progress", aggregator=None)
    changed_count = fields.Integer("Profiles Written", readonly=True)
    started_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    ended_at = fields.Datetime(readonly=True)
    duration = fields.Float(
        "Duration (s)", compute="_compute_duration", help="From start to end, waiting included."
    )
    error = fields.Text(readonly=True)
    r_limits = fields.Char("R Limits (days)", readonly=True)
    f_limits = fields.Char("F Limits (purchase days)", readonly=True)
    m_limits = fields.Char("M Limits (cents)", readonly=True)
    m_from_data = fields.Boolean("M Cut From Own Data", readonly=True)
    core_limit = fields.Char("Core From (cents)", readonly=True)
    day_count = fields.Integer("Days Read", readonly=True)
    company_gap = fields.Integer("Usual Gap of the Company (days)", readonly=True)
    talks_known = fields.Boolean(
        "Talks Are Recorded",
        readonly=True,
        help="Enough active customers have a recent talk for silence to count as a signal.",
    )

    _live_uniq = models.Constraint(
        "UNIQUE (company_id, live)", "A run is already under way in this company."
    )

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            ended = run.ended_at and run.started_at
            run.duration = max(0, (run.ended_at - run.started_at).total_seconds()) if ended else 0

    @api.depends("row_count", "done_count", "state", "phase")
    def _compute_progress(self):
        for run in self:
            share = run.done_count / run.row_count if run.row_count else 0
            before = {"aggregate": 0, "write": 0, "read": 50, "tier": 50, "assess": 50}
            before = before.get(run.phase, 100)
            half = run.phase in ("write", "assess") and 50 * min(share, 1)
            run.progress = 100 if run.state == "done" else before + half

    # ---------------------------------------------------------------- limits
    def _limits(self):
        """Return the CutPoints this run scored with; None for no run."""
        if not self or not self.r_limits:
            return None

        def numbers(text):
            return tuple(int(part) for part in text.split(","))

        core = int(self.core_limit) if self.core_limit else None
        return CutPoints(
            numbers(self.r_limits), numbers(self.f_limits), numbers(self.m_limits), core
        )

    def _keep_limits(self, limits, m_from_data):
        def text(numbers):
            return ",".join(str(number) for number in numbers)

        self.write(
            {
                "r_limits": text(limits.r),
                "f_limits": text(limits.f),
                "m_limits": text(limits.m),
                "core_limit": str(limits.core) if limits.core else False,
                "m_from_data": m_from_data,
            }
        )

    # ---------------------------------------------------------------- planning
    @api.model
    def _last_done(self, company):
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "done")],
            order="as_of desc, id desc",
            limit=1,
        )

    @api.model
    def _live(self, company):
        return self.search([("company_id", "=", company.id), ("live", "=", True)], limit=1)

    @api.model
    def _plan(self, company, as_of):
        """Return the run under way, or a new one for ``as_of``."""
        live = self._live(company)
        if live:
            return live
        last = self._last_done(company)
        cause = "first" if not last else "rescore" if last.as_of == as_of else "nightly"
        return self.create({"company_id": company.id, "as_of": as_of, "cause": cause})

    @api.model
    def _due_date(self, company):
        """Return the day the company's next run is due for, or None.

        Missed nights come first, oldest first and at most MAX_REPLAYED_NIGHTS of them.
        """
        today, last = company._retention_today(), self._last_done(company)
        # Any full run answers it.
        asked = self.env["retention.refresh.request"]._take_rescore(company)
        if not last:
            return today
        if last.as_of < today:
            return max(last.as_of + timedelta(days=1), today - timedelta(MAX_REPLAYED_NIGHTS - 1))
        return last.as_of if asked else None

    @api.model
    def _request_rescore(self, companies):
        """Have everybody in these companies computed again soon, with the new settings."""
        kept = {company._retention_company().id for company in companies}
        self.env["retention.refresh.request"]._ask_pairs({(0, company) for company in kept})

    # ---------------------------------------------------------------- scheduled action
    @api.model
    def _cron_nightly(self):
        """Bring every company up to its own today, in small committed steps.

        Killed at any point, the next call goes on where the last committed step ended. One
        company's failure is kept on its run and raised at the end; the others go on.
        """
        cron, failed = self.env["ir.cron"], None
        companies = self.env["res.company"]._retention_companies()
        for left, company in zip(range(len(companies), 0, -1), companies, strict=True):
            if not cron._commit_progress(remaining=left):
                return
            try:
                while self._advance(company):
                    if not cron._commit_progress(1, remaining=left):
                        return
                    while self._answer_meanwhile(company):
                        if not cron._commit_progress(1, remaining=left):
                            return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody wrote the same rows: theirs stay, the step is done again.
                self.env.cr.rollback()
                self.env["retention.refresh.request"]._wake_soon("customer_retention.cron_nightly")
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Retention run of company %s failed", company.id)
                self._live(company).error = str(error)
                failed = error
            cron._commit_progress(1, remaining=left - 1)
        if failed:
            raise failed

    @api.model
    def _advance(self, company):
        """Do one step of the company's run, planning it when due; say whether to go on.

        The lock is the transaction's first statement and lasts until its commit.
        """
        if not self.env["retention.metrics"]._try_lock(company.id):
            return False
        runs = self.with_company(company)
        run = runs._live(company)
        if not run:
            as_of = runs._due_date(company)
            if not as_of:
                return False
            run = runs._plan(company, as_of)
        run._step()
        return True

    def _step(self, size=None):
        """Do one part of the current phase, or go on to the next one.

        The caller holds the company's lock and commits.
        """
        self.ensure_one()
        getattr(self, f"_step_{self.phase}")(size or self._chunk_size())

    def _step_aggregate(self, size):
        self._read_purchases()

    def _step_write(self, size):
        """Write the scores of the next ``size`` customers."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        table, upper = metrics._work_table(company.id), None
        if metrics._work_exists(company.id):
            upper, count = metrics._work_upper(table, self.cursor, size)
        elif self.row_count:
            # A crash of the database server empties unlogged tables.
            self.write({"phase": "aggregate", "cursor": 0, "done_count": 0})
            return
        if upper is None:
            metrics._work_drop(company.id)
            self.write({"phase": "read", "cursor": 0, "done_count": 0})
            return
        self._advance_to(upper, count, self._do_range(self.cursor, upper))

    def _step_read(self, size):
        """Read the days of purchase and contact of everybody, and what they say as a whole."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        if self.day_count and not metrics._days_exist(company.id):
            # A crash of the database server empties unlogged tables.
            self.write({"phase": "aggregate", "cursor": 0, "done_count": 0})
            return
        days, talks = metrics._days_table(company.id), metrics._talks_table(company.id)
        metrics._index_days(days)
        metrics._create_talks(metrics._scope(company, self.as_of), talks)
        self.env["retention.profile"]._store_interactions(company, self.as_of, talks=talks)
        self.env["retention.profile"]._store_voice(company, self.as_of)
        self.write(
            {
                "phase": "assess",
                "company_gap": metrics._company_gap(days, self.as_of, company._retention_closed()),
                "talks_known": metrics._talks_are_known(company, self.as_of, talks),
            }
        )

    def _step_assess(self, size):
        """Judge stage and risk of the next ``size`` customers."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        if self.day_count and not metrics._days_exist(company.id):
            self.write({"phase": "aggregate", "cursor": 0, "done_count": 0})
            return
        upper, count = metrics._health_upper(company, self.cursor, size)
        if upper is None:
            metrics._days_drop(company.id)
            self.write({"phase": "alert", "cursor": 0})
            return
        self._advance_to(upper, count, self._do_range(self.cursor, upper))

    def _step_alert(self, size):
        self.env["retention.alert"]._sync(self.company_id, self.as_of, nightly=True)
        self.write({"phase": "enter", "cursor": 0})

    def _step_enter(self, size):
        """Take customers into procedures: one batch of one procedure, the most urgent first.

        The cursor counts procedures whose occasions of this day have all been followed. Who
        tells a past has the moment at which they enter in the context.
        """
        sops = self.env["retention.sop"]
        now = self.env.context.get("retention_now") or fields.Datetime.now()
        running = sops._running(self.company_id)
        if self.cursor >= len(running):
            sops._end_of_night(self.company_id, self.as_of, now)
            self.write({"state": "done", "live": False, "ended_at": now, "error": False})
            return
        sop = running[self.cursor]
        # One that cannot is paused: the next one has its place now.
        if not sop._enter_safely(self.as_of, now) and sop.state == "active":
            self.cursor += 1

    # Hook: customers of these phases are independent of each other, so that several ranges may be
    # done at once and in any order.
    def _do_range(self, after, upto):
        """Do the customers with ``after < partner_id <= upto``; return the profiles written."""
        return getattr(self, f"_{self.phase}_range")(after, upto)

    def _write_range(self, after, upto):
        return self.env["retention.profile"]._store(
            self.env["retention.metrics"]._work_table(self.company_id.id),
            self.company_id,
            self.as_of,
            self._limits(),
            self.cause,
            after=after,
            upto=upto,
            first=self.cause == "first",
        )

    def _assess_range(self, after, upto):
        company, metrics = self.company_id, self.env["retention.metrics"]
        reading = Reading(
            metrics._days_table(company.id),
            metrics._talks_table(company.id),
            self.company_gap or None,
            self.talks_known,
        )
        return self.env["retention.profile"]._assess_chunk(
            company, self.as_of, reading, after, upto, self.cause
        )

    def _advance_to(self, upper, count, written):
        self.write(
            {
                "cursor": upper,
                "done_count": self.done_count + count,
                "changed_count": self.changed_count + written,
            }
        )

    @api.model
    def _chunk_size(self):
        """Return how many customers are written between two commits."""
        return int(self.env["ir.config_parameter"].sudo().get_param(CHUNK_PARAMETER, CHUNK))

    def _read_purchases(self):
        company, metrics = self.company_id, self.env["retention.metrics"]
        scope, config = metrics._scope(company, self.as_of), company._retention_config()
        table, days = metrics._work_table(company.id), metrics._days_table(company.id)
        self.day_count = metrics._create_days(scope, days)
        count = metrics._work_create(table, scope, config, days=days)
        limits, from_data = metrics._work_limits(
            table,
            scope,
            config,
            lambda: self.env["retention.profile"]._fallback_m(scope, config),
        )
        self._keep_limits(limits, from_data)
        self.write({"phase": "write", "cursor": 0, "done_count": 0, "row_count": count})

    # ---------------------------------------------------------------- actions
    @api.model
    def action_refresh_all(self):
        """Have the current company's customers computed again in the background."""
        self.check_access("create")
        company = self.env.company._retention_company()
        self._request_rescore(company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The figures will be computed in the background."),
            },
        }
