from datetime import timedelta

import pandas as pd
import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics import budget, kpi, kpi_service
from ..analytics.working_time import worked_hours
from .kpi_definitions import KPIS, Source
from .kpi_definitions_more import MORE_KPIS

# Columns of the ledger and the names they have in analytics.kpi.
NAMES = {"partner_id": "customer", "segment_id": "segment", "tier_id": "tier", "user_id": "user"}
DAYS, FLAGS = (
    ("month", "cohort"),
    ("active_start", "active_end", "is_new", "is_lost", "is_reactivated"),
)
COUNTS = (
    "purchase_days",
    "orders",
    "tickets",
    "tickets_solved",
    "nps_answers",
    "nps_promoters",
    "nps_detractors",
    "csat_answers",
    "csat_satisfied",
    "referrals",
    "alerts_saved",
    "alerts_gone",
)
AMOUNTS = ("revenue", "revenue_restated", "margin", "sop_cost", "resolution_hours")
KEYS = ("partner_id", "segment_id", "tier_id", "user_id", "team_id", "stage", "risk_level")


class RetentionKpi(models.AbstractModel):
    """Key figures over the ledger, for views, reports, digests and tests alike."""

    _name = "retention.kpi"
    _description = "Retention Key Figures"

    @api.model
    def _kpi_definitions(self):
        """Return {code: :class:`kpi_definitions.Kpi`}, in the order they are shown.

        Hook: a bridge calls super() and adds its own. Texts are in the caller's language.
        """
        return {
            code: item._replace(
                label=self.env._(item.label),  # pylint: disable=translation-not-lazy
                sentence=self.env._(item.sentence),  # pylint: disable=translation-not-lazy
            )
            for code, item in (KPIS | MORE_KPIS).items()
        }

    @api.model
    def _figures(self, company, first, last, codes=None, by=None, domain=None, ledger=None):
        """Return {code: Figure} of the months ``first`` to ``last``, as the caller may see them.

        :param first, last: first days of months
        :param codes: only these; None for all
        :param domain: only customers whose row that places them is in it; see
            :attr:`analytics.kpi.Period.placing`
        :param by: "segment", "tier", "user", "team_id", "stage" or "risk_level": then
            {id, selection key or None: {code: Figure}}; see :meth:`analytics.kpi.Period.groups`
        :param ledger: what :meth:`_ledger` returned for this or a later month, not to read it again
        :raises KeyError: for an unknown code, naming it
        """
        if ledger is None:
            ledger = self._ledger(company, last)
        period = self._period(company, ledger, first, last, domain)
        return self._figures_of(company, period, codes, by)

    @api.model
    def _figures_of(self, company, period, codes=None, by=None):
        """Return the figures of a :class:`analytics.kpi.Period`; see :meth:`_figures`."""
        definitions = self._kpi_definitions()
        wanted = {code: definitions[code] for code in (codes or definitions)}
        groups = period.groups(by) if by else {None: period}
        whole, found = Source(self, company, period), {}
        for name, group in groups.items():
            source = whole.of(group)
            found[name] = {code: item.compute(source) for code, item in wanted.items()}
        return found if by else found[None]

    @api.model
    def _month_figures(self, company, month, codes):
        """Return {code: Figure} of one month; reads its rows only.

        For figures that look at nothing else: retention, churn, the parts of the bridge …
        """
        definitions = self._kpi_definitions()
        rows = self._ledger(company, month, [("month", ">=", month)])
        source = Source(self, company, kpi.Period(rows, month, month))
        return {code: definitions[code].compute(source) for code in codes}

    # ---------------------------------------------------------------- reading
    @api.model
    def _period(self, company, ledger, first, last, domain=None):
        """Return the :class:`analytics.kpi.Period`, of the customers ``domain`` means only."""
        period = kpi.Period(ledger, first, last)
        if not domain:
            return period
        found = self._ledger(company, last, domain)[["customer", "month"]]
        rows = pd.MultiIndex.from_frame(found)
        places = period.placing.reset_index()
        meant = pd.MultiIndex.from_frame(places[["customer", "month"]]).isin(rows)
        return period.of(places.loc[meant, "customer"])

    @api.model
    def _ledger(self, company, last, domain=None):
        """Return the ledger up to the month ``last`` as :mod:`analytics.kpi` reads it."""
        rows = self.env["retention.ledger"]
        where = Domain("company_id", "=", company.id) & Domain("month", "<=", last)
        if domain:
            where &= Domain(domain)
        query = rows._search(where, order="month, partner_id")

        def column(name):
            field = SQL.identifier(rows._table, name)
            if name in DAYS:
                return SQL("%s - DATE '1970-01-01'", field)
            if name in FLAGS:
                return SQL("COALESCE(%s, FALSE)::int", field)
            return SQL("%s::float8", field) if name in AMOUNTS else field

        names = (*KEYS, *DAYS, *FLAGS, *COUNTS, *AMOUNTS)
        kinds = dict.fromkeys(names, "float64") | dict.fromkeys(FLAGS, "uint8")
        kinds |= {"partner_id": "int64", "stage": "str", "risk_level": "str"}
        table = self.env["retention.metrics"]._table_of(
            query.select(*(column(name) for name in names)), kinds
        )
        for name in DAYS:
            table[name] = pd.to_datetime(table[name], unit="D")
        kinds = dict.fromkeys(FLAGS, bool) | {"purchase_days": int, "orders": int}
        return table.astype(kinds).rename(columns=NAMES)

    @api.model
    def _first_purchases(self, company, as_of):
        """Return a DataFrame ``customer first_day second_day`` as datetime64, NaT for none."""
        return self.env["retention.metrics"].sudo()._first_purchase_table(company, as_of)

    @api.model
    def _solution_hours(self, company, first, last):
        """Return rows (customer id, hours) of requests solved from ``first`` to ``last``."""
        return self.env["retention.metrics"].sudo()._solution_hours(company, first, last)

    @api.model
    def _solution_work(self, company, first, last):
        """Return rows (customer id, hours of work) of requests solved in these days.

        Hours in which the company works by its working hours, its holidays left out; none where
        it has no working hours.
        """
        calendar = company.sudo().resource_calendar_id
        spans = self.env["retention.metrics"].sudo()._solution_spans(company, first, last)
        if not (calendar and spans):
            return []
        customers, opened, closed = zip(*spans)
        begin, end = (pytz.utc.localize(day) for day in (min(opened), max(closed)))
        # What concerns one resource only, or another company, keeps nobody from answering.
        leaves = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        work = calendar._work_intervals_batch(begin, end, domain=leaves)[False]
        intervals = [(since, until) for since, until, _record in work]
        return list(zip(customers, worked_hours(intervals, opened, closed)))

    @api.model
    def _procedure_results(self, company, first, last):
        """Return rows (customer id, answered, bought) of who entered a procedure in these days.

        Of those who took part and whose goal window is over.
        """
        return self.env["retention.metrics"].sudo()._enrollment_results(company, first, last)

    @api.model
    def _procedure_steps(self, company, first, last):
        """Return rows (customer id, done on time) of procedures' steps to be done by these days.

        Each step counts once, where its deadline is: of one whose time still runs, nobody knows.
        """
        columns = ["customer", "due", "allowed", "done"]
        rows = self.env["retention.metrics"].sudo()._due_steps(company, first, last)
        steps = pd.DataFrame(rows, columns=columns)
        for name in ("due", "done"):
            steps[name] = pd.to_datetime(steps[name])
        begin = min((row[1] for row in rows), default=first) - timedelta(days=30)
        rest = company._retention_rest_days(begin, last + timedelta(days=1))
        steps["until"] = kpi_service.deadlines(steps, rest)
        steps = steps[steps["until"].between(pd.Timestamp(first), pd.Timestamp(last))]
        return list(zip(steps["customer"], steps["done"] <= steps["until"]))

    @api.model
    def _saved_amounts(self, company, first, last):
        """Return rows (customer id, amount) of alerts closed as saved in these days, verified."""
        return self.env["retention.metrics"].sudo()._verified_amounts(company, first, last)

    @api.model
    def _acquisition_cost(self, company, period):
        """Return what winning the new customers of ``period`` cost; None: nobody knows. Hook."""
        return self._budget_spent(company, period, ["new"])

    @api.model
    def _keeping_cost(self, company, period):
        """Return what keeping customers cost besides procedures; None: nobody knows. Hook."""
        return self._budget_spent(company, period, ["keep", "back", "grow"])

    @api.model
    def _budget_spent(self, company, period, goals):
        amounts = self.env["retention.metrics"].sudo()._budget_amounts(company, goals)
        return budget.spent(amounts, period.first.date(), period.last.date())
