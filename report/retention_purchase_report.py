from odoo import fields, models
from odoo.tools import SQL


class RetentionPurchaseReport(models.Model):
    """Forecasts whose time is over, one row for what was expected and one for what came."""

    _name = "retention.purchase.report"
    _description = "Forecast and Actual"
    _auto = False
    _order = "month, figure desc, id"
    _rec_name = "month"
    _depends = {
        "retention.purchase.forecast": [
            "company_id",
            "horizon",
            "month",
            "purchases_actual",
            "purchases_expected",
            "revenue_actual",
            "revenue_expected",
            "state",
        ],
        "res.company": ["currency_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date("Made at the End Of", readonly=True)
    horizon = fields.Selection(
        lambda self: (
            self.env["retention.purchase.forecast"]
            ._fields["horizon"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    figure = fields.Selection(
        [("expected", "Expected by the model"), ("made", "Really came")], readonly=True
    )
    purchases = fields.Float("Purchase Days", readonly=True, digits=(16, 1))
    revenue = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        def rows(number, figure, suffix):
            return SQL(
                """SELECT forecast.id * 2 + %s AS id, forecast.company_id, company.currency_id,
                          forecast.month, forecast.horizon, %s AS figure,
                          %s::numeric AS purchases, %s AS revenue
                   FROM retention_purchase_forecast forecast
                   JOIN res_company company ON company.id = forecast.company_id
                   WHERE forecast.state = 'done'""",
                number,
                figure,
                SQL.identifier("forecast", f"purchases_{suffix}"),
                SQL.identifier("forecast", f"revenue_{suffix}"),
            )

        return SQL("%s UNION ALL %s", rows(0, "expected", "expected"), rows(1, "made", "actual"))
