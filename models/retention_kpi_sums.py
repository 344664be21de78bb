"""Key figures of whole periods without reading the ledger's rows, where that is possible."""

import pandas as pd

from odoo import api, models

from ..analytics.kpi_sums import Outline, figures
from .retention_metrics_kpi_more import BEHIND


class RetentionKpi(models.AbstractModel):
    _inherit = "retention.kpi"

    @api.model
    def _spans_figures(self, spans, codes):
        """Return [{code: Figure}] of spans of a company, the first of which ends last.

        SQL adds up what it can, without the customers behind; see
        :meth:`retention.metrics._set_behind`. The ledger is read for what needs its rows only.
        """
        definitions = self._kpi_definitions()
        others = [code for code in codes if code not in BEHIND]
        deep = [code for code in others if definitions[code].rows]
        flat = [code for code in others if code not in deep]
        found = [{} for _span in spans]
        if len(others) < len(codes):
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
        customers = pd.DataFrame({"customer": [customer for customer, _at_end in rows]})
        return Outline(
            pd.Timestamp(span.first),
            pd.Timestamp(span.last),
            customers,
            frozenset(customer for customer, at_end in rows if at_end),
        )
