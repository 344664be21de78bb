from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join the profiles first: core would delete all source rows on one conflict."""
        self.env["retention.profile"].sudo()._merge_profiles(src_partners, dst_partner)
        self.env["retention.merged.contact"].sudo()._note(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["retention.refresh.request"]._ask("res.partner", dst_partner.ids)
        return result
