"""Key figures that ask more than the ledger: hours of work, procedures, what was saved."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .alert_common import AlertCase
from .ledger_common import LedgerCase, month_start
from .sop_common import SopCase

JUNE = date(2026, 6, 1)


@tagged("post_install", "-at_install")
class TestKpiMore(LedgerCase):
    def figures(self, codes, first, last=None):
        return self.env["retention.kpi"]._figures(self.company, first, last or first, codes)

    def test_counts_are_the_bridge(self):
        self.twelve()
        self.night(date(2025, 9, 1))
        codes = ["customers", "lost", "new", "back"]
        found = self.figures(codes, month_start(6), month_start(8))
        values = {code: found[code].value for code in codes}
        at_start = len(
            self.ledger.search([("month", "=", month_start(6)), ("active_start", "=", True)])
        )
        self.assertEqual(
            at_start - values["lost"] + values["new"] + values["back"], values["customers"]
        )
        self.assertEqual(values["lost"], 2)
        self.assertEqual(found["lost"].customers, {self.people[name].id for name in "EI"})

    def test_hours_of_work(self):
        """Berlin, 9 to 12 and 13 to 17, a holiday on Wednesday; clocks go on on 30 March."""
        hours = [
            Command.create(
                {
                    "name": f"{day} {begin}",
                    "dayofweek": str(day),
                    "hour_from": begin,
                    "hour_to": end,
                    "day_period": "morning" if begin < 12 else "afternoon",
                }
            )
            for day in range(5)
            for begin, end in ((9, 12), (13, 17))
        ]
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Ours",
                "company_id": self.company.id,
                "tz": "Europe/Berlin",
                "attendance_ids": [Command.clear(), *hours],
            }
        )
        self.company.resource_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": calendar.id,
                "date_from": datetime(2025, 4, 1, 22),
                "date_to": datetime(2025, 4, 2, 21, 59),
            }
        )
        # A colleague's day off keeps nobody from answering.
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "company_id": self.company.id,
                "calendar_id": calendar.id,
                "resource_id": self.env["resource.resource"]
                .create({"name": "Cid", "company_id": self.company.id})
                .id,
                "date_from": datetime(2025, 3, 31, 0),
                "date_to": datetime(2025, 3, 31, 23),
            }
        )
        ann = self.customer("Ann")
        self.order(ann, date(2025, 3, 1))
        requests = SQL(
            """SELECT 'till'::varchar AS res_model, id AS request_id, %s AS contact_id,
                      opened_at::timestamp, closed_at::timestamp, TRUE AS solved, 0 AS severity,
                      FALSE AS complaint, NULL::int AS category_id, NULL::int AS product_id,
                      NULL::timestamp AS first_reply_at, NULL::float AS reply_hours,
                      FALSE AS sla_missed, 0 AS reopened, NULL::int AS rating
               FROM (VALUES
                   -- Friday 16:00 to Monday 11:00 in Berlin: 1 + 2 hours; clocks change between.
                   (1, '2025-03-28 15:00', '2025-03-31 09:00'),
                   -- Monday 11:00 to 14:00: lunch in between, 2 hours.
                   (2, '2025-03-31 09:00', '2025-03-31 12:00'),
                   -- Tuesday 16:00 to Thursday 10:00 with the holiday: 1 + 1 hours.
                   (3, '2025-04-01 14:00', '2025-04-03 08:00'),
                   -- Saturday: none.
                   (4, '2025-04-05 08:00', '2025-04-05 20:00'),
                   (5, '2025-04-07 07:00', '2025-04-07 15:00')) made (id, opened_at, closed_at)""",
            ann.id,
        )
        metrics = type(self.env["retention.metrics"])
        codes = ["resolution", "resolution_work", "resolution_work_median", "resolution_work_p90"]
        with patch.object(metrics, "_requests", lambda model, company: requests):
            self.night(date(2025, 5, 1))
            self.figures(codes, date(2025, 3, 1), date(2025, 4, 1))
            with self.assertQueryCount(9):
                found = self.figures(codes, date(2025, 3, 1), date(2025, 4, 1))
        self.assertEqual(found["resolution"].denominator, 5)
        self.assertAlmostEqual(found["resolution_work"].numerator, 3 + 2 + 2 + 0 + 7)
        self.assertAlmostEqual(found["resolution_work"].value, 14 / 5)
        self.assertEqual(found["resolution_work_median"].value, 2)
        self.assertEqual(found["resolution_work_p90"].value, 7)
        self.company.resource_calendar_id = False
        with patch.object(metrics, "_requests", lambda model, company: requests):
            found = self.figures(codes, date(2025, 3, 1), date(2025, 4, 1))
        self.assertIsNone(found["resolution_work"].value)


@tagged("post_install", "-at_install")
class TestKpiOfProcedures(SopCase):
    def figures(self, *codes):
        return self.env["retention.kpi"]._figures(self.company, JUNE, JUNE, codes)

    def test_answers_and_purchases(self):
        """Six enter in June: one answered, two bought, one window is open, one only watched."""
        sop = self.make_sop(self.task())
        people = [self.buyer(f"C{n}", "2026-05-01") for n in range(6)]
        self.refresh(date(2026, 6, 1))
        self.months_of_june()
        self.enter(sop, *people)
        told = [(True, True, False), (True, False, True), (True, False, True), (True, False, False)]
        told += [(False, True, True), (True, True, True)]
        for enrollment, (over, answered, bought) in zip(self.of(sop), told, strict=True):
            enrollment.sudo().write(
                {
                    "window_over": over,
                    "responded_on": answered and JUNE,
                    "purchased_on": bought and JUNE,
                }
            )
        self.of(sop)[-1].sudo().arm = "control"
        found = self.figures("sop_response", "sop_repurchase")
        self.assertEqual(found["sop_response"][:3], (1 / 4, 1, 4))
        self.assertEqual(found["sop_repurchase"][:3], (2 / 4, 2, 4))
        self.assertEqual(found["sop_repurchase"].customers, {people[1].id, people[2].id})

    def months_of_june(self):
        """Have the ledger know June: figures speak of customers in it."""
        self.refresh(date(2026, 7, 1))
        while self.env["retention.ledger.month"]._advance(self.company):
            pass

    def test_steps_on_time(self):
        """Due on Monday 1 June, one working day allowed: until Tuesday."""
        sop = self.make_sop(self.task(due_days=1))
        people = [self.buyer(f"C{n}", "2026-05-01") for n in range(6)]
        self.months_of_june()
        self.enter(sop, *people)
        states = [
            ("done", datetime(2026, 6, 1, 10)),
            ("done", datetime(2026, 6, 2, 23, 30)),
            ("done", datetime(2026, 6, 3, 0, 30)),
            ("open", None),
            ("skipped", None),
            ("cancelled", None),
        ]
        for run, (state, done) in zip(self.of(sop).run_ids.sorted("id"), states, strict=True):
            run.sudo().write({"state": state, "done_at": done})
        found = self.figures("sop_compliance")["sop_compliance"]
        self.assertEqual(found[:3], (2 / 4, 2, 4))

    def test_a_step_counts_where_its_deadline_is(self):
        """Due on Tuesday 30 June, three working days allowed: until Friday 3 July."""
        sop = self.make_sop(self.task(due_days=3))
        ann = self.buyer("Ann", "2026-05-01")
        self.months_of_june()
        self.enter(sop, ann)
        self.of(sop).run_ids.sudo().first_due_at = datetime(2026, 6, 30, 10)
        self.assertIsNone(self.figures("sop_compliance")["sop_compliance"].value)
        july = date(2026, 7, 1), date(2026, 7, 31)
        found = self.env["retention.kpi"]._procedure_steps(self.company, *july)
        self.assertEqual(found, [(ann.id, False)])

    def test_nothing_happened(self):
        self.buyer("Ann", "2026-05-01")
        self.months_of_june()
        found = self.figures("sop_response", "sop_compliance", "value_saved", "resolution_work")
        self.assertIsNone(found["sop_response"].value)
        self.assertIsNone(found["sop_compliance"].value)
        self.assertIsNone(found["resolution_work"].value)
        self.assertEqual(found["value_saved"].value, 0)


@tagged("post_install", "-at_install")
class TestValueSaved(AlertCase):
    def test_verified_amounts_of_the_month(self):
        people = [self.customer(f"C{n}") for n in range(4)]
        for partner in people:
            self.orders(partner, 60, as_of=date(2026, 6, 30))
        self.refresh(date(2026, 7, 1))
        while self.env["retention.ledger.month"]._advance(self.company):
            pass
        cases = [
            ("saved", "verified", 120.5, date(2026, 6, 30)),
            ("saved", "not_confirmed", 0, date(2026, 6, 10)),
            ("gone", False, 0, date(2026, 6, 10)),
            ("saved", "verified", 70, date(2026, 7, 1)),
        ]
        for partner, (outcome, verdict, amount, day) in zip(people, cases, strict=True):
            self.env["retention.alert"].sudo().create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "profile_id": self.profile(partner).id,
                    "state": "closed",
                    "outcome": outcome,
                    "verification": verdict,
                    "recovered_amount": amount,
                    "closed_on": day,
                }
            )
        found = self.env["retention.kpi"]._figures(self.company, JUNE, JUNE, ["value_saved"])
        self.assertEqual(found["value_saved"][:3], (120.5, 120.5, 1))
        self.assertEqual(found["value_saved"].customers, {people[0].id})
