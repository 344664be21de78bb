"""The ledger added up by month: always equal to the ledger, whatever happens to it."""

from collections import defaultdict
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.customer_retention.models.retention_ledger import SUMS
from odoo.addons.customer_retention.models.retention_metrics_kpi import Span
from odoo.addons.customer_retention.models.retention_metrics_ledger_rollup import COUNTS, PLACES

from .ledger_common import LedgerCase, month_start

MONTH = relativedelta(months=1)


def counts_of(row):
    """Return what a row of the ledger counts as, computed apart from the SQL."""
    joined = row.active_end and not row.active_start
    return {
        "at_start": row.active_start,
        "at_end": row.active_end,
        "kept": row.active_start and row.active_end,
        "left_count": row.active_start and not row.active_end,
        "joined": joined,
        "joined_new": joined and row.is_new,
        "new_count": row.is_new,
        "lost_count": row.is_lost,
        "back_count": row.is_reactivated,
        "buyers": row.purchase_days > 0,
        "repeat_buyers": row.purchase_days > 1,
    }


@tagged("post_install", "-at_install")
class TestLedgerRollup(LedgerCase):
    def setUp(self):
        super().setUp()
        self.rollup = self.env["retention.ledger.rollup"]

    def assertRolledUp(self):
        """Compare with sums over the ledger, placing by placing, in Python."""
        self.env.flush_all()
        self.env.invalidate_all()
        ledger = self.ledger.search([("company_id", "=", self.company.id)])
        self.assertTrue(ledger)
        of = {(row.partner_id, row.month): row for row in ledger}
        wanted = defaultdict(lambda: defaultdict(float))
        for row in ledger:
            prior = row.active_start and of.get((row.partner_id, row.month - MONTH))
            place = (row.month, *((prior or row)[name].id for name in PLACES))
            wanted[place]["row_count"] += 1
            for name, value in counts_of(row).items():
                wanted[place][name] += value
            for name in SUMS:
                wanted[place][name] += row[name]
        found = defaultdict(lambda: defaultdict(float))
        for row in self.rollup.search([("company_id", "=", self.company.id)]):
            place = (row.month, *(row[name].id for name in PLACES))
            for name in ("row_count", *COUNTS, *SUMS):
                found[place][name] += row[name]
        # What was taken out of a place leaves zeros there.
        emptied = {place for place in found if not any(found[place].values())}
        self.assertEqual(set(found) - emptied, set(wanted))
        for place, sums in found.items():
            for name, value in sums.items():
                right = 0 if place in emptied else wanted[place][name]
                self.assertAlmostEqual(value, right, 2, (place, name))
            self.assertEqual(sums["at_start"] - sums["left_count"] + sums["joined"], sums["at_end"])
        self.assertPeriodsAddedUp(sorted({row.month for row in ledger}), ledger)

    def assertPeriodsAddedUp(self, months, ledger):
        """Compare the periods of three months with the same computed row by row."""
        metrics, placed = self.env["retention.metrics"], Domain("id", "in", ledger.ids)
        segments = Domain("segment_id", "in", ledger.segment_id.ids[:1])
        users = Domain("user_id", "=", ledger.user_id.ids[0] if ledger.user_id else False)
        for month in months:
            for domain in (Domain.TRUE, segments, users):
                span = Span(self.company, month - 2 * MONTH, month, domain)
                self.assertTrue(span.by_place)
                [found] = metrics._spans_totals([span])
                # A condition on anything else has it read from the ledger.
                span = span._replace(domain=domain & placed)
                self.assertFalse(span.by_place)
                [wanted] = metrics._spans_totals([span])
                for name, value in wanted.items():
                    self.assertAlmostEqual(found[name], value, 2, (month, domain, name))

    def merge(self, *partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([into.id, *(partner.id for partner in partners)], into)

    def test_closed_month_by_month_with_moves(self):
        self.twelve()
        seller = {0: self.make_user("seller_0"), 1: self.make_user("seller_1")}
        self.env["crm.team"].create({"name": "North", "member_ids": seller[0].ids})
        self.refresh(date(2025, 1, 16))
        for number in range(1, 9):
            for order, partner in enumerate(self.people.values()):
                self.profile(partner).sudo().user_id = seller[(order + number) % 2]
            self.night(month_start(number + 1))
        self.assertRolledUp()
        rows = self.rollup.search([("company_id", "=", self.company.id)])
        self.assertTrue(rows.user_id and rows.team_id and rows.segment_id)
        self.assertGreater(len(rows), 20)
        # Tickets were recorded by nobody: not zero, but empty.
        self.env.cr.execute(
            "SELECT COUNT(csat_answers) FROM retention_ledger_rollup WHERE company_id = %s",
            [self.company.id],
        )
        self.assertGreater(self.env.cr.fetchone()[0], 0)

    def test_rebuilt_and_merged(self):
        self.twelve()
        self.night(date(2025, 9, 1))
        self.assertRolledUp()
        before = sum(self.rollup.search([]).mapped("revenue"))
        self.env["retention.history.purchase"].create(
            {
                "partner_id": self.people["L"].id,
                "company_id": self.company.id,
                "day": "2025-03-10",
                "amount": 7,
                "always_counts": True,
            }
        )
        self.months.action_rebuild()
        self.close()
        self.assertRolledUp()
        after = sum(self.rollup.search([]).mapped("revenue"))
        self.assertAlmostEqual(after, before + 7)
        self.merge(self.people["C"], self.people["E"], into=self.people["D"])
        self.assertRolledUp()

    def test_late_refund_and_late_order(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        order = self.order(ann, date(2025, 4, 10), 100)
        self.night(date(2025, 6, 1))
        self.refund(order, date(2025, 5, 20), 30)
        self.order(bob, date(2025, 4, 20), 40)
        self.refresh(date(2025, 6, 2), partners=ann | bob)
        self.assertRolledUp()
        rows = self.rollup.search([("month", "=", date(2025, 4, 1))])
        self.assertEqual(sum(rows.mapped("revenue_restated")), 110)

    def test_a_customer_is_deleted(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, date(2025, 1, 10), 50)
        order = self.order(bob, date(2025, 1, 5), 7)
        self.night(date(2025, 3, 1))
        self.assertEqual(len(self.rows(bob)), 2)
        self.assertRolledUp()
        order._action_cancel()
        order.unlink()
        bob.unlink()
        self.assertRolledUp()
        self.assertEqual(sum(self.rollup.search([]).mapped("revenue")), 50)
