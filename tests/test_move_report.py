"""Moves between two months: each cell is that of the pure function."""

import random
from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_retention.analytics.kpi_tables import JOINED, LEFT, migration

from .ledger_common import LedgerCase, month_start

AXES = {
    "segment": "segment",
    "tier": "tier",
    "stage": "stage",
    "risk_level": "risk_level",
    "user_id": "user",
    "team_id": "team_id",
}


class MoveCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        tiers = cls.env["retention.tier"].create(
            [
                {"name": f"Tier {n}", "level": n, "manual_only": True, "company_id": cls.company.id}
                for n in (7, 8)
            ]
        )
        # What only time brings, made up; before April nothing was recorded.
        cls.env.cr.execute(
            """UPDATE retention_ledger SET
                   tier_id = CASE WHEN id %% 2 = 0 THEN %s ELSE %s END,
                   stage = CASE id %% 3 WHEN 0 THEN 'active' WHEN 1 THEN 'silent' END,
                   risk_level = CASE id %% 3 WHEN 0 THEN 'low' WHEN 1 THEN 'critical' END,
                   user_id = CASE WHEN id %% 3 > 0 THEN %s END
               WHERE company_id = %s AND month > %s""",
            (*tiers.ids, cls.env.uid, cls.company.id, month_start(3)),
        )
        cls.env.invalidate_all()

    def report(self, first=None, last=None):
        self.env.invalidate_all()
        months = {"retention_first": str(first), "retention_last": str(last)} if first else {}
        return self.env["retention.move.report"].with_context(**months)


@tagged("post_install", "-at_install")
class TestMoveReport(MoveCase):
    def code(self, axis, value, nobody):
        """Return a value of the pure function as the report has it."""
        if axis in ("user_id", "team_id"):
            return False if value in (nobody, None) else int(value)
        if value == nobody:
            return nobody
        if value is None:
            return "unknown"
        return f"{int(value):010}" if axis in ("segment", "tier") else value

    def test_every_cell_of_any_two_months(self):
        chance = random.Random(3)
        frame = self.env["retention.kpi"]._ledger(self.company, month_start(8))
        for _round in range(12):
            first, last = sorted(month_start(chance.randint(1, 8)) for _side in range(2))
            some = chance.sample([p.id for p in self.people.values()], chance.randint(3, 12))
            report = self.report(first, last)
            for axis, column in AXES.items():
                wanted = {}
                moved = migration(frame[frame["customer"].isin(some)], first, last, column)
                for (old, new), customers in moved.cells.items():
                    move = JOINED if old == JOINED else LEFT if new == LEFT else "stayed"
                    key = (self.code(axis, old, JOINED), self.code(axis, new, LEFT), move)
                    wanted[key] = len(customers)
                found = report._read_group(
                    [("company_id", "=", self.company.id), ("partner_id", "in", some)],
                    [f"old_{axis}", f"new_{axis}", "move"],
                    ["__count"],
                )
                plain = {
                    (getattr(old, "id", old), getattr(new, "id", new), move): count
                    for old, new, move, count in found
                }
                with self.subTest(axis=axis, first=first, last=last):
                    self.assertEqual(plain, wanted)

    def test_revenue_adds_up(self):
        first, last = month_start(3), month_start(6)
        [(before, after, change)] = self.report(first, last)._read_group(
            [], [], ["revenue_before:sum", "revenue_after:sum", "revenue_change:sum"]
        )
        frame = self.env["retention.kpi"]._ledger(self.company, last)
        by_month = frame.groupby("month")["revenue"].sum()
        self.assertEqual((before, after), (by_month[str(first)], by_month[str(last)]))
        self.assertEqual(change, after - before)

    def test_without_months_the_last_three(self):
        row = self.report().search([], limit=1)
        self.assertEqual((row.first_month, row.last_month), (month_start(5), month_start(8)))

    def test_a_month_that_is_not_closed_has_nobody(self):
        """Else everybody would seem to have left."""
        self.assertFalse(self.report(month_start(8), month_start(9)).search([]))

    def test_labels_are_words(self):
        fields = self.report().fields_get()
        segment = self.ledger.search([("segment_id", "!=", False)], limit=1).segment_id
        options = dict(fields["old_segment"]["selection"])
        self.assertEqual(options[f"{segment.id:010}"], segment.display_name)
        self.assertEqual(
            (options["joined"], options["unknown"]), ("Joined in Between", "Not recorded")
        )
        self.assertEqual(dict(fields["new_tier"]["selection"])["left"], "Left in Between")
        self.assertTrue(fields["old_user_id"]["falsy_value_label"])

    def test_months_of_the_context_are_checked(self):
        for first, last in (
            ("2025-06-01", None),
            ("2025-06-15", "2025-07-01"),
            ("2025-07-01", "2025-06-01"),
            ("June", "July"),
            (7, 8),
            (["2025-06-01"], "2025-07-01"),
        ):
            report = self.env["retention.move.report"].with_context(
                retention_first=first, retention_last=last
            )
            with self.subTest(first=first, last=last), self.assertRaises(ValidationError):
                report.search([])

    # ------------------------------------------------------------ the dialog
    def test_the_dialog_opens_them(self):
        form = Form(self.env["retention.move.compare"])
        self.assertEqual((form.first, form.last), ("2025-05-01", "2025-08-01"))
        form.first = "2025-02-01"
        form.last = "2025-04-01"
        action = form.save().action_open()
        self.assertEqual(action["name"], "Moves, February 2025 – April 2025")
        rows = self.env[action["res_model"]].with_context(**action["context"]).search([])
        self.assertEqual(rows[0].last_month, month_start(4))

    def test_the_dialog_refuses(self):
        compare = self.env["retention.move.compare"]
        wrong = compare.create({"first": "2025-06-01", "last": "2025-05-01"})
        self.assertRefused(UserError, "before the first", wrong.action_open)
        other = self.make_company("Without a Month")
        nothing = compare.with_context(allowed_company_ids=other.ids).create({})
        self.assertFalse(nothing.last)
        self.assertRefused(UserError, "No month has been closed", nothing.action_open)
