from odoo import models
from odoo.exceptions import ValidationError

from .retention_interaction import NEXT_STEP_FIELDS


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if not set(NEXT_STEP_FIELDS.values()).isdisjoint(vals):
            self._tell_next_steps()
        return result

    def _check_hangs_on(self, document):
        """Refuse activities of anything else: who names one in a record of ours moves, ends and
        searches it by that record, with more rights than its reader may have.

        :raises ValidationError: for an activity that is not one on ``document``
        """
        wanted = (document._name, document.id)
        if any((found.res_model, found.res_id) != wanted for found in self):
            raise ValidationError(self.env._("This activity belongs to something else."))

    def _tell_next_steps(self):
        """Keep follow-up records saying what was changed in the activity menu."""
        ours = self.filtered(lambda a: a.active and a.res_model == "retention.interaction")
        if not ours:
            return
        records = self.env["retention.interaction"].sudo()
        for record in records.search([("next_activity_id", "in", ours.ids)]):
            activity = record.next_activity_id
            told = {name: activity[theirs] for name, theirs in NEXT_STEP_FIELDS.items()}
            if any(record[name] != value for name, value in told.items()):
                # All three: an emptied summary must not take the date with it.
                record.write({**told, "next_step_user_id": activity.user_id.id})
