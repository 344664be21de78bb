from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class RetentionOverlay(models.Model):
    """A mark on customers by any other dimension; beside the segment, never instead of it."""

    _name = "retention.overlay"
    _description = "Customer Overlay"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    domain = fields.Char(
        "Customers",
        required=True,
        default="[]",
        help="Customers that match carry this mark. Relative dates such as 'today -90d' work.",
    )
    description = fields.Text("Next Best Action", translate=True)
    customer_count = fields.Integer("Number of Customers", compute="_compute_customer_count")

    @api.constrains("domain")
    def _check_domain(self):
        for overlay in self:
            try:
                domain = Domain(literal_eval(overlay.domain))
                self.env["retention.profile"].search(domain, limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The customers of %(name)s cannot be searched: %(error)s",
                        name=overlay.name,
                        error=error,
                    )
                ) from error

    def _get_domain(self):
        """Return the Domain of profiles that carry any of these overlays."""
        return Domain.OR(
            Domain(literal_eval(overlay.domain))
            & (
                Domain("company_id", "=", overlay.company_id.id)
                if overlay.company_id
                else Domain.TRUE
            )
            for overlay in self
        )

    @api.depends("domain", "company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_customer_count(self):
        for overlay in self:
            overlay.customer_count = self.env["retention.profile"].search_count(
                overlay._get_domain() & Domain("partner_id.active", "=", True)
            )

    def action_open_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_retention_profile"
        )
        return {
            **action,
            "domain": list(Domain("partner_id.active", "=", True) & self._get_domain()),
            "name": self.name,
        }
