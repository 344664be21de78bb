from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """Opportunities in the timeline: when they came, and when they were won or lost."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "opportunity": (self.env._("Opportunities"), "fa-star-o"),
            "opportunity_end": (self.env._("Opportunities won or lost"), "fa-star"),
        }

    @api.model
    def _source_fields(self):
        names = ["partner_id", "company_id", "user_id", "type", "won_status", "date_closed"]
        return {**super()._source_fields(), "crm.lead": names}

    @api.model
    def _sources(self, scope):
        return [
            *super()._sources(scope),
            self._lead_entries(scope, SQL("lead.create_date"), "opportunity", SQL("TRUE")),
            self._lead_entries(
                scope,
                SQL("lead.date_closed"),
                "opportunity_end",
                SQL("lead.date_closed IS NOT NULL AND lead.won_status IN ('won', 'lost')"),
            ),
        ]

    @api.model
    def _lead_entries(self, scope, moment, kind, condition):
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS moment,
                      %s::varchar AS kind, 'crm.lead'::varchar AS res_model, lead.id AS res_id
               FROM crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id
               WHERE lead.type = 'opportunity' AND %s
               AND (lead.company_id IN %s OR lead.company_id IS NULL AND %s) %s""",
            moment,
            kind,
            condition,
            scope.company._retention_members(),
            self.env["retention.metrics"]._works_for(scope, SQL("lead.user_id")),
            self._only(scope),
        )

    @api.model
    def _tell_crm_lead(self, lead):
        if lead.won_status == "lost":
            competitor = lead.retention_competitor_id
            parts = (
                self._label(lead, "won_status"),
                lead.lost_reason_id.sudo().name,
                competitor and self.env._("to %s", competitor.name),
            )
        elif lead.won_status == "won":
            parts = (self._label(lead, "won_status"),)
        else:
            parts = (lead.stage_id.sudo().name,)
        return {
            "title": lead.name,
            "text": " · ".join(filter(None, parts)),
            "who": self._shown(lead.user_id),
            "amount": lead.expected_revenue and lead.company_currency.format(lead.expected_revenue),
        }
