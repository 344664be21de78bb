"""A review on paper, on the screen and as a workbook: the same figures three times."""

from odoo import api, fields, models

from ..analytics import charts
from ..analytics.workbook import Sheet, make_workbook
from .kpi_definitions import NUMBER, SHARE
from .review_part import COUNT, DAY, MONTH, NAME, WORD

TEXTS = (NAME, WORD, MONTH, DAY)
ADVANCED = "customer_retention.group_advanced"


class RetentionReview(models.Model):
    _inherit = "retention.review"

    @api.depends("figures", "company_id", "first")
    @api.depends_context("lang", "uid")
    def _compute_shown(self):
        for review in self:
            review.notice = review._notice()
            review.charts = review.details = False
            if review.figures:
                page = review._page()
                render = self.env["ir.qweb"]._render
                review.charts = render("customer_retention.review_charts", {"page": page})
                review.details = render("customer_retention.review_details", {"page": page})

    def _notice(self):
        """Say what keeps this review from saying much, if anything does."""
        self.ensure_one()
        if not self.figures:
            return False
        bridge = self.figures["bridge"]
        if not any(bridge.values()):
            return self.env._("There were no customers in this period, so there is nothing to say.")
        if not bridge["start"]:
            return self.env._(
                "There were no customers before this period, so rates begin with the next review."
            )
        return False

    # ---------------------------------------------------------------- the page
    def _page(self):
        """Return all that is printed, as texts in the reader's language."""
        self.ensure_one()
        span = self._span()
        known = {line.code: line for line in self.all_line_ids}
        return {
            "title": self.env._("Retention Review"),
            "period": self._period_text(),
            "before": self._period_text(span.back(span.months)),
            "company": self.company_id.name,
            "person": self.user_id.sudo().name or "",
            "day": self._day_text(self.generated_at),
            "draft": self.env._("Draft, figures and text may still change")
            if self.state == "draft"
            else "",
            "notice": self._notice() or "",
            "cards": [self._card(line) for line in known.values() if line.simple],
            "bridge": charts.data_uri(self._bridge_chart()),
            "trend": charts.data_uri(self._trend_chart()),
            "summary": self.summary or "",
            "decisions": self._shown_decisions("decisions", self.decision_ids),
            "carried": self._shown_decisions("carried", self.carried_ids),
            "parts": [self._lines_table(), *map(self._shown_part, self._kept_parts())],
        }

    def _card(self, line):
        return {
            "code": line.code,
            "label": line.label,
            "value": line.value_text,
            "change": line.change_text,
            "year": line.year_text,
            "sentence": line.sentence,
            "tone": line.tone,
        }

    def _bridge_chart(self):
        bridge = self.figures["bridge"]
        labels = {
            "start": self.env._("At Start"),
            "lost": self.env._("Lost"),
            "new": self.env._("Newly Won"),
            "reactivated": self.env._("Regained"),
            "end": self.env._("At End"),
        }
        steps = []
        for code, label in labels.items():
            total = code in ("start", "end")
            amount = -bridge[code] if code == "lost" else bridge[code]
            text = self._format(amount, COUNT) if total else self._signed(amount, 0)
            steps.append((label, amount, text, total))
        return charts.waterfall(steps)

    def _trend_chart(self):
        trend = self.figures["trend"]
        points = []
        for number, (month, value) in enumerate(trend):
            said = number == len(trend) - 1 and value is not None
            day = fields.Date.to_date(month)
            text = self._format(value, SHARE) if said else ""
            points.append((f"{day:%Y-%m}", value, text))
        return charts.line(points, tick=lambda value: self._format(value, SHARE, 0))

    # ---------------------------------------------------------------- tables
    def _kept_parts(self):
        """Return (part, its rows) of all parts that this review has."""
        tables = self.figures["tables"]
        parts = self._review_parts()
        return [
            (part, tables[code])
            for code, part in parts.items()
            if tables.get(code) or code in tables and not part.optional
        ]

    def _shown_part(self, kept):
        part, rows = kept
        columns = {key: column for key, column in part.columns.items() if column.paper}
        shown = {
            "title": part.title,
            "note": part.note,
            "chart": charts.data_uri(part.chart(rows)) if part.chart and rows else "",
            "columns": [
                {"label": column.label, "number": column.unit not in TEXTS}
                for column in columns.values()
            ],
            "rows": [],
        }
        if part.table or not part.chart:
            shown["rows"] = [
                [
                    self._row_name(row)
                    if column.unit == NAME
                    else self._format(row.get(key), column.unit)
                    for key, column in columns.items()
                ]
                for row in rows
            ]
        shown["empty"] = not rows
        return shown

    def _line_columns(self):
        return [
            self.env._("Key Figure"),
            self.env._("This Period"),
            self.env._("Period Before"),
            self.env._("Changed By"),
            self.env._("Year Before"),
            self.env._("Denominator"),
        ]

    def _shown_lines(self):
        """Return the lines that the reader has use for: all of them in advanced analysis."""
        advanced = self.env.user.has_group(ADVANCED)
        return self.all_line_ids.filtered(lambda line: advanced or line.simple)

    def _lines_table(self):
        return {
            "title": self.env._("Key Figures"),
            "note": "",
            "chart": "",
            "empty": False,
            "columns": [
                {"label": label, "number": number > 0}
                for number, label in enumerate(self._line_columns())
            ],
            "rows": [
                [
                    line.label,
                    line.value_text,
                    line.before_text,
                    line.change_text or "–",
                    line.year_text,
                    self._format(line.denominator, COUNT),
                ]
                # What nothing is known of takes room on paper; the workbook has it.
                for line in self._shown_lines().filtered(lambda line: line.simple or line.known)
            ],
        }

    # ---------------------------------------------------------------- the workbook
    def _xlsx(self):
        """Return the workbook with all tables, in the reader's language."""
        self.ensure_one()
        sheets = [self._lines_sheet()]
        for part, rows in self._kept_parts():
            sheets.append(
                Sheet(
                    part.title,
                    [(column.label, column.unit) for column in part.columns.values()],
                    [
                        [self._cell(row, key, column) for key, column in part.columns.items()]
                        for row in rows
                    ],
                )
            )
        sheets.append(self._decisions_sheet())
        title = f"{self.env._('Retention Review')} {self._period_text()} · {self.company_id.name}"
        return make_workbook(sheets, title, self.currency_id.decimal_places)

    def _cell(self, row, key, column):
        """Return a number as a number, all else as a text."""
        if column.unit == NAME:
            return self._row_name(row)
        value = row.get(key)
        if column.unit == MONTH and value:
            return fields.Date.to_date(value)
        return self._format(value, WORD) if column.unit == WORD else value

    def _lines_sheet(self):
        definitions = self.env["retention.kpi"]._kpi_definitions()
        units = {code: definition.unit for code, definition in definitions.items()}
        names = ("value", "before", "year_before")
        labels = self._line_columns()
        return Sheet(
            self.env._("Key Figures"),
            [
                (labels[0], NAME),
                (labels[1], None),
                (labels[2], None),
                (labels[4], None),
                (self.env._("Numerator"), NUMBER),
                (labels[5], NUMBER),
                (self.env._("Sentence"), NAME),
            ],
            [
                [
                    line.label,
                    *((line._get(name), units.get(line.code, NUMBER)) for name in names),
                    line.numerator,
                    line.denominator,
                    line.sentence,
                ]
                for line in self._shown_lines()
            ],
        )

    def _decisions_sheet(self):
        labels = [
            self.env._("Decision"),
            self.env._("Owner"),
            self.env._("Due"),
            self.env._("From Review"),
            self.env._("State"),
        ]
        names = ("name", "owner", "due", "review", "state")
        rows = [
            *self._shown_decisions("decisions", self.decision_ids),
            *self._shown_decisions("carried", self.carried_ids),
        ]
        return Sheet(
            self.env._("Decisions"),
            [(label, NAME) for label in labels],
            [[row[name] for name in names] for row in rows],
        )

    def _day_text(self, moment):
        """Return the day of a moment where the reader is."""
        return moment and self._format(fields.Datetime.context_timestamp(self, moment).date(), DAY)
