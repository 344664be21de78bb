"""The engine: changed rows only, transitions with history, resuming, replaying, locking."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.analytics import rfm

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestEngine(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Five purchase days of much money, the last 10 days ago: everything high.
        cls.best = cls.customer("Best")
        cls.orders(cls.best, 10, 40, 70, 100, 130, amount=1000)
        cls.fresh = cls.customer("Fresh")
        cls.orders(cls.fresh, 5, amount=10)
        cls.gone = cls.customer("Gone")
        cls.orders(cls.gone, 800, 900, amount=50)
        cls.prospect = cls.customer("Prospect")
        cls.order(cls.prospect, AS_OF, state="draft")

    def snapshot(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT * FROM retention_profile WHERE company_id = %s ORDER BY id", self.company.id
            )
        )

    # ------------------------------------------------------------ figures
    def test_figures(self):
        self.refresh()
        best = self.profile(self.best)
        self.assertRecordValues(
            best,
            [
                {
                    "first_order_date": date(2026, 2, 20),
                    "last_order_date": date(2026, 6, 20),
                    "order_count": 5,
                    "revenue_total": 5000.0,
                    "avg_order_value": 1000.0,
                    "rfm_frequency": 5,
                    "rfm_monetary": 5000.0,
                    "expected_gap_days": 30,
                    "next_order_date": date(2026, 7, 20),
                    "is_core": True,
                    "rfm_r": 5,
                    "rfm_f": 4,
                }
            ],
        )

    def test_prospect_has_a_profile_without_scores(self):
        self.refresh()
        profile = self.profile(self.prospect)
        self.assertTrue(profile)
        self.assertFalse(profile.rfm_score)
        self.assertFalse(profile.segment_id)
        self.assertEqual(profile.rfm_r, 0)

    def test_lapsed_customer_stays_scored(self):
        self.refresh()
        gone = self.profile(self.gone)
        # 800 days ago is outside the window of 24 months: no frequency, no amount.
        self.assertEqual(gone.rfm_score, "111")
        self.assertEqual(gone.revenue_total, 100.0)
        self.assertEqual(gone.rfm_monetary, 0.0)

    def test_sql_equals_pandas(self):
        self.refresh()
        self.assert_equals_pandas(AS_OF)

    def assert_equals_pandas(self, as_of):
        expected = self.profiles._compute_as_of(self.company, as_of)
        names = [name for name in expected.columns if name != "segment_id"]
        stored = {
            p.partner_id.id: p
            for p in self.profiles.search(
                [("company_id", "=", self.company.id), ("first_order_date", "!=", False)]
            )
        }
        self.assertEqual(set(stored), set(expected.index))
        for partner_id, row in expected.iterrows():
            for name in names:
                value = stored[partner_id][name]
                if hasattr(value, "strftime") or row[name] is None or value is False:
                    self.assertEqual(value or None, row[name] or None, (partner_id, name))
                else:
                    self.assertEqual(value, row[name], (partner_id, name))
            self.assertEqual(stored[partner_id].segment_id.id, row["segment_id"])

    def test_sql_equals_pandas_on_many(self):
        """A population large enough for cut points in every dimension, with ties."""
        self.company.write({"retention_r_method": "cuts", "retention_f_method": "cuts"})
        for number in range(60):
            partner = self.customer(f"Many {number}")
            self.orders(
                partner,
                *range(number % 7, 700, 60 + 10 * (number % 5)),
                amount=25.0 * (1 + number % 9),
            )
        self.refresh()
        self.assert_equals_pandas(AS_OF)
        run = self.env["retention.run"]._last_done(self.company)
        self.assertTrue(run.m_from_data)
        self.refresh(AS_OF + timedelta(days=45))
        self.assert_equals_pandas(AS_OF + timedelta(days=45))

    # ------------------------------------------------------------ nothing twice
    def test_second_run_writes_nothing(self):
        self.refresh()
        before = self.snapshot()
        run = self.refresh()
        self.assertEqual(run.changed_count, 0)
        self.assertEqual(self.snapshot(), before)

    def test_a_quiet_night_writes_nothing(self):
        self.refresh()
        before = self.snapshot()
        run = self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(run.changed_count, 0)
        self.assertEqual(self.snapshot(), before)

    def test_first_fill_keeps_no_history(self):
        self.refresh()
        self.assertFalse(self.profile(self.best).change_ids)

    def test_going_back_is_refused(self):
        self.refresh()
        with self.assertRaisesRegex(UserError, "cannot be set back"):
            self.refresh(AS_OF - timedelta(days=1))

    # ------------------------------------------------------------ transitions
    def test_segment_moves_with_history(self):
        self.refresh()
        fresh = self.profile(self.fresh)
        self.assertEqual(fresh.segment_id.code, "new")
        later = AS_OF + timedelta(days=100)  # 105 days: R3
        self.refresh(later)
        self.assertEqual(fresh.segment_id.code, "general")
        self.assertEqual(fresh.previous_segment_id.code, "new")
        self.assertEqual(fresh.segment_since, later)
        moved = fresh.change_ids.filtered(lambda change: change.what == "segment")
        self.assertRecordValues(
            moved,
            [{"date": later, "cause": "nightly", "old_label": "New", "new_label": "General"}],
        )
        scored = fresh.change_ids.filtered(lambda change: change.what == "rfm_score")
        self.assertEqual((scored.old_value[0], scored.new_value[0]), ("5", "3"))

    def test_moves_go_through_the_orm(self):
        self.refresh()
        written = []

        def write(records, vals):
            written.append((records.ids, set(vals)))
            return original(records, vals)

        original = type(self.profiles).write
        with patch.object(type(self.profiles), "write", write):
            self.refresh(AS_OF + timedelta(days=100))
        ids = [i for found, names in written if "segment_id" in names for i in found]
        self.assertIn(self.profile(self.fresh).id, ids)
        self.assertNotIn(self.profile(self.gone).id, ids)

    def test_cancelled_last_order_empties_the_profile(self):
        self.refresh()
        order = self.env["sale.order"].search([("partner_id", "=", self.fresh.id)])
        order._action_cancel()
        self.refresh(partners=self.fresh)
        profile = self.profile(self.fresh)
        self.assertFalse(profile.last_order_date)
        self.assertFalse(profile.segment_id)
        self.assertEqual(profile.previous_segment_id.code, "new")
        self.assertFalse(profile.rfm_score)

    def test_few_equals_everybody(self):
        self.refresh()
        self.order(self.gone, AS_OF, 700)
        self.refresh(partners=self.gone)
        few = self.snapshot()
        self.assertEqual(self.profile(self.gone).rfm_r, 5)
        run = self.refresh()
        # Cut points may move others; here they are multiples of the median order.
        self.assertEqual([row[:2] for row in few], [row[:2] for row in self.snapshot()])
        self.assertLessEqual(run.changed_count, len(few))

    def test_contact_stands_for_its_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.best.id})
        self.refresh()
        self.order(contact, AS_OF, 500)
        self.refresh(partners=contact)
        self.assertEqual(self.profile(self.best).order_count, 6)
        self.assertFalse(self.profile(contact))

    # ------------------------------------------------------------ resuming
    def plan(self, as_of=AS_OF):
        self.env.flush_all()
        run = self.env["retention.run"].with_company(self.company)._plan(self.company, as_of)
        run._step()
        return run

    def finish(self, run, size=1):
        for _step in range(100):
            if run.state == "done":
                return
            run._step(size)
        self.fail("the run does not end")

    def test_small_steps_end_like_one(self):
        self.finish(self.plan())
        small = self.snapshot()
        self.assertEqual(len(small), 4)
        self.assertEqual(self.refresh().changed_count, 0)

    def test_run_goes_on_at_its_cursor(self):
        run = self.plan()
        run._step(1)
        cursor = run.cursor
        self.assertTrue(cursor)
        again = self.env["retention.run"]._plan(self.company, AS_OF)
        self.assertEqual(again, run)
        self.finish(again)
        self.assertEqual(run.done_count, 4)

    def test_lost_work_table_is_read_again(self):
        run = self.plan()
        run._step(1)
        self.env.cr.execute(
            SQL("TRUNCATE %s", self.env["retention.metrics"]._work_table(self.company.id))
        )
        run._step(1)
        self.assertEqual(run.phase, "aggregate")
        self.finish(run)
        self.assertEqual(len(self.snapshot()), 4)

    def test_work_table_goes_away(self):
        self.refresh()
        self.assertFalse(self.env["retention.metrics"]._work_exists(self.company.id))

    def test_fresh_during_a_run_is_not_set_back(self):
        """An order confirmed while the run is under way is still there when it ends."""
        self.refresh()
        run = self.plan(AS_OF + timedelta(days=1))
        self.order(self.gone, AS_OF, 700)
        self.refresh(AS_OF + timedelta(days=1), self.gone)
        self.assertEqual(self.profile(self.gone).last_order_date, AS_OF)
        self.finish(run)
        self.assertEqual(self.profile(self.gone).last_order_date, AS_OF)
        self.assertEqual(self.profile(self.gone).order_count, 3)

    # ------------------------------------------------------------ scheduling
    def cron(self, now):
        runs = self.env["retention.run"]
        companies = patch.object(
            type(self.env["res.company"]), "_retention_companies", lambda model: self.company
        )
        progress = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        with freeze_time(now), companies, progress:
            runs._cron_nightly()
        return runs.search([("company_id", "=", self.company.id)], order="as_of")

    def test_once_a_day(self):
        self.assertEqual(len(self.cron("2026-06-30 01:00:00")), 1)
        self.assertEqual(len(self.cron("2026-06-30 02:00:00")), 1)
        runs = self.cron("2026-07-01 00:30:00")
        self.assertEqual(runs.mapped("as_of"), [AS_OF, date(2026, 7, 1)])
        self.assertEqual(runs.mapped("cause"), ["first", "nightly"])

    def test_the_day_is_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        runs = self.cron("2026-06-30 16:30:00")
        self.assertEqual(runs.as_of, date(2026, 7, 1))

    def test_missed_nights_are_replayed_in_order(self):
        self.cron("2026-06-30 01:00:00")
        runs = self.cron("2026-10-10 01:00:00")
        self.assertEqual(len(runs), 1 + 31)
        self.assertEqual(runs[1].as_of, date(2026, 9, 10))
        self.assertEqual(runs[-1].as_of, date(2026, 10, 10))
        changes = self.profile(self.fresh).change_ids.filtered(lambda c: c.what == "segment")
        # Dated to the night it was due (the 91st day), though noticed weeks later.
        self.assertEqual(changes.date, date(2026, 9, 24))

    def test_settings_change_has_everybody_computed_again(self):
        self.cron("2026-06-30 01:00:00")
        mine = [("cron_id", "=", self.env.ref("customer_retention.cron_nightly").id)]
        before = self.env["ir.cron.trigger"].search(mine)
        self.company.retention_r_edge_1 = 4
        self.commit_requests()
        self.assertTrue(self.env["ir.cron.trigger"].search(mine) - before, "not an hour later")
        runs = self.cron("2026-06-30 02:00:00")
        self.assertEqual(len(runs), 2)
        self.assertEqual(set(runs.mapped("cause")), {"first", "rescore"})
        self.assertEqual(self.profile(self.fresh).rfm_r, 4)

    def test_first_run_answers_what_was_asked_before(self):
        self.env["retention.run"]._request_rescore(self.company)
        self.commit_requests()
        self.cron("2026-06-30 01:00:00")
        self.assertEqual(len(self.cron("2026-06-30 02:00:00")), 1)

    def test_one_failing_company_keeps_its_error(self):
        with (
            self.assertRaisesRegex(ValueError, "broken"),
            patch.object(
                type(self.env["retention.run"]), "_step", side_effect=ValueError("broken")
            ),
            patch.object(self.env.cr, "rollback"),
            self.assertLogs("odoo.addons.customer_retention.models.retention_run", "ERROR"),
        ):
            self.cron("2026-06-30 01:00:00")
        run = self.env["retention.run"]._live(self.company)
        self.assertEqual(run.error, "broken")
        self.cron("2026-06-30 02:00:00")
        self.assertEqual((run.state, run.error), ("done", False))

    def test_second_worker_leaves_it_alone(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('customer_retention'), %s)",
                (self.company.id,),
            )
            self.assertFalse(self.cron("2026-06-30 01:00:00"))
            with self.assertRaisesRegex(UserError, "being computed just now"):
                self.refresh()
        self.assertEqual(len(self.cron("2026-06-30 01:00:00")), 1)

    # ------------------------------------------------------------ cost
    def test_statements_do_not_grow_with_customers(self):
        def statements():
            before = self.env.cr.sql_log_count
            self.refresh()
            return self.env.cr.sql_log_count - before

        def more(count):
            for number in range(count):
                self.orders(self.customer(f"More {number}"), 3, 50)

        more(35)
        self.refresh()
        few = statements()
        more(50)
        self.refresh()
        self.assertEqual(statements(), few)

    # ------------------------------------------------------------ small populations
    def test_below_thirty_multiples_of_the_median_order(self):
        run = self.refresh()
        # Orders in the window: 5 × 1000 and 10; the median is 1000.
        self.assertEqual(run._limits().m, (100000, 200000, 500000, 1000000))
        self.assertFalse(run.m_from_data)
        self.assertEqual(self.profile(self.best).rfm_m, 3)

    def test_below_thirty_last_stored_cut_points(self):
        self.env["retention.run"].create(
            {
                "company_id": self.company.id,
                "as_of": AS_OF - timedelta(days=1),
                "cause": "nightly",
                "state": "done",
                "live": False,
                "r_limits": "1,2,3,4",
                "f_limits": "1,2,3,4",
                "m_limits": "100,200,300,400",
                "m_from_data": True,
            }
        )
        self.assertEqual(self.refresh()._limits().m, (100, 200, 300, 400))

    def test_past_date_has_no_side_effect(self):
        self.refresh()
        before = self.snapshot()
        past = self.profiles._compute_as_of(self.company, AS_OF - timedelta(days=60))
        self.assertNotIn(self.fresh.id, past.index)
        self.assertEqual(past.loc[self.best.id, "order_count"], 3)
        self.assertEqual(self.snapshot(), before)
        self.assertEqual(list(past.columns[:2]), ["first_order_date", "last_order_date"])

    def test_preview_of_other_rules(self):
        config = rfm.Config(r_edges=(1, 2, 3, 400))
        tried = self.profiles._compute_as_of(self.company, AS_OF, config)
        self.assertEqual(tried.loc[self.best.id, "rfm_r"], 2)
