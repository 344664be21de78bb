from werkzeug.urls import url_join

from odoo import api, fields, models

USER = "customer_retention.group_user"


class ResPartner(models.Model):
    """Touches of a contact, and the link with which it ends them."""

    _inherit = "res.partner"

    retention_touch_count = fields.Integer(
        "Number of Touches",
        compute="_compute_retention_touch_count",
        groups=USER,
        help="On a company: of all its contacts.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_retention_touch_count(self):
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        counts = {}
        for name, partners in (("partner_id", customers), ("contact_id", self - customers)):
            if partners:
                groups = self.env["retention.touch"]._read_group(
                    [(name, "in", partners.ids)], [name], ["__count"]
                )
                counts |= {partner.id: count for partner, count in groups}
        for partner in self:
            partner.retention_touch_count = counts.get(partner._origin.id, 0)

    def action_retention_touches(self):
        """List the touches of the contact, of all contacts on a company."""
        self.ensure_one()
        self.check_access("read")
        self.env["retention.touch"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_touch")
        customer = self == self.commercial_partner_id
        action["domain"] = [("partner_id" if customer else "contact_id", "=", self.id)]
        action["context"] = {}
        return action

    # ---------------------------------------------------------------- unsubscribing
    def _retention_unsubscribe_url(self, company, purpose):
        """Return the address under which this contact ends one purpose, without login.

        :raises ValueError: for a purpose that cannot be ended
        """
        self.ensure_one()
        company = company._retention_company()
        token = self.env["retention.optout"]._token(self.id, company.id, purpose)
        return url_join(self.get_base_url(), f"/retention/unsubscribe/{token}")

    def _retention_unsubscribe_headers(self, company, purpose):
        """Return the mail headers for one click in the recipient's program (RFC 8058)."""
        return {
            "List-Unsubscribe": f"<{self._retention_unsubscribe_url(company, purpose)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
