"""What the contacts' list shows of who is to do what next."""

from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import USER, _of_profile


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_owner_id = _of_profile(fields.Many2one, "owner_id")
    retention_next_step = fields.Char(
        "Next Step",
        compute="_compute_retention_next_step",
        groups=USER,
        help="The first that was agreed on in a talk and is still to do.",
    )
    retention_next_step_date = fields.Date(
        "Next Step On",
        compute="_compute_retention_next_step",
        search="_search_retention_next_step_date",
        groups=USER,
    )

    @api.model
    def _next_step_domain(self):
        return Domain("next_step_state", "=", "open") & Domain(
            "company_id", "=", self.env.company._retention_company().id
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_retention_next_step(self):
        customers = self.commercial_partner_id
        steps = self.env["retention.interaction"].search(
            self._next_step_domain() & Domain("commercial_partner_id", "in", customers.ids),
            order="next_step_date desc, id desc",
        )
        first = {step.commercial_partner_id.id: step for step in steps}
        for partner in self:
            step = first.get(partner.commercial_partner_id._origin.id)
            partner.retention_next_step = step and (step.next_step or step.display_name)
            partner.retention_next_step_date = step and step.next_step_date

    def _search_retention_next_step_date(self, operator, value):
        if operator not in ("in", "<", ">", "<=", ">="):
            return NotImplemented
        found = Domain.FALSE
        open_steps = self._next_step_domain()
        days = [day for day in value if day] if operator == "in" else value
        if days:
            steps = open_steps & Domain("next_step_date", operator, days)
            found = self._of_steps(steps)
        if operator == "in" and False in value:
            found |= ~self._of_steps(open_steps)
        return found

    @api.model
    def _of_steps(self, domain):
        steps = self.env["retention.interaction"]._search(domain)
        return Domain("commercial_partner_id", "in", steps.subselect("commercial_partner_id"))
