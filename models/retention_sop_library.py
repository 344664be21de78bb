"""Taking procedures from the library, and preparing their next version."""

from odoo import models
from odoo.exceptions import UserError


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    def action_change(self):
        """Prepare the next version and open it; there is one at a time."""
        self.ensure_one()
        self.check_access("write")
        versions = self.search([("root_id", "=", self.root_id.id)])
        draft = versions.filtered(lambda sop: sop.state == "draft")[:1]
        if not draft:
            draft = self._copy_as(
                {
                    "root_id": self.root_id.id,
                    "version": max(versions.mapped("version")) + 1,
                    "library_id": self.library_id.id,
                }
            )
        return draft._open()

    def action_take(self):
        """Take library entries for the current company, as drafts; open the first."""
        return self._take()._open()

    def action_take_and_start(self):
        """Take library entries for the current company and switch them on."""
        taken = self._take()
        taken.action_start()
        return taken._open()

    def _take(self):
        self.env["retention.sop"].check_access("create")
        company = self.env.company._retention_company()
        taken = self.browse()
        for sop in self:
            if sop.company_id:
                raise UserError(self.env._("%s is not in the library.", sop.display_name))
            mine = self.search(
                [
                    ("library_id", "=", sop.id),
                    ("company_id", "=", company.id),
                    ("state", "!=", "archived"),
                ],
                order="version desc",
                limit=1,
            )
            taken |= mine or sop._copy_as({"company_id": company.id, "library_id": sop.id})
        return taken

    def _copy_as(self, values):
        """Return a copy with its steps; where steps point to steps, to the copied ones."""
        self.ensure_one()
        made = self.copy(values)
        # Copied in the order of their ids, whatever their sequence.
        pairs = dict(zip(self.step_ids.sorted("id").ids, made.step_ids.sorted("id"), strict=True))
        for old in self.step_ids.filtered("else_step_id"):
            pairs[old.id].else_step_id = pairs.get(old.else_step_id.id)
        return made
