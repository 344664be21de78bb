"""Past days of everybody, read in ranges of customers so that memory does not grow with them."""

from typing import NamedTuple

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases, rfm, risk
from .retention_metrics_health import Reading


class Scores(NamedTuple):
    """Customers on a day: partner ids, net cents of their last year, score by either card."""

    customers: np.ndarray
    cents: np.ndarray
    expert: np.ndarray
    fitted: np.ndarray


class RetentionRiskCard(models.Model):
    _inherit = "retention.risk.card"

    @api.model
    def _chunks_on(self, company, day):
        """Yield (profiles, Chunk) of all customers as :meth:`_compute_as_of` sees them.

        What concerns the company as a whole is read once, in SQL.
        """
        profiles = self.env["retention.profile"].sudo().with_company(company)
        company, metrics = company.with_env(profiles.env), profiles.env["retention.metrics"]
        scope, config = metrics._scope(company, day), company._retention_config()
        days, talks, work = (
            SQL.identifier(f"retention_past_{name}") for name in ("days", "talks", "work")
        )
        metrics._create_days(scope, days, temporary=True)
        metrics._index_days(days)
        metrics._create_talks(scope, talks, temporary=True)
        metrics._work_create(work, scope, config, temporary=True, days=days)
        limits, _from_data = metrics._work_limits(
            work, scope, config, lambda: profiles._fallback_m(scope, config)
        )
        mapping = company._retention_scheme().sudo()._segment_map()
        reading = Reading(
            days,
            talks,
            metrics._company_gap(days, day, company._retention_closed()) or None,
            metrics._talks_are_known(company, day, talks, work),
        )
        cursor, size = 0, self.env["retention.run"]._chunk_size()
        while (upper := metrics._work_upper(work, cursor, size)[0]) is not None:
            facts = profiles._facts_table(metrics._work_rows(work, cursor, upper))
            cursor = upper
            if len(facts):
                table = profiles._as_columns(facts, rfm.score(facts, day, limits), mapping)
                table = table.join(profiles._tier_as_of(scope, table, days))
                yield profiles, profiles._past_chunk(scope, table, reading=reading)[0]
        metrics._tables_drop(days, talks, work)

    def _scores_on(self, company, day):
        """Return the Scores of all customers by the expert card and by this one."""
        parts, signals = [], None
        for profiles, chunk in self._chunks_on(company, day):
            if signals is None:
                signals = profiles.env["retention.signal"]._of_company(company)
                last = profiles.env["retention.run"]._last_done(company)
                if last and day < last.as_of:
                    signals = signals.filtered("replayable")
            scores = []
            for fitted in (self.browse(), self):
                card, _measured = profiles._card(signals, chunk, fitted)
                used = card.maxima > 0
                scores.append(risk.score_card(card.points[:, used], card.maxima[used]).score)
            snap = chunk.snap
            cents = risk.amount_before_last(
                snap.days.assign(cents=snap.days["amount"] * 100), snap.customers["last_day"]
            )
            parts.append((snap.index.to_numpy(), cents.to_numpy(), *scores))
        if not parts:
            return Scores(*(np.empty(0, dtype="int64") for _name in Scores._fields))
        return Scores(*map(np.concatenate, zip(*parts, strict=True)))


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _work_rows(self, table, after, upto):
        """Return rows (partner id, FACT_COLUMNS) of buyers with ``after < partner_id <= upto``."""
        columns = ("partner_id", *purchases.FACT_COLUMNS)
        return self.env.execute_query(
            SQL(
                """SELECT %s FROM %s WHERE partner_id > %s AND partner_id <= %s
                   AND purchase_days > 0 ORDER BY partner_id""",
                SQL(", ").join(map(SQL.identifier, columns)),
                table,
                after,
                upto,
            )
        )
