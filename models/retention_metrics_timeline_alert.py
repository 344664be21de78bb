from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """Alerts in the timeline, on the day they were opened."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "alert": (self.env._("Alerts"), "fa-bell-o")}

    @api.model
    def _source_fields(self):
        fields = {"retention.alert": ["partner_id", "company_id", "opened_on"]}
        return {**super()._source_fields(), **fields}

    @api.model
    def _sources(self, scope):
        alerts = SQL(
            """SELECT alert.partner_id, %s AS moment, 'alert'::varchar AS kind,
                      'retention.alert'::varchar AS res_model, alert.id AS res_id
               FROM retention_alert alert WHERE alert.company_id = %s %s""",
            self._morning(scope, SQL("alert.opened_on")),
            scope.company.id,
            self.env["retention.metrics"]._only_partners(scope, SQL("alert.partner_id")),
        )
        return [*super()._sources(scope), alerts]

    @api.model
    def _tell_retention_alert(self, alert):
        known = self._label(alert, "outcome") or self._label(alert, "state")
        return {
            "title": f"{self._label(alert, 'action')} · {known}",
            "text": self._short(alert.sentence_summary or ""),
            "who": self._shown(alert.user_id),
        }
