"""What bridges add to the ledger, and who may see it."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .ledger_common import LedgerCase, month_start


@tagged("post_install", "-at_install")
class TestLedgerSources(LedgerCase):
    def test_requests_and_answers_of_a_bridge(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for partner in (ann, bob):
            self.order(partner, date(2025, 1, 10))
        self.refresh(date(2025, 1, 11))
        metrics = type(self.env["retention.metrics"])
        requests = SQL(
            """SELECT 'till'::varchar AS res_model, request_id, %s AS contact_id,
                      opened_at::timestamp, closed_at::timestamp, solved, 0 AS severity,
                      FALSE AS complaint, NULL::int AS category_id, NULL::int AS product_id,
                      NULL::timestamp AS first_reply_at, NULL::float AS reply_hours,
                      FALSE AS sla_missed, 0 AS reopened, NULL::int AS rating
               FROM (VALUES (1, '2025-01-31 20:00', '2025-02-01 02:00', TRUE),
                            (2, '2025-02-10 00:00', '2025-02-12 00:00', TRUE),
                            (3, '2025-02-10 00:00', '2025-02-12 00:00', FALSE),
                            (4, '2025-02-20 00:00', NULL, FALSE))
                   made (request_id, opened_at, closed_at, solved)""",
            ann.id,
        )
        self.env["retention.feedback"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind": kind,
                    "score": score,
                    "date": date(2025, 2, day),
                }
                for partner, kind, score, day in (
                    (ann, "nps", 9, 5),
                    (ann, "nps", 6, 20),  # her latest of the month
                    (bob, "nps", 9, 1),
                    (bob, "csat", 4, 28),
                    (self.customer("Cid"), "csat", 3, 28),  # no customer: buys nothing
                )
            ]
        )
        with patch.object(metrics, "_requests", lambda model, company: requests):
            self.night(date(2025, 2, 1))
            self.night(date(2025, 3, 1))
            february = month_start(2)
            found = self.env["retention.kpi"]._figures(self.company, february, february)
        self.assertEqual(
            self.told(ann, "tickets", "tickets_solved", "resolution_hours", "nps_answers"),
            [(1, 1, 0, 0, 0), (2, 3, 2, 54, 1)],
        )
        self.assertEqual(found["resolution"][:3], (27, 54, 2))
        self.assertEqual(found["resolution_p90"].value, 48)
        self.assertEqual(found["nps"][:3], (0, 0, 2))
        self.assertEqual(found["nps"].base, {ann.id, bob.id})
        self.assertEqual(found["csat"][:3], (1, 1, 1))

    def test_margins_are_rebuilt_where_costs_are_known(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for partner in (ann, bob):
            self.order(partner, date(2025, 1, 10), 100)
        margins = SQL(
            """SELECT %s AS partner_id, '2025-01-10'::date AS day, margin, 50 AS amount
               FROM (VALUES (20.5), (10)) line (margin)""",
            ann.id,
        )
        metrics = type(self.env["retention.metrics"])
        with patch.object(metrics, "_margin_query", lambda model, scope: margins):
            self.night(date(2025, 2, 1))
        self.assertEqual(self.told(ann, "margin", "revenue"), [(1, 30.5, 100)])
        [(rate,)] = self.env["retention.ledger.report"]._read_group([], [], ["margin_rate:avg"])
        self.assertAlmostEqual(rate, 30.5)

    def test_two_sources_of_one_column_are_named(self):
        metrics = type(self.env["retention.metrics"])
        original = metrics._ledger_sources

        def with_till(model, month):
            query = SQL("SELECT 0 AS partner_id, 1 AS touches")
            return original(model, month) | {"till": (("touches",), query)}

        self.order(self.customer("Ann"), date(2025, 1, 10))
        self.refresh(date(2025, 1, 11))
        self.refresh(date(2025, 2, 1))
        with patch.object(metrics, "_ledger_sources", with_till):
            self.assertRefused(ValidationError, "till", self.close)

    def test_who_sees_what(self):
        other = self.make_company("Other")
        ann = self.customer("Ann")
        self.order(ann, date(2025, 1, 10))
        self.order(ann, date(2025, 1, 10), 555, company=other)
        self.night(date(2025, 2, 1))
        self.night(date(2025, 2, 1), company=other)
        for login, group in (("u", "group_user"), ("m", "group_manager")):
            user = self.make_user(f"ledger_{login}", f"customer_retention.{group}")
            mine = self.ledger.with_user(user).search([])
            self.assertEqual(mine.mapped("revenue"), [100])
            for operation in ("write", "create", "unlink"):
                self.assertFalse(mine.has_access(operation))
            report = self.env["retention.ledger.report"].with_user(user)
            self.assertEqual(report._read_group([], [], ["revenue:sum"]), [(100,)])
        plain = self.make_user("ledger_p", "sales_team.group_sale_manager")
        for model in ("retention.ledger", "retention.ledger.month", "retention.ledger.report"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(plain).search([])
        user = self.make_user("ledger_x", "customer_retention.group_user")
        with self.assertRaises(AccessError):
            self.months.with_user(user).action_rebuild()
