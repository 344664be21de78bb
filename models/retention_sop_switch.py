from odoo import fields, models
from odoo.exceptions import UserError


class RetentionSop(models.Model):
    """Switching procedures on and off."""

    _inherit = "retention.sop"

    def _problems(self):
        """Return what must be mended before it can be switched on, in words. Hook."""
        self.ensure_one()
        found = []
        if not self.step_ids:
            found.append(self.env._("It has no steps."))
        found += self._trigger_problems()
        for step in self.step_ids:
            found += [f"{step.name}: {problem}" for problem in step._problems()]
        return found

    def action_start(self):
        """Switch these procedures on; a next version replaces the one before."""
        self.check_access("write")
        for sop in self:
            if not sop.company_id:
                raise UserError(self.env._("Take it from the library first."))
            if problems := sop._problems():
                raise UserError("\n".join([sop.display_name, *problems]))
            sop._start(sop.company_id._retention_today())
        return True

    def _start(self, today):
        """Switch on as of ``today``: earlier occasions do not count, unless asked for."""
        self.ensure_one()
        before = (
            self.search([("root_id", "=", self.root_id.id), ("state", "in", ("active", "paused"))])
            - self
        )
        engine = self.with_context(retention_sop_engine=True)
        started = min(before.filtered("started_on").mapped("started_on"), default=today)
        before.write({"state": "archived", "replaced_by_id": self.id})
        engine.write({"state": "active", "started_on": self.started_on or started, "error": False})
        self.env["retention.sop"]._wake_runner()

    def action_pause(self):
        """Let everybody stand where they are; nothing is done until it is switched on again."""
        self.check_access("write")
        self.filtered(lambda sop: sop.state == "active").write({"state": "paused"})
        return True

    def action_archive_sop(self):
        """End the procedure: nobody enters any more, and who is under way leaves."""
        self.check_access("write")
        family = self.search([("root_id", "in", self.root_id.ids)])
        family.write({"state": "archived"})
        running = self.env["retention.enrollment"].search(
            [("sop_id", "in", family.ids), ("live", "=", True)]
        )
        running._engine()._leave("sop_ended", fields.Datetime.now())
        return True
