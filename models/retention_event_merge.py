from odoo import api, models


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Events follow the contact, which core moves after this, to its customer."""
        result = super()._merge_profiles(src_partners, dst_partner)
        self._follow_contacts(self.env["retention.event"], src_partners, dst_partner)
        return result
