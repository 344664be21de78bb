from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import schedule


class RetentionEnrollment(models.Model):
    """An enrollment may be about an event: whether the customer registered and came."""

    _inherit = "retention.enrollment"

    event_id = fields.Many2one(
        "event.event",
        compute="_compute_event_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    invited_on = fields.Date(readonly=True)
    registered_on = fields.Date(readonly=True)
    attended_on = fields.Date(readonly=True)
    event_name = fields.Char("Name of the Event", compute="_compute_event_text")
    event_date_text = fields.Char("Time of the Event", compute="_compute_event_text")
    event_place = fields.Char("Place of the Event", compute="_compute_event_text")
    event_link = fields.Char("Link to the Event", compute="_compute_event_text")

    # ---------------------------------------------------------------- which event
    @api.depends("source_model", "source_id", "sop_id")
    def _compute_event_id(self):
        """The event it began with; by hand, that of the procedure's invitation."""
        events = self._sources("event.event")
        registrations = self._sources("event.registration")
        for enrollment in self:
            key = enrollment.source_id
            if enrollment.source_model == "event.event":
                enrollment.event_id = events.get(key)
            elif enrollment.source_model == "event.registration":
                enrollment.event_id = key in registrations and registrations[key].event_id
            else:
                enrollment.event_id = enrollment.sop_id.step_ids.event_id[:1]

    def _sources(self, model):
        """Return {id: record} of the occasions of that model which are still there."""
        ids = [e.source_id for e in self if e.source_model == model]
        return {record.id: record for record in self.env[model].sudo().browse(ids).exists()}

    @api.depends("event_id")
    @api.depends_context("lang")
    def _compute_event_text(self):
        names = ("event_name", "event_date_text", "event_place", "event_link")
        for enrollment in self:
            event = enrollment._origin.event_id.sudo()
            enrollment.update(event._retention_values() if event else dict.fromkeys(names, False))

    # ---------------------------------------------------------------- who came
    def _note_attendance(self):
        """Write since when these are registered, and when they came, where it changed."""
        for company, mine in self.filtered("event_id").grouped("company_id").items():
            rows = self.env["retention.metrics"]._attendance_changes(company, mine.ids)
            groups = {}
            for enrollment_id, *days in rows:
                groups.setdefault(tuple(days), []).append(enrollment_id)
            for (registered, attended), ids in groups.items():
                self.browse(ids).write({"registered_on": registered, "attended_on": attended})

    # ---------------------------------------------------------------- the engine
    @api.model
    def _exit_reasons(self):
        return {**super()._exit_reasons(), "event_off": self.env._("Event does not take place")}

    def _check_exits(self, company, now):
        about = self.filtered(lambda e: e.live and e.event_id)
        about._note_attendance()
        off = about.event_id.filtered(lambda event: event._retention_is_off(now))
        about.filtered(lambda e: e.event_id in off)._leave("event_off", now)
        return super()._check_exits(company, now)

    def _step_base(self, step, now):
        """Steps counted from the date follow the event, also when it is moved."""
        if step.delay_from != "anchor" or not self.event_id:
            return super()._step_base(step, now)
        first, last = self.event_id._retention_days()
        return schedule.day_start(last if step.delay_count > 0 else first, self.zone)
