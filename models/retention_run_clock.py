from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# A company whose time zone was set further west is a day ahead of itself for some hours.
AHEAD = timedelta(days=1)


class RetentionRun(models.Model):
    """After the server's clock was ahead, a manager takes back the days that have not come.

    It is for a person to decide: to a server whose clock is behind, the true days look the same.
    """

    _inherit = "retention.run"

    is_ahead = fields.Boolean(
        "Of a Day to Come",
        compute="_compute_is_ahead",
        help="The server's clock was ahead when this was computed, or is behind now.",
    )

    @api.depends("as_of", "company_id")
    def _compute_is_ahead(self):
        for run in self:
            run.is_ahead = run.as_of > run.company_id._retention_today() + AHEAD

    def action_take_back(self):
        """Forget what was computed for days to come, and have the right day computed.

        :raises UserError: where no such day was computed, or while another process is at it
        """
        self.ensure_one()
        self.check_access("create")
        if not self.is_ahead:
            raise UserError(self.env._("This run does not speak of a day to come."))
        engine, company = self.sudo(), self.company_id.sudo()
        if not engine.env["retention.metrics"]._try_lock(company.id) or engine._live(company):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        engine.with_company(company)._forget_days_to_come(company, company._retention_today())
        # Today itself may have been computed on the way there.
        engine._request_rescore(company)
        engine.env["retention.refresh.request"]._wake("customer_retention.cron_nightly")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _forget_days_to_come(self, company, today):
        """Take back runs, months, forecasts and changes of days after ``today``."""
        mine, month = [("company_id", "=", company.id)], today.replace(day=1)
        runs = self.search([*mine, ("as_of", ">", today)], order="id")
        months = self._months_to_forget(company, month, runs[:1].started_at)
        fits = self.env["retention.purchase.model"].search([*mine, ("as_of", ">", today)])
        if fits:
            fits.unlink()
            self.env["retention.metrics"]._clear_forecasts(company)
        forecasts = self.env["retention.purchase.forecast"]
        forecasts.search([*mine, ("month", ">=", month)]).unlink()
        early = [*mine, ("state", "=", "done"), ("date_to", ">=", today)]
        forecasts.search(early).write({"state": "open"})
        self.env["retention.metrics"]._forget_after(company, today, months.mapped("month"))
        months.unlink()
        runs.unlink()
        self._set_back(company.sudo(), month)

    @api.model
    def _months_to_forget(self, company, month, since):
        """Return the ledger's last months that were closed too early, or too late to be recorded.

        :param month: the first day of the month under way
        :param since: when the first run of a day to come began
        """
        months = self.env["retention.ledger.month"]
        mine = [("company_id", "=", company.id)]
        kept = Domain("recorded", "=", True) | Domain("closed_at", "<", since)
        last = months.search([*mine, ("month", "<", month), *kept], order="month desc", limit=1)
        return months.search([*mine, ("month", ">", last.month)] if last else mine)

    @api.model
    def _set_back(self, company, month):
        """Let what a company has done up to a month end before ``month``."""
        mine = [("company_id", "=", company.id)]
        if company.retention_forecast_month and company.retention_forecast_month >= month:
            made = self.env["retention.purchase.forecast"].search(mine, limit=1)
            company.retention_forecast_month = made.month
        if company.retention_review_until and company.retention_review_until >= month:
            made = self.env["retention.review"].search(
                [*mine, ("first", "<", month)], order="first desc", limit=1
            )
            company.retention_review_until = made.first


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _forget_after(self, company, day, months):
        """Delete a company's changes after ``day`` and its rows of these ``months``."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM retention_change WHERE company_id = %s AND date > %s", company.id, day)
        )
        for model in ("retention.ledger", "retention.ledger.rollup", "retention.ledger.period"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE company_id = %s AND month = ANY(%s)",
                    SQL.identifier(self.env[model]._table),
                    company.id,
                    months,
                )
            )
            self.env[model].invalidate_model(flush=False)
        self.env["retention.change"].invalidate_model(flush=False)
        self._ledger_days_drop(company.id)


class RetentionPurchaseModel(models.Model):
    _inherit = "retention.purchase.model"

    @api.model
    def _due(self, company, as_of):
        # Forecasts were taken back with the days they spoke of.
        return super()._due(company, as_of) or (
            self.search_count(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "week"),
                    ("state", "=", "fitted"),
                ],
                limit=1,
            )
            and not self.env["retention.profile"].search_count(
                [("company_id", "=", company.id), ("forecast_on", "!=", False)], limit=1
            )
        )


class RetentionAudit(models.AbstractModel):
    _inherit = "retention.audit"

    @api.model
    def _sentences(self):
        return super()._sentences() | {
            "run_ahead": self.env._(
                "Figures were computed for a day to come: the clock was ahead, or is behind."
            )
        }

    @api.model
    def _audit_scores(self, company):
        runs = self.env["retention.run"].search(
            [
                ("company_id", "=", company.id),
                ("as_of", ">", company._retention_today() + AHEAD),
            ],
            order="id",
        )
        return {**super()._audit_scores(company), "run_ahead": runs.ids}
