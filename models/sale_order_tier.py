from odoo import api, fields, models

from .res_partner import USER


class SaleOrder(models.Model):
    """The tier of an order's customer, for who may see customers' figures."""

    _inherit = "sale.order"

    retention_tier_id = fields.Many2one(
        "retention.tier", "Customer Tier", compute="_compute_retention_tier", groups=USER
    )
    retention_tier_color = fields.Integer(
        compute="_compute_retention_tier", export_string_translation=False, groups=USER
    )
    retention_tier_tip = fields.Char(
        "About the Tier", compute="_compute_retention_tier", groups=USER
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_retention_tier(self):
        kept = {company: company._retention_company() for company in self.company_id}
        profiles = self.env["retention.profile"].search(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", [company.id for company in kept.values()]),
            ]
        )
        by_customer = {(p.partner_id.id, p.company_id.id): p for p in profiles}
        none = self.env["retention.profile"]
        for order in self:
            customer = order.partner_id.commercial_partner_id._origin.id
            company = kept.get(order.company_id)
            profile = by_customer.get((customer, company and company.id), none)
            order.retention_tier_id = profile.tier_id
            order.retention_tier_color = profile.tier_id.color
            order.retention_tier_tip = profile.tier_id and profile._tier_tip()
