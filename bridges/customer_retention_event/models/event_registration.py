from odoo import api, models

WATCHED = {"state", "partner_id", "email", "event_id", "event_slot_id", "date_closed", "active"}


class EventRegistration(models.Model):
    """Who registers or comes is looked at again; registrations are found by mail address."""

    _inherit = "event.registration"

    _retention_email_idx = models.Index("(LOWER(TRIM(email)))")

    @api.model_create_multi
    def create(self, vals_list):
        registrations = super().create(vals_list)
        registrations._retention_follow(registrations.event_id)
        return registrations

    def write(self, vals):
        if not WATCHED & vals.keys():
            return super().write(vals)
        events = self.event_id
        result = super().write(vals)
        self._retention_follow(events | self.event_id)
        return result

    def unlink(self):
        events = self.event_id
        result = super().unlink()
        self._retention_follow(events)
        return result

    def _retention_follow(self, events):
        """Note on enrollments who is registered and who came; look for who enters."""
        enrollments = self.env["retention.enrollment"]._engine()
        enrollments.search([("event_id", "in", events.ids)])._note_attendance()
        self.env["retention.refresh.request"]._ask("event.registration", self.exists().ids)
