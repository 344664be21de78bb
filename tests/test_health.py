"""Stage, risk and reasons as the engine keeps them."""

from datetime import date, timedelta
from unittest.mock import patch

import pandas as pd

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.models import retention_metrics_health_store as store

from .common import AS_OF
from .health_common import HealthCase


@tagged("post_install", "-at_install")
class TestStage(HealthCase):
    def changes(self, partner, what="stage"):
        found = self.profile(partner).change_ids.filtered(lambda c: c.what == what)
        return [(c.date, c.old_value, c.new_value) for c in found.sorted("id")]

    def test_stages(self):
        wanted = {
            self.buyer(90): "new",
            self.buyer(91): "silent",
            self.buyer(180): "silent",
            self.buyer(181): "at_risk",
            self.buyer(365): "at_risk",
            self.buyer(366): "lost",
            self.buyer(5, 50, 100): "active",
            self.buyer(5, 200): "won_back",
            self.buyer(91, 300): "silent",
        }
        talked = self.buyer(300)
        self.talk(talked, 180)
        wanted[talked] = "silent"
        quotation = self.customer()
        self.order(quotation, AS_OF, state="draft")
        wanted[quotation] = "prospect"
        self.refresh()
        self.assertEqual([self.profile(ann).stage for ann in wanted], list(wanted.values()))

    def test_first_fill_keeps_no_history_but_knows_the_day(self):
        ann = self.buyer(400)
        self.refresh()
        profile = self.profile(ann)
        lost = AS_OF - timedelta(days=34)
        self.assertEqual((profile.stage_since, profile.churned_on), (lost, lost))
        self.assertFalse(self.changes(ann))

    def test_every_transition_is_dated(self):
        """One purchase, then another after 400 days: every stage on its day."""
        ann = self.buyer(400)
        bought = AS_OF - timedelta(days=400)
        for days in (0, 90, 91, 180, 181, 365, 366):
            self.refresh(bought + timedelta(days=days))
        self.orders(ann, 0)
        self.refresh(AS_OF)
        for days in (90, 91):
            self.refresh(AS_OF + timedelta(days=days))
        day = timedelta
        wanted = [
            (bought + day(91), "new", "silent"),
            (bought + day(181), "silent", "at_risk"),
            (bought + day(366), "at_risk", "lost"),
            (AS_OF, "lost", "won_back"),
            (AS_OF + day(91), "won_back", "silent"),
        ]
        self.assertEqual(self.changes(ann), wanted)
        profile = self.profile(ann)
        self.assertEqual((profile.won_back_on, profile.churned_on), (AS_OF, False))
        change = profile.change_ids.filtered(lambda c: c.new_value == "lost")
        self.assertEqual(change.evidence["last_order_date"], str(bought))
        self.assertEqual((change.old_label, change.new_label), ("At risk", "Lost"))

    def test_a_night_without_events_writes_nothing(self):
        self.buyer(40, 70, 100, 130)
        self.buyer(250)
        self.refresh(AS_OF)
        before = self.written()
        run = self.refresh(AS_OF)
        self.assertEqual((run.changed_count, self.written()), (0, before))

    def written(self):
        """Return when each profile and reason was last written."""
        self.env.flush_all()
        stamps = []
        for table in ("retention_profile", "retention_reason"):
            self.env.cr.execute(
                SQL(
                    "SELECT id, write_date, xmin FROM %s WHERE company_id = %s ORDER BY id",
                    SQL.identifier(table),
                    self.company.id,
                )
            )
            stamps.append(self.env.cr.fetchall())
        return stamps

    def test_seasonal_buyer_is_not_lost_off_season(self):
        """Buys in four weeks of each year; two pauses of about 340 days are known."""
        season = [ago for year in range(3) for ago in (365 * year + n for n in (200, 210, 220))]
        self.closure(1, 1)
        ann, young = self.buyer(*season), self.buyer(200, 210, 220, 565)
        self.refresh()
        self.assertEqual(self.profile(ann).stage, "active")
        self.assertEqual(self.profile(young).stage, "at_risk")

    def test_archived_counts_as_lost(self):
        ann = self.buyer(10)
        self.refresh(AS_OF)
        ann.active = False
        tomorrow = AS_OF + timedelta(days=1)
        self.refresh(tomorrow)
        self.refresh(tomorrow + timedelta(days=1))
        profile = self.profile(ann)
        self.assertEqual((profile.stage, profile.churned_on), ("lost", tomorrow))

    def test_contact_as_standard(self):
        self.company.retention_standard = "contact"
        ann = self.buyer(400)
        self.talk(ann, 10)
        self.refresh()
        self.assertEqual(self.profile(ann).stage, "silent")

    def test_standard_must_make_sense(self):
        for values in ({"retention_silent_days": 365}, {"retention_lost_days": 100}):
            self.assertRefused(
                ValidationError, "silent before", lambda values=values: self.company.write(values)
            )
        self.assertRefused(
            ValidationError, "above zero", lambda: self.company.write({"retention_new_days": 0})
        )

    def test_retail_standard(self):
        self.company.action_retention_retail()
        wanted = {self.buyer(90, 100): "at_risk", self.buyer(91, 100): "lost"}
        self.refresh()
        self.assertEqual([self.profile(ann).stage for ann in wanted], list(wanted.values()))

    def test_automation_sees_a_stage_change(self):
        """State changes go through the ORM, one write per transition."""
        for _number in range(3):
            self.buyer(90)
        self.refresh(AS_OF)
        seen = []
        original = type(self.profiles).write

        def write(records, vals):
            if "stage" in vals:
                seen.append((len(records), vals["stage"]))
            return original(records, vals)

        self.patch(type(self.profiles), "write", write)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(seen, [(3, "silent")])


@tagged("post_install", "-at_install")
class TestRisk(HealthCase):
    def test_reasons_add_up_to_the_score(self):
        customers = [self.buyer(*range(start, 900, 40)) for start in range(5, 400, 35)]
        for ann in customers[::3]:
            self.talk(ann, 70)
            self.talk(ann, 20, outcome="no_answer")
        self.invoice(customers[0], 40)
        self.refresh()
        scores = set()
        for ann in customers:
            profile = self.profile(ann)
            self.assertEqual(sum(profile.reason_ids.mapped("points")), profile.risk_score)
            self.assertEqual(all(r.sentence for r in profile.reason_ids), True, profile.reason_ids)
            scores.add(profile.risk_score)
        self.assertGreater(len(scores), 5)

    def test_missing_data_lowers_coverage_and_never_the_risk(self):
        ann = self.buyer(200, 230, 260, 290)
        self.refresh(AS_OF)
        profile = self.profile(ann)
        without = (profile.risk_score, profile.risk_coverage)
        self.invoice(self.buyer(1), 0)  # now invoices are known, and none of hers is overdue
        self.refresh(AS_OF)
        self.assertLess(without[1], profile.risk_coverage)
        self.assertGreaterEqual(without[0], profile.risk_score)

    def test_two_nights_to_leave_a_level(self):
        """A purchase lowers the score at once, the level on the second night after it."""
        ann = self.buyer(*range(380, 980, 40))
        self.refresh(AS_OF)
        profile = self.profile(ann)
        level, score = profile.risk_level, profile.risk_score
        self.assertIn(level, ("high", "critical"))
        self.order(ann, AS_OF)
        self.refresh(AS_OF, ann)
        self.assertLess(profile.risk_score, score - 30)
        self.assertEqual(profile.risk_level, level)
        night = AS_OF + timedelta(days=1)
        for _twice in range(2):
            self.refresh(night)
            self.assertEqual(profile.risk_level, level)
        self.refresh(night + timedelta(days=1))
        self.assertEqual(profile.risk_level, "low")
        self.assertEqual(profile.risk_level_since, night + timedelta(days=1))

    def test_score_after_a_purchase(self):
        ann = self.buyer(*range(200, 900, 40))
        self.refresh(AS_OF)
        profile = self.profile(ann)
        told = profile.risk_after_purchase
        self.assertLess(told, profile.risk_score)
        recency = profile.reason_ids.filtered(lambda r: r.signal_id.type == "recency")
        self.assertIn(str(told), recency.remedy)
        # The trend part moves too once the purchase is there; recency and lateness are told.
        self.order(ann, AS_OF)
        self.refresh(AS_OF, ann)
        types = set(profile.reason_ids.mapped("signal_id.type"))
        self.assertFalse(types & {"recency", "overdue"})

    def test_value_at_stake(self):
        """Twelve months before the last purchase, by level: 1,200 × 5, 20, 45 or 70 %."""
        ann = self.customer()
        self.orders(ann, 300, 330, 360, amount=400)
        self.orders(ann, 665, amount=9000)  # the same day a year earlier: outside
        self.refresh()
        profile = self.profile(ann)
        share = {"low": 5, "watch": 20, "high": 45, "critical": 70}[profile.risk_level]
        self.assertEqual(profile.amount_before_last, 1200)
        self.assertEqual(profile.value_at_stake, 12 * share)

    def test_a_reason_keeps_its_day_while_its_points_stay(self):
        ann = self.buyer(91)
        self.refresh(AS_OF)
        reason = self.profile(ann).reason_ids.filtered(lambda r: r.signal_id.type == "recency")
        self.assertEqual((reason.earned, reason.since), (31, AS_OF))
        self.refresh(AS_OF + timedelta(days=14))
        self.assertEqual((reason.earned, reason.since), (31, AS_OF))
        later = AS_OF + timedelta(days=15)
        self.refresh(later)
        self.assertEqual((reason.earned, reason.since), (34, later))

    def test_few_equals_everybody(self):
        customers = [self.buyer(*range(start, 600, 50)) for start in range(5, 300, 60)]
        self.talk(customers[1], 30)
        self.refresh(AS_OF)
        for ann in customers:
            self.orders(ann, 2)
        self.refresh(AS_OF, customers[0] | customers[1])
        few = [self.figures(ann) for ann in customers[:2]]
        self.refresh(AS_OF)
        self.assertEqual(few, [self.figures(ann) for ann in customers[:2]])

    def figures(self, partner):
        profile = self.profile(partner)
        names = ("stage", "risk_score", "risk_coverage", "value_at_stake", "next_order_date")
        reasons = [(r.signal_id.type, r.points, r.since) for r in profile.reason_ids]
        return [profile[name] for name in names], reasons

    def test_cancelled_only_order_leaves_a_prospect_without_risk(self):
        ann = self.customer()
        order = self.orders(ann, 100)
        self.refresh(AS_OF)
        self.assertTrue(self.profile(ann).reason_ids)
        order._action_cancel()
        self.refresh(AS_OF, ann)
        profile = self.profile(ann)
        self.assertEqual((profile.stage, profile.risk_level), ("prospect", False))
        self.assertFalse(profile.reason_ids)
        self.assertFalse(profile.value_at_stake)

    def test_date_by_hand_ends_with_the_next_purchase(self):
        ann = self.buyer(100)
        self.refresh(AS_OF)
        profile = self.profile(ann)
        expected = AS_OF + timedelta(days=60)
        profile._set_expected(expected, AS_OF)
        self.refresh(AS_OF, ann)
        self.assertEqual((profile.next_order_date, profile.stage), (expected, "active"))
        self.order(ann, AS_OF + timedelta(days=3))
        self.refresh(AS_OF + timedelta(days=3), ann)
        self.assertFalse(profile.expected_date)
        self.assertNotEqual(profile.next_order_date, expected)

    def test_lost_days_table_is_read_again(self):
        """A crash of the database server empties unlogged tables."""
        ann = self.buyer(100)
        run = self.env["retention.run"]._plan(self.company, AS_OF)
        while run.phase != "assess":
            run._step()
        self.env.cr.execute(f"TRUNCATE retention_days_{self.company.id}")
        run._step()
        self.assertEqual(run.phase, "aggregate")
        while run.state != "done":
            run._step()
        self.assertEqual(self.profile(ann).stage, "silent")

    def test_fresh_during_the_judgement_is_not_set_back(self):
        ann = self.buyer(400)
        run = self.env["retention.run"]._plan(self.company, AS_OF)
        while run.phase != "assess":
            run._step()
        self.orders(ann, 1)
        self.refresh(AS_OF, ann)
        self.assertEqual(self.profile(ann).stage, "won_back")
        while run.state != "done":
            run._step()
        self.assertEqual(self.profile(ann).stage, "won_back")

    def test_company_gap_in_sql_equals_pandas(self):
        for start in range(1, 200, 23):
            self.buyer(*range(start, start + 37 * (start % 5 + 1), 37))
        self.closure(60, 40)
        self.refresh(AS_OF)
        run = self.env["retention.run"]._last_done(self.company)
        scope, table = self.profiles._rfm_as_of(self.company, AS_OF)
        chunk, _old = self.profiles._past_chunk(scope, table)
        self.assertTrue(run.company_gap)
        self.assertEqual(run.company_gap, chunk.reading.company_gap)

    def test_statements_do_not_grow_with_customers(self):
        def statements(count):
            customers = [self.buyer(*range(start, 500, 50)) for start in range(count)]
            self.refresh(AS_OF)
            for ann in customers:
                self.order(ann, AS_OF)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.refresh(AS_OF, sum(customers, self.env["res.partner"]))
            return self.env.cr.sql_log_count - before

        few, many = statements(3), statements(30)
        self.assertLessEqual(many, few + 6)

    def test_two_companies_judge_for_themselves(self):
        ann, other = self.buyer(400), self.make_company("Other")
        self.order(ann, date(2026, 6, 29), company=other)
        self.refresh(AS_OF)
        self.refresh(AS_OF, company=other)
        self.assertEqual(self.profile(ann).stage, "lost")
        self.assertEqual(self.profile(ann, other).stage, "new")

    def test_many_rows_travel_through_a_file(self):
        metrics = self.env["retention.metrics"]
        rows = pd.DataFrame({"a": range(1, 1001), "b": [None, 0.5] * 500})
        for most in (10, store.IN_MEMORY):
            with patch.object(store, "IN_MEMORY", most):
                table = metrics._stage_rows("retention_try", {"a": "int4", "b": "float8"}, rows)
            found = self.env.execute_query(SQL("SELECT COUNT(*), SUM(a), SUM(b) FROM %s", table))
            self.assertEqual(found, [(1000, 500500, 250)])
