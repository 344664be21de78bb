from odoo import api, models


class RetentionTimeline(models.AbstractModel):
    """Registrations come with the contacts of ``_interaction_queries``."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "signup": (self.env._("Registrations for events"), "fa-ticket"),
            "event": (self.env._("Events attended"), "fa-users"),
        }

    @api.model
    def _open_models(self):
        return super()._open_models() | {"event.registration"}

    @api.model
    def _tell_event_registration(self, registration):
        return {
            "title": registration.event_id.name or "",
            "text": self._label(registration, "state"),
            "who": registration.name or self._shown(registration.partner_id),
        }
