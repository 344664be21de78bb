from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _interaction_fields(self):
        fields = super()._interaction_fields()
        fields["crm.lead"] = ["partner_id", "company_id"]
        return fields

    @api.model
    def _activity_documents(self):
        documents = super()._activity_documents()
        documents["crm.lead"] = SQL("SELECT id, partner_id, company_id FROM crm_lead")
        return documents

    @api.model
    def _opportunities(self, span, event, stage_id):
        """Return SQL of occasions: opportunities won, lost, or now in a stage."""
        self.env["crm.lead"].flush_model()
        moment, condition = {
            "won": (SQL("lead.date_closed"), SQL("lead.won_status = 'won'")),
            "lost": (SQL("lead.date_closed"), SQL("lead.won_status = 'lost'")),
            "stage": (
                SQL("lead.date_last_stage_update"),
                SQL("lead.active AND lead.stage_id = %s", stage_id),
            ),
        }[event]
        return SQL(
            """SELECT DISTINCT ON (contact_id, anchor_date) partner_id, contact_id, anchor_date,
                      'crm.lead'::varchar AS source_model, source_id
               FROM (SELECT partner.commercial_partner_id AS partner_id,
                            partner.id AS contact_id, lead.id AS source_id,
                            (%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                                AS anchor_date
                     FROM crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id
                     WHERE lead.type = 'opportunity' AND %(condition)s
                     AND (lead.company_id IN %(members)s
                          OR lead.company_id IS NULL AND %(works)s) %(only)s) opportunity
               WHERE anchor_date BETWEEN %(since)s AND %(as_of)s
               ORDER BY contact_id, anchor_date, source_id""",
            moment=moment,
            zone=span.company._retention_timezone(),
            condition=condition,
            members=span.company._retention_members(),
            works=self._works_for(span, SQL("lead.user_id")),
            only=self._alert_only(SQL("partner.commercial_partner_id"), span.partners),
            since=span.since,
            as_of=span.as_of,
        )
