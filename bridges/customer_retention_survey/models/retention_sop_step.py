from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.customer_retention.models.retention_sop_runner import Result
from odoo.addons.customer_retention.models.retention_sop_step_types import StepType


class RetentionSopStep(models.Model):
    """The step that asks: each contact gets a link of their own, once."""

    _inherit = "retention.sop.step"

    survey_id = fields.Many2one(
        "survey.survey", ondelete="set null", help="The customer gets a link of their own to it."
    )
    survey_reminder = fields.Boolean(
        "Only a Reminder",
        help="Sends the link of the survey before it again, to those who have not answered.",
    )
    survey_rest_days = fields.Integer(
        "Days of Rest Between Surveys",
        default=90,
        help="Nobody is asked the same survey again within so many days.",
    )

    _survey_rest_positive = models.Constraint(
        "CHECK (survey_rest_days >= 0)", "The days of rest cannot be below zero."
    )

    @api.model
    def _step_types(self):
        types = super()._step_types()
        types["survey"] = StepType(
            self.env._("Survey"),
            "fa-star-half-o",
            needs=("template_id",),
            person=True,
            automatic=True,
        )
        return types

    @api.depends("survey_id", "survey_reminder")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    def _problems_survey(self):
        if self.survey_reminder:
            before = self.sop_id.step_ids.filtered(
                lambda step: step.type == "survey" and step._place() < self._place()
            )
            return [] if before else [self.env._("There is no survey before it.")]
        survey = self.survey_id.sudo()
        if not survey.active:
            return [self.env._("Choose the survey.")]
        if survey.access_mode == "internal" or survey.users_login_required:
            return [self.env._("The survey asks for a login, which customers do not have.")]
        return [survey.retention_problem] if survey.retention_problem else []

    # ---------------------------------------------------------------- who is asked
    def _channels_survey(self, runs):
        why = self._not_asked(runs)
        asked = runs.filtered(lambda run: not why[run.id])
        return {**dict.fromkeys(runs.ids), **self._channels_contact(asked)}

    def _not_asked(self, runs, now=None):
        """Return {run id: in words why this contact is not asked, else ""}."""
        if self.survey_reminder:
            return self._answered(runs)
        since = (now or fields.Datetime.now()) - timedelta(days=self.survey_rest_days)
        inputs = self.env["survey.user_input"].sudo()
        asked = inputs.search(
            [
                ("survey_id", "=", self.survey_id.id),
                ("partner_id", "in", runs.contact_id.ids),
                ("create_date", ">", since),
                ("test_entry", "=", False),
                # What is sent just now is not what was sent before.
                ("retention_run_id", "not in", runs.ids),
            ]
        )
        partners = asked.partner_id
        text = self.env._("Was asked the same lately")
        return {run.id: text if run.contact_id in partners else "" for run in runs}

    def _answered(self, runs):
        found = {}
        for run in runs:
            last = run.enrollment_id.sudo().survey_input_ids.sorted("id")[-1:]
            if not last:
                found[run.id] = self.env._("Was not asked")
            else:
                found[run.id] = self.env._("Has answered") if last.state == "done" else ""
        return found

    # ---------------------------------------------------------------- asking
    def _run_survey(self, runs, now):
        why = self._not_asked(runs, now)
        asked = runs.filtered(lambda run: not why[run.id])
        if asked and not self.survey_reminder:
            self._check_there(self.survey_id.sudo())
            self.env["survey.user_input"].sudo().create(
                [self._survey_input_values(run) for run in asked]
            )
            asked.enrollment_id.invalidate_recordset(["survey_input_ids", "survey_link"])
        found = self._run_contact(asked, now) if asked else {}
        return found | {key: Result("skipped", text) for key, text in why.items() if text}

    def _survey_input_values(self, run):
        contact = run.contact_id
        lang = self.env["res.lang"]._get_data(code=contact.lang)
        return {
            "survey_id": self.survey_id.id,
            "partner_id": contact.id,
            "email": contact.email,
            "nickname": contact.name,
            "lang_id": lang.id or False,
            "retention_enrollment_id": run.enrollment_id.id,
            "retention_run_id": run.id,
        }
