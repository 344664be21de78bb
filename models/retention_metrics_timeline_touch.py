from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """Touches in the timeline: when they happened, else when they were to happen."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "touch": (self.env._("Touches"), "fa-paper-plane-o")}

    @api.model
    def _source_fields(self):
        fields = {"retention.touch": ["partner_id", "company_id", "date", "asked_at"]}
        return {**super()._source_fields(), **fields}

    @api.model
    def _sources(self, scope):
        touches = SQL(
            """SELECT touch.partner_id, COALESCE(touch.date, touch.asked_at) AS moment,
                      'touch'::varchar AS kind, 'retention.touch'::varchar AS res_model,
                      touch.id AS res_id
               FROM retention_touch touch WHERE touch.company_id = %s %s""",
            scope.company.id,
            self.env["retention.metrics"]._only_partners(scope, SQL("touch.partner_id")),
        )
        return [*super()._sources(scope), touches]

    @api.model
    def _tell_retention_touch(self, touch):
        contact = touch.contact_id - touch.partner_id
        return {
            "title": f"{self._label(touch, 'channel')} · {self._label(touch, 'purpose')}",
            "text": " – ".join(
                filter(None, (self._label(touch, "state"), self._label(touch, "reason")))
            ),
            "who": " → ".join(filter(None, (self._shown(touch.user_id), contact.sudo().name))),
        }
