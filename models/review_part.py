"""What tables of a review are made of, and how their values are meant."""

from datetime import timedelta
from typing import NamedTuple

from .kpi_definitions import HOURS, MONEY, NUMBER, POINTS, SHARE
from .retention_metrics_kpi import Span

# Beside the units of key figures: a number of records; a difference of shares in points; a text
# by language; the code of a text; the first day of a month; a day.
COUNT, DELTA, NAME, WORD, MONTH, DAY = "count", "delta", "name", "word", "month", "day"
# Numbers of customers as reviews keep them, and the names of their sets in SQL.
BRIDGE = {"start": "start", "lost": "lost", "new": "new", "reactivated": "back", "end": "end"}
UNITS = (SHARE, MONEY, HOURS, NUMBER, POINTS, COUNT, DELTA, NAME, WORD, MONTH, DAY)


class Column(NamedTuple):
    """``paper``: whether there is room for it on paper; the workbook has all columns."""

    label: str
    unit: str = COUNT
    paper: bool = True


class Part(NamedTuple):
    """One table of a review: a section on paper, a sheet of the workbook.

    ``columns``: {key: :class:`Column`}; texts are in the reader's language, asked for each time.
    ``rows``: function of :class:`Numbers` that returns [{key: value}] fit for JSON; called once,
    when the review is generated. ``chart``: function of these rows that returns an SVG.
    ``table``: False where the chart tells all of it on paper. ``optional``: left out where it has
    no rows.
    """

    title: str
    columns: dict
    rows: object
    note: str = ""
    chart: object = None
    table: bool = True
    optional: bool = False


def bridge(totals):
    """Return how the customers at the start became those at the end: {key of BRIDGE: number}."""
    return {name: totals[which] for name, which in BRIDGE.items()}


class Numbers:
    """Key figures of a review's span, and of those it is compared with.

    The database adds them up; only key figures that need them read rows of the ledger, see
    :meth:`retention.kpi._spans_figures`.
    """

    def __init__(self, model, company, span):
        """``model``: ``retention.kpi``, with the rights that figures are computed with."""
        self.model, self.company, self.span = model, company, span
        self.before, self.year = span.back(span.months), span.back(12)

    @property
    def env(self):
        return self.model.env

    def months(self, span=None):
        """Return a span, else the review's, as ``retention.metrics`` reads it."""
        return Span(self.company, *(span or self.span))

    def figures(self, spans, codes):
        """Return {code: Figure} of each of ``spans``, the first of which ends last."""
        return self.model._spans_figures([self.months(span) for span in spans], codes)

    def totals(self):
        """Return what simple key figures of the review's span are made of."""
        [totals] = self.model._totals([self.months()])
        return totals

    def groups(self, by, span=None):
        """Return {id or None: the same} of the groups ``by`` a column of the ledger."""
        return self.model._group_totals(self.months(span), by)

    def window(self, span, days):
        """Return the first and last day on which began what ended in ``span``, ``days`` later."""
        length = timedelta(days=days)
        return span.first - length, span.end - length
