"""What people do with a procedure's tasks in the ordinary activity menu."""

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .retention_sop_runner import Result


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _retention_runs(self):
        """Return the step runs, with the engine's rights, whose task is among these."""
        runs = self.env["retention.enrollment"]._engine().env["retention.sop.step.run"]
        models_ = ("retention.enrollment", "retention.alert")
        if not any(task.res_model in models_ for task in self.sudo()):
            return runs
        return runs.search([("activity_id", "in", self.ids), ("state", "in", ("open", "done"))])

    def _action_done(self, feedback=False, attachment_ids=None):
        runs = self._retention_runs()
        silent = not html2plaintext(feedback or "").strip()
        asking = runs.filtered(lambda run: run.state == "open" and run.step_id.proof_required)
        if silent and asking and not attachment_ids:
            raise UserError(
                self.env._("Say what came of it: %s asks for a result.", asking[0].display_name)
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def write(self, vals):
        watched = {"active", "user_id", "feedback"} & vals.keys()
        runs = self._retention_runs() if watched else None
        result = super().write(vals)
        if not runs:
            return result
        waiting = runs.filtered(lambda run: run.state == "open")
        if "active" in vals and not vals["active"]:
            waiting._task_done(fields.Datetime.now())
        if vals.get("user_id"):
            waiting.write({"user_id": vals["user_id"]})
        if said := html2plaintext(vals.get("feedback") or "").strip():
            runs.filtered(lambda run: run.state == "done").write({"result": said})
        return result

    def unlink(self):
        runs = self._retention_runs().filtered(lambda run: run.state == "open")
        result = super().unlink()
        if runs:
            text = self.env._("Task deleted by %s", self.env.user.name)
            runs._end_open(dict.fromkeys(runs.ids, ("skipped", text)), fields.Datetime.now())
        return result


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    def _task_done(self, now):
        """The task of each of these was done: go on where the next step waits for it."""
        texts = {
            run.id: ("done", (run.activity_id.feedback or "").strip() or self.env._("Done"))
            for run in self
        }
        self._end_open(texts, now)

    def _end_open(self, texts, now):
        """End open runs: {run id: (state, text)}."""
        waited = self.filtered("step_id.wait_done") | self.filtered(
            lambda run: run.type == "approval"
        )
        results = {run.id: Result(*texts[run.id]) for run in self}
        waited._settle(results, now)
        for run in self - waited:
            state, text = texts[run.id]
            run.write({"state": state, "result": text, "done_at": now})
        (self - waited).enrollment_id._finish(now)

    def action_refuse(self):
        """Do not approve: the customer leaves the procedure."""
        self.check_access("read")
        runs = self.sudo().filtered(lambda r: r.type == "approval" and r.state == "open")
        if runs.filtered(lambda r: r.user_id != self.env.user) and not self.env.user.has_group(
            "customer_retention.group_manager"
        ):
            raise UserError(self.env._("Only who was asked, or a manager, can refuse."))
        runs.enrollment_id._engine()._leave("refused", fields.Datetime.now())
        return True

    def _tell(self, user, title):
        """Send one message that lists these customers, by mail or in the inbox."""
        rows = Markup().join(
            Markup('<li><a href="/odoo/%s/%s">%s</a> — %s</li>')
            % (
                run.enrollment_id._name,
                run.enrollment_id.id,
                run.partner_id.display_name,
                run.sop_id.name,
            )
            for run in self
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=title,
            body=Markup("<p>%s</p><ul>%s</ul>") % (title, rows),
            email_layout_xmlid="mail.mail_notification_light",
        )


class RetentionAlert(models.Model):
    """An alert that a step opened is what the step waits for."""

    _inherit = "retention.alert"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "closed":
            runs = (
                self.env["retention.enrollment"]
                ._engine()
                .env["retention.sop.step.run"]
                .search(
                    [
                        ("res_model", "=", self._name),
                        ("res_id", "in", self.ids),
                        ("state", "=", "open"),
                    ]
                )
            )
            if runs:
                text = self.env._("Alert closed")
                runs._end_open(dict.fromkeys(runs.ids, ("done", text)), fields.Datetime.now())
        return result
