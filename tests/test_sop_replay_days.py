"""Birthdays, festivals and member days of 240 days, as worked out by hand.

The first day is Monday, 1 June 2026. Off are 18 to 20 (Friday, 19 June to Sunday), weekends, 116 to
118 and 122 to 128; 111, a Sunday, and 131, a Saturday, are worked on. Greetings mind none of
them, care does.
"""

from odoo.tests import tagged

from .sop_replay import ReplayCase

FESTIVALS = ("dragon_boat", "mid_autumn", "new_year", "spring_festival")


@tagged("post_install", "-at_install")
class TestSopReplayDays(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever year this runs in.
        cls.env["retention.festival"]._fill_days(2026, 2027)
        for code in ("birthday", "member_day", *FESTIVALS):
            cls.take(code)
        firm = cls.someone("birthday", "Firm", -50)
        cls.born(cls.person(firm, "Uma"), 6, 13)
        cls.born(cls.person(firm, "Udo"), 6, 15)
        cls.born(cls.person(firm, "Ugo"), 12, 31)
        cls.someone("member_day", "Mel", -300, -100)
        cls.someone("member_day", "One", -100)
        for code in FESTIVALS:
            cls.someone(code, f"Core {code}", -100, amount=20000)
            cls.someone(code, f"Other {code}", -100)
            cls.someone(code, f"Lost {code}", -400)
        member_days = (17, 47, 78, 109, 139, 170, 200)
        cls.live(250, nights=[0, 6, 7, 8, 9, 10, 101, 102, 103, 208, 236, *member_days])

    @classmethod
    def born(cls, contact, month, day, **values):
        cls.env["retention.key.date"].create(
            {
                "partner_id": contact.id,
                "company_id": cls.company.id,
                "kind": "birthday",
                "month": month,
                "day": day,
                **values,
            }
        )

    # ------------------------------------------------------------ tables
    def test_birthday(self):
        """Two colleagues in one week, on Saturday and on Monday; another's is the last day of
        the year. His gift is asked for on a Saturday and due three working days later."""
        self.assertLived(
            "birthday",
            """
            Uma                      | 7 1:00   | running
            Prepare a gift or a card | 7 9:00   | owner | task by 10
            Congratulate             | 12 9:00  | owner | mail
            Udo                      | 9 1:00   | running
            Prepare a gift or a card | 9 9:00   | owner | task by 14
            Congratulate             | 14 9:00  | owner | mail
            Ugo                      | 208 1:00 | running
            Prepare a gift or a card | 208 9:00 | owner | task by 212
            Congratulate             | 213 9:00 | owner | mail
            """,
        )

    def test_member_day(self):
        """The eighteenth of each month; in July a Saturday, in October a Sunday: care waits for
        Monday. That of January, 231, was missed by night: 236, a Saturday, catches up. Not for
        who bought once only."""
        self.assertLived(
            "member_day",
            """
            Mel                 | 17 1:00  | done
            Offer time and help | 17 9:00  | owner | mail
            Mel                 | 47 1:00  | done
            Offer time and help | 49 9:00  | owner | mail
            Mel                 | 78 1:00  | done
            Offer time and help | 78 9:00  | owner | mail
            Mel                 | 109 1:00 | done
            Offer time and help | 109 9:00 | owner | mail
            Mel                 | 139 1:00 | done
            Offer time and help | 140 9:00 | owner | mail
            Mel                 | 170 1:00 | done
            Offer time and help | 170 9:00 | owner | mail
            Mel                 | 200 1:00 | done
            Offer time and help | 200 9:00 | owner | mail
            Mel                 | 236 1:00 | done
            Offer time and help | 238 9:00 | owner | mail
            """,
        )

    def test_dragon_boat(self):
        """19 June is 18: ten days before, and one day before."""
        self.assertLived(
            "dragon_boat",
            """
            Core dragon_boat     | 8 1:00   | running
            Core customer?       | 8 9:00   |       | Condition met
            Prepare a small gift | 8 9:00   | owner | task by 11
            Send the greeting    | 17 10:00 | owner | mail
            Other dragon_boat    | 8 1:00   | done
            Core customer?       | 8 9:00   |       | Condition not met
            Send the greeting    | 17 10:00 | owner | mail
            """,
        )

    def test_mid_autumn(self):
        """25 September is 116: two weeks before, and one day before."""
        self.assertLived(
            "mid_autumn",
            """
            Core mid_autumn      | 102 1:00  | running
            Core customer?       | 102 9:00  |       | Condition met
            Prepare a small gift | 102 9:00  | owner | task by 107
            Send the greeting    | 115 10:00 | owner | mail
            Other mid_autumn     | 102 1:00  | done
            Core customer?       | 102 9:00  |       | Condition not met
            Send the greeting    | 115 10:00 | owner | mail
            """,
        )

    def test_new_year(self):
        """1 January is 214: two weeks before, and three days before."""
        self.assertLived(
            "new_year",
            """
            Core new_year        | 200 1:00  | running
            Core customer?       | 200 9:00  |       | Condition met
            Prepare a small gift | 200 9:00  | owner | task by 205
            Send the greeting    | 211 10:00 | owner | mail
            Other new_year       | 200 1:00  | done
            Core customer?       | 200 9:00  |       | Condition not met
            Send the greeting    | 211 10:00 | owner | mail
            """,
        )

    def test_spring_festival(self):
        """6 February 2027 is 250: two weeks before is a Saturday; the greeting two days before."""
        self.assertLived(
            "spring_festival",
            """
            Core spring_festival  | 236 1:00  | running
            Core customer?        | 236 9:00  |       | Condition met
            Prepare a small gift  | 236 9:00  | owner | task by 240
            Send the greeting     | 248 10:00 | owner | mail
            Other spring_festival | 236 1:00  | done
            Core customer?        | 236 9:00  |       | Condition not met
            Send the greeting     | 248 10:00 | owner | mail
            """,
        )
