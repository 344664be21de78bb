from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

SEVERE = 2  # of 0 low, 1 medium, 2 high, 3 very high
COLUMNS = (
    "request_id",
    "contact_id",
    "opened_at",
    "closed_at",
    "solved",
    "severity",
    "complaint",
    "category_id",
    "product_id",
    "first_reply_at",
    "reply_hours",
    "sla_missed",
    "reopened",
    "rating",
)


class Request(NamedTuple):
    """An open case or ticket. ``customer`` is the commercial partner of ``contact``."""

    res_model: str
    res_id: int
    customer: int
    contact: int
    opened_at: object
    severity: int
    product: int | None
    complaint: bool


class Closed(NamedTuple):
    """A solved request; ``days``: for how many whole days it was open."""

    res_id: int
    contact: int
    severity: int
    reopened: int
    days: int


class RetentionMetrics(models.AbstractModel):
    """What customers asked for or complained about, wherever the company keeps it."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- hooks
    @api.model
    def _request_queries(self, company):
        """Return {model: SELECT} of cases and tickets of ``company``. Hook for bridges.

        Each SELECT has one row per request with a contact, archived ones and duplicates left
        out, and these columns, moments in UTC:

        ``request_id``, ``contact_id``; ``opened_at``; ``closed_at`` NULL while open; ``solved``
        false while open and for what was closed without a solution; ``severity`` 0–3
        (:data:`SEVERE` and above is severe); ``complaint`` boolean; ``category_id`` in the
        model's own terms, ``product_id``, NULL for none; ``first_reply_at`` NULL for none yet;
        ``reply_hours`` the response standard, NULL for none; ``sla_missed`` boolean;
        ``reopened`` number of times; ``rating`` 1–5, NULL for none. NULL also stands for what
        the source cannot tell.
        """
        return {}

    @api.model
    def _request_fields(self):
        """Return {model: field names} that the SELECTs read, to be flushed first. Hook."""
        return {"res.partner": ["commercial_partner_id"]}

    # ---------------------------------------------------------------- reading
    @api.model
    def _flush_requests(self):
        for model, names in self._request_fields().items():
            self.env[model].flush_model(names)

    @api.model
    def _requests(self, company):
        """Return SQL of all requests, with ``res_model``; None where nobody keeps any."""
        queries = self._request_queries(company)
        if not queries:
            return None
        self._flush_requests()
        # By name: sources need not agree on an order.
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        return SQL(" UNION ALL ").join(
            SQL("SELECT %s::varchar AS res_model, %s FROM (%s) request", model, columns, query)
            for model, query in sorted(queries.items())
        )

    @api.model
    def _open_requests(self, company, partner_ids, severe=False):
        """Return :class:`Request` rows of open requests of customers, the gravest first."""
        requests = self._requests(company)
        if requests is None:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT request.res_model, request.request_id, contact.commercial_partner_id,
                          contact.id, request.opened_at, request.severity, request.product_id,
                          request.complaint
                   FROM (%s) request JOIN res_partner contact ON contact.id = request.contact_id
                   WHERE contact.commercial_partner_id = ANY(%s) AND request.closed_at IS NULL
                   AND request.severity >= %s
                   ORDER BY request.severity DESC, request.opened_at, request.res_model,
                            request.request_id""",
                requests,
                list(partner_ids),
                SEVERE if severe else 0,
            )
        )
        return [Request(*row) for row in rows]

    @api.model
    def _solved_requests(self, company, res_model, ids):
        """Return :class:`Closed` rows of those of one model that are closed and solved."""
        requests = self._requests(company)
        if requests is None:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT request.request_id, request.contact_id, request.severity,
                          COALESCE(request.reopened, 0),
                          EXTRACT(DAY FROM COALESCE(request.closed_at, %s)
                                           - request.opened_at)::int
                   FROM (%s) request
                   WHERE request.res_model = %s AND request.request_id = ANY(%s)
                   AND request.solved AND request.contact_id IS NOT NULL
                   ORDER BY request.request_id""",
                fields.Datetime.now(),
                requests,
                res_model,
                list(ids),
            )
        )
        return [Closed(*row) for row in rows]
