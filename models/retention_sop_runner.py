"""The runner: takes what is due, asks the gate, executes, plans what follows."""

import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .batches import together_or_apart

_logger = logging.getLogger(__name__)
BATCH = 500  # step runs between two commits
CRON = "customer_retention.cron_sop"
# Minutes until a step that failed for a passing reason is tried again; then somebody is asked.
BACK_OFF = (5, 30, 120, 480, 1440)


class Result(NamedTuple):
    """What came of one step run.

    ``state``: done, skipped, open (somebody has to do it) or waiting (again at ``until``);
    ``text``: in words; ``values``: further fields of the run; ``goto``: the step that follows
    instead of the next, False for none: the procedure is through; ``leave``: a reason to leave;
    ``go_on``: whether the next step does not wait for an open one.
    """

    state: str = "done"
    text: str = ""
    values: dict = {}
    goto: object = None
    leave: str | None = None
    until: object = None
    go_on: bool = False


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.model
    def _wake_runner(self, at=None):
        """Have the runner called after commit, or at a moment."""
        if at:
            self.env.ref(CRON).sudo()._trigger(at)
        else:
            self.env["retention.refresh.request"]._wake(CRON)

    @api.model
    def _cron_run(self):
        """Do all that is due, company by company, in small committed steps.

        Killed at any point, nothing is lost or done twice: a step run and its effect are one
        transaction.
        """
        cron, failed = self.env["ir.cron"], None
        runs, now = self.env["retention.sop.step.run"], fields.Datetime.now()
        companies = runs._waiting_companies(now) | runs._watched_companies()
        if not cron._commit_progress(remaining=len(companies)):
            return
        for left, company in zip(range(len(companies), 0, -1), companies, strict=True):
            try:
                runs._watch_mails(company, now)
                # The lock is the first statement of its transaction: see _try_lock.
                cron._commit_progress()
                while taken := runs._tick(company, fields.Datetime.now()):
                    if not cron._commit_progress(taken, remaining=left):
                        return
                if taken is None:
                    self._wake_runner(fields.Datetime.now() + timedelta(minutes=1))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody wrote the same rows: the next call finds what is left.
                self.env.cr.rollback()
                self._wake_runner(fields.Datetime.now() + timedelta(minutes=1))
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Procedures of company %s failed", company.id)
                failed = error
            cron._commit_progress(1, remaining=left - 1)
        if failed:
            raise failed


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    @api.model
    def _due_domain(self, now):
        # A version that was replaced goes on for who is under way; a paused one stands still.
        return [
            ("state", "=", "waiting"),
            ("due_at", "<=", now),
            ("sop_id.state", "in", ("active", "archived")),
        ]

    @api.model
    def _waiting_companies(self, now):
        found = self.sudo()._read_group(self._due_domain(now), ["company_id"], [])
        return self.env["res.company"].sudo().browse(company.id for (company,) in found)

    @api.model
    def _tick(self, company, now, limit=BATCH):
        """Execute up to ``limit`` due step runs of a company; the lock comes first.

        :return: how many were taken; None when another worker holds the company's lock
        """
        if not self.env["retention.metrics"]._try_lock(company.id):
            return None
        self._before_tick(company, now)
        engine = self.env["retention.enrollment"]._engine().with_company(company)
        runs = engine.env["retention.sop.step.run"].search(
            [("company_id", "=", company.id), *self._due_domain(now)],
            order="due_at, id",
            limit=limit,
        )
        taken = runs.try_lock_for_update(allow_referencing=True)
        taken._execute(company.with_env(engine.env), now)
        self.env.flush_all()
        return len(taken)

    @api.model
    def _before_tick(self, company, now):
        """Hook, called under the company's lock, before due step runs are looked for."""

    # ---------------------------------------------------------------- executing
    def _execute(self, company, now):
        """Execute these due runs of one company; where a procedure is at fault, the others'."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._execute_together(company, now)
        except OperationalError:
            raise
        except Exception as error:
            _logger.info("One procedure after the other", exc_info=True)
            for sop, runs in self.grouped("sop_id").items():
                sop._or_pause(lambda runs=runs: runs._execute_together(company, now))
                if sop.state == "archived" and sop.error:
                    runs._fail_all(error, now)

    def _execute_together(self, company, now):
        self.enrollment_id._check_exits(company, now)
        runs = self.filtered(lambda run: run.state == "waiting")
        passes = runs._pass_gate(company, now)
        for step, mine in runs.grouped("step_id").items():
            go = mine.filtered(lambda run: run.id in passes)
            if go:
                step._run_safely(go, passes, now)

    def _pass_gate(self, company, now):
        """Ask the gate for those that touch the customer; return {run id: ask or None} to go.

        The others are held back or passed over, with the gate's reason.
        """
        asks = {}
        for step, runs in self.grouped("step_id").items():
            asks |= step._asks(runs, now)
        if not asks:
            return dict.fromkeys(self.ids)
        touches = self.env["retention.touch"]
        verdicts = touches._gate(company, list(asks.values()), now)
        stopped = {key for key in asks if verdicts[key].state != "go"}
        held = {key: ask for key, ask in asks.items() if key in stopped}
        values = {run.id: run._touch_values() for run in self if run.id in stopped}
        made = touches._record(company, list(held.values()), verdicts, values)
        labels, refused = touches._gate_rules(), {}
        for run in self.filtered(lambda run: run.id in stopped):
            verdict = verdicts[run.id]
            if run.touch_id != made[run.id]:
                run.touch_id = made[run.id]
            text = made[run.id]._reason_words(labels)
            if verdict.state == "defer":
                run.write({"due_at": verdict.until, "result": text})
            else:
                refused[run.id] = run.step_id._refused_by_gate(verdict, text)
        self.browse(refused)._settle(refused, now)
        return {run.id: asks.get(run.id) for run in self if run.id not in stopped}

    def _touch_values(self):
        """Return what a touch of this run keeps of it."""
        self.ensure_one()
        return {
            "step_run_id": self.id,
            "enrollment_id": self.enrollment_id.id,
            "sop_id": self.sop_id.id,
            "touch_id": self.touch_id.id,
            "user_id": self.enrollment_id.user_id.id,
            "minutes": self.step_id.minutes,
            "cost": self.step_id.cost,
            "res_model": "retention.enrollment",
            "res_id": self.enrollment_id.id,
        }

    def _settle(self, results, now):
        """Write what came of these runs, grouped by value, and plan what follows."""
        groups, follow, leaving = {}, {}, {}
        for run in self:
            result = results[run.id]
            key = (result.state, result.text, result.until, tuple(sorted(result.values.items())))
            groups.setdefault(key, []).append(run.id)
            if result.leave:
                leaving.setdefault(result.leave, []).append(run.enrollment_id.id)
            elif result.state in ("done", "skipped") or result.go_on:
                follow[run.id] = result.goto
        for (state, text, until, values), ids in groups.items():
            ended = {"done_at": now} if state in ("done", "skipped") else {}
            later = {"due_at": until} if until else {}
            self.browse(ids).write(
                {"state": state, "result": text, "error": False, **ended, **later, **dict(values)}
            )
        for reason, ids in leaving.items():
            self.env["retention.enrollment"].browse(ids)._leave(reason, now)
        self.browse(follow)._advance(follow, now)

    def _advance(self, goto, now):
        """Plan the step after each of these runs that ended.

        :param goto: {run id: the step that follows, None for the next one, False for none}
        """
        through = self.env["retention.enrollment"]
        following = {}
        for run in self:
            enrollment, target = run.enrollment_id, goto.get(run.id)
            step = run.step_id._next() if target is None else target
            if not enrollment.live:
                continue
            if step:
                following[enrollment] = step
            else:
                through |= enrollment
        through._finish(now)
        self.enrollment_id.browse(e.id for e in following)._plan_next(following, now)

    def _fail_all(self, error, now):
        for run in self.filtered(lambda run: run.state == "waiting"):
            run._fail(error, now)

    def _fail(self, error, now):
        """Note why this run failed: try again later, go on, or ask for help."""
        self.ensure_one()
        words = str(error) or type(error).__name__
        lasting = isinstance(error, UserError) or self.tries >= len(BACK_OFF)
        if not lasting:
            later = now + timedelta(minutes=BACK_OFF[self.tries])
            self.write({"tries": self.tries + 1, "due_at": later, "error": words})
            self.env["retention.sop"]._wake_runner(later)
        elif self.step_id.on_failure == "skip":
            self._settle({self.id: Result("skipped", self.env._("Did not work"))}, now)
            self.error = words
        else:
            self.write({"state": "failed", "error": words, "tries": self.tries + 1})
            self.enrollment_id.write({"state": "stuck"})


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    def _run_safely(self, runs, asks, now):
        """Execute ``runs`` of this step together; those at fault say why, the others go on."""
        self.ensure_one()
        together_or_apart(
            runs,
            lambda part: self._run_batch(part, asks, now),
            lambda run, error: run._fail(error, now),
        )

    def _run_batch(self, runs, asks, now):
        results = self._runner()(runs, now)
        touched = {
            run.id: run._touch_values() | results[run.id].values.get("touch", {})
            for run in runs
            if asks.get(run.id) and results[run.id].state in ("done", "open")
        }
        results = {
            key: result._replace(values={k: v for k, v in result.values.items() if k != "touch"})
            for key, result in results.items()
        }
        if touched:
            self._note_touches(runs, asks, touched, now)
        runs._settle(results, now)

    def _note_touches(self, runs, asks, values, now):
        company = runs.company_id
        touches = self.env["retention.touch"]
        go = {key: touches._go() for key in values}
        made = touches._record(company, [asks[key] for key in values], go, values)
        for key, touch in made.items():
            run = runs.browse(key)
            if run.touch_id != touch:
                run.touch_id = touch


class RetentionEnrollment(models.Model):
    """How an enrollment goes on and ends."""

    _inherit = "retention.enrollment"

    def _plan_next(self, steps, now):
        """Create the run of the next step of each of these enrollments.

        :param steps: {enrollment: step}; without a step it is through
        """
        through = self.browse(e.id for e, step in steps.items() if not step)
        through._finish(now)
        due = self._due_moments(steps, now)
        values = [
            {
                "enrollment_id": enrollment.id,
                "step_id": step.id,
                # What should have been before the customer entered is done at once.
                "due_at": max(due[enrollment], now),
                "first_due_at": due[enrollment],
                "state": "waiting",
            }
            for enrollment, step in steps.items()
            if step
        ]
        if values:
            self.env["retention.sop.step.run"].create(values)
            soonest = max(now, min(due[e] for e, step in steps.items() if step))
            if soonest <= now + timedelta(minutes=5):
                self.env["retention.sop"]._wake_runner(soonest)

    def _finish(self, now):
        """These went through all steps: they end unless somebody still has to do something."""
        ended = self.filtered(
            lambda e: e.live and not {"waiting", "open", "failed"} & set(e.run_ids.mapped("state"))
        )
        if ended:
            ended.write({"state": "done", "ended_at": now})

    def _leave(self, reason, now):
        """End these early: what is planned is called off, their own open tasks are closed."""
        live = self.filtered("live")
        if not live:
            return
        open_runs = live.run_ids.filtered(lambda r: r.state in ("waiting", "open", "failed"))
        tasks = open_runs.activity_id.filtered(
            lambda task: task.active and task.res_model == self._name
        )
        labels = self._exit_reasons()
        open_runs.write({"state": "cancelled", "done_at": now, "result": labels[reason]})
        # First the state: a task that is closed asks its run to go on.
        live.write({"state": "left", "ended_at": now, "exit_reason": reason})
        tasks.write({"active": False, "feedback": labels[reason], "retention_no_contact": True})
        sent = live.run_ids.mail_id.filtered(lambda mail: mail.state == "outgoing")
        if sent:
            sent.sudo().write({"state": "cancel"})
        live._end_touches(labels[reason])

    def _retry(self, now):
        """Try failed steps again, as often as at first."""
        runs = self.run_ids.filtered(lambda run: run.state == "failed")
        runs.write({"state": "waiting", "tries": 0, "due_at": now, "first_due_at": now})
        runs.enrollment_id.write({"state": "running"})
        self.env["retention.sop"]._wake_runner()
