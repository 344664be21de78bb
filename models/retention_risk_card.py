from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..analytics import logit
from .retention_signal_fit import Weights

MANAGER = "customer_retention.group_manager"
USABLE = ("draft", "superseded")
BETTER = 0.005  # AUC by which a card ranks clearly better
CLOSE = 5  # points of difference up to which a chance may be taken at its word


class RetentionRiskCard(models.Model):
    """Points per band, learned from who stopped buying; a person compares and switches.

    Written once by :meth:`_learn`; only the state changes after that.
    """

    _name = "retention.risk.card"
    _description = "Risk Card"
    _inherit = ["mail.thread"]
    _order = "learned_on desc, id desc"
    _rec_name = "learned_on"
    _allow_sudo_commands = False
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("draft", "Card to compare"),
            ("active", "Card in use"),
            ("refused", "Nothing learned"),
            ("superseded", "Card of the past"),
        ],
        required=True,
        readonly=True,
        default="draft",
    )
    learned_on = fields.Date(
        required=True, readonly=True, help="The day whose figures were the last it knew."
    )
    horizon_days = fields.Integer(
        "Window (days)",
        required=True,
        readonly=True,
        help="Who bought nothing for this long after the first day counts as leaving.",
    )
    window_from = fields.Date(
        readonly=True, help="Signals as of this day, purchases of the days after it."
    )
    customer_count = fields.Integer("Customers", readonly=True)
    lapsed_count = fields.Integer(
        "Bought Nothing", readonly=True, help="Customers who did not buy within the window."
    )
    bought_count = fields.Integer(
        "Bought Again", readonly=True, help="Customers who bought again within the window."
    )
    refusal = fields.Char("Technical Refusal", readonly=True)
    refusal_found = fields.Integer("Technical Found", readonly=True)
    refusal_needed = fields.Integer("Technical Needed", readonly=True)
    intercept = fields.Float("Technical Intercept", readonly=True)
    slope = fields.Float("Technical Slope", readonly=True)
    shares = fields.Json("Technical Shares", readonly=True)

    auc_fitted = fields.Float(
        "Ranking, Fitted Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="Chance that of two customers the one who left had the higher score; 0.5 is a coin.",
    )
    auc_expert = fields.Float(
        "Ranking, Expert Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="How well the expert card tells leavers from stayers: 0.5 is chance, 1 is perfect.",
    )
    brier_fitted = fields.Float(
        "Error, Fitted Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="Mean squared error of the chances (Brier score): lower is better.",
    )
    brier_expert = fields.Float(
        "Error, Expert Card",
        digits=(5, 3),
        readonly=True,
        aggregator=None,
        help="Mean squared error of the chances; the smaller, the better.",
    )

    line_ids = fields.One2many("retention.risk.card.line", "card_id", "Points", readonly=True)
    bin_ids = fields.One2many("retention.risk.card.bin", "card_id", "Calibration", readonly=True)
    decile_ids = fields.One2many(
        "retention.risk.card.bin",
        "card_id",
        "Tenths",
        domain=[("kind", "=", "decile")],
        readonly=True,
    )
    level_ids = fields.One2many(
        "retention.risk.card.bin",
        "card_id",
        "Happened per Level",
        domain=[("kind", "=", "level")],
        readonly=True,
    )
    move_ids = fields.One2many("retention.risk.card.move", "card_id", "Levels", readonly=True)
    plot = fields.Json("Calibration Plot", compute="_compute_plot")

    refusal_sentence = fields.Char("Why Not", compute="_compute_sentences")
    compare_sentence = fields.Char("What the Comparison Means", compute="_compute_sentences")
    points_sentence = fields.Char("What the Points Mean", compute="_compute_sentences")
    calibration_sentence = fields.Char("What the Chances Mean", compute="_compute_sentences")
    moves_sentence = fields.Char("What the Switch Would Change", compute="_compute_sentences")

    @api.depends("learned_on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for card in self:
            day = format_date(self.env, card.learned_on)
            card.display_name = self.env._("Card of %s", day) if card.learned_on else ""

    # ---------------------------------------------------------------- for the engine
    def _weights(self):
        """Return the Weights of this card."""
        self.ensure_one()
        scales = defaultdict(lambda: defaultdict(list))
        for line in self.sudo().line_ids.sorted(lambda line: (line.scale, line.band)):
            scales[line.signal_id.id][line.scale].append((line.low, line.points))
        tables = {
            signal: tuple(
                (tuple(low for low, _points in bands[1:]), tuple(p for _low, p in bands))
                for _scale, bands in sorted(found.items())
            )
            for signal, found in scales.items()
        }
        used = {signal: table for signal, table in tables.items() if any(p[-1] for _e, p in table)}
        return Weights(used, tuple(self.shares))

    def _chance(self, score):
        """Return the chance (0 to 1) that customers with these scores buy nothing."""
        return logit.probability(self.intercept + self.slope * score)

    # ---------------------------------------------------------------- switching
    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a retention manager switches the risk card."))

    def action_use(self):
        """Weigh the company's customers by this card from now on."""
        self.ensure_one()
        self._check_manager()
        card = self.sudo()
        if card.state not in USABLE:
            raise UserError(self.env._("Only a learned card that is not in use can be used."))
        before = card.company_id.retention_risk_card_id
        before.state = "superseded"
        card.state = "active"
        card.company_id.retention_risk_card_id = card
        card._note_switch(before.display_name or self.env._("the expert card"), card.display_name)
        return True

    def action_back_to_expert(self):
        """Weigh the company's customers by the expert card again."""
        self.ensure_one()
        self._check_manager()
        card = self.sudo()
        if card.state != "active":
            raise UserError(self.env._("This card is not in use."))
        card.company_id.retention_risk_card_id = False
        card.state = "superseded"
        card._note_switch(card.display_name, self.env._("the expert card"))
        return True

    def _note_switch(self, before, after):
        """Leave a trail of who switched, and have everybody computed again."""
        self.message_post(
            body=self.env._(
                "%(user)s switched %(company)s from %(before)s to %(after)s.",
                user=self.env.user.name,
                company=self.company_id.name,
                before=before,
                after=after,
            )
        )
        self.env["retention.run"]._request_rescore(self.company_id)

    # ---------------------------------------------------------------- words
    @api.depends_context("lang")
    @api.depends("state", "refusal", "line_ids", "bin_ids", "move_ids")
    def _compute_sentences(self):
        for card in self:
            refused = card.state == "refused"
            card.refusal_sentence = refused and card._refusal_words()
            card.compare_sentence = not refused and card._compare_words()
            card.points_sentence = not refused and card._points_words()
            card.calibration_sentence = not refused and card._calibration_words()
            card.moves_sentence = not refused and card._moves_words()

    def _refusal_words(self):
        if self.refusal == "short":
            return self.env._(
                "The purchases go back %(found)s days before the window closes; a card needs "
                "%(needed)s, or it takes a season for a habit. The expert card stays in use. "
                "Import older purchases, or wait.",
                found=self.refusal_found,
                needed=self.refusal_needed,
            )
        if self.refusal == "few":
            return self.env._(
                "Only %(found)s customers had the rarer outcome (%(lapsed)s bought nothing, "
                "%(bought)s bought again); a card needs %(needed)s of each. The expert card stays "
                "in use.",
                found=self.refusal_found,
                needed=self.refusal_needed,
                lapsed=self.lapsed_count,
                bought=self.bought_count,
            )
        return self.env._(
            "No signal told those who left from those who stayed. The expert card stays in use."
        )

    def _compare_words(self):
        figures = {"fitted": f"{self.auc_fitted:.3f}", "expert": f"{self.auc_expert:.3f}"}
        gain = self.auc_fitted - self.auc_expert
        if gain >= BETTER:
            return self.env._(
                "The fitted card ranks better (%(fitted)s against %(expert)s): with it, the same "
                "number of calls reaches more of those who are about to leave.",
                **figures,
            )
        if gain > -BETTER:
            return self.env._(
                "Both cards rank alike (%(fitted)s against %(expert)s): the calls stay the same, "
                "the fitted card adds what a score means in percent.",
                **figures,
            )
        return self.env._(
            "The fitted card ranks worse (%(fitted)s against %(expert)s): stay with the expert "
            "card.",
            **figures,
        )

    def _points_words(self):
        most = defaultdict(int)
        for line in self.line_ids:
            if line.is_last:
                most[line.signal_id] += line.points
        if not most:
            return False
        first = max(most, key=most.get)
        return self.env._(
            "%(signal)s tells most, with up to %(points)s of %(total)s points; look there first "
            "when you prepare a call. A signal with 0 points told nothing that the others did not.",
            signal=first.display_name,
            points=most[first],
            total=sum(most.values()),
        )

    def _calibration_words(self):
        found = self.bin_ids.filtered(lambda b: b.kind == "decile" and b.card == "fitted")
        worst = max((abs(b.predicted - b.observed) for b in found), default=0)
        figures = {
            "worst": f"{worst:.1f}",
            "share": f"{100 * self._chance(75):.0f}",
            "days": self.horizon_days,
        }
        if worst <= CLOSE:
            return self.env._(
                "Said and happened differ by %(worst)s points at most: of customers with score "
                "75, plan for %(share)s in 100 to buy nothing in the next %(days)s days.",
                **figures,
            )
        return self.env._(
            "Said and happened differ by up to %(worst)s points: use the score to choose whom to "
            "call, not to forecast sales.",
            **figures,
        )

    def _moves_words(self):
        moved = self.move_ids.filtered(lambda move: move.old_level != move.new_level)
        high = ("high", "critical")
        worse = moved.filtered(lambda m: m.new_level in high and m.old_level not in high)
        better = moved.filtered(lambda m: m.old_level in high and m.new_level not in high)
        return self.env._(
            "%(moved)s of %(all)s customers would be at another level: %(worse)s would newly be "
            "high or critical and may open alerts within days, %(better)s no longer would.",
            moved=sum(moved.mapped("customers")),
            all=sum(self.move_ids.mapped("customers")),
            worse=sum(worse.mapped("customers")),
            better=sum(better.mapped("customers")),
        )

    @api.depends("bin_ids")
    def _compute_plot(self):
        for card in self:
            card.plot = [
                {
                    "card": point.card,
                    "group": point.number,
                    "customers": point.customers,
                    "predicted": point.predicted,
                    "observed": point.observed,
                }
                for point in card.bin_ids
                if point.kind == "decile"
            ]
