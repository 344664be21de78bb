from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.customer_retention.models.res_partner import USER


class CrmLead(models.Model):
    """Who the customer of an opportunity is, and what stands in the way of selling."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "retention.badge.mixin"]

    # Without groups: retention.shield says who is told what.
    retention_problem_title = fields.Char(
        "Warning", compute="_compute_retention_problem", export_string_translation=False
    )
    retention_problem_text = fields.Text("Open Problems", compute="_compute_retention_problem")
    retention_competitor_id = fields.Many2one(
        "retention.competitor",
        "Lost To",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        copy=False,
        groups=USER,
        help="The competitor who got this deal; it counts in the reports on losses by competitor.",
    )

    @api.depends("partner_id", "company_id", "won_status")
    @api.depends_context("uid", "lang", "company", "allowed_company_ids")
    def _compute_retention_problem(self):
        asks = {
            lead: (
                lead.company_id or self.env.company,
                lead.partner_id.commercial_partner_id._origin.id,
                (),
            )
            for lead in self
            if lead.partner_id and lead.won_status == "pending"
        }
        shields = self.env["retention.shield"]._shields(asks)
        for lead in self:
            shield = shields.get(lead)
            lead.retention_problem_title = shield and shield.title
            lead.retention_problem_text = shield and shield.text

    def action_unarchive(self):
        """What is taken up again was not lost to anybody."""
        result = super().action_unarchive()
        lost = self.sudo().filtered("retention_competitor_id")
        lost.retention_competitor_id = False
        return result

    # ---------------------------------------------------------------- for the customer page
    @api.model
    def _retention_open_domain(self, customer, company):
        """Return the domain of a customer's open opportunities in ``company``.

        One of no company is that of the company in which its salesperson works.
        """
        members = company._retention_members()
        nowhere = Domain("company_id", "=", False) & (
            Domain("user_id", "=", False) | Domain("user_id.company_id", "in", members)
        )
        return (
            Domain("partner_id.commercial_partner_id", "=", customer.id)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & (Domain("company_id", "in", members) | nowhere)
        )

    def _retention_entry(self):
        """Return an opportunity as plain values for a list of the customer page."""
        self.ensure_one()
        amount = self.expected_revenue and self.company_currency.format(self.expected_revenue)
        return {
            "key": f"crm.lead-{self.id}",
            "title": self.name,
            "note": " · ".join(filter(None, (amount, self.user_id.sudo().name))),
            "badge": self.stage_id.sudo().name or "",
            "tone": "text-bg-light",
            "res_model": "crm.lead",
            "res_id": self.id,
        }
