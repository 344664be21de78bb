"""The bridge to Odoo's own Helpdesk, which cannot be installed here, against stand-in tables."""

import importlib.util
from datetime import datetime
from pathlib import Path
from unittest import skipUnless

from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_metrics_request import COLUMNS

from .common import RetentionCase

ADAPTER = (
    Path(__file__).resolve().parents[1] / "bridges" / "customer_retention_helpdesk" / "adapter.py"
)
NOW = datetime(2026, 6, 30, 12)
DAY = {number: datetime(2026, 6, number, 9) for number in range(1, 31)}
OCA = {"closed_date", "number", "partner_id", "priority", "stage_id", "team_id"}


def adapter():
    """Load the file without the bridge's models, which need the app."""
    spec = importlib.util.spec_from_file_location("retention_helpdesk_adapter", ADAPTER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
@skipUnless(ADAPTER.is_file(), "the bridges are not beside the addon")
class TestEnterpriseHelpdesk(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = adapter()
        cls.env.cr.execute(
            """CREATE TEMPORARY TABLE stand_in_team (id int, company_id int) ON COMMIT DROP;
               CREATE TEMPORARY TABLE stand_in_stage
                   (id int, fold boolean, retention_unsolved boolean) ON COMMIT DROP;
               CREATE TEMPORARY TABLE stand_in_status (ticket_id int, deadline timestamp,
                   reached_datetime timestamp) ON COMMIT DROP;
               CREATE TEMPORARY TABLE stand_in_ticket (id serial, active boolean DEFAULT TRUE,
                   partner_id int, create_date timestamp, close_date timestamp,
                   date_last_stage_update timestamp, priority varchar, team_id int, stage_id int,
                   ticket_type_id int, product_id int, retention_product_id int,
                   retention_first_reply_at timestamp, retention_reopened_count int,
                   rating_last_value float8) ON COMMIT DROP;
               INSERT INTO stand_in_stage
                   VALUES (1, FALSE, NULL), (2, TRUE, NULL), (3, TRUE, TRUE)"""
        )
        cls.env.cr.execute("INSERT INTO stand_in_team VALUES (1, %s), (2, 0)", [cls.company.id])
        cls.tables = cls.adapter.Tables(
            "stand_in_ticket", "stand_in_stage", "stand_in_team", "stand_in_status", "product_id"
        )

    def ticket(self, **values):
        values = {
            "partner_id": self.env.user.partner_id.id,
            "create_date": DAY[1],
            "team_id": 1,
            "stage_id": 1,
            **values,
        }
        [[found]] = self.env.execute_query(
            SQL(
                "INSERT INTO stand_in_ticket (%s) VALUES %s RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )
        return found

    def rows(self, **changes):
        select = self.adapter.select_tickets(
            self.company._retention_members(), NOW, self.tables._replace(**changes)
        )
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        found = self.env.execute_query_dict(SQL("SELECT %s FROM (%s) request", columns, select))
        return {row["request_id"]: row for row in found}

    def test_open_solved_cancelled(self):
        """The stage tells; the date of closing may be missing or left from before."""
        wanted = {
            self.ticket(): (None, False),
            self.ticket(close_date=DAY[2]): (None, False),
            self.ticket(stage_id=None): (None, False),
            self.ticket(stage_id=2, close_date=DAY[2]): (DAY[2], True),
            self.ticket(stage_id=3, close_date=DAY[2]): (DAY[2], False),
            self.ticket(stage_id=2, date_last_stage_update=DAY[3]): (DAY[3], True),
            self.ticket(stage_id=2): (DAY[1], True),
        }
        rows = self.rows()
        self.assertEqual(
            {ticket: (rows[ticket]["closed_at"], rows[ticket]["solved"]) for ticket in wanted},
            wanted,
        )

    def test_what_is_left_out(self):
        kept = self.ticket()
        for values in ({"active": False}, {"partner_id": None}, {"team_id": 2}):
            self.ticket(**values)
        self.assertEqual(set(self.rows()), {kept})

    def test_severity_product_rating(self):
        wanted = {self.ticket(): (0, None, None, 0)}
        for number in range(4):
            ticket = self.ticket(
                priority=str(number),
                product_id=7,
                retention_product_id=8 if number else None,
                rating_last_value=number,
                retention_reopened_count=number,
            )
            wanted[ticket] = (number, 8 if number else 7, number or None, number)
        rows = self.rows()
        names = ("severity", "product_id", "rating", "reopened")
        self.assertEqual(
            {ticket: tuple(rows[ticket][name] for name in names) for ticket in wanted}, wanted
        )
        self.assertIsNone(self.rows(product=None)[min(set(wanted) - {min(wanted)})]["product_id"])

    def test_service_levels(self):
        wanted = {self.ticket(): None}
        for deadline, reached, closed, missed in (
            (DAY[29], None, None, True),
            (NOW, None, None, False),
            (DAY[5], DAY[4], None, False),
            (DAY[5], DAY[5], None, False),
            (DAY[5], DAY[6], None, True),
            (DAY[5], None, DAY[4], False),  # cancelled in time
            (DAY[5], None, DAY[6], True),
        ):
            ticket = self.ticket(stage_id=3 if closed else 1, close_date=closed)
            self.env.cr.execute(
                "INSERT INTO stand_in_status VALUES (%s, %s, %s)", (ticket, deadline, reached)
            )
            wanted[ticket] = missed
        rows = self.rows()
        self.assertEqual({ticket: rows[ticket]["sla_missed"] for ticket in wanted}, wanted)
        self.assertEqual({row["sla_missed"] for row in self.rows(status=None).values()}, {None})

    def test_told_apart_from_the_other_helpdesk(self):
        self.assertFalse(self.adapter.is_enterprise(OCA))
        self.assertTrue(self.adapter.is_enterprise({*OCA, "close_date", "ticket_ref"}))
        if "helpdesk.ticket" in self.env:
            self.assertFalse(self.adapter.is_enterprise(self.env["helpdesk.ticket"]._fields))

    def test_fields_are_put_on_any_form_once(self):
        form = etree.fromstring(
            "<form><field name='partner_id'/><field name='lines'><list>"
            "<field name='partner_id'/></list></field></form>"
        )
        for _time in range(2):
            self.adapter.show_fields(form, "partner_id", ["one", "two"])
        names = [node.get("name") for node in form.iter("field")]
        self.assertEqual(names, ["partner_id", "one", "two", "lines", "partner_id"])
        self.adapter.show_fields(form, "absent", ["three"])
        self.assertEqual(len(form.xpath("//field")), 5)

    def test_a_widget_is_put_on_any_form_once(self):
        form = etree.fromstring(
            "<form><sheet><div/><group><group/></group><notebook/></sheet></form>"
        )
        for _time in range(2):
            self.adapter.show_widget(form, "panel")
        tags = [node.tag for node in form[0]]
        self.assertEqual(tags, ["div", "widget", "group", "notebook"])
        self.adapter.show_widget(etree.fromstring("<form/>"), "panel")
