from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class RetentionKpi(models.AbstractModel):
    _inherit = "retention.kpi"

    @api.model
    def _expected_values(self, company):
        """Return {customer id: value of 12 months} as the purchase model last forecast it."""
        profiles = self.env["retention.profile"]
        query = profiles._search(
            Domain("company_id", "=", company.id) & Domain("forecast_on", "!=", False)
        )
        columns = (SQL.identifier(profiles._table, name) for name in ("partner_id", "clv_expected"))
        rows = self.env.execute_query(query.select(*columns))
        return {customer: float(value or 0) for customer, value in rows}
