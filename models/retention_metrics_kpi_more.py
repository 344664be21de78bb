"""The other key figures of the ledger as SQL: added up for each customer, then over all.

Memory does not grow with the ledger: one row of sums comes back. See :mod:`analytics.kpi_sums`.
"""

from odoo import api, models
from odoo.tools import SQL

from ..analytics.kpi_sales import AT_RISK
from .retention_metrics_kpi import MONTH

# What is added up for each customer over the rows of the period.
ADDED = (
    "purchase_days",
    "orders",
    "revenue",
    "csat_satisfied",
    "csat_answers",
    "alerts_saved",
    "alerts_gone",
    "referrals",
    "sop_cost",
)
# Columns of the ledger that are read.
NAMES = ("cohort", "active_end", "is_new", "is_reactivated", "margin", "risk_level", *ADDED)
# Sets of customers, as conditions on what is known of each.
WHO = {
    "start": SQL("who.at_start"),
    "end": SQL("who.at_end"),
    "kept": SQL("who.at_start AND who.at_end"),
    "lost": SQL("who.at_start AND NOT who.at_end"),
    "joined": SQL("who.is_new"),
    "new": SQL("who.at_end AND NOT who.at_start AND who.is_new"),
    "back": SQL("who.at_end AND NOT who.at_start AND NOT who.is_new AND who.is_back"),
    "lapsed": SQL("who.had_bought AND NOT who.at_start"),
    "lapsed_back": SQL("who.had_bought AND NOT who.at_start AND who.is_back"),
    "active": SQL("who.was_active"),
    "buyers": SQL("who.purchase_days > 0"),
    "returning": SQL("who.came_again OR who.purchase_days >= 2"),
    "referring": SQL("who.referrals > 0 AND who.was_active"),
    "life": SQL("who.life"),
}
FURTHER = {
    "not_new": SQL("who.at_end AND NOT (NOT who.at_start AND who.is_new)"),
    "had_revenue": SQL("who.year_before > 0"),
    "has_revenue": SQL("who.year_before > 0 AND who.year_revenue > 0"),
    "satisfied": SQL("who.csat_satisfied > 0"),
    "answered": SQL("who.csat_answers > 0"),
    "saved": SQL("who.alerts_saved > 0"),
    "rescued": SQL("who.alerts_saved > 0 OR who.alerts_gone > 0"),
    "at_risk": SQL("who.at_risk"),
    "nobody": SQL("FALSE"),
}
# Who is behind the numerator and the denominator of each figure of analytics.kpi_sums.
BEHIND = {
    "classic_retention": ("not_new", "start"),
    "reactivation": ("lapsed_back", "lapsed"),
    "returning": ("returning", "buyers"),
    "revenue_per_customer": ("buyers", "buyers"),
    "frequency": ("buyers", "buyers"),
    "nrr": ("has_revenue", "had_revenue"),
    "grr": ("has_revenue", "had_revenue"),
    "clv_historical": ("life", "life"),
    "clv_predictive": ("buyers", "buyers"),
    "csat": ("satisfied", "answered"),
    "save_rate": ("saved", "rescued"),
    "referral_rate": ("referring", "active"),
    "retention_cost": ("kept", "kept"),
    "acquisition_cost": ("joined", "joined"),
    "cost_ratio": ("kept", "joined"),
    "customers": ("end", "nobody"),
    "lost": ("lost", "nobody"),
    "new": ("new", "nobody"),
    "back": ("back", "nobody"),
    "value_at_risk": ("at_risk", "nobody"),
}
TOTALS = {
    **{name: SQL("COUNT(*) FILTER (WHERE %s)", condition) for name, condition in WHO.items()},
    **{
        name: SQL("SUM(%s)", SQL.identifier("who", name))
        for name in (
            *(name for name in ADDED if name != "referrals"),
            *("starts", "leaves", "referrals_known", "costs_known", "risk_known"),
            *(
                f"{when}_{what}"
                for when in ("period", "year", "life")
                for what in ("revenue", "margin", "bought", "known")
            ),
        )
    },
    "risk_revenue": SQL("SUM(who.year_revenue) FILTER (WHERE who.at_risk)"),
    "risk_margin": SQL("SUM(who.year_margin) FILTER (WHERE who.at_risk)"),
    "year_before": SQL("SUM(who.year_before) FILTER (WHERE who.year_before > 0)"),
    "year_after": SQL("SUM(who.year_revenue) FILTER (WHERE who.year_before > 0)"),
    "year_kept": SQL(
        """SUM(LEAST(GREATEST(who.year_revenue, 0), who.year_before))
           FILTER (WHERE who.year_before > 0 AND who.year_revenue IS NOT NULL)"""
    ),
}


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _spans_sums(self, spans):
        """Return the sums that :func:`analytics.kpi_sums.figures` wants, of each span."""
        values = [
            SQL("COALESCE(%s, 0)::float8 AS %s", value, SQL.identifier(name))
            for name, value in TOTALS.items()
        ]
        parts = [
            SQL(
                "SELECT %s AS place, %s FROM (%s) who",
                place,
                SQL(", ").join(values),
                self._wide_rows(span),
            )
            for place, span in enumerate(spans)
        ]
        rows = self.env.execute_query(SQL("%s ORDER BY place", SQL(" UNION ALL ").join(parts)))
        return [dict(zip(TOTALS, row[1:], strict=True)) for row in rows]

    @api.model
    def _set_behind(self, span, code, number):
        """Return SQL of the ids of who is behind the numerator (0) or denominator (1)."""
        condition = (WHO | FURTHER)[BEHIND[code][number]]
        rows = self._wide_rows(span)
        return SQL("SELECT partner_id FROM (%s) who WHERE %s", rows, condition)

    @api.model
    def _span_outline(self, span):
        """Return a DataFrame ``customer at_end`` of all whom the span means."""
        at_end = SQL(
            "COALESCE(BOOL_OR(line.active_end AND line.month = %s), FALSE)::int",
            span.last,
        )
        rows = self._span_customers(span, None, ("active_end",), {"at_end": at_end})
        return self._table_of(rows, {"customer": "int64", "at_end": "uint8"})

    # ---------------------------------------------------------------- of each customer
    @api.model
    def _wide_rows(self, span):
        """Return SQL of a row per customer whom the span means, with all that TOTALS reads."""
        values = {
            **self._wide_flags(span),
            **self._wide_added(span),
            **self._wide_worth("period", SQL("line.month >= %s", span.first)),
            **self._wide_worth("year", SQL("line.month > %s", span.last - 12 * MONTH)),
            **self._wide_worth("life", SQL("line.cohort IS NOT NULL")),
        }
        return self._span_customers(span, None, NAMES, values)

    @api.model
    def _wide_flags(self, span):
        last = SQL("line.month = %s AND line.active_end", span.last)
        inside = SQL("line.month >= %s", span.first)
        conditions = {
            "at_start": SQL("line.active_start AND line.month = %s", span.first),
            "at_end": last,
            "is_new": SQL("line.is_new AND %s", inside),
            "is_back": SQL("line.is_reactivated AND %s", inside),
            "was_active": SQL(
                """%s AND (line.active_start OR line.active_end
                           OR line.is_new OR line.is_reactivated)""",
                inside,
            ),
            "had_bought": SQL("line.cohort < %s", span.first),
            "came_again": SQL(
                "%s AND line.purchase_days > 0 AND line.cohort < %s", inside, span.first
            ),
            "life": SQL("line.cohort IS NOT NULL"),
            "at_risk": SQL("%s AND line.risk_level = ANY(%s)", last, list(AT_RISK)),
        }
        return {
            name: SQL("COALESCE(BOOL_OR(%s), FALSE)", condition)
            for name, condition in conditions.items()
        }

    @api.model
    def _wide_added(self, span):
        inside = SQL("line.month >= %s", span.first)
        year, two = span.last - 12 * MONTH, span.last - 24 * MONTH
        added = {
            name: SQL("SUM(%s) FILTER (WHERE %s)", SQL.identifier("line", name), inside)
            for name in ADDED
        }
        return added | {
            "starts": SQL("COUNT(*) FILTER (WHERE %s AND line.active_start)", inside),
            "leaves": SQL(
                """COUNT(*) FILTER (WHERE %s AND line.active_start
                                    AND line.active_end IS NOT TRUE)""",
                inside,
            ),
            "referrals_known": SQL("COUNT(line.referrals) FILTER (WHERE %s)", inside),
            "costs_known": SQL("COUNT(line.sop_cost) FILTER (WHERE %s)", inside),
            "risk_known": SQL(
                "COUNT(line.risk_level) FILTER (WHERE line.month = %s AND line.active_end)",
                span.last,
            ),
            "year_before": SQL(
                "SUM(line.revenue) FILTER (WHERE line.month > %s AND line.month <= %s)", two, year
            ),
        }

    @api.model
    def _wide_worth(self, when, condition):
        """Return revenue and margin of rows, how many have orders, and a margin of these."""
        bought = SQL("%s AND line.orders > 0", condition)
        return {
            f"{when}_revenue": SQL("SUM(line.revenue) FILTER (WHERE %s)", condition),
            f"{when}_margin": SQL("SUM(line.margin) FILTER (WHERE %s)", condition),
            f"{when}_bought": SQL("COUNT(*) FILTER (WHERE %s)", bought),
            f"{when}_known": SQL("COUNT(line.margin) FILTER (WHERE %s)", bought),
        }
