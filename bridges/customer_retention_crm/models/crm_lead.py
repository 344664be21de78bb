from odoo import api, models

WATCHED = {"stage_id", "active", "partner_id"}


class CrmLead(models.Model):
    """What happens to an opportunity is looked at as soon as an order would be."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._ask_retention_refresh()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._ask_retention_refresh()
        return result

    def _ask_retention_refresh(self):
        pairs = {
            (lead.partner_id.id, (lead.company_id or lead.user_id.company_id).id)
            for lead in self.sudo()
            if lead.type == "opportunity" and lead.partner_id
        }
        self.env["retention.refresh.request"]._ask_pairs(pair for pair in pairs if pair[1])
