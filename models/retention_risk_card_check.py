"""Whether a card still holds: what it said on the day it was learned, and what came after."""

from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..analytics import risk_calibration

HELD = 10  # percent by which the number foreseen may be off before a new card is worth a look


class RetentionRiskCard(models.Model):
    _inherit = "retention.risk.card"

    checked_on = fields.Date(readonly=True, help="Last day of the window after it was learned.")
    checked_count = fields.Integer("Customers Checked", readonly=True)
    foreseen_count = fields.Integer(
        "Foreseen to Buy Nothing",
        readonly=True,
        help="Customers of whom the card expected that they would not buy.",
    )
    happened_count = fields.Integer(
        "Bought Nothing Since",
        readonly=True,
        help="Customers who did not buy after the card was learned.",
    )
    auc_since_fitted = fields.Float(
        "Ranking Since, Fitted Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="The same for what happened after the card was learned.",
    )
    auc_since_expert = fields.Float(
        "Ranking Since, Expert Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="The same for what happened after the card was learned.",
    )
    check_sentence = fields.Char("Whether It Held", compute="_compute_check_sentence")

    def action_check(self):
        """Hold the card against the window after the day it was learned."""
        self.ensure_one()
        self._check_manager()
        over = self.learned_on + timedelta(days=self.horizon_days)
        last = self.env["retention.run"].sudo()._last_done(self.company_id)
        if self.state == "refused" or not last or last.as_of < over:
            raise UserError(
                self.env._("Its window is over on %s only.", format_date(self.env, over))
            )
        self.sudo()._hold_against_outcome()
        return True

    @api.model
    def _check_due(self, company, as_of):
        """Hold the company's card in use against its window once that is over."""
        card = company.sudo().retention_risk_card_id
        if not card or card.checked_on:
            return
        if card.learned_on + timedelta(days=card.horizon_days) <= as_of:
            card._hold_against_outcome()

    def _hold_against_outcome(self):
        self.ensure_one()
        over = self.learned_on + timedelta(days=self.horizon_days)
        metrics, company = self.env["retention.metrics"], self.company_id
        back, _first = metrics._bought_after(metrics._scope(company, over), self.learned_on)
        customers, _cents, expert, fitted = self._scores_on(company, self.learned_on)
        lapsed = ~np.isin(customers, back)
        self.write(
            {
                "checked_on": over,
                "checked_count": len(lapsed),
                "foreseen_count": round(float(self._chance(fitted).sum())),
                "happened_count": int(lapsed.sum()),
                "auc_since_fitted": np.nan_to_num(risk_calibration.auc(fitted, lapsed)),
                "auc_since_expert": np.nan_to_num(risk_calibration.auc(expert, lapsed)),
            }
        )

    @api.depends("checked_on", "foreseen_count", "happened_count")
    @api.depends_context("lang")
    def _compute_check_sentence(self):
        for card in self:
            card.check_sentence = bool(card.checked_on) and card._check_words()

    def _check_words(self):
        figures = {
            "foreseen": self.foreseen_count,
            "happened": self.happened_count,
            "all": self.checked_count,
            "day": format_date(self.env, self.checked_on),
        }
        if abs(self.foreseen_count - self.happened_count) * 100 <= HELD * self.happened_count:
            return self.env._(
                "It held: up to %(day)s, %(foreseen)s of %(all)s customers were foreseen to buy "
                "nothing, and %(happened)s did. Keep it.",
                **figures,
            )
        return self.env._(
            "It no longer holds: up to %(day)s, %(foreseen)s of %(all)s customers were foreseen to "
            "buy nothing, but %(happened)s did. Compare the newest card before you rely on it.",
            **figures,
        )
