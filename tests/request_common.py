"""A stand-in for a helpdesk: a table of requests that the seam reads."""

from datetime import datetime, timedelta
from math import isnan
from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_metrics_request import COLUMNS

from .common import AS_OF
from .health_common import HealthCase

MODEL = "res.partner"  # what the stand-in opens: something every user may read


class RequestCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(
            """CREATE TEMPORARY TABLE stand_in_request (
                   request_id serial, company_id int, contact_id int, opened_at timestamp,
                   closed_at timestamp, solved boolean, severity int, complaint boolean,
                   category_id int, product_id int, first_reply_at timestamp,
                   reply_hours float8, sla_missed boolean, reopened int, rating float8)
               ON COMMIT DROP"""
        )
        metrics, signals = type(cls.env["retention.metrics"]), type(cls.env["retention.signal"])
        queries, records = metrics._request_queries, signals._records_of_requests

        def with_stand_in(model, company):
            # The order of columns is not the seam's: names decide.
            rows = SQL(
                "SELECT %s FROM stand_in_request WHERE company_id IN %s",
                SQL(", ").join(SQL.identifier(name) for name in reversed(COLUMNS)),
                company._retention_members(),
            )
            return queries(model, company) | {MODEL: rows}

        def with_records(model, profile):
            action = {
                "type": "ir.actions.act_window",
                "res_model": MODEL,
                "view_mode": "list,form",
                "domain": [("id", "=", profile.partner_id.id)],
            }
            return records(model, profile) | {MODEL: action}

        for patcher in (
            patch.object(metrics, "_request_queries", with_stand_in),
            patch.object(signals, "_records_of_requests", with_records),
        ):
            cls.startClassPatcher(patcher)

    @classmethod
    def moment(cls, days_ago, hour=10.0):
        return datetime.combine(AS_OF, datetime.min.time()) + timedelta(hours=hour - 24 * days_ago)

    @classmethod
    def request(cls, partner, days_ago, hour=10.0, closed=None, company=None, **columns):
        """Make a request of a contact, opened and ``closed`` so many days before AS_OF."""
        values = {
            "company_id": (company or cls.company).id,
            "contact_id": partner.id,
            "opened_at": cls.moment(days_ago, hour),
            "closed_at": cls.moment(closed) if closed is not None else None,
            "solved": closed is not None,
            "severity": 1,
            "complaint": True,
            "reopened": 0,
            **columns,
        }
        cls.env.cr.execute(
            SQL(
                "INSERT INTO stand_in_request (%s) VALUES %s",
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )

    @classmethod
    def weighed(cls, code, as_of=AS_OF):
        """Return {customer: (points, fires, measure)} of one signal; None for no data."""
        signal = cls.signals._of_company(cls.company).filtered(lambda s: s.type == code)
        scope, table = cls.profiles._rfm_as_of(cls.company, as_of)
        chunk, _old = cls.profiles._past_chunk(scope, table)
        columns = [column.tolist() for column in signal._weigh(chunk)]
        return {
            partner: None if isnan(points) else (points, fires, measure)
            for partner, points, fires, measure in zip(chunk.snap.index, *columns, strict=True)
        }

    def assertWeighed(self, code, wanted, as_of=AS_OF):
        """Check {customer: (points, fires, measure), None for no data}."""
        self.env.flush_all()
        found = self.weighed(code, as_of)
        for partner, figures in wanted.items():
            with self.subTest(signal=code, customer=partner.name):
                self.assertEqual(found[partner.id], figures)
