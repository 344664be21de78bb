from odoo import api, models
from odoo.tools import SQL


class RetentionRefreshRequest(models.Model):
    _inherit = "retention.refresh.request"

    @api.model
    def _asked_rows(self, asked):
        rows = super()._asked_rows(asked)
        if ids := sorted(asked.get("pos.order", ())):
            rows.append(SQL("SELECT partner_id, company_id FROM pos_order WHERE id = ANY(%s)", ids))
        return rows
