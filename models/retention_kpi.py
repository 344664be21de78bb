import pandas as pd

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics import kpi
from .kpi_definitions import KPIS, Source

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
            for code, item in KPIS.items()
        }

    @api.model
    def _figures(self, company, first, last, codes=None, by=None, ledger=None):
        """Return {code: Figure} of the months ``first`` to ``last``, as the caller may see them.

        :param first, last: first days of months
        :param codes: only these; None for all
        :param by: "segment", "tier", "user", "team_id", "stage" or "risk_level": then
            {id, selection key or None: {code: Figure}}; see :meth:`analytics.kpi.Period.groups`
        :param ledger: what :meth:`_ledger` returned for this or a later month, not to read it again
        :raises KeyError: for an unknown code, naming it
        """
        definitions = self._kpi_definitions()
        wanted = {code: definitions[code] for code in (codes or definitions)}
        if ledger is None:
            ledger = self._ledger(company, last)
        period = kpi.Period(ledger, first, last)
        groups = period.groups(by) if by else {None: period}
        whole, found = Source(self, company, period), {}
        for name, group in groups.items():
            source = whole.of(group)
            found[name] = {code: item.compute(source) for code, item in wanted.items()}
        return found if by else found[None]

    # ---------------------------------------------------------------- reading
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
            return SQL("%s::float8", field) if name in AMOUNTS else field

        names = (*KEYS, *DAYS, *FLAGS, *COUNTS, *AMOUNTS)
        found = self.env.execute_query(query.select(*(column(name) for name in names)))
        table = pd.DataFrame(found, columns=names).rename(columns=NAMES)
        for name in DAYS:
            table[name] = pd.to_datetime(table[name])
        kinds = dict.fromkeys(FLAGS, bool) | dict.fromkeys((*COUNTS, *AMOUNTS), "float64")
        return table.astype(kinds).astype({"purchase_days": int, "orders": int})

    @api.model
    def _first_purchases(self, company, as_of):
        """Return rows (customer id, first and second purchase day)."""
        return self.env["retention.metrics"].sudo()._first_two_purchases(company, as_of)

    @api.model
    def _solution_hours(self, company, first, last):
        """Return rows (customer id, hours) of requests solved from ``first`` to ``last``."""
        return self.env["retention.metrics"].sudo()._solution_hours(company, first, last)

    @api.model
    def _acquisition_cost(self, company, period):
        """Return what winning the new customers of ``period`` cost; None: nobody knows. Hook."""
        return
