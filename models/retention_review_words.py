"""What a review says, in the reader's language: values, sentences, tables."""

from babel.dates import format_skeleton
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_date, formatLang
from odoo.tools.misc import get_lang

from ..analytics.review import MINIMUM
from .amounts import ten_thousands, with_symbol
from .kpi_definitions import HOURS, MONEY, NUMBER, POINTS, SHARE
from .review_part import COUNT, DAY, DELTA, MONTH, NAME, WORD

NOTHING = "–"
LARGE = 1000  # amounts from here on are shown without cents


class RetentionReview(models.Model):
    _inherit = "retention.review"

    # ---------------------------------------------------------------- values
    def _format(self, value, unit, digits=1):
        """Return a value of a unit of ``review_part.UNITS`` as the reader writes it."""
        if value is None or value is False:
            return NOTHING
        if unit == SHARE:
            return f"{self._number(100 * value, digits)}%"
        if unit == MONEY:
            return self._money(value)
        if unit == HOURS:
            return self.env._("%s h", self._number(value, 1))
        if unit == DELTA:
            return self._signed(value)
        if unit == NAME:
            return value.get(self.env.lang) or value.get("en_US") or NOTHING
        if unit == WORD:
            return self._review_words().get(value, value)
        if unit == MONTH:
            return self._month_text(fields.Date.to_date(value))
        if unit == DAY:
            return format_date(self.env, value)
        return self._number(value, {COUNT: 0, POINTS: 1, NUMBER: self._digits(value)}[unit])

    @api.model
    def _digits(self, value):
        """Return the digits of a number that may be a count or a mean."""
        return 0 if float(value).is_integer() else 2

    def _number(self, value, digits):
        return formatLang(self.env, value, digits=digits).replace("-", "−")

    def _signed(self, value, digits=1):
        text = self._number(value, digits)
        return text if round(value, digits) <= 0 else f"+{text}"

    def _money(self, value):
        """Return an amount without cents where it is large; in Chinese by ten thousands."""
        short, unit = ten_thousands(self.env, value)
        digits = 0 if not unit and abs(value) >= LARGE else 2
        return with_symbol(f"{self._number(short, digits)}{unit}", self.currency_id)

    def _change_text(self, value, before, unit):
        """Return by how much a figure changed: points of rates, percents of amounts."""
        if value is None or before is None:
            return ""
        change = value - before
        if unit == SHARE:
            return self.env._("%s points", self._signed(100 * change))
        if unit == POINTS:
            return self.env._("%s points", self._signed(change))
        if unit == HOURS:
            return self.env._("%s h", self._signed(change))
        if unit == MONEY and before > 0:
            return f"{self._signed(100 * change / before)}%"
        return self._signed(change, self._digits(change))

    def _dates(self, skeleton, day):
        lang = get_lang(self.env).code
        return format_skeleton(skeleton, day, locale=babel_locale_parse(lang))

    def _month_text(self, month, skeleton="yMMM"):
        return self._dates(skeleton, month)

    def _period_text(self, span=None):
        """Return such as "October 2026" or "3rd quarter 2026"."""
        first, last = span or self._span()
        return self._dates("yMMMM" if first == last else "yQQQQ", first)

    def _row_name(self, row):
        """Return the name of a table's row; those without one are customers of nobody.

        A language that came later has the name of today, if it is still the same one.
        """
        names, lang = row.get("name"), self.env.lang
        if not names:
            return self.env._("Nobody, or not recorded")
        if lang in names or not row.get("model"):
            return self._format(names, NAME)
        record = self.env[row["model"]].sudo().browse(row["key"]).exists()
        same = record and record.with_context(lang="en_US").name == names["en_US"]
        return record.with_context(lang=lang).name if same else self._format(names, NAME)

    def _review_words(self):
        """Return {code: text} of values that are words. Hook for further parts."""
        outcomes = self.env["retention.alert"]._fields["outcome"]
        verdicts = self.env["retention.sop.verdict"]._fields["code"]
        return {
            **dict(verdicts._description_selection(self.env)),
            "opened": self.env._("Alerts Opened"),
            "contacted": self.env._("Of These, Customer Contacted"),
            **dict(outcomes._description_selection(self.env)),
        }

    # ---------------------------------------------------------------- what changed most
    @api.depends("summary_text", "figures", "company_id", "first")
    @api.depends_context("lang")
    def _compute_summary(self):
        for review in self:
            review.summary = review.summary_text or review._said()

    def _inverse_summary(self):
        for review in self:
            review.summary_text = review.summary

    def _said(self):
        """Return the sentences about what changed most, or why there are none."""
        self.ensure_one()
        if not self.figures:
            return False
        titles = {"up": self.env._("What got better"), "down": self.env._("What got worse")}
        parts = []
        for direction, title in titles.items():
            sentences = [self._sentence(change) for change in self.figures[direction]]
            if sentences:
                rows = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
                parts.append(Markup("<h3>%s</h3><ul>%s</ul>") % (title, rows))
        return Markup().join(parts) or Markup("<p>%s</p>") % self._why_nothing()

    def _why_nothing(self):
        if self.figures["compared"]:
            return self.env._("No group changed by as much as one customer.")
        return self.env._(
            "No group is large enough to tell a change from chance: it takes %s customers in "
            "this period and in the one before.",
            MINIMUM,
        )

    def _sentence(self, change):
        axis, key, code = change["axis"], change["key"], change["code"]
        rows = self.figures["tables"][axis]
        row = next(row for row in rows if row["key"] == key)
        value, before = change["value"], change["before"]
        better, worse = self._change_sentences()[code]
        return (better if value > before else worse) % {
            "who": self._whose(axis, row),
            "rate": self._format(value, SHARE),
            "base": self._format(change["base"], COUNT),
            "points": self._number(abs(100 * (value - before)), 1),
            "count": self._number(abs(value - before) * change["base"], 0),
        }

    def _whose(self, axis, row):
        if axis != "user":
            return self._row_name(row)
        return self.env._("Customers of %s", self._row_name(row))

    def _change_sentences(self):
        """Return {code of a rate: (sentence when it rose, when it fell)}. Hook."""
        return {
            "retention": (
                self.env._(
                    "%(who)s: %(rate)s of %(base)s customers stayed, %(points)s points more than "
                    "in the period before; in customers about %(count)s more."
                ),
                self.env._(
                    "%(who)s: %(rate)s of %(base)s customers stayed, %(points)s points less than "
                    "in the period before; in customers about %(count)s fewer."
                ),
            ),
            "repeat": (
                self.env._(
                    "%(who)s: %(rate)s of %(base)s buyers bought more than once, %(points)s "
                    "points more than in the period before; in customers about %(count)s more."
                ),
                self.env._(
                    "%(who)s: %(rate)s of %(base)s buyers bought more than once, %(points)s "
                    "points less than in the period before; in customers about %(count)s fewer."
                ),
            ),
            "sop_rate": (
                self.env._(
                    "%(who)s: %(rate)s of %(base)s customers bought within the window, %(points)s "
                    "points more than in the period before; in customers about %(count)s more."
                ),
                self.env._(
                    "%(who)s: %(rate)s of %(base)s customers bought within the window, %(points)s "
                    "points less than in the period before; in customers about %(count)s fewer."
                ),
            ),
        }
