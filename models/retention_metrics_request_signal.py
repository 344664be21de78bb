from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..analytics.purchases import window_start
from ..analytics.requests import RISE_MONTHS

RECENT_DAYS = 180  # how far back what went wrong counts
REPLY_DAYS = 30  # how far back a late first reply counts
REPLY_HOURS = 24  # the response standard where the source has none
BAD_RATING = 2  # of 5, and below


class Recorded(NamedTuple):
    """Which things the company's requests tell at all; no request, no answer to any of them.

    ``year``: whether there were any before the months that :func:`rise_percent` compares.
    """

    any: bool
    year: bool
    same: bool
    reply: bool
    sla: bool
    reopened: bool
    rating: bool


class RequestFigures(NamedTuple):
    """A customer's requests on the as-of date.

    ``open``: how many; ``oldest``: days the oldest of them is open, None without; ``month``:
    complaints since the first of the month; ``recent``, ``year``: see
    :func:`analytics.requests.rise_percent`; in RECENT_DAYS: ``reopened`` times, ``missed``
    standards, ``bad`` ratings, ``same`` of one category or product; ``late``: days the first
    reply came, or is waited for, beyond the standard, the worst of REPLY_DAYS.
    """

    customer: int
    open: int
    oldest: int | None
    month: int
    recent: int
    year: int
    reopened: int
    missed: int
    bad: int
    late: float | None
    same: int


class RetentionMetrics(models.AbstractModel):
    """What signals read of cases and tickets: two queries for all customers of a scope."""

    _inherit = "retention.metrics"

    @api.model
    def _requests_known(self, scope, requests):
        """Return the Recorded of the company.

        :param requests: SQL of ``_requests``
        """
        day, known = self._local_day(scope, SQL("request.opened_at"))
        [row] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) > 0, BOOL_OR(%s <= %s),
                          BOOL_OR(request.category_id IS NOT NULL
                                  OR request.product_id IS NOT NULL),
                          BOOL_OR(request.first_reply_at IS NOT NULL
                                  OR request.reply_hours IS NOT NULL),
                          BOOL_OR(request.sla_missed IS NOT NULL),
                          BOOL_OR(request.reopened IS NOT NULL),
                          BOOL_OR(request.rating IS NOT NULL)
                   FROM (%s) request WHERE %s""",
                day,
                window_start(scope.as_of, RISE_MONTHS + 12),
                requests,
                known,
            )
        )
        return Recorded(*(bool(value) for value in row))

    @api.model
    def _request_figures(self, scope, requests):
        """Return a RequestFigures for each customer of ``scope`` with any request by then.

        :param requests: SQL of ``_requests``
        """
        rows = self.env.execute_query(
            SQL(
                """WITH request AS (%(known)s), again AS (
                       SELECT customer, MAX(times) AS times FROM (
                           SELECT customer, COUNT(*) AS times FROM request
                           WHERE category_id IS NOT NULL AND day > %(since)s
                           GROUP BY customer, res_model, category_id
                           UNION ALL
                           SELECT customer, COUNT(*) FROM request
                           WHERE product_id IS NOT NULL AND day > %(since)s
                           GROUP BY customer, product_id) same
                       GROUP BY customer)
                   SELECT customer, COUNT(*) FILTER (WHERE NOT closed),
                          %(as_of)s::date - MIN(day) FILTER (WHERE NOT closed),
                          COUNT(*) FILTER (WHERE complaint IS NOT FALSE AND day >= %(month)s),
                          COUNT(*) FILTER (WHERE day > %(recent)s),
                          COUNT(*) FILTER (WHERE day <= %(recent)s AND day > %(year)s),
                          COALESCE(SUM(reopened) FILTER (WHERE day > %(since)s), 0),
                          COUNT(*) FILTER (WHERE sla_missed AND day > %(since)s),
                          COUNT(*) FILTER (WHERE rating <= %(bad)s AND day > %(since)s),
                          MAX(late) FILTER (WHERE day > %(lately)s OR NOT answered),
                          COALESCE(MAX(again.times), 0)
                   FROM request LEFT JOIN again USING (customer) GROUP BY customer""",
                known=self._requests_by_then(scope, requests),
                as_of=scope.as_of,
                month=scope.as_of.replace(day=1),
                recent=window_start(scope.as_of, RISE_MONTHS),
                year=window_start(scope.as_of, RISE_MONTHS + 12),
                since=scope.as_of - timedelta(days=RECENT_DAYS),
                bad=BAD_RATING,
                lately=scope.as_of - timedelta(days=REPLY_DAYS),
            )
        )
        return [RequestFigures(*row) for row in rows]

    @api.model
    def _requests_by_then(self, scope, requests):
        """Return SQL of the requests as they were: what was closed later counts as open.

        Who still waits for a reply has waited until the as-of date began; closing is an answer.
        """
        day, opened = self._local_day(scope, SQL("request.opened_at"))
        _day, closed = self._local_day(scope, SQL("request.closed_at"))
        answer = SQL("LEAST(request.first_reply_at, request.closed_at)")
        _day, answered = self._local_day(scope, answer)
        morning = SQL(
            "%s::date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'",
            scope.as_of,
            scope.company._retention_timezone(),
        )
        return SQL(
            """SELECT contact.commercial_partner_id AS customer, %(day)s AS day,
                      request.res_model, request.category_id, request.product_id,
                      request.complaint, request.sla_missed, request.reopened, request.rating,
                      COALESCE(%(closed)s, FALSE) AS closed,
                      COALESCE(%(answered)s, FALSE) AS answered,
                      (EXTRACT(EPOCH FROM CASE WHEN %(answered)s THEN %(answer)s
                                               ELSE %(morning)s END - request.opened_at)
                       / 3600 - COALESCE(request.reply_hours, %(hours)s))::float8 / 24 AS late
               FROM (%(requests)s) request
               JOIN res_partner contact ON contact.id = request.contact_id
               WHERE %(opened)s %(only)s""",
            day=day,
            closed=closed,
            answer=answer,
            answered=answered,
            morning=morning,
            hours=REPLY_HOURS,
            requests=requests,
            opened=opened,
            only=self._only_partners(scope, SQL("contact.commercial_partner_id")),
        )
