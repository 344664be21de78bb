"""Procedures that begin with cases."""

from odoo import api, fields, models
from odoo.tools.i18n import format_list

from .retention_case import OPEN
from .retention_sop_runner import Result
from .retention_sop_trigger import TriggerType

CASE = "retention.case"


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    trigger_case_kind = fields.Selection(
        selection=lambda self: self._case_kinds(),
        string="Kind of Case",
        help="Empty: cases of any kind.",
    )
    trigger_case_severity = fields.Selection(
        [
            ("1", "Medium severity and above"),
            ("2", "High severity and above"),
            ("3", "Very high severity only"),
        ],
        "Severity of the Case",
        help="Empty: cases of any severity.",
    )

    @api.model
    def _case_kinds(self):
        return self.env[CASE]._fields["kind"]._description_selection(self.env)

    @api.model
    def _trigger_types(self):
        return {
            **super()._trigger_types(),
            "case_opened": TriggerType(self.env._("Case opened"), prospects=True),
            "case_closed": TriggerType(self.env._("Case solved"), prospects=True),
        }

    def _occasions_case_opened(self, span):
        return self.env["retention.metrics"]._cases_opened(span, self)

    def _occasions_case_closed(self, span):
        return self.env["retention.metrics"]._cases_closed(span, self)

    # ---------------------------------------------------------------- words
    @api.depends("trigger_case_kind", "trigger_case_severity")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _when_case_opened(self):
        if which := self._which_cases():
            return self.env._("When a case is opened (%s)", which)
        return self.env._("When a case is opened")

    def _when_case_closed(self):
        if which := self._which_cases():
            return self.env._("When a case is solved (%s)", which)
        return self.env._("When a case is solved")

    def _which_cases(self):
        words = [
            self._label(name)
            for name in ("trigger_case_kind", "trigger_case_severity")
            if self[name]
        ]
        return format_list(self.env, words) if words else ""


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    if_case_severity = fields.Selection(
        [("2", "At least high"), ("3", "Very high only")],
        "If the Case Is Severe",
        help="Also part of the condition.",
    )

    def _run_branch(self, runs, now):
        found = super()._run_branch(runs, now)
        if not self.if_case_severity:
            return found
        no = Result(text=self.env._("Condition not met"), goto=self.else_step_id or False)
        for run in runs:
            severity = run.enrollment_id.case_id.severity or "0"
            if found[run.id].goto is None and severity < self.if_case_severity:
                found[run.id] = no
        return found


class RetentionEnrollment(models.Model):
    """An enrollment may be about a case."""

    _inherit = "retention.enrollment"

    case_id = fields.Many2one(CASE, compute="_compute_case", compute_sudo=True)
    case_number = fields.Char("Number of the Case", compute="_compute_case", compute_sudo=True)
    case_name = fields.Char("Subject of the Case", compute="_compute_case", compute_sudo=True)

    @api.depends("source_model", "source_id")
    def _compute_case(self):
        ids = [e.source_id for e in self if e.source_model == CASE]
        cases = {case.id: case for case in self.env[CASE].browse(ids).exists()}
        for enrollment in self:
            found = enrollment.source_model == CASE and cases.get(enrollment.source_id)
            enrollment.case_id = found
            enrollment.case_number = found and found.number
            enrollment.case_name = found and found.name

    @api.model
    def _exit_reasons(self):
        return {
            **super()._exit_reasons(),
            "case_closed": self.env._("Case closed"),
            "case_reopened": self.env._("Case opened again"),
        }

    def _check_exits(self, company, now):
        about = self.filtered(lambda e: e.live and e.arm == "treated" and e.source_model == CASE)
        for trigger, reason in (
            ("case_opened", "case_closed"),
            ("case_closed", "case_reopened"),
        ):
            mine = about.filtered(lambda e, trigger=trigger: e.sop_id.trigger == trigger)
            mine.filtered(lambda e: not e._case_calls_for_it())._leave(reason, now)
        return super()._check_exits(company, now)

    def _case_calls_for_it(self):
        """Return whether the case is still as it was when the procedure began."""
        if self.sop_id.trigger == "case_opened":
            return self.case_id.state in OPEN
        return not self.case_id or self.case_id.state == "solved"
