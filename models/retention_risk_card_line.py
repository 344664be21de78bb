from odoo import api, fields, models

LEVELS = [("low", "Low"), ("watch", "Watch"), ("high", "High"), ("critical", "Critical")]


class RetentionRiskCardLine(models.Model):
    """One band of one signal's scale, and the points it earns."""

    _name = "retention.risk.card.line"
    _description = "Points of a Risk Card"
    _order = "card_id, sequence, scale, band"
    _rec_name = "label"
    _allow_sudo_commands = False

    card_id = fields.Many2one(
        "retention.risk.card", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    signal_id = fields.Many2one(
        "retention.signal", required=True, index=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    scale = fields.Integer("Technical Scale", readonly=True)
    band = fields.Integer("Technical Band", readonly=True)
    low = fields.Float("Technical From", readonly=True, help="Values above it are in the band.")
    high = fields.Float("Technical To", readonly=True, help="And up to it, but for the last band.")
    is_last = fields.Boolean("Technical Last", readonly=True)
    label = fields.Char("Band", compute="_compute_label")
    points = fields.Integer(
        "Fitted Points",
        readonly=True,
        aggregator="max",
        help="What the band adds to the risk score of the learned card.",
    )
    expert = fields.Char("Expert Points", readonly=True)
    customers = fields.Integer(readonly=True)
    lapsed = fields.Integer("Bought Nothing", readonly=True)
    lapsed_share = fields.Float(
        "Bought Nothing (%)",
        compute="_compute_lapsed_share",
        digits=(5, 1),
        aggregator=None,
        help="Of the customers in the band.",
    )

    @api.depends("customers", "lapsed")
    def _compute_lapsed_share(self):
        for line in self:
            line.lapsed_share = 100 * line.lapsed / line.customers if line.customers else 0

    @api.depends("signal_id", "scale", "band", "low", "high", "is_last")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            signal = line.signal_id
            word = getattr(signal, f"_band_label_{signal.type}", signal._band_label)
            line.label = word(line)


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    def _band_label(self, line):
        """Return what the band of a line holds. Hook: ``_band_label_<type>``."""
        if self.unit == "yes":
            return self.env._("yes") if line.is_last else self.env._("no")
        unit = dict(self._fields["unit"]._description_selection(self.env)).get(self.unit, "")
        return self._band_words(line, f"{line.low:g}", f"{line.high:g}", unit)

    def _band_words(self, line, low, high, unit):
        if not line.band:
            return self.env._("up to %(high)s %(unit)s", high=high, unit=unit)
        if line.is_last:
            return self.env._("above %(low)s %(unit)s", low=low, unit=unit)
        return self.env._("above %(low)s, up to %(high)s %(unit)s", low=low, high=high, unit=unit)

    def _band_label_recency(self, line):
        if not line.scale:
            return self._band_label(line)
        if line.is_last:
            return self.env._("never bought again")
        if not line.band:
            return self.env._("%s or more further purchase days a year", f"{-line.high:g}")
        return self.env._(
            "%(low)s or more, below %(high)s further purchase days a year",
            low=f"{-line.high:g}",
            high=f"{-line.low:g}",
        )


class RetentionRiskCardBin(models.Model):
    """What a card said of a tenth of the customers, or a level, and what happened."""

    _name = "retention.risk.card.bin"
    _description = "Calibration of a Risk Card"
    _order = "card_id, kind, card desc, number"
    _rec_name = "number"
    _allow_sudo_commands = False

    card_id = fields.Many2one(
        "retention.risk.card", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("decile", "Tenth of the customers"), ("level", "Everybody at a level")],
        required=True,
        readonly=True,
    )
    card = fields.Selection(
        [("fitted", "Fitted card"), ("expert", "Expert card")],
        "Which Card",
        required=True,
        readonly=True,
    )
    number = fields.Integer("Tenth", readonly=True, aggregator=None)
    level = fields.Selection(LEVELS, readonly=True)
    score_from = fields.Integer(
        readonly=True, aggregator=None, help="The lowest risk score in the group."
    )
    score_to = fields.Integer(
        readonly=True, aggregator=None, help="The highest risk score in the group."
    )
    customers = fields.Integer(readonly=True)
    lapsed = fields.Integer(
        "Bought Nothing", readonly=True, help="Customers who did not buy within the window."
    )
    predicted = fields.Float(
        "Said (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="The mean of the chances the card said.",
    )
    observed = fields.Float(
        "Happened (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of customers who did not buy within the window.",
    )
    difference = fields.Float(
        "Said Too Much (points)",
        digits=(5, 1),
        compute="_compute_difference",
        aggregator=None,
        help="Chance said less share that happened; below zero: too little was said.",
    )

    @api.depends("predicted", "observed")
    def _compute_difference(self):
        for point in self:
            point.difference = point.predicted - point.observed


class RetentionRiskCardMove(models.Model):
    """How many customers would go from one level to another on the day the card was learned."""

    _name = "retention.risk.card.move"
    _description = "Levels under Another Risk Card"
    _order = "card_id, id"
    _rec_name = "new_level"
    _allow_sudo_commands = False

    card_id = fields.Many2one(
        "retention.risk.card", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    old_level = fields.Selection(LEVELS, "Expert Card Says", required=True, readonly=True)
    new_level = fields.Selection(LEVELS, "Fitted Card Says", required=True, readonly=True)
    customers = fields.Integer(readonly=True)
    amount = fields.Monetary(
        "Yearly Amount", readonly=True, help="Of the 12 months before their last purchase."
    )

    def action_open_customers(self):
        """Open the customers who are at the one level now and would be at the other."""
        self.ensure_one()
        self.check_access("read")
        return self.card_id._open_movers(self.old_level, self.new_level)
