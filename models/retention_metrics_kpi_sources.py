"""SQL of what key figures need and the ledger cannot hold."""

from datetime import timedelta
from tempfile import TemporaryFile

import pandas as pd

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .retention_metrics_ledger import Month

DAY = timedelta(days=1)


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- many rows
    @api.model
    def _table_of(self, query, kinds):
        """Return the rows of ``query`` as a DataFrame.

        By way of a file: millions of rows as Python objects would take ten times the memory.

        :param kinds: {column: dtype}, in the order of the query's columns
        """
        self.env.flush_query(query)
        copy = self.env.cr.mogrify(SQL("COPY (%s) TO STDOUT (FORMAT csv)", query)).decode()
        with TemporaryFile() as file:
            self.env.cr.copy_expert(copy, file)
            if not file.tell():
                return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
            file.seek(0)
            # Only this way are floats exactly those that were written.
            exact = {"float_precision": "round_trip"}
            return pd.read_csv(file, header=None, names=list(kinds), dtype=kinds, **exact)

    @api.model
    def _first_purchase_table(self, company, as_of):
        """Return a DataFrame ``customer first_day second_day`` as datetime64, NaT for none."""
        table = self._table_of(
            SQL(
                """SELECT partner_id, first - DATE '1970-01-01', second - DATE '1970-01-01'
                   FROM (%s) bought""",
                self._first_two_purchases(company, as_of),
            ),
            {"customer": "int64", "first_day": "float64", "second_day": "float64"},
        )
        for name in ("first_day", "second_day"):
            table[name] = pd.to_datetime(table[name], unit="D")
        return table

    # ---------------------------------------------------------------- months
    @api.model
    def _known_months(self, company):
        """Return (first and last month that was ever closed, how many, how many wait, last run)."""
        months = self.env["retention.ledger.month"]
        self.env["retention.run"].flush_model(["company_id", "state", "ended_at"])
        query = months._search(Domain("company_id", "=", company.id))
        [found] = self.env.execute_query(
            query.select(
                SQL("MIN(month) FILTER (WHERE closed_at IS NOT NULL)"),
                SQL("MAX(month) FILTER (WHERE closed_at IS NOT NULL)"),
                SQL("COUNT(closed_at)"),
                SQL("COUNT(*) FILTER (WHERE state = 'waiting')"),
                SQL(
                    """(SELECT MAX(ended_at) FROM retention_run
                        WHERE company_id = %s AND state = 'done')""",
                    company.id,
                ),
            )
        )
        return found

    # ---------------------------------------------------------------- procedures and alerts
    @api.model
    def _enrollment_results(self, company, first, last):
        """Return rows (customer id, answered, bought) of entries from ``first`` to ``last``."""
        self.env["retention.enrollment"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, responded_on IS NOT NULL, purchased_on IS NOT NULL
                   FROM retention_enrollment
                   WHERE company_id = %s AND entered_on BETWEEN %s AND %s
                   AND arm = 'treated' AND window_over""",
                company.id,
                first,
                last,
            )
        )

    @api.model
    def _due_steps(self, company, first, last):
        """Return rows (customer id, day it was first due, working days allowed, day done).

        Of steps whose deadline may be from ``first`` to ``last``; working days are never further
        apart than a month and three days for each. Days are those where the company is. A step
        that is held back was due all the same.
        """
        for model in ("retention.sop.step.run", "retention.sop.step", "retention.enrollment"):
            self.env[model].flush_model()
        span, zone = Month(company, first, last), company._retention_timezone()
        return self.env.execute_query(
            SQL(
                """SELECT run.partner_id,
                          (run.first_due_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                          COALESCE(step.due_days, 0),
                          CASE WHEN run.state = 'done'
                               THEN (run.done_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                          END
                   FROM retention_sop_step_run run
                   JOIN retention_sop_step step ON step.id = run.step_id
                   JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
                   WHERE run.company_id = %(company)s AND enrollment.arm = 'treated'
                   AND run.state NOT IN ('skipped', 'cancelled')
                   AND run.first_due_at < %(end)s
                   AND run.first_due_at >= %(begin)s
                       - (30 + 3 * COALESCE(step.due_days, 0)) * INTERVAL '1 day'""",
                zone=zone,
                company=company.id,
                begin=span.moment(first),
                end=span.moment(last + DAY),
            )
        )

    @api.model
    def _verified_amounts(self, company, first, last):
        """Return rows (customer id, amount) of saved alerts that purchases confirmed."""
        self.env["retention.alert"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, recovered_amount::float8 FROM retention_alert
                   WHERE company_id = %s AND closed_on BETWEEN %s AND %s
                   AND outcome = 'saved' AND verification = 'verified'""",
                company.id,
                first,
                last,
            )
        )

    # ---------------------------------------------------------------- budgets
    @api.model
    def _budget_amounts(self, company, goals):
        """Return rows (first day, last day, amount) of what was entered by hand for ``goals``.

        Of approved and settled budgets, one row each, over the months whose amounts are entered.
        """
        self.env["retention.budget.line"].flush_model()
        self.env["retention.budget"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT budget.date_from, budget.actual_until, SUM(line.spent)::float8
                   FROM retention_budget_line line
                   JOIN retention_budget budget ON budget.id = line.budget_id
                   WHERE budget.company_id = %s AND budget.state != 'draft'
                   AND budget.actual_until IS NOT NULL AND line.goal IN %s
                   GROUP BY budget.id ORDER BY budget.date_from""",
                company.id,
                tuple(goals),
            )
        )

    @api.model
    def _budget_costs(self):
        """Return SQL (line_id, amount): what procedures cost that lines of budgets take in.

        An entry counts on the day it began, as in the report on effect, and for one line: that
        of its procedure, else the one that takes in all others. NULL: for no line.
        """
        return SQL(
            """SELECT budget.id AS budget_id, COALESCE(own.id, rest.id) AS line_id,
                      ROUND(SUM(enrollment.cost), 2) AS amount
               FROM retention_budget budget
               JOIN retention_enrollment enrollment ON enrollment.company_id = budget.company_id
                   AND enrollment.entered_on BETWEEN budget.date_from AND budget.date_to
               LEFT JOIN retention_budget_line own ON own.budget_id = budget.id
                   AND own.root_id = enrollment.root_id
               LEFT JOIN retention_budget_line rest ON rest.budget_id = budget.id
                   AND rest.other_procedures
               WHERE enrollment.arm = 'treated' AND enrollment.cost != 0
               GROUP BY budget.id, COALESCE(own.id, rest.id)"""
        )

    @api.model
    def _costs_of_budgets(self, ids):
        """Return {(budget id, line id or None): what procedures cost}."""
        for model in ("retention.enrollment", "retention.budget.line", "retention.budget"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT budget_id, line_id, amount::float8
                   FROM (%s) cost WHERE budget_id = ANY(%s)""",
                self._budget_costs(),
                list(ids),
            )
        )
        return {(budget_id, line_id): amount for budget_id, line_id, amount in rows}
