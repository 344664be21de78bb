"""What tables of a review are made of, and how their values are meant."""

from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from ..analytics import kpi
from .kpi_definitions import HOURS, MONEY, NUMBER, POINTS, SHARE

# Beside the units of key figures: a number of records; a difference of shares in points; a text
# by language; the code of a text; the first day of a month; a day.
COUNT, DELTA, NAME, WORD, MONTH, DAY = "count", "delta", "name", "word", "month", "day"
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


class Numbers:
    """Key figures of a review's span, and of those it is compared with; the ledger is read once."""

    def __init__(self, model, company, span):
        """``model``: ``retention.kpi``, with the rights that figures are computed with."""
        self.model, self.company, self.span = model, company, span
        self.before, self.year = span.back(span.months), span.back(12)

    @property
    def env(self):
        return self.model.env

    @cached_property
    def ledger(self):
        return self.model._ledger(self.company, self.span.last)

    def figures(self, span=None, codes=None, by=None):
        """Return the figures of ``retention.kpi``; see there."""
        first, last = span or self.span
        return self.model._figures(self.company, first, last, codes, by, ledger=self.ledger)

    def window(self, span, days):
        """Return the first and last day on which began what ended in ``span``, ``days`` later."""
        length = timedelta(days=days)
        return span.first - length, span.end - length

    def bridges(self, span=None, by=None):
        """Return {group or None: {"start": customers, "lost", "new", "reactivated", "end"}}."""
        period = kpi.Period(self.ledger, *(span or self.span))
        groups = period.groups(by) if by else {None: period}
        return {
            key: {name: len(who) for name, who in kpi.bridge(group)._asdict().items()}
            for key, group in groups.items()
        }
