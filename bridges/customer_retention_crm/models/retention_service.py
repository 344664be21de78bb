from odoo import api, models

from odoo.addons.customer_retention.models.retention_service_more import LIMIT


class RetentionService(models.AbstractModel):
    """People in service see which opportunities sales has open."""

    _inherit = "retention.service"

    @api.model
    def _more_blocks(self, asked):
        block = self._opportunity_block(asked)
        return super()._more_blocks(asked) + ([block] if block["entries"] else [])

    @api.model
    def _opportunity_block(self, asked):
        leads = self.env["crm.lead"].search(
            [
                ("type", "=", "opportunity"),
                ("partner_id.commercial_partner_id", "=", asked.customer.id),
                ("company_id", "in", [False, *asked.company._retention_members()]),
                ("won_status", "=", "pending"),
            ],
            order="expected_revenue desc, id desc",
            limit=LIMIT + 1,
        )
        # An opportunity of no company is that of the company in which its salesperson works.
        mine = leads.filtered(
            lambda lead: (
                lead.company_id
                or not lead.user_id
                or lead.user_id.company_id._retention_company() == asked.company
            )
        )
        entries = [
            {
                "title": lead.name,
                "note": " · ".join(
                    part for part in (lead.stage_id.name, lead.user_id.name) if part
                ),
                "badge": asked.company.currency_id.format(lead.expected_revenue)
                if lead.expected_revenue
                else "",
            }
            for lead in mine
        ]
        return self._more_block("opportunity", self.env._("Open opportunities"), entries)
