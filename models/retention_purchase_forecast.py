import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date, formatLang

from ..analytics import clv, clv_fit
from .amounts import amount_text
from .retention_purchase_model import is_available

_logger = logging.getLogger(__name__)
MONTH, DAY = relativedelta(months=1), relativedelta(days=1)
REBUILT_MONTHS = 24
HORIZONS = ("3", "12")  # months
HELD = 0.1  # of the forecast: closer is as good as a plan needs


class RetentionPurchaseForecast(models.Model):
    """What the purchase model expected at the end of a month, and what came.

    Made of purchases up to the month's end alone, for the customers known then; those won later
    are in neither figure. When the time is over, what they bought is written beside it and stays.
    """

    _name = "retention.purchase.forecast"
    _description = "Purchase Forecast"
    _order = "month desc, horizon desc, id desc"
    _rec_name = "month"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    model_id = fields.Many2one(
        "retention.purchase.model",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    month = fields.Date(
        "Made at the End Of", required=True, readonly=True, help="The first day of that month."
    )
    horizon = fields.Selection(
        [("3", "Next 3 months"), ("12", "Next 12 months")], required=True, readonly=True
    )
    date_to = fields.Date("Until", required=True, readonly=True)
    rebuilt = fields.Boolean(
        "Made Afterwards",
        readonly=True,
        help="By documents as they are today, without a look at later purchases.",
    )
    customers = fields.Integer("Customers Then", readonly=True, aggregator=None)
    purchases_expected = fields.Float(readonly=True, digits=(16, 1))
    revenue_expected = fields.Monetary(readonly=True)
    purchases_actual = fields.Integer("Purchases Made", readonly=True)
    revenue_actual = fields.Monetary("Revenue Made", readonly=True)
    state = fields.Selection(
        [("open", "Time still running"), ("done", "Time is over")],
        required=True,
        readonly=True,
        default="open",
    )
    purchases_ratio = fields.Float(
        "Purchases Made of Expected", compute="_compute_ratio", aggregator=None
    )
    revenue_ratio = fields.Float(
        "Revenue Made of Expected", compute="_compute_ratio", aggregator=None
    )
    sentence = fields.Text("What It Means", compute="_compute_sentence")

    _company_month_horizon_uniq = models.Constraint(
        "UNIQUE (company_id, month, horizon)", "A forecast is made once for each month."
    )

    @api.depends("state")
    def _compute_ratio(self):
        for row in self:
            for name in ("purchases", "revenue"):
                expected = row[f"{name}_expected"]
                over = row.state == "done" and expected
                row[f"{name}_ratio"] = row[f"{name}_actual"] / expected if over else 0

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for row in self:
            row.sentence = row._say()

    def _say(self):
        """Return what the forecast means for somebody who plans."""
        if self.state == "open":
            return self.env._(
                "Plan with %(purchases)s purchases and %(revenue)s from present customers until "
                "%(date)s; new customers come on top.",
                purchases=formatLang(self.env, self.purchases_expected, digits=0),
                revenue=amount_text(self.env, self.revenue_expected, self.currency_id),
                date=format_date(self.env, self.date_to),
            )
        values = {
            "made": self.purchases_actual,
            "expected": formatLang(self.env, self.purchases_expected, digits=0),
            "percent": round(abs(self.purchases_ratio - 1) * 100),
        }
        if abs(self.purchases_ratio - 1) <= HELD:
            return self.env._(
                "%(made)s purchases came where %(expected)s were expected: plan stock and people "
                "with the forecast.",
                **values,
            )
        if self.purchases_ratio < 1:
            return self.env._(
                "%(made)s purchases came where %(expected)s were expected, %(percent)s%% fewer: "
                "plan lower, and look at who was expected and stayed away. The model knows no "
                "seasons.",
                **values,
            )
        return self.env._(
            "%(made)s purchases came where %(expected)s were expected, %(percent)s%% more: plan "
            "higher, unless a season or a promotion explains it.",
            **values,
        )

    # ---------------------------------------------------------------- at the end of a month
    @api.model
    def _advance(self, company):
        """Make the forecast of the next month end that is due; say whether there was one.

        The caller has the company's lock. A month is due once a full run speaks of a later day.
        """
        rows = self.sudo().with_company(company)
        company = company.with_env(rows.env)
        runs = rows.env["retention.run"]
        last = runs._last_done(company)
        if not last or runs._live(company):
            return False
        newest = last.as_of.replace(day=1) - MONTH
        month = rows._next_month(company, newest)
        if not month:
            return False
        if rows._has_enough(company, month):
            if not is_available():
                # The month waits until it is.
                return False
            rows._make_safely(company, month, last.as_of)
        company.retention_forecast_month = month
        if month == newest:
            rows._settle(company, last.as_of)
            rows.env["retention.metrics"]._forecast_days_drop(company.id)
        return True

    @api.model
    def _next_month(self, company, newest):
        """Return the first month up to ``newest`` that has not been looked at; None for none.

        While there are too few customers, only the newest is looked at.
        """
        if company.retention_forecast_month:
            month = company.retention_forecast_month + MONTH
        else:
            profile = self.env["retention.profile"].search(
                [("company_id", "=", company.id), ("first_order_date", "!=", False)],
                order="first_order_date, id",
                limit=1,
            )
            if not profile:
                return None
            month = newest - MONTH * (REBUILT_MONTHS - 1)
            month = max(month, profile.first_order_date.replace(day=1))
        if month > newest:
            return None
        return month if self._has_enough(company, newest) else newest

    @api.model
    def _has_enough(self, company, month):
        """Say whether there were customers enough at the end of the month, without reading it."""
        count, _again = self.env["retention.metrics"]._buyer_counts(company, month + MONTH - DAY)
        return count >= clv_fit.MIN_CUSTOMERS

    @api.model
    def _make_safely(self, company, month, as_of):
        """Make a month's forecast; one that cannot be made says so, and nothing else stops."""
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                self._make(company, month, as_of)
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.invalidate_all(flush=False)
            _logger.exception("The forecast of company %s for %s failed", company.id, month)
            values = {"state": "failed", "error": str(error)}
            fits = self.env["retention.purchase.model"]
            fits._keep(company, month + MONTH - DAY, "month", values)

    @api.model
    def _make(self, company, month, as_of):
        metrics, fits = self.env["retention.metrics"], self.env["retention.purchase.model"]
        end = month + MONTH - DAY
        try:
            repeats, groups, fitted = fits._fit_purchases(company, end, self._days(company, as_of))
        except clv_fit.TooLittle:
            return
        stops = {h: month + MONTH * (int(h) + 1) - DAY for h in HORIZONS}
        place = [groups[name].to_numpy() for name in ("x", "tx", "t")]
        columns = {
            f"next_{h}": clv.expected_purchases(fitted.purchases.model, *place, (stop - end).days)
            for h, stop in stops.items()
        }
        forecasts = metrics._stage_forecasts(groups, columns)
        count, totals = metrics._forecast_totals(fitted, repeats, forecasts, tuple(columns))
        common = {
            "company_id": company.id,
            "model_id": fits._keep(company, end, "month", fits._fitted_values(fitted)).id,
            "month": month,
            "rebuilt": end < self.env["retention.ledger.month"]._first_run(company),
            "customers": count,
        }
        self.create(
            [
                {
                    **common,
                    "horizon": h,
                    "date_to": stops[h],
                    "purchases_expected": totals[f"next_{h}"][0],
                    "revenue_expected": totals[f"next_{h}"][1],
                }
                for h in HORIZONS
            ]
        )

    @api.model
    def _days(self, company, as_of):
        """Return the table of all purchases by day, read once for all months that are due."""
        metrics = self.env["retention.metrics"]
        days = metrics._forecast_days_table(company.id)
        if not metrics._forecast_days_exist(company.id):
            metrics._create_days(metrics._scope(company, as_of), days)
        return days

    @api.model
    def _settle(self, company, as_of):
        """Write what came to the forecasts whose time is over."""
        over = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("date_to", "<", as_of),
            ]
        )
        if not over:
            return
        spans = [(row.id, row.month + MONTH - DAY, row.date_to) for row in over]
        metrics = self.env["retention.metrics"]
        for row, purchases, revenue in metrics._forecast_actuals(self._days(company, as_of), spans):
            self.browse(row).write(
                {"purchases_actual": purchases, "revenue_actual": revenue, "state": "done"}
            )
