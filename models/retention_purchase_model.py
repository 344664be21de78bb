import logging

import pandas as pd
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..analytics import clv, clv_fit, clv_spend

_logger = logging.getLogger(__name__)
WEEK = relativedelta(days=7)
YEAR_DAYS = 365
# Flag of the analysis: its field.
FLAGS = {
    clv.FLAT: "is_flat",
    clv_spend.HEAVY_TAIL: "is_heavy_tail",
    clv_spend.CONSTANT: "is_constant",
    clv_spend.CORRELATED: "is_correlated",
    clv_spend.FEW: "has_few_amounts",
}


class RetentionPurchaseModel(models.Model):
    """One fit of the purchase model: what it found, on how many customers, what to mind.

    Fitted weekly by the nightly run, and at each end of a month for the forecast that is compared
    with what came. Fits are kept. Where it cannot be fitted, the record says why.
    """

    _name = "retention.purchase.model"
    _description = "Purchase Model"
    _order = "as_of desc, kind desc, id desc"
    _rec_name = "as_of"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(required=True, readonly=True, help="Later purchases were not looked at.")
    kind = fields.Selection(
        [("week", "Weekly fit"), ("month", "Fit at the end of a month")],
        required=True,
        readonly=True,
        default="week",
    )
    state = fields.Selection(
        [
            ("fitted", "In use"),
            ("refused", "Too few customers"),
            ("unavailable", "Python package missing"),
            ("failed", "Could not be fitted"),
        ],
        required=True,
        readonly=True,
    )
    fitted_at = fields.Datetime(readonly=True)
    package = fields.Char("Missing Package", readonly=True)
    error = fields.Text(readonly=True)
    customers = fields.Integer(
        "Customers Looked At",
        readonly=True,
        aggregator=None,
        help="With a first purchase before the day.",
    )
    repeaters = fields.Integer(
        "Repeat Buyers", readonly=True, aggregator=None, help="Bought on two days or more."
    )
    r = fields.Float(
        "r",
        readonly=True,
        aggregator=None,
        help="Shape of the Gamma distribution of purchase rates.",
    )
    alpha = fields.Float(
        "α (days)",
        readonly=True,
        aggregator=None,
        help="Scale of the Gamma distribution of purchase rates.",
    )
    a = fields.Float(
        "a",
        readonly=True,
        aggregator=None,
        help="First parameter of the Beta distribution of stopping.",
    )
    b = fields.Float(
        "b",
        readonly=True,
        aggregator=None,
        help="Second parameter of the Beta distribution of stopping.",
    )
    log_likelihood = fields.Float(
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="How well the model fits; only to compare fits of the same data.",
    )
    spend_p = fields.Float(
        "p", readonly=True, aggregator=None, help="First parameter of the spend model."
    )
    spend_q = fields.Float(
        "q", readonly=True, aggregator=None, help="Second parameter of the spend model."
    )
    spend_v = fields.Float(
        "v", readonly=True, aggregator=None, help="Third parameter of the spend model."
    )
    spend_fitted = fields.Boolean(
        "Spend Model Holds",
        readonly=True,
        help="Otherwise each customer's own average counts, up to a cap.",
    )
    spend_log_likelihood = fields.Float(
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="How well the spend model fits; only to compare fits of the same data.",
    )
    spend_customers = fields.Integer(
        "Customers with Amounts",
        readonly=True,
        aggregator=None,
        help="Customers with an amount after their first day of purchase.",
    )
    spend_cap = fields.Monetary(
        "Cap of an Average",
        readonly=True,
        aggregator=None,
        help="Larger averages count as this one, so that few do not decide all.",
    )
    spend_mean = fields.Monetary(
        "Average up to the Cap",
        readonly=True,
        aggregator=None,
        help="Over the customers whose amounts were fitted.",
    )
    spend_correlation = fields.Float(
        "Correlation of Number and Amount",
        readonly=True,
        digits=(16, 3),
        aggregator=None,
        help="The model assumes none. Above 0.3 either way its values are rough.",
    )
    is_flat = fields.Boolean("Other Parameters Fit as Well", readonly=True)
    is_heavy_tail = fields.Boolean("A Few Amounts Outweigh All Others", readonly=True)
    is_constant = fields.Boolean("Everybody Spends the Same", readonly=True)
    is_correlated = fields.Boolean("Frequent Buyers Spend Differently", readonly=True)
    has_few_amounts = fields.Boolean("Few Amounts", readonly=True)
    new_purchases = fields.Float(
        "Purchases of a New Customer",
        readonly=True,
        digits=(10, 2),
        aggregator=None,
        help="Expected within 12 months after the first purchase.",
    )
    new_value = fields.Monetary(
        "Value of a New Customer",
        readonly=True,
        aggregator=None,
        help="Expected of the 12 months after the first purchase, discounted.",
    )
    expected_purchases = fields.Float(
        "Purchases Expected of All",
        readonly=True,
        digits=(16, 1),
        aggregator=None,
        help="Sum over all customers for the coming 12 months.",
    )
    clv_expected = fields.Monetary(
        "Value Expected of All",
        readonly=True,
        aggregator=None,
        help="Sum over all customers for the coming 12 months.",
    )

    _company_day_kind_uniq = models.Constraint(
        "UNIQUE (company_id, as_of, kind)", "A company has one fit of a kind for a day."
    )

    # ---------------------------------------------------------------- when
    @api.model
    def _due(self, company, as_of):
        """Say whether the weekly fit is due; where a package was missing, once it is there."""
        last = self.search([("company_id", "=", company.id), ("kind", "=", "week")], limit=1)
        if last.state == "unavailable":
            return is_available()
        return not last or last.as_of + WEEK <= as_of

    @api.model
    def _fit_weekly(self, company, as_of, days):
        """Fit and forecast where that is due. Whatever goes wrong stops nobody's nightly run."""
        fits = self.sudo()
        if not fits._due(company, as_of):
            return self.browse()
        # A flushing savepoint would do what waits for the commit: ask for fresh customers.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                fit = fits._fit(company, as_of, days)
                self.env.flush_all()
                return fit
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.invalidate_all(flush=False)
            _logger.exception("The purchase model of company %s could not be fitted", company.id)
            return fits._keep(company, as_of, "week", {"state": "failed", "error": str(error)})

    # ---------------------------------------------------------------- fitting
    @api.model
    def _fit(self, company, as_of, days):
        """Fit the model, forecast everybody and keep the record; return it.

        :param days: SQL relation of purchases by day, see :class:`Reading`
        """
        metrics = self.env["retention.metrics"]
        try:
            repeats, groups, fitted = self._fit_purchases(company, as_of, days)
        except clv_fit.ModelUnavailable as error:
            values = {"state": "unavailable", "package": error.args[0]}
        except clv_fit.TooLittle as error:
            values = {"state": "refused", "customers": error.customers}
            values["repeaters"] = error.repeaters
        else:
            columns = self._forecast(company, fitted.purchases.model, groups)
            forecasts = metrics._stage_forecasts(groups, columns)
            metrics._store_forecasts(company, as_of, fitted, repeats, forecasts)
            _count, totals = metrics._forecast_totals(
                fitted, repeats, forecasts, ("expected", "discounted")
            )
            values = {
                **self._fitted_values(fitted),
                **self._newcomer(company, fitted),
                "expected_purchases": totals["expected"][0],
                "clv_expected": totals["discounted"][1],
            }
            return self._keep(company, as_of, "week", values)
        metrics._clear_forecasts(company)
        return self._keep(company, as_of, "week", values)

    @api.model
    def _fit_purchases(self, company, as_of, days):
        """Fit the model on purchases up to ``as_of``.

        :return: (table of customers, DataFrame of groups of equal ones, Fitted)
        :raises TooLittle, ModelUnavailable: see :func:`clv.fit`
        """
        metrics = self.env["retention.metrics"]
        # Before anything is read: most small companies end here.
        clv_fit.check_enough(*metrics._buyer_counts(company, as_of))
        clv_fit.science()
        repeats = metrics._create_repeats(days, as_of)
        return repeats, *metrics._fit_repeats(repeats)

    @api.model
    def _forecast(self, company, model, groups):
        """Return {"horizon": days; "expected", "discounted": purchases of 12 months} of groups."""
        place = [groups[name].to_numpy() for name in ("x", "tx", "t")]
        rate = company._retention_monthly_rate()
        expected, discounted = clv.over_months(model, *place, YEAR_DAYS / 12, rate=rate)
        return {
            "horizon": clv.horizon(*place[:2]),
            "expected": expected,
            "discounted": discounted,
        }

    @api.model
    def _newcomer(self, company, fitted):
        """Return what is to be expected of a customer just won."""
        one = pd.DataFrame({"x": [0.0], "tx": [0.0], "t": [0.0]})
        found = self._forecast(company, fitted.purchases.model, one)
        spend = clv_spend.expected_spend(fitted.spend, 0, 0)
        return {
            "new_purchases": float(found["expected"][0]),
            "new_value": float(found["discounted"][0] * spend),
        }

    @api.model
    def _fitted_values(self, fitted):
        """Return the record's columns of a :class:`Fitted`."""
        purchases, spend = fitted
        flags = purchases.flags | spend.flags
        return {
            "state": "fitted",
            "customers": purchases.customers,
            "repeaters": purchases.repeaters,
            **purchases.model._asdict(),
            "log_likelihood": purchases.log_likelihood,
            "spend_p": spend.p,
            "spend_q": spend.q,
            "spend_v": spend.v,
            "spend_fitted": spend.p is not None,
            "spend_log_likelihood": spend.log_likelihood,
            "spend_customers": spend.customers,
            "spend_cap": spend.cap,
            "spend_mean": spend.mean,
            "spend_correlation": spend.correlation,
            **{name: flag in flags for flag, name in FLAGS.items()},
        }

    @api.model
    def _keep(self, company, as_of, kind, values):
        """Write ``values`` to the record of that day, emptied of what an earlier fit said.

        A weekly one that came to nothing gives its place to the next.
        """
        empty = {name: False for name, field in self._fields.items() if field.store}
        for name in (*models.MAGIC_COLUMNS, "company_id", "as_of", "kind"):
            empty.pop(name)
        values = {**empty, "fitted_at": fields.Datetime.now(), **values}
        mine = [("company_id", "=", company.id), ("kind", "=", kind)]
        last = self.search(mine, limit=1)
        found = self.search([*mine, ("as_of", "=", as_of)])
        if not found and kind == "week" and last.state != "fitted":
            found = last
        if found:
            found.write({**values, "as_of": as_of})
            return found
        return self.create({**values, "company_id": company.id, "as_of": as_of, "kind": kind})

    # ---------------------------------------------------------------- actions
    @api.model
    def action_fit(self):
        """Fit the current company's model now, as when a missing package has been installed."""
        self.env["retention.run"].check_access("create")
        engine = self.sudo()
        company = engine.env.company._retention_company()
        metrics = engine.env["retention.metrics"]
        last = engine.env["retention.run"]._last_done(company)
        if not last:
            raise UserError(self.env._("Nothing is computed yet: compute everybody first."))
        if not metrics._try_lock(company.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        days = metrics._read_days(company, last.as_of)
        engine.with_company(company)._fit(company, last.as_of, days)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


def is_available():
    """Say whether what a fit needs is installed."""
    try:
        clv_fit.science()
    except clv_fit.ModelUnavailable:
        return False
    return True
