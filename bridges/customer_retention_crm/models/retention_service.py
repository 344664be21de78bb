from odoo import api, models


class RetentionService(models.AbstractModel):
    """What sales is about to sell, for who talks to the customer in service."""

    _inherit = "retention.service"

    @api.model
    def _more_blocks(self, asked):
        blocks = super()._more_blocks(asked)
        leads = self.env["crm.lead"].search(
            self.env["crm.lead"]._retention_open_domain(asked.customer, asked.company), limit=5
        )
        if not leads:
            return blocks
        entries = [
            {**lead._retention_entry(), "res_model": False, "res_id": False} for lead in leads
        ]
        label = self.env._("Open opportunities")
        return [*blocks, self._more_block("opportunity", label, entries)]
