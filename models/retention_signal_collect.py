"""What each signal of the addon measures. Bridges add methods of the same kind."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from odoo import api, models

from ..analytics import measures, recency, risk, stage
from ..analytics.closures import DAY, to_days
from ..analytics.snapshot import Snapshot

RECENT_DAYS = 180  # how far back refusals and words of leaving count
ATTEMPT_DAYS = 90  # and unanswered attempts


@dataclass(frozen=True, eq=False)
class Chunk:
    """The customers that are being judged.

    ``scope``: see retention.metrics, its ``partners`` are these customers; ``snap``: what is
    known of them on ``scope.as_of``; ``reading``: see retention_metrics_health; ``weights``:
    of the fitted card (see retention_risk_card), None for the expert card.
    """

    scope: object
    snap: Snapshot
    reading: object
    weights: object = None
    kept: dict = field(default_factory=dict, repr=False)

    def once(self, name, read):
        """Return what ``read()`` returned when first asked: for signals that share a query."""
        if name not in self.kept:
            self.kept[name] = read()
        return self.kept[name]

    def filled(self, rows, missing=0.0):
        """Return a measure per customer from rows (customer, measure)."""
        found = pd.Series(dict(rows), dtype="float64")
        return found.reindex(self.snap.index).fillna(missing).to_numpy()

    def counted_after(self, rows, column):
        """Return how many of the rows (customer, date) are later than the customer's day.

        :param column: column of ``snap.customers``; customers without a day there count all
        """
        place = self.snap.index.get_indexer([customer for customer, _day in rows])
        day = np.array([day for _customer, day in rows], dtype=DAY)[place >= 0]
        place = place[place >= 0]
        since = to_days(self.snap.customers[column])[place]
        later = np.isnat(since) | (day > since)
        return np.bincount(place[later], minlength=len(self.snap.index)).astype("float64")

    def on_days(self, rows):
        """Return a day per customer from rows (customer, date), NaT for the others."""
        found = pd.Series(dict(rows), dtype="object").reindex(self.snap.index)
        return to_days(found.where(found.notna(), None))


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    def _measured(self, chunk):
        """Return a measure per customer, NaN for no data; None when the company has none.

        ``_collect_<type>(chunk)`` returns ``{customer: measure}`` (others: no data), an array
        in the order of the customers, or None when the company has no such data at all.
        """
        self.ensure_one()
        self._type(self.type)  # says clearly what nobody measures
        found = getattr(self, f"_collect_{self.type}")(chunk)
        if found is None or isinstance(found, np.ndarray):
            return found
        return chunk.filled(found, np.nan)

    def _weigh(self, chunk):
        """Return (points with NaN for no data, fires, measure), one per customer each."""
        found, size = self._measured(chunk), len(chunk.snap.index)
        if found is None:
            return np.full(size, np.nan), np.zeros(size, dtype=bool), np.full(size, np.nan)
        points = self._points(found, chunk)
        fires = np.zeros(size, dtype=bool)
        if self.opens_alert:
            fires = getattr(self, f"_fires_{self.type}", self._fires)(found, chunk)
            if self.only_high_value:
                fires = fires & (self._high_value(chunk) | self._tier_asks(chunk))
        return points, fires, found

    def _points(self, measure, chunk):
        """Return whole points by the card in use, NaN for no data."""
        if chunk.weights:
            return self._fitted_points(measure, chunk)
        share = getattr(self, f"_share_{self.type}", self._share)(measure, chunk)
        return measures.share_to_points(share, self.points)

    def _share(self, measure, chunk):
        return measures.stairs(measure, self._thresholds())

    def _fires(self, measure, chunk):
        return np.nan_to_num(measure) > self._alert_days(self.alert_from, chunk)

    @api.model
    def _high_value(self, chunk):
        """Say who is a high-value customer: a core customer, or of a high tier. Hook."""
        core = chunk.snap.customers["is_core"].to_numpy(dtype=bool)
        tiers = self.env["retention.tier"].sudo()
        high = tiers.search(
            [("company_id", "=", chunk.scope.company.id), ("is_high_value", "=", True)]
        )
        return core | chunk.snap.customers["tier"].isin(high.ids).to_numpy()

    # ---------------------------------------------------------------- purchases
    def _collect_recency(self, chunk):
        return chunk.snap.open_gap.astype("float64")

    def _share_recency(self, measure, chunk):
        return recency.recency_points(measure, chunk.snap.purchase_days) / recency.MAXIMUM

    def _collect_core_silent(self, chunk):
        return chunk.snap.open_gap.astype("float64")

    def _fires_core_silent(self, measure, chunk):
        gaps = self.company_id.sudo().retention_silent_gaps
        days = self._alert_days(self.threshold_1, chunk)
        return measure > stage.limit(days, gaps, chunk.snap.own_gap)

    # ---------------------------------------------------------------- rhythm and trend
    def _collect_overdue(self, chunk):
        return measures.times_late(chunk.snap.open_gap, chunk.snap.expected_gap)

    def _collect_lengthening(self, chunk):
        return measures.lengthening_share(chunk.snap.gaps, chunk.snap.index)

    def _collect_frequency_drop(self, chunk):
        return chunk.snap.drop("days")

    def _collect_spend_drop(self, chunk):
        return chunk.snap.drop("cents")

    def _collect_value_drop(self, chunk):
        return chunk.snap.value_drop

    def _collect_falling(self, chunk):
        snap = chunk.snap
        months = self.company_id.sudo().retention_window_months
        count, known = measures.falling_month_ends(snap.days, snap.index, snap.as_of, months)
        # To fall once more than the threshold takes that many month ends, and one before them.
        return np.where(known > self.threshold_1 + 1, count, np.nan)

    # ---------------------------------------------------------------- contact
    def _collect_no_contact(self, chunk):
        if not chunk.reading.talks_known:
            return None
        customers = chunk.snap.customers
        # Never talked to: silent since the first purchase.
        return chunk.snap.days_since(
            np.fmax(to_days(customers["last_talk"]), to_days(customers["first_day"]))
        )

    def _collect_untouched(self, chunk):
        customers = chunk.snap.customers
        touched = np.fmax(to_days(customers["last_contact"]), to_days(customers["last_day"]))
        return chunk.snap.days_since(touched)

    def _collect_no_answer(self, chunk):
        if not chunk.reading.talks_known:
            return None
        rows = self.env["retention.metrics"]._unanswered(chunk.scope, ATTEMPT_DAYS)
        return chunk.counted_after(rows, "last_talk")

    def _collect_quiet_login(self, chunk):
        rows = self.env["retention.metrics"]._last_logins(chunk.scope)
        return chunk.snap.days_since(chunk.on_days(rows))

    def _collect_contact_gone(self, chunk):
        return chunk.filled(self.env["retention.metrics"]._contacts_gone(chunk.scope))

    # ---------------------------------------------------------------- quotations, invoices, voice
    def _collect_lost_quotation(self, chunk):
        rows = self.env["retention.metrics"]._lost_quotations(chunk.scope, RECENT_DAYS)
        return chunk.counted_after(rows, "last_day")

    def _collect_overdue_invoice(self, chunk):
        metrics = self.env["retention.metrics"]
        if not metrics._invoices_exist(chunk.scope):
            return None
        return chunk.filled(metrics._overdue_invoices(chunk.scope))

    def _collect_leave_intent(self, chunk):
        rows = self.env["retention.metrics"]._leaving_talks(chunk.scope, RECENT_DAYS)
        said, last = chunk.on_days(rows), to_days(chunk.snap.customers["last_day"])
        # Whoever bought after saying so has stayed.
        return (~np.isnat(said) & ~(last > said)).astype("float64")

    # ---------------------------------------------------------------- the card
    def _card_columns(self):
        """Return the positions of the signals a purchase would change at once."""
        codes = [signal.type for signal in self]
        return {
            name: codes.index(name) if name in codes else -1
            for name in (risk.RECENCY, risk.OVERDUE)
        }
