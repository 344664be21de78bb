from odoo import api, fields, models


class RetentionMergedContact(models.Model):
    """Which contact a deleted one was merged into: links in old mails still name the old one."""

    _name = "retention.merged.contact"
    _description = "Merged Contact"
    _allow_sudo_commands = False

    old_id = fields.Integer("Former Number", required=True)
    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")

    _old_uniq = models.Constraint("UNIQUE (old_id)", "A contact is merged once.")

    @api.model
    def _note(self, src_partners, dst_partner):
        """Remember the merge; what was merged into a source earlier moves on with it."""
        self.search([("partner_id", "in", src_partners.ids)]).partner_id = dst_partner
        self.create([{"old_id": src.id, "partner_id": dst_partner.id} for src in src_partners])

    @api.model
    def _contact(self, partner_id):
        """Return the contact of this id, or the one it has become."""
        contact = self.env["res.partner"].sudo().browse(partner_id).exists()
        return contact or self.sudo().search([("old_id", "=", partner_id)]).partner_id
