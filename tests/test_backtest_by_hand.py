"""What a back-test finds, worked out by hand."""

from datetime import date

from odoo.tests import tagged

from .backtest_common import LAST, BacktestCase


@tagged("post_install", "-at_install")
class TestBacktestByHand(BacktestCase):
    def test_by_hand(self):
        """Only "no contact of any kind for more than 180 days" opens alerts, nothing is scored.

        Six month ends, January to June 2026. Windows of 90 days are known up to June 30: those
        from January to March are over.
        """
        for code, signal in self.signals.items():
            signal.active = code == "untouched"
        # Last purchase on October 3 2025: silent for more than 180 days from April 2 on.
        self.bought("Leaves", 270)
        # August 14 2025: from February 11 on. Buys again on April 21, within 90 days.
        self.bought("Stays", 70, 320)
        self.refresh(LAST)
        test = self.replay({"untouched": {"alert_from": 60}}, months=6)
        now, then = self.side(test), self.side(test, "changed")
        april, february = date(2026, 4, 30), date(2026, 2, 28)
        # Gone on April 30 and May 31.
        wanted = {("Leaves", april, False), ("Stays", february, date(2026, 5, 31))}
        self.assertEqual(self.alerts_of(test), wanted)
        self.assertEqual((now.alerts, now.judged, now.right), (2, 1, 0))
        # With 60 days both on January 31, and "Stays" again 70 days after April 21.
        january, june = date(2026, 1, 31), LAST
        wanted = {("Leaves", january, False), ("Stays", january, date(2026, 5, 31))}
        self.assertEqual(self.alerts_of(test, "changed"), wanted | {("Stays", june, False)})
        self.assertEqual((then.alerts, then.judged, then.right), (3, 2, 1))
        # "Leaves" left, as each month end from January to March tells.
        self.assertEqual((now.left, now.found, then.left, then.found), (1, 0, 1, 1))
        self.assertEqual((now.precision, now.recall), (0, 0))
        self.assertEqual((then.precision, then.recall), (50, 100))
        # 150 days from January 31 to June 30.
        self.assertAlmostEqual(now.weekly, 2 / (150 / 7), 1)
        self.assertAlmostEqual(then.weekly, 1 / (150 / 7), 1)
        self.assertEqual((now.owners, then.owners), (1, 1))
        self.assertEqual(now.lead_count, 0)
        # Five percent of what was bought in the year before the last purchase.
        self.assertEqual((now.value, then.value), (10, 20))
        self.assertTrue(test.sentence.startswith("Take it over"), test.sentence)
        self.assertEqual(
            then.sentence,
            "Of 100 alerts, 50 were right; 0.0 a week for each owner; it finds 100 of 100 who "
            "leave.",
        )
        alerts = self.env["retention.backtest.alert"].search([("backtest_id", "=", test.id)])
        self.assertEqual(alerts.user_id, self.owner)
        self.assertEqual(
            sorted(alerts.filtered(lambda x: x.side == "changed").mapped("outcome")),
            ["open", "right", "wrong"],
        )
        opened = [month.alerts for month in test.month_ids if month.side == "present"]
        self.assertEqual(opened, [0, 1, 0, 1, 0, 0])
