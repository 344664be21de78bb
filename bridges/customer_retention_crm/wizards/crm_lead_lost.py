from odoo import fields, models

from odoo.addons.customer_retention.models.res_partner import USER


class CrmLeadLost(models.TransientModel):
    """Who lost an opportunity says to whom; the customer's file remembers it."""

    _inherit = "crm.lead.lost"

    retention_competitor_id = fields.Many2one(
        "retention.competitor",
        "Lost To",
        ondelete="set null",
        groups=USER,
        help="The competitor who got this deal; it counts in the reports on losses by competitor.",
    )

    def action_lost_reason_apply(self):
        result = super().action_lost_reason_apply()
        if self.env.user.has_group(USER) and self.retention_competitor_id:
            self._note_competitor()
        return result

    def _note_competitor(self):
        competitor = self.retention_competitor_id
        self.lead_ids.retention_competitor_id = competitor
        notes = []
        for lead in self.lead_ids.filtered("partner_id"):
            company = (lead.company_id or self.env.company)._retention_company()
            today, currency = company._retention_today(), company.sudo().currency_id
            notes.append(
                {
                    "partner_id": lead.partner_id.id,
                    "company_id": company.id,
                    "competitor_id": competitor.id,
                    "date": today,
                    "result": "lost",
                    "amount": lead.company_currency._convert(
                        lead.expected_revenue, currency, company, today
                    ),
                    "note": self.env._("Lost opportunity: %s", lead.name),
                }
            )
        self.env["retention.competitor.note"].create(notes)
