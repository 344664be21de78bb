from odoo import api, models

WATCHED = {"contract_id", "date_end", "date_start", "is_canceled"}


class ContractLine(models.Model):
    """When a contract runs follows from its lines."""

    _inherit = "contract.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.contract_id._retention_sync()
        return lines

    def write(self, vals):
        contracts = self.contract_id
        result = super().write(vals)
        if WATCHED & vals.keys():
            (contracts | self.contract_id)._retention_sync()
        return result

    def unlink(self):
        contracts = self.contract_id
        result = super().unlink()
        contracts.exists()._retention_sync()
        return result
