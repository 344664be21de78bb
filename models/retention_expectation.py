from odoo import models
from odoo.exceptions import UserError

from .batches import check_many


class RetentionProfile(models.Model):
    """What a person knows better than the figures: a date by hand, a pause of warnings."""

    _inherit = "retention.profile"

    def _set_expected(self, day, today):
        """Expect the next purchase on ``day`` (False: as the figures say)."""
        self.sudo().write({"expected_date": day, "expected_date_set_on": today if day else False})
        self._ask_refresh()

    def _set_pause(self, until, reason):
        """Open no alert for these customers until and including that day."""
        self.sudo().write({"pause_until": until, "pause_reason": reason if until else False})
        self._ask_refresh()

    def _ask_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(profile.partner_id.id, profile.company_id.id) for profile in self}
        )

    def action_expectation(self):
        """Open the dialog to set a date by hand, or to pause warnings, for these customers."""
        self.check_access("read")
        check_many(self)
        if not self:
            raise UserError(self.env._("Choose a customer first."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.expectation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_profile_ids": self.ids},
            "name": self.env._("What I Know Better"),
        }
