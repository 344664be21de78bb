"""Benefits that somebody does: tasks, gifts with proof, messages, procedures."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..analytics import schedule
from .retention_tier_follow import Given, Taken

TASK = "customer_retention.activity_type_tier_benefit"


class RetentionTierBenefit(models.Model):
    _inherit = "retention.tier.benefit"

    # ---------------------------------------------------------------- tasks
    def _plan_tasks(self, grants, as_of):
        """Plan this benefit's task for each of ``grants``; return {grant id: activity}."""
        rule = "user" if self.user_id else "manager"
        wanted = {grant.id: (grant.profile_id.id, grant.partner_id.id) for grant in grants}
        people = self.env["retention.sop"]._people(rule, self.user_id, wanted)
        kind = self.activity_type_id or self.env.ref(TASK)
        deadline = self._deadline(as_of)
        words = {
            lang: self.with_context(lang=lang)
            for lang in {user.lang for user, _team in people.values()}
        }
        model_id = self.env["ir.model"]._get_id(grants._name)
        tasks = self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": words[people[grant.id][0].lang].name,
                    "note": words[people[grant.id][0].lang].note,
                    "automated": True,
                    "date_deadline": deadline,
                    "res_model_id": model_id,
                    "res_id": grant.id,
                    "user_id": people[grant.id][0].id,
                }
                for grant in grants
            ]
        )
        return dict(zip(grants.ids, tasks, strict=True))

    def _deadline(self, as_of):
        company = self.company_id
        rest = company._retention_rest_days(as_of, as_of + schedule.DAY * 100)
        start = schedule.day_start(as_of, "UTC")
        moment = schedule.due(start, self.due_days, "workdays", None, "UTC", rest.__contains__)
        return moment.date()

    def _grant_activity(self, grants, as_of, now):
        text = self.env._("Task planned")
        return {
            key: Given(text=text, values={"activity_id": task.id})
            for key, task in self._plan_tasks(grants, as_of).items()
        }

    def _take_back_activity(self, grants, as_of, now):
        """Nobody undoes a call; one that was not made is called off."""
        open_ = grants.filtered("activity_id.active")
        open_._close_tasks(self.env._("No longer in the tier"))
        return dict.fromkeys((grants - open_).ids, Taken("kept"))

    # ---------------------------------------------------------------- by a person, with proof
    def _grant_manual(self, grants, as_of, now):
        """The task is planned; it counts as given when it is done."""
        found = self._grant_activity(grants, as_of, now)
        return {key: given._replace(state="waiting") for key, given in found.items()}

    def _take_back_manual(self, grants, as_of, now):
        waiting = grants.filtered(lambda grant: grant.state != "given")
        waiting._close_tasks(self.env._("No longer in the tier"))
        return dict.fromkeys((grants - waiting).ids, Taken("kept"))

    # ---------------------------------------------------------------- procedure
    def _current_sop(self, sop):
        """Return the version of ``sop`` that takes customers in."""
        return self.env["retention.sop"].search(
            [("root_id", "=", sop.root_id.id), ("state", "=", "active")], limit=1
        )

    def _problems_sop(self):
        if self.sop_id and not self._current_sop(self.sop_id):
            return [self.env._("%s is not switched on.", self.sop_id.name)]
        return []

    def _grant_sop(self, grants, as_of, now):
        return self._enroll_grants(grants, self._current_sop(self.sop_id), as_of, now)

    def _enroll_grants(self, grants, sop, as_of, now):
        """Have these customers take part in ``sop``; who does already is left alone."""
        enrollments = self.env["retention.enrollment"]
        mine = [("root_id", "=", sop.root_id.id), ("partner_id", "in", grants.partner_id.ids)]
        live = enrollments.search([*mine, ("live", "=", True)]).partner_id
        numbers = dict(
            enrollments._read_group(
                [*mine, ("anchor_date", "=", as_of)], ["partner_id"], ["number:max"]
            )
        )
        free = grants.filtered(lambda grant: grant.partner_id not in live)
        rows = [
            {
                "partner_id": grant.partner_id.id,
                "contact_id": grant.partner_id.id,
                "anchor_date": as_of,
                "source_model": grant._name,
                "source_id": grant.id,
                "profile_id": grant.profile_id.id,
                "number": numbers.get(grant.partner_id, 0) + 1,
            }
            for grant in free
        ]
        made = sop._enroll(rows, as_of, now, "event") if rows else enrollments
        busy, text = self.env._("Already under way"), sop.name
        return {grant.id: Given(text=busy) for grant in grants - free} | {
            grant.id: Given(text=text, values={"enrollment_id": enrollment.id})
            for grant, enrollment in zip(free, made, strict=True)
        }

    def _take_back_sop(self, grants, as_of, now):
        """Who is still under way leaves; what reached the customer stays."""
        live = grants.filtered("enrollment_id.live")
        live.enrollment_id._leave("unsuitable", now)
        return dict.fromkeys((grants - live).ids, Taken("kept"))

    # ---------------------------------------------------------------- message
    def _grant_mail(self, grants, as_of, now):
        """By a procedure of one step: it asks the gate, waits, and becomes a task if need be."""
        return self._enroll_grants(grants, self._message_sop(as_of), as_of, now)

    def _take_back_mail(self, grants, as_of, now):
        return self._take_back_sop(grants, as_of, now)

    def _problems_mail(self):
        if self.message_sop_id and not self._current_sop(self.message_sop_id):
            return [self.env._("%s is not switched on.", self.message_sop_id.name)]
        return []

    def _message_sop(self, as_of):
        """Return the procedure that sends this benefit's text, made when there is none."""
        if self.message_sop_id:
            return self._current_sop(self.message_sop_id)
        step = {"name": self.name, "type": "contact", "template_id": self.template_id.id}
        made = self.message_sop_id.create(
            {
                "name": self.env._(
                    "%(tier)s: %(benefit)s", tier=self.tier_id.name, benefit=self.name
                ),
                "description": self.env._("Sends the text of a benefit of the tier."),
                "company_id": self.company_id.id,
                "trigger": "manual",
                "purpose": "care",
                "goal": "none",
            }
        )
        # Not by a command: those are done with the rights of who made the customer move.
        made.step_ids.create({**step, "sop_id": made.id})
        made._start(as_of)
        self.message_sop_id = made
        return made

    def write(self, vals):
        """Another text is another procedure; who is under way gets the earlier one."""
        if "template_id" in vals:
            changed = self.filtered(lambda benefit: benefit.template_id.id != vals["template_id"])
            old = changed.sudo().message_sop_id.root_id
            family = old.search([("root_id", "in", old.ids), ("state", "!=", "archived")])
            family.write({"state": "archived"})
            changed.message_sop_id = False
        return super().write(vals)


class MailActivity(models.Model):
    """What people do with a benefit's task in the ordinary activity menu."""

    _inherit = "mail.activity"

    def _retention_grants(self):
        """Return the grants, with the engine's rights, that wait for these tasks."""
        grants = self.env["retention.tier.grant"].sudo().with_context(tracking_disable=True)
        if not any(task.res_model == grants._name for task in self.sudo()):
            return grants
        return grants.search([("activity_id", "in", self.ids), ("live", "=", True)])

    def _action_done(self, feedback=False, attachment_ids=None):
        silent = not html2plaintext(feedback or "").strip()
        asking = self._retention_grants().filtered("benefit_id.proof_required")
        if silent and asking and not attachment_ids:
            raise UserError(
                self.env._("Say what was given: %s asks for proof.", asking[0].display_name)
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def write(self, vals):
        closed = self.env.context.get("retention_grant_closed")
        watched = {"active", "feedback"} & vals.keys() and not closed
        grants = self._retention_grants() if watched else None
        result = super().write(vals)
        if grants and "active" in vals and not vals["active"]:
            for company, waiting in (
                grants.filtered(lambda grant: grant.state == "waiting")
                .grouped("company_id")
                .items()
            ):
                waiting._note_given(company._retention_today())
        if grants and (said := html2plaintext(vals.get("feedback") or "").strip()):
            grants.write({"proof": said})
        return result

    def unlink(self):
        """Whoever deletes a task has a person decide whether the benefit is still given."""
        grants = self._retention_grants().filtered(lambda grant: grant.state == "waiting")
        result = super().unlink()
        if grants:
            text = self.env._("Task deleted by %s", self.env.user.name)
            grants.write({"held": True, "result": text})
        return result
