"""Two years of one customer's life, night by night, worked out by hand.

Ann buys every 30 days, six times, then nothing for 380 days. Only "no purchase for long" counts
on the card, so that the score is its points of 60; from the table for six purchase days:

    days   0–7  …  121–135  136–150  …  211–240  241–270  …  331–365  366–410
    points 1    …  22       24       …  33       36       …  45       49
    score  2    …  37       40       …  55       60       …  75       82

A level is left from five points beyond it, on the second night: watch from 40 (day 137), high
from 60 (day 242), critical from 80 (day 367). Ann is the company's only, hence core customer:
without a purchase for more than max(30, 1.5 × 30) = 45 days an alert opens (day 46). More than
180 days without any contact are another cause; silent begins on day 91, at risk on day 181, lost
on day 366.
"""

from datetime import date, timedelta

from odoo.tests import tagged

from .alert_common import AlertCase

LAST = date(2025, 1, 1)


@tagged("post_install", "-at_install")
class TestTimeTravel(AlertCase):
    def night(self, day):
        self.refresh(LAST + timedelta(days=day))

    def now(self):
        """Return (stage, level, alert's state, its lines still standing)."""
        profile = self.profile(self.ann)
        alert = self.alerts.search([("partner_id", "=", self.ann.id)], order="id desc", limit=1)
        lines = alert.line_ids.filtered(lambda line: line.state == "active")
        causes = {line.signal_id.type or line.level for line in lines}
        return profile.stage, profile.risk_level, alert.state, causes

    def talk(self, day):
        return (
            self.env["retention.interaction"]
            .with_user(self.owner)
            .create(
                {
                    "partner_id": self.ann.id,
                    "company_id": self.company.id,
                    "user_id": self.owner.id,
                    "date": f"{LAST + timedelta(days=day)} 10:00:00",
                    "kind": "call",
                }
            )
        )

    def test_two_years_of_one_customer(self):
        for code, signal in self.signals.items():
            signal.active = code in ("recency", "core_silent", "untouched")
        self.ann = self.customer("Ann")
        self.orders(self.ann, *range(0, 180, 30), amount=200, as_of=LAST)
        self.night(0)
        self.profile(self.ann).user_id = self.owner
        silent, untouched = {"core_silent"}, {"core_silent", "untouched"}
        life = [
            (45, "active", "low", False, set()),
            (46, "active", "low", "open", silent),
            (90, "active", "low", "open", silent),
            (91, "silent", "low", "open", silent),
            (136, "silent", "low", "open", silent),
            (137, "silent", "watch", "open", silent),
            (180, "silent", "watch", "open", silent),
            (181, "at_risk", "watch", "open", untouched),
        ]
        self.live(life)
        self.talk(200)
        life = [
            (200, "silent", "watch", "open", untouched),
            (201, "silent", "watch", "open", silent),
            (241, "silent", "watch", "open", silent),
            (242, "silent", "high", "open", silent | {"high"}),
            (365, "silent", "high", "open", silent | {"high"}),
            (366, "lost", "high", "open", silent | {"high"}),
            (367, "lost", "critical", "open", silent | {"high", "critical"}),
        ]
        self.live(life)
        alert = self.alerts.search([("partner_id", "=", self.ann.id)])
        self.assertEqual(alert.opened_on, LAST + timedelta(days=46))
        self.assertEqual(alert.first_touch_on, LAST + timedelta(days=200))
        self.assertEqual(self.profile(self.ann).churned_on, LAST + timedelta(days=366))
        # 70 % of the 1,200 bought in the 12 months up to the last purchase.
        self.assertEqual(self.profile(self.ann).value_at_stake, 840)
        self.order(self.ann, LAST + timedelta(days=380), 300)
        life = [
            (380, "won_back", "critical", "open", silent | {"high", "critical"}),
            (381, "won_back", "low", "open", {"high", "critical"}),
            (382, "won_back", "low", "closed", set()),
        ]
        self.live(life)
        self.assertEqual((alert.close_reason, alert.live), ("cause_gone", False))
        self.assertFalse(alert.activity_ids)
        self.assertFalse(self.profile(self.ann).churned_on)
        # Silent again for more than 45 days: a new alert, and the old one keeps its story.
        self.live(
            [(470, "won_back", "low", "open", silent), (471, "silent", "low", "open", silent)]
        )
        alerts = self.alerts.search([("partner_id", "=", self.ann.id)], order="id")
        self.assertEqual(alerts.mapped("state"), ["closed", "open"])
        moves = self.profile(self.ann).change_ids.filtered(lambda c: c.what == "stage")
        told = [((c.date - LAST).days, c.new_value) for c in moves.sorted("id")]
        wanted = [(91, "silent"), (181, "at_risk"), (200, "silent")]
        wanted += [(366, "lost"), (380, "won_back"), (471, "silent")]
        self.assertEqual(told, wanted)
        levels = self.profile(self.ann).change_ids.filtered(lambda c: c.what == "risk_level")
        told = [((c.date - LAST).days, c.new_value) for c in levels.sorted("id")]
        self.assertEqual(told, [(137, "watch"), (242, "high"), (367, "critical"), (381, "low")])

    def live(self, life):
        for day, *wanted in life:
            self.night(day)
            with self.subTest(day=day):
                self.assertEqual(self.now(), tuple(wanted))
            self.night(day)  # twice is once
            with self.subTest(day=day, again=True):
                self.assertEqual(self.now(), tuple(wanted))
