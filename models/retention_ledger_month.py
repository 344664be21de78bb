import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .retention_metrics_ledger import month_of

_logger = logging.getLogger(__name__)
MONTH = relativedelta(months=1)


class RetentionLedgerMonth(models.Model):
    """A closed month of a company, or one that waits for it: the cursor of building the ledger.

    Months are closed one by one, the oldest first, each in a transaction of its own; killed, the
    next call goes on with the first that waits.
    """

    _name = "retention.ledger.month"
    _description = "Ledger Month"
    _order = "month desc, id desc"
    _rec_name = "month"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    state = fields.Selection(
        [("waiting", "Not computed yet"), ("closed", "Frozen")],
        default="waiting",
        required=True,
        readonly=True,
    )
    recorded = fields.Boolean(
        "Recorded at Month End",
        readonly=True,
        help="Else it is rebuilt from documents, without what only the day itself could tell.",
    )
    closed_at = fields.Datetime("Frozen At", readonly=True)
    row_count = fields.Integer("Customers in the Month", readonly=True)
    error = fields.Text(readonly=True)
    rebuilt_by_id = fields.Many2one(
        "res.users", "Built Again By", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _company_month_uniq = models.Constraint(
        "UNIQUE (company_id, month)", "A company has each month once."
    )

    # ---------------------------------------------------------------- planning
    @api.model
    def _advance(self, company):
        """Close the next month that is due; say whether there was one. The caller has the lock.

        A month is due once a full run speaks of a day after its end, so that what is stamped on
        it is that run's.
        """
        months = self.sudo().with_company(company)
        company = company.with_env(months.env)
        runs = months.env["retention.run"]
        last = runs._last_done(company)
        if not last or runs._live(company):
            return False
        months._plan(company, last.as_of)
        waiting = months._waiting(company)
        if not waiting:
            return False
        waiting._close(last.as_of)
        return True

    @api.model
    def _advance_safely(self, company):
        """Like :meth:`_advance`; a month that cannot be closed keeps the error and waits.

        Nobody's nightly computation stops because of it.
        """
        try:
            with self.env.cr.savepoint():
                return self._advance(company)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("A month of company %s could not be closed", company.id)
            self.sudo()._waiting(company).error = str(error)
            return False

    @api.model
    def _waiting(self, company):
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "waiting")], order="month", limit=1
        )

    @api.model
    def _plan(self, company, as_of):
        """Have all months that are over on ``as_of`` wait, from the first purchase on."""
        newest = self.search([("company_id", "=", company.id)], limit=1)
        if newest:
            first = newest.month + MONTH
        else:
            profile = self.env["retention.profile"].search(
                [("company_id", "=", company.id), ("first_order_date", "!=", False)],
                order="first_order_date, id",
                limit=1,
            )
            if not profile:
                return
            first = profile.first_order_date.replace(day=1)
        wanted, begun = [], self._first_run(company)
        while (month := month_of(company, first)).last < as_of:
            # What is true today says something of the last month only.
            recorded = begun <= month.last and as_of <= month_of(company, first + MONTH).last
            wanted.append({"company_id": company.id, "month": first, "recorded": recorded})
            first += MONTH
        if wanted:
            self.create(wanted)
            # Read when the months before were closed: it knows nothing of these.
            self.env["retention.metrics"]._ledger_days_drop(company.id)

    @api.model
    def _first_run(self, company):
        runs = self.env["retention.run"]
        return runs.search(
            [("company_id", "=", company.id), ("state", "=", "done")],
            order="as_of, id",
            limit=1,
        ).as_of

    # ---------------------------------------------------------------- closing
    def _close(self, as_of):
        """Write the month's rows and freeze it; after the last one, restate those before."""
        self.ensure_one()
        self.env.flush_all()
        company, metrics = self.company_id, self.env["retention.metrics"]
        if not metrics._ledger_days_exist(company.id):
            metrics._create_ledger_days(company, as_of)
        now = self.recorded and not self.closed_at
        month = month_of(company, self.month, self.recorded, now)
        columns = metrics._compute_month(month)
        count = metrics._store_month(month, columns)
        metrics._learn_ledger()
        self._roll_up()
        self.write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "row_count": count,
                "error": False,
            }
        )
        self.flush_recordset()
        _logger.info("Ledger of company %s: %s rows in %s", company.id, count, self.month)
        if not self._waiting(company):
            self._finish(as_of, everything=not month.now)
        self.env["retention.ledger"].invalidate_model(flush=False)

    def _roll_up(self):
        """Add the month up, and those after it that were closed before and stay so."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        domain = [("company_id", "=", company.id), ("state", "=", "closed")]
        after = self.search([*domain, ("month", ">", self.month)]).mapped("month")
        metrics._roll_up(company.id, [self.month, *(after and [self.month + MONTH])])
        ends = metrics._ends_after(company.id, [self.month])
        kept = [month for month in ends if month == self.month or month in after]
        metrics._roll_up_periods(company.id, kept)

    def _finish(self, as_of, everything):
        """Restate the months that are looked back on, or all, up to this one."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        first, _last = self._restated_span(company)
        if everything:
            first = self.search([("company_id", "=", company.id)], order="month", limit=1).month
        days = metrics._ledger_table(company.id)
        metrics._restate(metrics._scope(company, as_of), first, self.month, days)
        metrics._ledger_days_drop(company.id)

    @api.model
    def _restated_span(self, company):
        """Return (first, last) closed month that is still restated; (None, None) before any."""
        newest = self.search([("company_id", "=", company.id), ("state", "=", "closed")], limit=1)
        if not newest:
            return None, None
        months = relativedelta(months=self.env["retention.metrics"]._lookback())
        return newest.month - months, newest.month

    @api.model
    def _restate_some(self, company, as_of, partner_ids):
        """Restate closed months of these customers, whose documents have just changed."""
        first, last = self._restated_span(company)
        if not last:
            return
        metrics = self.env["retention.metrics"]
        scope = metrics._scope(company, as_of, metrics._partner_table(partner_ids))
        if metrics._restate(scope, first, last):
            self.env["retention.ledger"].invalidate_model(flush=False)

    # ---------------------------------------------------------------- actions
    @api.model
    def action_rebuild(self):
        """Have all months of the current company built again from documents, in the background.

        Revenue, activity and segments become what documents say today; what was recorded as each
        month ended stays.
        """
        self.env["retention.run"].check_access("create")
        company = self.env.company._retention_company()
        months = self.sudo().search([("company_id", "=", company.id)])
        months.write({"state": "waiting", "rebuilt_by_id": self.env.uid})
        self.env["retention.metrics"].sudo()._ledger_days_drop(company.id)
        self.env.ref("customer_retention.cron_nightly").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The ledger will be built again in the background."),
            },
        }
