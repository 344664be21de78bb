"""A promotion that waits says for what, and goes on as soon as that is over."""

from datetime import date

from odoo import api, models
from odoo.tools import format_date

RULE = "open_problem"
KEPT = "retention_problems"  # context: {customer: what stands in the way, as kept in the log}


class RetentionTouch(models.Model):
    _inherit = "retention.touch"

    @api.model
    def _record(self, company, asks, verdicts, values=None):
        held = {ask.partner_id for ask in asks if verdicts[ask.key].reason == RULE}
        if not held:
            return super()._record(company, asks, verdicts, values)
        problems = self.env["retention.shield"]._problems(company, held)
        # Kind and day only: who may not read the record may read the log.
        kept = {key: f"{mine[0].kind}:{mine[0].since}" for key, mine in problems.items()}
        noting = self.with_context(**{KEPT: kept})
        made = super(RetentionTouch, noting)._record(company, asks, verdicts, values)
        return {key: touch.with_env(self.env) for key, touch in made.items()}

    @api.model
    def _verdict_values(self, ask, verdict, touch):
        vals = super()._verdict_values(ask, verdict, touch)
        kept = self.env.context.get(KEPT, {}).get(ask.partner_id)
        if kept and verdict.reason == RULE:
            vals["log"] = f"{vals['log']} {kept}"
        return vals

    @api.model
    def _log_words(self, line, reasons):
        words, why = self._split_problem(line)
        if why:
            reasons = {**reasons, RULE: why}
        return super()._log_words(words, reasons)

    def _reason_words(self, reasons):
        """Return what holds this touch back, or ended it; ``reasons``: see ``_gate_rules``."""
        self.ensure_one()
        lines = (self.log or "").splitlines()
        why = self.reason == RULE and lines and self._split_problem(lines[-1])[1]
        return why or reasons.get(self.reason, self.reason)

    @api.model
    def _split_problem(self, line):
        """Return (line of the log without the problem, the problem in words or None)."""
        rest, _space, last = line.rpartition(" ")
        kind, _colon, day = last.partition(":")
        texts = {
            "complaint": self.env._("Open problem: a complaint since %s"),
            "request": self.env._("Open problem: a request since %s"),
            "alert": self.env._("Open problem: critical churn risk since %s"),
        }
        if f" {RULE} " not in line or kind not in texts:
            return line, None
        return rest, texts[kind] % format_date(self.env, date.fromisoformat(day))


class RetentionSopStepRun(models.Model):
    """What waits for a problem to be solved is asked again by the next tick after that."""

    _inherit = "retention.sop.step.run"

    @api.model
    def _held_domain(self, now):
        return [
            ("state", "=", "waiting"),
            ("due_at", ">", now),
            ("touch_id.state", "=", "deferred"),
            ("touch_id.reason", "=", RULE),
            ("sop_id.state", "in", ("active", "archived")),
        ]

    @api.model
    def _waiting_companies(self, now):
        companies = super()._waiting_companies(now)
        held = self.sudo()._read_group(self._held_domain(now), ["company_id"], [])
        return companies.union(*(company for (company,) in held))

    @api.model
    def _before_tick(self, company, now):
        self._release_solved(company, now)
        return super()._before_tick(company, now)

    @api.model
    def _release_solved(self, company, now):
        """Have steps asked again whose customers have no open problem any more."""
        domain = [("company_id", "=", company.id), *self._held_domain(now)]
        runs = self.sudo().search(domain)
        if not runs:
            return
        open_ones = self.env["retention.touch"]._problem_partners(company, runs.partner_id.ids)
        runs.filtered(lambda run: run.partner_id.id not in open_ones).write({"due_at": now})
        self.env.flush_all()
