"""Where a talk is noted: on contacts, customers and quotations."""

from odoo import api, fields, models

USER = "customer_retention.group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_interaction_count = fields.Integer(
        "Follow-up Records",
        compute="_compute_retention_interaction_count",
        groups=USER,
        help="On a company: of all its contacts.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_retention_interaction_count(self):
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        counts = {}
        for name, partners in (
            ("commercial_partner_id", customers),
            ("partner_id", self - customers),
        ):
            if partners:
                counts |= {
                    partner.id: count
                    for partner, count in self.env["retention.interaction"]._read_group(
                        [(name, "in", partners.ids)], [name], ["__count"]
                    )
                }
        for partner in self:
            partner.retention_interaction_count = counts.get(partner._origin.id, 0)

    def action_log_talk(self):
        """Open the quick form for these contacts: one record each."""
        self.check_access("read")
        return self.env["retention.interaction"]._action_log(self)

    def action_open_interactions(self):
        self.ensure_one()
        return self.env["retention.interaction"]._action_list(self)


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    def action_log_talk(self):
        """Open the quick form for these customers: one record each."""
        self.check_access("read")
        company = {"company_id": self.company_id.id} if len(self.company_id) == 1 else {}
        return self.env["retention.interaction"]._action_log(self.partner_id, **company)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    retention_interaction_count = fields.Integer(
        "Follow-up Records of the Customer",
        compute="_compute_retention_interaction_count",
        groups=USER,
    )

    @api.depends("partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_retention_interaction_count(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id
            order.retention_interaction_count = customer.retention_interaction_count

    def action_log_talk(self):
        """Open the quick form for the customer of a quotation, with its number as topic."""
        self.ensure_one()
        self.check_access("read")
        return self.env["retention.interaction"]._action_log(
            self.partner_id,
            company_id=self.company_id._retention_company().id,
            topic=self.name,
        )

    def action_open_interactions(self):
        self.ensure_one()
        return self.env["retention.interaction"]._action_list(self.partner_id.commercial_partner_id)
