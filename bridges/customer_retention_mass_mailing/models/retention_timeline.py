from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "mailing": (self.env._("Mass mailings"), "fa-bullhorn")}

    @api.model
    def _sources(self, scope):
        """With mass mailings, but those that the contact's messages show already."""
        mailings = SQL(
            """SELECT mailing.partner_id, mailing.moment, 'mailing'::varchar AS kind,
                      'mailing.trace'::varchar AS res_model, mailing.trace_id AS res_id
               FROM (%s) mailing JOIN mailing_trace trace ON trace.id = mailing.trace_id
               WHERE NOT EXISTS (
                   SELECT FROM mail_message message
                   WHERE message.message_id = trace.message_id AND message.model = 'res.partner')
            """,
            self.env["retention.metrics"]._mailings_received(scope),
        )
        return [*super()._sources(scope), mailings]

    @api.model
    def _source_fields(self):
        return {**super()._source_fields(), "mailing.trace": ["message_id"]}

    @api.model
    def _open_models(self):
        return super()._open_models() | {"mailing.trace"}

    @api.model
    def _tell_mailing_trace(self, trace):
        return {
            "title": trace.mass_mailing_id.subject or "",
            "text": self._label(trace, "trace_status"),
            "who": self._shown(trace.mass_mailing_id.user_id),
        }
