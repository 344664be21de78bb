from odoo import api, models
from odoo.tools import SQL

from .retention_metrics_event import FEEDBACK, USAGE


class RetentionTimeline(models.AbstractModel):
    """Outside events, steps of procedures and content sent in the timeline."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "outside": (self.env._("Outside events"), "fa-globe"),
            "step": (self.env._("Steps of procedures"), "fa-list-ol"),
            "content": (self.env._("Content sent"), "fa-newspaper-o"),
        }

    @api.model
    def _source_fields(self):
        return {
            **super()._source_fields(),
            "retention.event": ["kind", "name", "moment", "commercial_partner_id", "company_id"],
            "retention.sop.step.run": ["partner_id", "company_id", "state", "done_at", "channel"],
            "retention.content.sent": ["partner_id", "company_id", "date"],
        }

    @api.model
    def _sources(self, scope):
        return [
            *super()._sources(scope),
            self._usage_entries(scope),
            self._other_event_entries(scope),
            self._step_entries(scope),
            self._content_entries(scope),
        ]

    # ---------------------------------------------------------------- sources
    @api.model
    def _usage_entries(self, scope):
        """Logins and the like: the last one of each day and thing stands for all of them."""
        day, _known = self.env["retention.metrics"]._local_day(scope, SQL("event.moment"))
        return SQL(
            """SELECT commercial_partner_id AS partner_id, moment, 'outside'::varchar AS kind,
                      'retention.event'::varchar AS res_model, id AS res_id
               FROM (SELECT DISTINCT ON (event.kind, event.name, %(day)s) event.*
                     FROM retention_event event
                     WHERE event.kind IN %(usage)s AND event.company_id IN %(members)s %(only)s
                     ORDER BY event.kind, event.name, %(day)s, event.moment DESC, event.id DESC
               ) last""",
            day=day,
            usage=USAGE,
            members=scope.company._retention_members(),
            only=self._only_customers(scope, "event"),
        )

    @api.model
    def _other_event_entries(self, scope):
        """Reviews and social media are contacts, and so in the timeline already."""
        return SQL(
            """SELECT event.commercial_partner_id AS partner_id, event.moment,
                      'outside'::varchar AS kind, 'retention.event'::varchar AS res_model,
                      event.id AS res_id
               FROM retention_event event
               WHERE event.kind NOT IN %s AND event.company_id IN %s %s""",
            (*USAGE, *FEEDBACK),
            scope.company._retention_members(),
            self._only_customers(scope, "event"),
        )

    @api.model
    def _step_entries(self, scope):
        """What procedures did by themselves; touches and tasks are entries of their own."""
        return SQL(
            """SELECT run.partner_id, run.done_at AS moment, 'step'::varchar AS kind,
                      'retention.sop.step.run'::varchar AS res_model, run.id AS res_id
               FROM retention_sop_step_run run
               WHERE run.state = 'done' AND run.done_at IS NOT NULL AND run.channel IS NULL
               AND run.activity_id IS NULL AND run.mail_id IS NULL AND run.company_id = %s %s""",
            scope.company.id,
            self.env["retention.metrics"]._only_partners(scope, SQL("run.partner_id")),
        )

    @api.model
    def _content_entries(self, scope):
        return SQL(
            """SELECT sent.partner_id, %s AS moment, 'content'::varchar AS kind,
                      'retention.content.sent'::varchar AS res_model, sent.id AS res_id
               FROM retention_content_sent sent WHERE sent.company_id = %s %s""",
            self._morning(scope, SQL("sent.date")),
            scope.company.id,
            self.env["retention.metrics"]._only_partners(scope, SQL("sent.partner_id")),
        )

    @api.model
    def _only_customers(self, scope, alias):
        column = SQL.identifier(alias, "commercial_partner_id")
        return self.env["retention.metrics"]._only_partners(scope, column)

    # ---------------------------------------------------------------- telling
    @api.model
    def _tell_retention_event(self, event):
        contact = event.partner_id - event.commercial_partner_id
        parts = (self._label(event, "kind"), event.name, self._label(event, "sentiment"))
        return {
            "title": " · ".join(filter(None, parts)),
            "text": self._short(event.note or event.source or ""),
            "who": contact.sudo().name or "",
        }

    @api.model
    def _tell_retention_sop_step_run(self, run):
        return {
            "title": f"{self._shown(run.sop_id)} · {self._shown(run.step_id)}",
            "text": self._short(run.result or ""),
            "who": self._shown(run.user_id),
        }

    @api.model
    def _tell_retention_content_sent(self, sent):
        contact = sent.contact_id - sent.partner_id
        return {
            "title": self._shown(sent.content_id),
            "text": self._label(sent.content_id.sudo(), "kind"),
            "who": contact.sudo().name or "",
        }
