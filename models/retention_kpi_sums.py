"""Key figures of whole periods without reading the ledger's rows, where that is possible."""

import pandas as pd

from odoo import api, models

from ..analytics.kpi import figure
from ..analytics.kpi_sums import Outline, figures
from .retention_metrics_kpi import QUOTIENTS
from .retention_metrics_kpi_more import BEHIND

# What :meth:`retention.kpi._told` knows.
TOLD = (*QUOTIENTS, "resolution")


class RetentionKpi(models.AbstractModel):
    _inherit = "retention.kpi"

    @api.model
    def _spans_figures(self, spans, codes):
        """Return [{code: Figure}] of spans of a company, the first of which ends last.

        SQL adds up what it can, without the customers behind; see
        :meth:`retention.metrics._set_behind`. The ledger is read for what needs its rows only.
        """
        definitions = self._kpi_definitions()
        told = [code for code in codes if code in TOLD]
        others = [code for code in codes if code not in BEHIND and code not in TOLD]
        deep = [code for code in others if definitions[code].rows]
        flat = [code for code in others if code not in deep]
        found = [{} for _span in spans]
        if told:
            for known, totals in zip(found, self._totals(spans), strict=True):
                known |= {code: self._told(code, totals) for code in told}
        if len(told) + len(others) < len(codes):
            self._add_summed(spans, found)
        if deep:
            ledger = self._ledger(spans[0].company, spans[0].last)
        for span, known in zip(spans, found, strict=True):
            if flat:
                known |= self._figures_of(span.company, self._outline(span), flat)
            if deep:
                period = self._period(span.company, ledger, span.first, span.last, span.domain)
                known |= self._figures_of(span.company, period, deep)
        return found

    @api.model
    def _totals(self, spans):
        """Return what simple key figures are made of, for each span."""
        metrics = self.env["retention.metrics"]
        totals, solved = metrics._spans_totals(spans), metrics._resolutions(spans)
        return [
            {**found, "hours": hours, "solved": count}
            for found, (hours, count) in zip(totals, solved, strict=True)
        ]

    @api.model
    def _group_totals(self, span, by):
        """Return {id or None: what :meth:`_totals` does} of each group with rows in the span.

        :param by: a column of the ledger; customers stand where
            :attr:`analytics.kpi.Period.placing` says
        """
        metrics = self.env["retention.metrics"]
        solved = metrics._group_resolutions(span, by)
        return {
            place: {**totals, **dict(zip(("hours", "solved"), solved.get(place, (0.0, 0))))}
            for place, totals in metrics._group_sums(span, by).items()
        }

    @api.model
    def _told(self, code, totals):
        """Return the Figure of a simple key figure; None: totals do not tell it."""
        if code == "resolution":
            return figure(totals["hours"], totals["solved"])
        quotient = QUOTIENTS.get(code)
        return quotient and figure(totals[quotient.part], totals[quotient.whole])

    @api.model
    def _add_summed(self, spans, found):
        for span, sums, known in zip(
            spans, self.env["retention.metrics"]._spans_sums(spans), found, strict=True
        ):
            days = Outline(pd.Timestamp(span.first), pd.Timestamp(span.last), None, None)
            won = self._acquisition_cost(span.company, days) if sums["joined"] else None
            kept = self._keeping_cost(span.company, days) if sums["kept"] else None
            known |= figures(sums, span.months, won, kept)

    @api.model
    def _outline(self, span):
        """Return the :class:`analytics.kpi_sums.Outline` of the span's customers."""
        rows = self.env["retention.metrics"]._span_outline(span)
        return Outline(
            pd.Timestamp(span.first),
            pd.Timestamp(span.last),
            rows[["customer"]],
            frozenset(rows.loc[rows["at_end"] > 0, "customer"]),
        )
