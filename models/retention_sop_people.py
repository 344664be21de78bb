"""Enrollments and their tasks change hands: a new owner, or somebody who left."""

from odoo import models


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    def write(self, vals):
        before = {e.id: e.user_id for e in self} if vals.get("user_id") else {}
        result = super().write(vals)
        if before:
            self.sudo()._move_tasks(before, vals["user_id"])
        return result

    def _move_tasks(self, before, user_id):
        """Give the open tasks that the owner of ``before`` had to the new one."""
        moving = self.run_ids.filtered(
            lambda run: (
                run.state == "open"
                and run.activity_id.active
                and run.activity_id.res_model == self._name
                and run.user_id == before[run.enrollment_id.id]
                and run.user_id.id != user_id
            )
        )
        moving.activity_id.write({"user_id": user_id})

    def _replace_owners(self):
        """Find somebody else for these, whose owner cannot look after them any more."""
        for sop, mine in self.grouped("sop_id").items():
            wanted = {e.id: (e.profile_id.id, e.partner_id.id) for e in mine}
            people = sop._people(sop.owner_rule, sop.owner_id, wanted)
            for (user, _team), found in mine.grouped(lambda e, p=people: p[e.id]).items():
                found.write({"user_id": user.id})


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    def _replace_people(self):
        """Find somebody else for open tasks of people who cannot do them any more."""
        for step, runs in self.grouped("step_id").items():
            people = step._people_of(runs)
            for user, mine in runs.grouped(lambda run, p=people: p[run.id]).items():
                mine.activity_id.write({"user_id": user.id})


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "group_ids", "company_ids", "share"} & vals.keys():
            self._hand_on_procedures()
        return result

    def _hand_on_procedures(self):
        """Give what these users cannot do any more to others."""
        engine = self.env["retention.enrollment"]._engine()
        mine = engine.search([("user_id", "in", self.ids), ("live", "=", True)])
        alerts = self.env["retention.alert"]
        lost = mine.filtered(lambda e: not alerts._may_take(e.user_id, e.company_id))
        lost._replace_owners()
        runs = engine.env["retention.sop.step.run"].search(
            [
                ("user_id", "in", self.ids),
                ("state", "=", "open"),
                ("activity_id.res_model", "=", "retention.enrollment"),
            ]
        )
        runs.filtered(
            lambda run: run.activity_id.active and not alerts._may_take(run.user_id, run.company_id)
        )._replace_people()
