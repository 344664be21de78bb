"""Kinds of steps that need nobody: the seam, marks on the contact, waiting, branching."""

from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..analytics.gate import Ask, Verdict
from .joining import names_text
from .retention_sop_runner import Result

# Kinds of fields that a step can set from one line of text.
PLAIN_TYPES = ("char", "text", "boolean", "integer", "date", "selection")


class StepType(NamedTuple):
    """A kind of step.

    ``label``: translated; ``icon``: Font Awesome; ``needs``: fields that must be filled;
    ``person``: whether somebody has to do something; ``automatic``: whether the machine itself
    contacts the customer.
    """

    label: str
    icon: str
    needs: tuple = ()
    person: bool = False
    automatic: bool = False


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    @api.model
    def _step_types(self):
        """Return {type: StepType}. Hook for bridges.

        A type also needs ``_run_<type>(runs, now)`` on this model, which does the step for all
        ``runs`` (records of ``retention.sop.step.run``, all of this step) with a constant number
        of queries and returns {run id: Result}; it may raise: then nothing of it stays, and the
        run at fault is found. ``_channels_<type>(runs)`` returns {run id: channel or None} when
        it contacts the customer, and ``_problems_<type>()`` a list of words on what is missing.
        """
        return {
            "activity": StepType(self.env._("Task for a person"), "fa-check-square-o", person=True),
            "plan": StepType(
                self.env._("Activity plan"), "fa-list-ol", needs=("plan_id",), person=True
            ),
            "contact": StepType(
                self.env._("Message by the preferred way"),
                "fa-comments-o",
                needs=("template_id",),
                person=True,
                automatic=True,
            ),
            "mail": StepType(
                self.env._("Mail to the customer"),
                "fa-envelope",
                needs=("template_id",),
                automatic=True,
            ),
            "alert": StepType(self.env._("Churn alert"), "fa-bell", person=True),
            "notify": StepType(self.env._("Tell colleagues"), "fa-bullhorn"),
            "tag": StepType(self.env._("Tag the contact"), "fa-tag", needs=("tag_id",)),
            "field": StepType(
                self.env._("Set a field of the contact"), "fa-pencil", needs=("field_id",)
            ),
            "action": StepType(self.env._("Server action"), "fa-cogs", needs=("server_action_id",)),
            "wait": StepType(self.env._("Wait"), "fa-hourglass-half"),
            "branch": StepType(self.env._("Go on only if"), "fa-code-fork"),
            "escalate": StepType(self.env._("Escalate what is not done"), "fa-level-up"),
            "approval": StepType(self.env._("Ask for approval"), "fa-gavel", person=True),
        }

    @api.model
    def _responsible_rules(self):
        """Return {code: label} of who does a step. Hook for bridges."""
        return {
            "owner": self.env._("Owner of the enrollment"),
            "manager": self.env._("Account manager of the customer"),
            "leader": self.env._("Leader of the sales team"),
            "rescue": self.env._("Somebody of the rescue team"),
            "head": self.env._("A manager of Retention"),
            "user": self.env._("A named person"),
        }

    @api.model
    def _contacting_types(self):
        """Return the types of steps that contact the customer whatever their channel says."""
        return [code for code, kind in self._step_types().items() if kind.automatic]

    def _kind(self):
        self.ensure_one()
        known = self._step_types()
        if self.type not in known:
            raise ValidationError(self.env._("Nothing installed knows the step %s.", self.type))
        return known[self.type]

    def _runner(self):
        """Return the method that does this step."""
        self._kind()
        runner = getattr(self, f"_run_{self.type}", None)
        if runner is None:
            raise ValidationError(self.env._("Nothing installed does the step %s.", self.type))
        return runner

    # ---------------------------------------------------------------- what is missing
    def _problems(self):
        """Return what keeps this step from working, in words."""
        self.ensure_one()
        step = self.sudo()
        missing = [name for name in step._kind().needs if not step[name]]
        labels = [step._fields[name].get_description(self.env)["string"] for name in missing]
        found = [self.env._("Fill in: %s.", names_text(self.env, labels))] if labels else []
        if step.responsible == "user" and step._kind().person and not step.user_id.active:
            found.append(self.env._("Say who does it."))
        more = getattr(step, f"_problems_{step.type}", None)
        return found + (more() if more else [])

    def _problems_escalate(self):
        before = self.sop_id.step_ids.filtered(
            lambda step: step._place() < self._place() and step._kind().person
        )
        return [] if before else [self.env._("There is no task before it.")]

    # ---------------------------------------------------------------- the gate
    def _channels(self, runs):
        """Return {run id: channel, or None where the customer is not contacted}."""
        own = getattr(self, f"_channels_{self.type}", None)
        if own:
            return own(runs)
        return dict.fromkeys(runs.ids, self.channel if self._kind().person else None)

    def _asks(self, runs, now):
        """Return {run id: Ask} of those of ``runs`` that contact the customer."""
        self.ensure_one()
        channels = self._channels(runs)
        return {
            run.id: Ask(
                run.id,
                run.partner_id.id,
                run.contact_id.id,
                channel,
                self._touch_purpose(),
                now,
                self.sop_id.priority,
                run.first_due_at,
                self._is_automatic(channel),
            )
            for run in runs
            if (channel := channels[run.id])
        }

    def _is_automatic(self, channel):
        """Return whether the machine itself contacts the customer by ``channel``. Hook."""
        return self._kind().automatic and channel == "mail"

    def _refused_by_gate(self, verdict, text):
        """Return the Result of a run that must not happen, as the gate says: passed over."""
        left = "opted_out" if verdict.reason == "opted_out" else None
        return Result("skipped", text, leave=left)

    # ---------------------------------------------------------------- marks on the contact
    def _run_tag(self, runs, now):
        self._check_there(self.tag_id)
        # Those who had it before keep it when all is put back.
        new = runs.filtered(lambda run: self.tag_id not in run.contact_id.category_id)
        new.contact_id.write({"category_id": [fields.Command.link(self.tag_id.id)]})
        text = self.env._("Tagged: %s", self.tag_id.name)
        made = {"res_model": self.tag_id._name, "res_id": self.tag_id.id}
        return {run.id: Result(text=text, values=made if run in new else {}) for run in runs}

    @api.constrains("field_id")
    def _check_field(self):
        """The engine may set any field; a step is written by somebody who could do it by hand."""
        partners = self.env["res.partner"].sudo(False)
        may_write = partners.has_access("write")
        for step in self.filtered("field_id"):
            chosen = step.field_id
            field = chosen.model == "res.partner" and partners._fields.get(chosen.name)
            plain = field and field.store and not field.readonly and field.type in PLAIN_TYPES
            if not (plain and may_write and partners._has_field_access(field, "write")):
                raise ValidationError(
                    self.env._(
                        "A step sets plain contact fields that you may change yourself, not %s.",
                        chosen.field_description,
                    )
                )

    def _run_field(self, runs, now):
        field = self.sudo().field_id
        # Who may change a colleague's address may sign in as them.
        free = runs.filtered(lambda run: run.contact_id.partner_share)
        free.contact_id.write({field.name: self._typed_value(field)})
        text = self.env._(
            "%(field)s: %(value)s", field=field.field_description, value=self.field_value or "–"
        )
        left = Result("skipped", self.env._("The contact is a colleague: nothing was changed"))
        return {run.id: Result(text=text) if run in free else left for run in runs}

    def _typed_value(self, field):
        """Return ``field_value`` as a value of the field. UserError when it is none."""
        text = (self.field_value or "").strip()
        try:
            if field.ttype == "boolean":
                return text.lower() in ("1", "true", "yes", "是")
            if field.ttype == "integer":
                return int(text or 0)
            if field.ttype == "date":
                return datetime.strptime(text, "%Y-%m-%d").date() if text else False
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(value)s is no value for %(field)s.",
                    value=text,
                    field=field.field_description,
                )
            ) from error
        return text or False

    def _run_action(self, runs, now):
        action = self.sudo().server_action_id
        self._check_there(action)
        for run in runs:
            action.with_context(
                active_model="retention.enrollment",
                active_id=run.enrollment_id.id,
                active_ids=run.enrollment_id.ids,
            ).run()
        return dict.fromkeys(runs.ids, Result(text=action.name))

    def _check_there(self, record):
        if not record:
            raise UserError(
                self.env._(
                    "What the step “%s” needs was deleted. Pause the procedure, mend the step, "
                    "switch it on and try again.",
                    self.name,
                )
            )

    # ---------------------------------------------------------------- flow
    def _run_wait(self, runs, now):
        return {
            run.id: Result(
                text=self.env._("The goal was reached") if run.enrollment_id.goal_on else ""
            )
            for run in runs
        }

    def _run_branch(self, runs, now):
        """Who fulfils the condition goes on; the others jump to a later step or leave."""
        enrollments = runs.enrollment_id
        profiles = self.env["retention.profile"].search(
            [("id", "in", enrollments.profile_id.ids), *self._condition_domain()]
        )
        free = not self._condition_domain()
        yes, no = self.env._("Condition met"), self.env._("Condition not met")
        found = {}
        for run in runs:
            enrollment = run.enrollment_id
            fits = free or enrollment.profile_id in profiles
            if fits and (enrollment.goal_on or not self.if_goal):
                found[run.id] = Result(text=yes)
            elif self.else_step_id:
                found[run.id] = Result(text=no, goto=self.else_step_id)
            else:
                found[run.id] = Result(text=no, goto=False)
        return found


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    def _copy_as(self, values):
        """With server actions, which who copies need not have the right to change."""
        made = super()._copy_as(values)
        old, new = (sop.sudo().step_ids.sorted("id") for sop in (self, made))
        for before, after in zip(old, new, strict=True):
            if before.server_action_id:
                after.server_action_id = before.server_action_id
        return made


class RetentionTouch(models.Model):
    """A touch belongs to the step run that asked for it."""

    _inherit = "retention.touch"

    sop_id = fields.Many2one(
        "retention.sop", "Procedure", readonly=True, index="btree_not_null", ondelete="set null"
    )
    enrollment_id = fields.Many2one(
        "retention.enrollment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    step_run_id = fields.Many2one(
        "retention.sop.step.run", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _go(self):
        """Return the verdict of a request that may happen."""
        return Verdict("go")

    def _give_up(self, why, now):
        """These were held back and do not happen any more."""
        for touch in self:
            line = self._log_line(now, "failed", why)
            log = "\n".join(filter(None, (touch.log, line)))
            touch.write({"state": "skipped", "next_try_at": False, "log": log})


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    touch_id = fields.Many2one(
        "retention.touch", readonly=True, index="btree_not_null", ondelete="set null"
    )
