"""What a review takes from ledger, procedures and alerts when it is generated."""

from odoo import api, models

from ..analytics.kpi import figure
from ..analytics.review import Measured, rank
from .review_part import bridge

TREND_MONTHS = 13
VALUES = ("value", "before", "year_before")


def plain(value):
    """Return a figure's value fit for JSON."""
    return None if value is None else float(value)


class RetentionReview(models.Model):
    _inherit = "retention.review"

    def _take(self, numbers):
        """Return all that is kept but for the lines, fit for JSON.

        ``bridge``: customers by name; ``trend``: [month, retention rate] of 13 months; ``up``,
        ``down``: what changed most, ``compared``: rates that could be; ``tables``: rows by part.
        """
        self.ensure_one()
        tables = {code: part.rows(numbers) for code, part in self._review_parts().items()}
        ranking = rank(self._measured(tables))
        return {
            "bridge": bridge(numbers.totals()),
            "trend": self._trend(numbers),
            "up": [item._asdict() for item in ranking.up],
            "down": [item._asdict() for item in ranking.down],
            "compared": ranking.compared,
            "tables": tables,
        }

    def _take_lines(self, numbers):
        """Have one line for each key figure; sentences that somebody wrote stay."""
        definitions = self.env["retention.kpi"]._kpi_definitions()
        spans = numbers.span, numbers.before, numbers.year
        found = numbers.figures(spans, list(definitions))
        lines, new = {line.code: line for line in self.all_line_ids}, []
        self.all_line_ids.filtered(lambda line: line.code not in definitions).unlink()
        for number, (code, definition) in enumerate(definitions.items()):
            figures = [figures[code] for figures in found]
            values = dict(zip(VALUES, (plain(item.value) for item in figures), strict=True))
            row = {
                "sequence": number,
                "simple": definition.simple,
                "known": [name for name, value in values.items() if value is not None],
                "numerator": plain(figures[0].numerator) or 0.0,
                "denominator": plain(figures[0].denominator) or 0.0,
                **{name: value or 0.0 for name, value in values.items()},
            }
            if code in lines:
                lines[code].write(row)
            else:
                new.append({"review_id": self.id, "code": code, **row})
        # Not by commands: those are done with the rights of who asked, who may create none.
        self.env["retention.review.line"].create(new)

    @api.model
    def _trend(self, numbers):
        last = numbers.span._replace(first=numbers.span.last)
        months = [last.back(back).first for back in reversed(range(TREND_MONTHS))]
        rows = numbers.env["retention.metrics"]._monthly_figures(
            numbers.months((months[0], last.last))
        )
        kept = {month: figure(part, whole).value for month, part, whole, *_others in rows}
        return [[str(month), kept.get(month)] for month in months]

    # ---------------------------------------------------------------- what changed
    @api.model
    def _measured(self, tables):
        """Return the rates whose changes are ranked, from the tables' rows.

        Hook: a bridge or another part calls super() and adds its own, rates of customers of which
        more is better; the sentence comes from ``_change_sentences()``.
        """
        found = []
        for axis in ("segment", "user"):
            # Nobody can act on customers of no segment or nobody.
            for row in (row for row in tables[axis] if row["key"] is not None):
                for code, base in (("retention", "start"), ("repeat", "buyers")):
                    then = f"{code}_before", f"{base}_before"
                    found.append(self._measure(row, axis, code, (code, base), then))
        for row in tables["sop"]:
            now, then = ("rate", "judged"), ("rate_before", "judged_before")
            found.append(self._measure(row, "sop", "sop_rate", now, then))
        return found

    @api.model
    def _measure(self, row, axis, code, now, then):
        (value, base), (before, base_before) = now, then
        return Measured(
            axis,
            row["key"],
            code,
            row[value],
            row[before],
            row[base] or 0,
            row[base_before] or 0,
        )
