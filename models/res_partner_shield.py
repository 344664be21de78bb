from odoo import api, fields, models

from .res_partner import USER


class ResPartner(models.Model):
    """The headline of a customer says why not to sell now."""

    _inherit = "res.partner"

    retention_problem_text = fields.Text(
        "Open Problems", compute="_compute_retention_problem_text", groups=USER
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "lang", "company")
    def _compute_retention_problem_text(self):
        company = self.env.company
        asks = {
            partner: (company, partner.commercial_partner_id._origin.id, ()) for partner in self
        }
        shields = self.env["retention.shield"]._shields(asks)
        for partner in self:
            shield = shields.get(partner)
            partner.retention_problem_text = shield and shield.text
