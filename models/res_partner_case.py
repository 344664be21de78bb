from odoo import api, fields, models

from .retention_case import OPEN

USER = "customer_retention.group_user"


class ResPartner(models.Model):
    """Open cases on the contact."""

    _inherit = "res.partner"

    retention_case_count = fields.Integer(
        "Open Cases",
        compute="_compute_retention_case_count",
        groups=USER,
        help="On a company: of all its contacts.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_retention_case_count(self):
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        counts = {}
        for name, partners in (
            ("commercial_partner_id", customers),
            ("partner_id", self - customers),
        ):
            if partners:
                found = self.env["retention.case"]._read_group(
                    [(name, "in", partners.ids), ("state", "in", OPEN)], [name], ["__count"]
                )
                counts |= {partner.id: count for partner, count in found}
        for partner in self:
            partner.retention_case_count = counts.get(partner._origin.id, 0)

    def action_retention_cases(self):
        """List the contact's cases, also closed ones."""
        return self.action_retention_file("retention.case")


class RetentionSignal(models.Model):
    """Who wants to leave may have said it in a talk or in a case."""

    _inherit = "retention.signal"

    def _records_leave_intent(self, reason):
        partner = reason.partner_id
        cases = self.env["retention.case"].search_count(
            [
                ("commercial_partner_id", "=", partner.id),
                ("kind", "=", "leave_intent"),
                ("state", "!=", "solved"),
            ],
            limit=1,
        )
        return partner.action_retention_cases() if cases else super()._records_leave_intent(reason)
