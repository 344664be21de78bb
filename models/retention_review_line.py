from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..analytics.review import tone
from .kpi_definitions import NUMBER

# What a manager writes; the rest is figures.
WRITTEN = {"sentence", "sentence_text"}


class RetentionReviewLine(models.Model):
    """One key figure of a review, as it was when the review was generated."""

    _name = "retention.review.line"
    _description = "Figure of a Review"
    _order = "review_id, sequence, id"
    _rec_name = "code"
    _allow_sudo_commands = False

    review_id = fields.Many2one(
        "retention.review",
        "Retention Review",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    simple = fields.Boolean(readonly=True)
    value = fields.Float("Exact Value", readonly=True, aggregator=None)
    before = fields.Float("Exact Value Before", readonly=True, aggregator=None)
    year_before = fields.Float("Exact Value a Year Before", readonly=True, aggregator=None)
    numerator = fields.Float(readonly=True, aggregator=None)
    denominator = fields.Float(readonly=True, aggregator=None)
    # Which of the three are known: there may be nothing to divide by.
    known = fields.Json(readonly=True)
    sentence_text = fields.Char("Sentence Written")

    label = fields.Char("Figure", compute="_compute_texts")
    help_text = fields.Char("What It Says", compute="_compute_texts")
    value_text = fields.Char("This Period", compute="_compute_texts")
    before_text = fields.Char("Period Before", compute="_compute_texts")
    change_text = fields.Char("Changed By", compute="_compute_texts")
    year_text = fields.Char("Year Before", compute="_compute_texts")
    tone = fields.Char(compute="_compute_texts")
    sentence = fields.Char(compute="_compute_sentence", inverse="_inverse_sentence")

    _code_uniq = models.Constraint("UNIQUE (review_id, code)", "A review has each figure once.")

    def write(self, vals):
        if any(line.review_id.state == "done" for line in self):
            raise UserError(self.env._("A finished review stays as it is."))
        if vals.keys() - WRITTEN and not self.env.su:
            raise AccessError(self.env._("Figures come from the ledger."))
        return super().write(vals)

    def _get(self, name):
        """Return ``value``, ``before`` or ``year_before``; None where nothing is known."""
        return self[name] if name in (self.known or ()) else None

    @property
    def _change(self):
        value, before = self._get("value"), self._get("before")
        return None if value is None or before is None else value - before

    @api.depends("value", "before", "year_before", "known")
    @api.depends_context("lang")
    def _compute_texts(self):
        definitions = self.env["retention.kpi"]._kpi_definitions()
        for line in self:
            definition = definitions.get(line.code)  # None: of an addon that is gone
            unit = definition.unit if definition else NUMBER
            words = line.review_id
            line.label = definition.label if definition else line.code
            line.help_text = definition and definition.sentence
            line.value_text = words._format(line._get("value"), unit)
            line.before_text = words._format(line._get("before"), unit)
            line.year_text = words._format(line._get("year_before"), unit)
            line.change_text = words._change_text(line._get("value"), line._get("before"), unit)
            line.tone = tone(definition.good if definition else "up", line._change)

    @api.depends("sentence_text", "value", "before", "year_before", "known")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for line in self:
            line.sentence = line.sentence_text or line._said()

    def _inverse_sentence(self):
        for line in self:
            line.sentence_text = False if line.sentence == line._said() else line.sentence

    def _said(self):
        """Say how the figure changed."""
        self.ensure_one()
        value, before = self._get("value"), self._get("before")
        if value is None:
            return self.env._("There is no data for this in the period.")
        if before is None:
            said = self.env._("There is nothing to compare with in the period before.")
        elif self.value_text == self.before_text:
            said = self.env._("As in the period before.")
        elif value > before:
            said = self.env._(
                "Up from %(before)s (%(change)s).", before=self.before_text, change=self.change_text
            )
        else:
            said = self.env._(
                "Down from %(before)s (%(change)s).",
                before=self.before_text,
                change=self.change_text,
            )
        if self._get("year_before") is None:
            return said
        return self.env._("%(said)s A year before: %(year)s.", said=said, year=self.year_text)
