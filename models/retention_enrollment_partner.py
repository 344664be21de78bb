"""Procedures on the contact: a button, and a block of the customer page."""

from odoo import api, fields, models

from .retention_page_file import LIMIT

TONES = {
    "running": "text-bg-info",
    "stuck": "text-bg-danger",
    "done": "text-bg-success",
    "left": "text-bg-light",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_enrollment_count = fields.Integer(
        "Procedures Taken Part In",
        compute="_compute_retention_enrollment_count",
        groups="customer_retention.group_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_retention_enrollment_count(self):
        enrollments = self.env["retention.enrollment"]
        found = {}
        for name in ("partner_id", "contact_id"):
            for partner, count in enrollments._read_group(
                [(name, "in", self.ids)], [name], ["__count"]
            ):
                # A customer shows those of all its contacts, a contact its own.
                found.setdefault(partner.id, count)
        for partner in self:
            partner.retention_enrollment_count = found.get(partner.id, 0)

    def action_retention_enrollments(self):
        """List the procedures this contact, or anybody of this customer, takes part in."""
        self.ensure_one()
        self.check_access("read")
        self.env["retention.enrollment"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_enrollment"
        )
        return {
            **action,
            "domain": ["|", ("partner_id", "=", self.id), ("contact_id", "=", self.id)],
            "context": {},
        }


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _file(self, partner):
        return [*super()._file(partner), self._enrollment_block(partner)]

    @api.model
    def _enrollment_block(self, partner):
        """Return the block of procedures under way; what has ended is behind "Show all"."""
        model = self.env["retention.enrollment"]
        domain = [
            ("partner_id", "=", partner.commercial_partner_id.id),
            ("company_id", "=", self.env.company._retention_company().id),
        ]
        found = model.search([*domain, ("live", "=", True)], limit=LIMIT)
        return {
            "key": "enrollment",
            "label": self.env._("Procedures"),
            "res_model": model._name,
            "entries": [self._tell_enrollment(e, partner.commercial_partner_id) for e in found],
            "more": model.search_count(domain, limit=LIMIT + 1) > len(found),
            "can_add": False,
            "domain": domain,
            "context": {},
        }

    @api.model
    def _tell_enrollment(self, enrollment, customer):
        contact = enrollment.contact_id
        return {
            "id": enrollment.id,
            "title": enrollment.sop_id.name,
            "badge": self.env["retention.timeline"]._label(enrollment, "state"),
            "tone": TONES[enrollment.state],
            "note": self._join(
                "" if contact == customer else contact.sudo().name,
                enrollment.step_id.name,
                self._day(enrollment.next_at and enrollment.next_at.date()),
            ),
        }
