"""A fake source of cases: rows in a temporary table that stands for any model of requests."""

from datetime import datetime
from unittest.mock import patch

from odoo.tools import SQL

# Any model with a display name and access rights of its own; nobody else makes requests of it.
MODEL = "res.partner.industry"
OPENED = datetime(2026, 6, 1, 10)


def fake_requests(case):
    """Have ``retention.metrics`` read requests from a table for the rest of the test (class)."""
    case.env.cr.execute(
        """CREATE TEMPORARY TABLE fake_request (
               id int, partner_id int, company_id int, opened_at timestamp, closed_at timestamp,
               severity int, product_id int, complaint boolean) ON COMMIT DROP"""
    )
    metrics = type(case.env["retention.metrics"])

    def queries(_model, company):
        return {
            MODEL: SQL(
                """SELECT id AS request_id, partner_id AS contact_id, opened_at, closed_at,
                          closed_at IS NOT NULL AS solved, severity, complaint,
                          NULL::int AS category_id, product_id,
                          NULL::timestamp AS first_reply_at, NULL::float AS reply_hours,
                          FALSE AS sla_missed, 0 AS reopened, NULL::int AS rating
                   FROM fake_request WHERE company_id IN %s""",
                company._retention_members(),
            )
        }

    patcher = patch.object(metrics, "_request_queries", queries)
    patcher.start()
    case.addClassCleanup(patcher.stop)


def open_request(case, partner, severity=3, product=None, complaint=True, **values):
    """Open a request; return the record it stands for."""
    record = case.env[MODEL].create({"name": values.pop("name", "Broken pump")})
    case.env.cr.execute(
        SQL(
            "INSERT INTO fake_request VALUES (%s, %s, %s, %s, NULL, %s, %s, %s)",
            record.id,
            partner.id,
            values.get("company", case.company).id,
            values.get("opened", OPENED),
            severity,
            product and product.id or None,
            complaint,
        )
    )
    case.env.invalidate_all()
    return record


def close_request(case, record):
    case.env.cr.execute(
        SQL("UPDATE fake_request SET closed_at = %s WHERE id = %s", OPENED, record.id)
    )
    case.env.invalidate_all()
