"""Learning a card: what was known one window ago, and who bought nothing since."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from odoo import api, models

from ..analytics import recency, risk, risk_calibration, risk_fit
from ..analytics.measures import share_to_points, stairs
from .batches import each_company


class Standing(NamedTuple):
    """Customers on one day, by the signals a card can learn from.

    ``signals``: of the scales; ``bands``: one column per scale; ``expert``: the score of the
    expert card; ``customers``: partner ids.
    """

    signals: object
    scales: tuple
    bands: np.ndarray
    expert: np.ndarray
    customers: np.ndarray


class RetentionRiskCard(models.Model):
    _inherit = "retention.risk.card"

    # ---------------------------------------------------------------- scheduled action, button
    @api.model
    def _cron_learn(self):
        """Learn a card of every company to compare with the one in use."""

        def learn(company):
            if last := self.env["retention.run"]._last_done(company):
                self._check_due(company, last.as_of)
                self._learn(company, last.as_of)

        each_company(self.env, learn, "The risk card")

    def action_learn(self):
        """Learn a card of the current company from what is known today."""
        self._check_manager()
        company = self.env.company._retention_company()
        last = self.env["retention.run"].sudo()._last_done(company)
        card = self._learn(company, last.as_of if last else company._retention_today())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": card.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ---------------------------------------------------------------- learning
    @api.model
    def _learn(self, company, as_of, horizon=None):
        """Learn a card from the window that ends on ``as_of``; no customer is touched.

        Cards that were not used yet make room for it. Doing it twice leaves an equal card.

        :param horizon: days of the window, None for the company's own
        :return: the card, to compare; or one that says why nothing was learned
        """
        cards = self.sudo().with_company(company)
        company = company.with_env(cards.env)
        horizon = horizon or company.sudo().retention_risk_horizon_days
        begin = as_of - timedelta(days=horizon)
        scope = cards.env["retention.metrics"]._scope(company, as_of)
        back, first_day = cards.env["retention.metrics"]._bought_after(scope, begin)
        past = cards._standing(company, begin)
        lapsed = ~np.isin(past.customers, back)
        no = risk_fit.refusal(first_day, as_of, horizon, lapsed)
        learned = not no and past.scales
        fitted = risk_fit.learn(past.bands, past.scales, lapsed) if learned else None
        if not fitted:
            no = no or risk_fit.Refusal("flat")
        values = {
            "company_id": company.id,
            "learned_on": as_of,
            "horizon_days": horizon,
            "window_from": begin,
            "customer_count": len(lapsed),
            "lapsed_count": int(lapsed.sum()),
            "bought_count": int((~lapsed).sum()),
        }
        cards._make_room(company, as_of)
        if no:
            refused = {"state": "refused", "refusal": no.code}
            figures = {"refusal_found": no.found, "refusal_needed": no.needed}
            return cards.create({**values, **refused, **figures}).with_env(self.env)
        figures, bins = cards._judged(past, lapsed)
        card = cards.create({**values, **figures})
        # Not by commands: those are done with the rights of who asked, who may create none.
        card.bin_ids.create([{"card_id": card.id, **row} for row in bins])
        card.write({"intercept": fitted.intercept, "slope": fitted.slope})
        card._write_lines(past, fitted, lapsed)
        card._write_moves(company, as_of)
        return card.with_env(self.env)

    @api.model
    def _make_room(self, company, as_of):
        """Put away cards that nobody used."""
        found = self.search(
            [("company_id", "=", company.id), ("state", "in", ("draft", "refused"))]
        )
        gone = found.filtered(lambda card: card.state == "refused" or card.learned_on == as_of)
        gone.unlink()
        (found - gone).write({"state": "superseded"})

    @api.model
    def _standing(self, company, day):
        """Return the Standing of all customers of ``company`` on ``day``."""
        signals = self.env["retention.signal"].sudo()._of_company(company)
        signals = signals.filtered(lambda signal: signal.replayable and signal.points > 0)
        scales = tuple(
            risk_fit.Scale(number, tuple(edges))
            for number, signal in enumerate(signals)
            for edges in signal._own_scales()
        )
        nobody = np.empty((0, len(scales)), dtype="int8"), *(np.empty(0, dtype="int64"),) * 2
        parts = [nobody]
        for profiles, chunk in self._chunks_on(company, day):
            card, measured = profiles._card(signals.with_env(profiles.env), chunk, self.browse())
            bands = [np.empty((len(measured), 0), dtype="int8")]
            for number, signal in enumerate(signals):
                values = signal._own_values(measured[:, number], chunk)
                bands += [
                    risk_fit.bands_of(values[place], edges)[:, None].astype("int8")
                    for place, edges in enumerate(signal._own_scales())
                ]
            expert = risk.score_card(card.points, card.maxima).score
            parts.append((np.hstack(bands), expert, chunk.snap.index.to_numpy()))
        bands, expert, customers = map(np.concatenate, zip(*parts, strict=True))
        return Standing(signals, scales, bands, expert, customers)

    # ---------------------------------------------------------------- what it is worth
    @api.model
    def _judged(self, past, lapsed):
        """Return (values, rows of bins): both cards against what became of customers not seen."""
        score, chance = risk_fit.judged_by_others(past.customers, past.bands, past.scales, lapsed)
        expert = risk_calibration.chance_by_others(past.customers, past.expert, lapsed)
        known = ~np.isnan(score) & ~np.isnan(expert)
        gone = lapsed[known]
        found = {
            "fitted": (score[known].astype("int64"), chance[known]),
            "expert": (past.expert[known], expert[known]),
        }
        values, bins = {}, []
        for card, (figure, said) in found.items():
            values[f"auc_{card}"] = risk_calibration.auc(figure, gone)
            values[f"brier_{card}"] = risk_calibration.brier(said, gone)
            bins += _decile_rows(card, risk_calibration.deciles(figure, said, gone))
            levels = risk_calibration.levels(figure, gone)
            bins += _level_rows(card, levels)
            if card == "fitted":
                values["shares"] = risk_calibration.stake_shares(
                    levels["customers"], levels["lapsed"]
                )
        return values, bins

    def _write_lines(self, past, fitted, lapsed):
        rows, place = [], {}
        for number, (scale, points) in enumerate(zip(fitted.scales, fitted.points, strict=True)):
            signal = past.signals[scale.signal]
            place[signal] = place.get(signal, -1) + 1
            band, size = past.bands[:, number], len(points)
            known = band >= 0
            customers = np.bincount(band[known], minlength=size)
            gone = np.bincount(band[known], weights=lapsed[known], minlength=size)
            expert = signal._expert_bands(place[signal], size)
            rows += [
                {
                    "card_id": self.id,
                    "signal_id": signal.id,
                    "sequence": scale.signal,
                    "scale": place[signal],
                    "band": k,
                    "low": scale.edges[k - 1] if k else 0,
                    "high": scale.edges[k] if k < len(scale.edges) else 0,
                    "is_last": k == len(scale.edges),
                    "points": int(points[k]),
                    "expert": expert[k],
                    "customers": int(customers[k]),
                    "lapsed": int(gone[k]),
                }
                for k in range(size)
            ]
        self.env["retention.risk.card.line"].create(rows)

    # ---------------------------------------------------------------- what it would change
    def _levels_on(self, company, day):
        """Return (Scores, level by the expert card, level by this card) on ``day``."""
        found = self._scores_on(company, day)
        return found, risk.plain_level(found.expert), risk.plain_level(found.fitted)

    def _write_moves(self, company, as_of):
        found, old, new = self._levels_on(company, as_of)
        pairs, place = np.unique(np.column_stack([old, new]), axis=0, return_inverse=True)
        place = place.reshape(-1)
        customers = np.bincount(place, minlength=len(pairs))
        amount = np.bincount(place, weights=found.cents, minlength=len(pairs))
        self.env["retention.risk.card.move"].create(
            [
                {
                    "card_id": self.id,
                    "old_level": risk.LEVELS[before],
                    "new_level": risk.LEVELS[after],
                    "customers": int(customers[k]),
                    "amount": amount[k] / 100,
                }
                for k, (before, after) in enumerate(pairs)
            ]
        )

    def _open_movers(self, old_level, new_level):
        """Return the action that lists who is between these levels on the day of the card."""
        company = self.company_id
        found, old, new = self.sudo()._levels_on(company, self.learned_on)
        wanted = (old == risk.LEVELS.index(old_level)) & (new == risk.LEVELS.index(new_level))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_retention_profile"
        )
        action["domain"] = [
            ("company_id", "=", company.id),
            ("partner_id", "in", found.customers[wanted].tolist()),
        ]
        action["context"] = {}
        return action


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    def _expert_bands(self, scale, size):
        """Return what the expert card gives for each band of a scale, as text."""
        if self.type == "recency":
            return recency.expert_bands() if not scale else [False] * size
        bands = np.arange(size)
        share = stairs(bands, tuple(range(size - 1))) if size > 1 else bands
        return [str(int(points)) for points in share_to_points(share, self.points)]


def _decile_rows(card, table):
    return [
        {
            "kind": "decile",
            "card": card,
            "number": int(row.Index) + 1,
            "score_from": int(row.score_from),
            "score_to": int(row.score_to),
            "customers": int(row.customers),
            "lapsed": int(row.lapsed),
            "predicted": 100 * row.predicted,
            "observed": 100 * row.observed,
        }
        for row in table.itertuples()
    ]


def _level_rows(card, table):
    return [
        {
            "kind": "level",
            "card": card,
            "number": number + 1,
            "level": risk.LEVELS[number],
            "customers": int(customers),
            "lapsed": int(lapsed),
            "observed": 100 * lapsed / customers if customers else 0,
        }
        for number, (customers, lapsed) in enumerate(table.itertuples(index=False))
    ]
