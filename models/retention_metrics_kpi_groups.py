"""Key figures of groups of customers as SQL; see :mod:`.retention_metrics_kpi`."""

from odoo import api, models
from odoo.tools import SQL

from .retention_metrics_kpi import AMOUNTS, SETS


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _group_sums(self, span, by):
        """Return {id or value or None: {key of SETS: customers, key of AMOUNTS: their sum}}.

        Of all customers with a row in the span; each stands where
        :attr:`analytics.kpi.Period.placing` says.

        :param by: a column of the ledger
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s GROUP BY 1",
                self._rolled_place(by),
                self._figure_sums(),
                self._placed_rows(span),
            )
        )
        names = (*SETS, *AMOUNTS)
        return {place: dict(zip(names, values, strict=True)) for place, *values in rows}

    @api.model
    def _kept_and_won(self, span):
        """Return (customers kept, their revenue in the span, new customers, their revenue)."""
        conditions = SETS["kept"], SQL("who.is_new")
        values = [
            SQL("COUNT(*) FILTER (WHERE %s), SUM(who.revenue) FILTER (WHERE %s)", who, who)
            for who in conditions
        ]
        [found] = self.env.execute_query(
            SQL("SELECT %s FROM (%s) who", SQL(", ").join(values), self._figure_rows(span))
        )
        return found

    @api.model
    def _group_resolutions(self, span, by):
        """Return {id or value or None: (hours, number)} of requests solved in the span."""
        requests = self.sudo()._requests(span.company)
        if requests is None:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT placed.place, SUM(solved.hours), COUNT(*)
                   FROM (%(solved)s) solved
                   CROSS JOIN LATERAL (
                       SELECT %(place)s AS place FROM retention_ledger line
                       WHERE line.partner_id = solved.partner_id
                       AND line.company_id = %(company)s AND line.month <= %(last)s
                       ORDER BY line.month = %(before)s AND EXISTS (
                           SELECT FROM retention_ledger start
                           WHERE start.partner_id = line.partner_id AND start.active_start
                           AND start.company_id = %(company)s AND start.month = %(first)s) DESC,
                           line.month DESC
                       LIMIT 1) placed
                   GROUP BY 1""",
                solved=self._solved_in_span(span, requests),
                place=SQL.identifier("line", by),
                company=span.company.id,
                first=span.first,
                last=span.last,
                before=span.before,
            )
        )
        return {place: (hours, count) for place, hours, count in rows}
