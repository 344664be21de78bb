"""How a signal stands on a fitted card: its scales of bands, and the points of those."""

from typing import NamedTuple

import numpy as np

from odoo import api, fields, models

from ..analytics import recency, risk_fit


class Weights(NamedTuple):
    """A fitted card as the engine uses it.

    ``tables``: {signal id: ((edges, points by band), …)}, one pair per scale of the signal; a
    signal that is not there has no part in the score; ``shares``: percent lost per level.
    """

    tables: dict
    shares: tuple

    def most(self, signal_id):
        return sum(int(points[-1]) for _edges, points in self.tables.get(signal_id, ()))


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    points_in_use = fields.Integer(
        "Points in Use",
        compute="_compute_points_in_use",
        help="By the company's fitted card, or else the maximum of the expert card.",
    )

    @api.depends("points", "company_id.retention_risk_card_id")
    def _compute_points_in_use(self):
        for company, signals in self.grouped("company_id").items():
            card = company.sudo().retention_risk_card_id
            weights = card._weights() if card else None
            for signal in signals:
                signal.points_in_use = weights.most(signal.id) if weights else signal.points

    # A type may bring ``_scales_<type>()`` and ``_values_<type>(measure, chunk)``.
    def _scales(self):
        """Return the ascending edges of each scale; a band holds the values above its edge."""
        return (self._thresholds() or (0.0,),)

    def _values(self, measure, chunk):
        """Return the customers' values on each scale, more is worse."""
        return (measure,)

    def _scales_recency(self):
        return recency.scales()

    def _values_recency(self, measure, chunk):
        known = chunk.snap.days_since(chunk.snap.customers["first_day"])
        return measure, recency.slowness(chunk.snap.purchase_days, known)

    def _own_scales(self):
        return getattr(self, f"_scales_{self.type}", self._scales)()

    def _own_values(self, measure, chunk):
        return getattr(self, f"_values_{self.type}", self._values)(measure, chunk)

    def _fitted_points(self, measure, chunk):
        """Return the points of the chunk's fitted card, by the bands it was learned with."""
        tables = chunk.weights.tables.get(self._origin.id, ())
        points = np.where(np.isnan(measure), np.nan, 0)
        if tables:
            values = self._own_values(measure, chunk)
            for value, (edges, table) in zip(values, tables, strict=True):
                points += risk_fit.points_of(table, risk_fit.bands_of(value, edges))
        return points

    def _points_after(self, chunk):
        """Return each customer's points of recency after a purchase today; None without it."""
        signal = self.filtered(lambda signal: signal.type == "recency")
        tables = chunk.weights.tables.get(signal._origin.id, ())
        if not tables:
            return None
        snap = chunk.snap
        known = snap.days_since(snap.customers["first_day"])
        values = (np.zeros(len(snap.index)), recency.slowness(snap.purchase_days + 1, known))
        return sum(
            risk_fit.points_of(table, risk_fit.bands_of(value, edges))
            for value, (edges, table) in zip(values, tables, strict=True)
        )
