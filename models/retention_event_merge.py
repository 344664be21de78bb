from odoo import api, models
from odoo.tools import SQL


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Events follow the contact, which core moves after this, to its customer."""
        result = super()._merge_profiles(src_partners, dst_partner)
        events = self.env["retention.event"]
        events.flush_model(["partner_id", "commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE retention_event SET commercial_partner_id = %s WHERE partner_id = ANY(%s)",
                dst_partner.commercial_partner_id.id,
                src_partners.ids,
            )
        )
        events.invalidate_model(["commercial_partner_id"])
        return result
