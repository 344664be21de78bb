"""What a back-test says, and what its scheduled action leaves when it cannot go on."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from .backtest_common import BacktestCase


@tagged("post_install", "-at_install")
class TestBacktestWords(BacktestCase):
    def tested(self, **sides):
        """Return a finished back-test; of each side (judged, right, left, found) of the alerts."""
        test = self.make(months=2)
        test.state = "done"
        for side, (judged, right, left, found) in sides.items():
            self.env["retention.backtest.result"].create(
                {
                    "backtest_id": test.id,
                    "side": side,
                    "alerts": judged or 3,
                    "owners": 1,
                    "judged": judged,
                    "right": right,
                    "left": left,
                    "found": found,
                    "weekly": 2 if side == "present" else 12,
                }
            )
        return test

    def test_which_rules_to_take(self):
        """Of 100 alerts right, of 100 who leave found; two points are no difference."""
        for changed, words in (
            ((100, 52, 100, 42), "Both rules do alike"),
            ((100, 48, 100, 38), "Both rules do alike"),
            ((100, 53, 100, 38), "Take it over: of 100 alerts 53 instead of 50 are right"),
            ((100, 48, 100, 43), "Take it over"),
            ((100, 47, 100, 42), "Keep the present rules: of 100 alerts only 47 instead of 50"),
            ((100, 52, 100, 37), "Keep the present rules"),
            ((100, 47, 100, 43), "It finds more (43 instead of 40 of 100 who leave), but fewer"),
            ((100, 53, 100, 37), "More alerts are right (53 instead of 50 of 100), but it finds"),
            ((0, 0, 100, 0), "Too few alerts to compare: the changed rules open 3"),
        ):
            with self.subTest(changed=changed):
                test = self.tested(present=(100, 50, 100, 40), changed=changed)
                self.assertTrue(test.sentence.startswith(words), test.sentence)
        several = self.tested(present=(100, 50, 100, 40), changed=(100, 47, 100, 43)).sentence
        self.assertIn("12 instead of 2.0 a week", several)

    def test_one_set_of_rules(self):
        for figures, words in (
            ((0, 0, 5, 0), "3 alerts, 2.0 a week for each owner. None can be judged yet"),
            ((100, 50, 100, 40), "Of 100 alerts, 50 were right; 2.0 a week for each owner"),
        ):
            test = self.tested(present=figures)
            self.assertTrue(test.sentence.startswith(words), test.sentence)
        self.assertNotIn("days before", test.sentence)
        test.result_ids.write({"lead_count": 7, "lead_days": 41.6})
        self.assertIn("40 of 100 who leave, 42 days before they are lost", test.sentence)
        test.state = "running"
        self.assertFalse(test.sentence)
        self.assertFalse(test.result_ids.sentence)

    def test_a_name_or_the_day(self):
        named, plain = self.make(months=2, name="Stricter"), self.make(months=2)
        self.assertEqual(named.display_name, "Stricter")
        self.assertRegex(plain.display_name, r"^Back-test of \d")
        self.assertEqual(plain.new({}).display_name, "New Back-Test")

    # ---------------------------------------------------------------- the scheduled action
    def test_what_cannot_go_on_now_waits(self):
        """Somebody else is at it, the row changed meanwhile, or the time is over: no failure."""
        test = self.make(months=2)
        test.action_start()
        results, tests = type(self.env["retention.backtest.result"]), type(test)
        cron = type(self.env["ir.cron"])
        rollback = patch.object(self.env.cr, "rollback")
        taken = patch.object(tests, "try_lock_for_update", lambda records, **options: records[:0])
        changed = patch.object(results, "_replay", side_effect=SerializationFailure())
        for name, time_left, trouble in (
            ("taken", 9, taken),
            ("changed", 9, changed),
            ("out of time", 0, patch.object(results, "_replay", side_effect=AssertionError)),
        ):
            commit = patch.object(cron, "_commit_progress", lambda *a, left=time_left, **k: left)
            with self.subTest(name), commit, rollback as undone, trouble:
                self.tests._cron_replay()
                self.assertEqual((test.state, test.cursor, test.error), ("waiting", 0, False))
                self.assertEqual(undone.called, name == "changed")
