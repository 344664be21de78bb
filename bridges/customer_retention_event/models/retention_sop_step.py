from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import schedule
from odoo.addons.customer_retention.models.retention_sop_runner import Result
from odoo.addons.customer_retention.models.retention_sop_step_types import StepType


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    event_id = fields.Many2one(
        "event.event", ondelete="set null", help="Empty: the event the procedure began with."
    )
    if_event = fields.Selection(
        [
            ("registered", "Is registered"),
            ("attended", "Was there"),
            ("absent", "Was not there"),
        ],
        "At the Event",
        help="Also part of the condition.",
    )

    @api.model
    def _step_types(self):
        types = super()._step_types()
        types["event_invite"] = StepType(
            self.env._("Invitation to an event"),
            "fa-calendar-plus-o",
            needs=("template_id",),
            person=True,
            automatic=True,
        )
        return types

    @api.depends("event_id", "sop_id.trigger")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    # ---------------------------------------------------------------- inviting
    def _problems_event_invite(self):
        if self.event_id or self.sop_id.trigger == "event":
            return []
        return [self.env._("Choose the event.")]

    def _channels_event_invite(self, runs):
        invited = runs.filtered(lambda run: not self._no_invitation(run))
        return {**dict.fromkeys(runs.ids), **self._channels_contact(invited)}

    def _no_invitation(self, run, now=None):
        """Return in words why this customer is not invited, if so."""
        enrollment = run.enrollment_id
        event = enrollment.event_id
        if not event:
            return self.env._("There is no event any more")
        if enrollment.registered_on:
            return self.env._("Registered already")
        if now and event.date_begin <= now:
            return self.env._("The event has begun")
        return ""

    def _run_event_invite(self, runs, now):
        """Write to those who are not registered, by the way they prefer."""
        why = {run.id: self._no_invitation(run, now) for run in runs}
        invited = runs.filtered(lambda run: not why[run.id])
        found = self._run_contact(invited, now)
        zone = self.sop_id.company_id._retention_timezone()
        invited.enrollment_id.write({"invited_on": schedule.local(now, zone).date()})
        return found | {key: Result("skipped", text) for key, text in why.items() if text}

    # ---------------------------------------------------------------- conditions
    def _run_branch(self, runs, now):
        found = super()._run_branch(runs, now)
        if not self.if_event:
            return found
        no = Result(text=self.env._("Condition not met"), goto=self.else_step_id or False)
        for run in runs:
            if found[run.id].goto is None and not self._at_event(run.enrollment_id):
                found[run.id] = no
        return found

    def _at_event(self, enrollment):
        if self.if_event == "registered":
            return bool(enrollment.registered_on)
        return bool(enrollment.attended_on) == (self.if_event == "attended")
