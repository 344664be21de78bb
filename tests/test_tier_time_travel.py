"""Two years of one customer's tier, worked out by hand.

Silver from 1,000, Gold from 5,000, VIP from 10,000 in twelve months; 60 days of grace, then one
tier down. Ann buys

    2024-03-01    400   Standard
    2024-03-15    600   1,000 in the window: Silver, valid until 2025-03-15
    2024-06-30  4,000   5,000: Gold at once, valid until 2025-06-30
    2024-09-01  5,000   10,000: VIP, valid until 2025-09-01; cancelled on 2024-09-20: Gold again
    2025-02-01    700

Review of Gold on 2025-07-01 over 2024-07-01 to 2025-06-30: 700, hence grace until 2025-08-29
(1 July is its first day, the 60th is 29 August) with 4,300 missing; Silver on 2025-08-30, valid
until 2026-08-30. On 2025-08-31 she buys 4,300: 5,000 from September on, Gold again.
"""

from datetime import date

from odoo.tests import tagged

from .tier_common import TierCase


@tagged("post_install", "-at_install")
class TestTierTimeTravel(TierCase):
    def live(self, *life):
        for day, tier, valid, grace in life:
            for again in (False, True):  # twice is once
                self.refresh(day)
                profile = self.profile(self.ann)
                with self.subTest(day=day, again=again):
                    self.assertEqual(
                        (
                            profile.tier_id.name,
                            profile.tier_valid_until,
                            profile.tier_grace_until,
                        ),
                        (tier, valid or False, grace or False),
                    )

    def test_two_years_of_one_customer(self):
        self.ann = self.customer("Ann")
        owner = self.make_user("owner", "customer_retention.group_user")
        self.order(self.ann, date(2024, 3, 1), 400)
        self.start(date(2024, 3, 1))
        self.profile(self.ann).user_id = owner
        self.assertEqual(self.told(self.ann), [])
        self.live((date(2024, 3, 14), "Standard", None, None))
        self.order(self.ann, date(2024, 3, 15), 600)
        silver, gold = date(2025, 3, 15), date(2025, 6, 30)
        self.live(
            (date(2024, 3, 15), "Silver", silver, None),
            (date(2024, 6, 29), "Silver", silver, None),
        )
        self.order(self.ann, date(2024, 6, 30), 4000)
        self.live((date(2024, 6, 30), "Gold", gold, None))
        big = self.order(self.ann, date(2024, 9, 1), 5000)
        self.live((date(2024, 9, 1), "VIP", date(2025, 9, 1), None))
        big._action_cancel()
        self.live((date(2024, 9, 20), "Gold", gold, None))
        self.order(self.ann, date(2025, 2, 1), 700)
        grace = date(2025, 8, 29)
        self.live(
            (date(2025, 2, 11), "Gold", gold, None),
            (date(2025, 6, 30), "Gold", gold, None),
            (date(2025, 7, 1), "Gold", gold, grace),
            (date(2025, 8, 29), "Gold", gold, grace),
        )
        words = self.profile(self.ann).with_context(lang="en_US")._grace_words()
        self.assertEqual(words, "$\xa04,300.00 more by August 29, 2025")
        self.live((date(2025, 8, 30), "Silver", date(2026, 8, 30), None))
        self.order(self.ann, date(2025, 8, 31), 4300)
        self.live((date(2025, 8, 31), "Gold", date(2026, 8, 31), None))
        self.assertEqual(
            self.told(self.ann),
            [
                (date(2024, 3, 15), "Standard", "Silver", "up"),
                (date(2024, 6, 30), "Silver", "Gold", "up"),
                (date(2024, 9, 1), "Gold", "VIP", "up"),
                (date(2024, 9, 20), "VIP", "Gold", "reversed"),
                (date(2025, 8, 30), "Gold", "Silver", "down"),
                (date(2025, 8, 31), "Silver", "Gold", "up"),
            ],
        )

    def test_group_merged_in_the_middle(self):
        """Two sisters of 3,000 each are Silver; as one company they are Gold, from that night."""
        sisters = [self.customer(name) for name in ("Ann", "Ann & Co")]
        for partner, day in zip(sisters, (date(2024, 2, 1), date(2024, 4, 1)), strict=True):
            self.order(partner, day, 3000)
        self.start(date(2024, 4, 1))
        self.assertEqual([self.tier_of(p) for p in sisters], [self.silver] * 2)
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([p.id for p in sisters], sisters[0])
        self.ann = sisters[0]
        gold = date(2025, 5, 2)
        self.live(
            (date(2024, 5, 2), "Gold", gold, None),
            (date(2025, 5, 2), "Gold", gold, None),
            # The window under review began on 2 May 2024: both purchases lie before it.
            (date(2025, 5, 3), "Gold", gold, date(2025, 7, 1)),
            (date(2025, 7, 2), "Silver", date(2026, 7, 2), None),
        )
        self.assertEqual(
            self.told(self.ann),
            [
                (date(2024, 5, 2), "Silver", "Gold", "up"),
                (date(2025, 7, 2), "Gold", "Silver", "down"),
            ],
        )

    def test_calendar_year(self):
        """What is earned in a year holds to the end of the next, and is reviewed over that."""
        self.company.retention_tier_window = "calendar"
        self.ann = self.customer("Ann")
        self.order(self.ann, date(2024, 5, 10), 1000)
        self.start(date(2024, 5, 10))
        silver = date(2025, 12, 31)
        self.live(
            (date(2024, 5, 10), "Silver", silver, None),
            (date(2025, 12, 31), "Silver", silver, None),
            (date(2026, 1, 1), "Silver", silver, date(2026, 3, 1)),
        )
        # Made up for in the grace, and by the same purchase the mark of 2026 is reached.
        self.order(self.ann, date(2026, 3, 1), 1000)
        self.live(
            (date(2026, 3, 1), "Silver", date(2027, 12, 31), None),
            (date(2027, 12, 31), "Silver", date(2027, 12, 31), None),
            (date(2028, 1, 1), "Silver", date(2027, 12, 31), date(2028, 2, 29)),
            (date(2028, 3, 1), "Standard", None, None),
        )
