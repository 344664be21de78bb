"""Two hundred days of the procedures of keeping in touch, as worked out by hand.

The first day is Monday, 1 June 2026; 18 to 20 (Friday, 19 June to Sunday) are off. Visits, calls
and contacts are planned by night and wait for the end of the quiet hours at eight.
"""

from odoo.tests import tagged

from .sop_replay import ReplayCase

CODES = ("visit_core", "visit_quarter", "regular_contact", "community", "free_check")
HELLO, MEET, CALL = (
    "Get in touch, for a reason",
    "Visit the customer",
    "Call for the quarterly check-in",
)


@tagged("post_install", "-at_install")
class TestSopReplayKeep(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in (*CODES, "personal", "event"):
            cls.take(code)
        cls.planned()
        cls.bought()
        cls.chosen()
        due = [2, 5, 6, 7, 14, 15, 28, 29, 57, 58, 89, 90, 91, 92, 93]
        cls.live(200, nights=[0, 1, *due, 199])

    @classmethod
    def planned(cls):
        vic = cls.someone("visit_core", "Vic", -25, amount=20000)
        cls.does(28, 10, "manager", vic, MEET)
        cls.does(60, 10, "owner", vic, MEET)
        cls.does(10, 11, "owner", cls.someone("visit_quarter", "Quinn", -89), CALL)
        reg = cls.someone("regular_contact", "Reg", -2)
        for day in (8, 22):
            cls.at_hour(day, 15, lambda: cls.sends(reg))

    @classmethod
    def sends(cls, customer):
        cls.open_run(customer, HELLO).activity_id.with_user(cls.owner).action_retention_sent()

    @classmethod
    def bought(cls):
        kim, fay = cls.someone("community", "Kim"), cls.someone("free_check", "Fay")
        cls.buys(3, 10, kim)
        cls.does(32, 10, "owner", kim, "Add who said yes")
        for day in (4, 30, 100):
            cls.buys(day, 10, fay)
        cls.does(80, 10, "owner", fay, "Agree on a date and do the check")

    @classmethod
    def chosen(cls):
        per, evi = cls.someone("personal", "Per", -300), cls.someone("event", "Evi", -300)
        cls.adds(8, 11, "personal", per)
        cls.does(14, 10, "owner", per, "Write a card by hand")
        cls.does(25, 10, "manager", per, "Founder's call")
        cls.adds(8, 12, "event", evi)
        cls.does(10, 10, "owner", evi, "Invite personally")
        cls.does(16, 10, "owner", evi, "Remind two days before")
        cls.does(24, 10, "owner", evi, "Note who came; thank and ask")

    # ------------------------------------------------------------ tables
    def test_visit_core(self):
        """Thirty days after the first purchase is 5, a Saturday: planned on Monday. Escalated
        after eight and five working days. Thirty days after the visit of 28 comes the next, and
        after that of 60, 90, a Sunday."""
        self.assertLived(
            "visit_core",
            """
            Vic                                | 7 1:00   | done
            Visit the customer                 | 7 8:00   | manager | visit by 14, done 28 10:00
            No visit yet: to the team leader   | 17 9:00  | leader  | passed on
            Still no visit: to management      | 25 9:00  | manager | passed on
            Vic                                | 58 1:00  | done
            Visit the customer                 | 58 8:00  | owner   | visit by 65, done 60 10:00
            No visit yet: to the team leader   | 70 9:00  |         | nothing left
            Still no visit: to management      | 77 9:00  |         | nothing left
            Vic                                | 91 1:00  | running
            Visit the customer                 | 91 8:00  | manager | visit by 98
            No visit yet: to the team leader   | 101 9:00 | leader  | passed on
            Still no visit: to management      | 108 9:00 | manager | passed on
            """,
        )

    def test_visit_quarter(self):
        """Ninety-one days after the first purchase, and after the day the last one began."""
        self.assertLived(
            "visit_quarter",
            """
            Quinn                                 | 2 1:00   | done
            Call for the quarterly check-in       | 2 8:00   | owner  | call by 16, done 10 11:00
            Not done yet: to the team leader      | 21 9:00  |        | nothing left
            Quinn                                 | 93 1:00  | running
            Call for the quarterly check-in       | 93 8:00  | leader | call by 107
            Not done yet: to the team leader      | 109 9:00 | leader | passed on
            """,
        )

    def test_regular_contact(self):
        """Weekly in the first three months, from the last contact on: bought on -2, so due on
        5, a Saturday; sent on 8 and 22."""
        self.assertLived(
            "regular_contact",
            """
            Reg                        | 7 1:00  | done
            Get in touch, for a reason | 7 8:00  | owner | wechat by 9, done 8 15:00
            Reg                        | 15 1:00 | done
            Get in touch, for a reason | 15 8:00 | owner | wechat by 17, done 22 15:00
            Reg                        | 29 1:00 | running
            Get in touch, for a reason | 29 8:00 | owner | wechat by 31
            """,
        )

    def test_community(self):
        """Three weeks after the first purchase, on Thursday, 3."""
        self.assertLived(
            "community",
            """
            Kim                 | 3 10:00  | done
            Invite to the group | 24 10:00 | owner | mail
            Add who said yes    | 31 9:00  | owner | task by 35, done 32 10:00
            """,
        )

    def test_free_check(self):
        """Sixty days after the purchase of 4, a Tuesday. The visit is the second touch within a
        week of a customer of less than 90 days, and waits for the same hour of 71. Purchases
        meanwhile, and in the rest of 180 days, are no occasion."""
        self.assertLived(
            "free_check",
            """
            Fay                              | 4 10:00  | done
            Offer the check                  | 64 10:00 | owner | mail
            Agree on a date and do the check | 71 10:00 | owner | visit by 85, done 80 10:00
            """,
        )

    def test_personal(self):
        """Two weeks between card and call."""
        self.assertLived(
            "personal",
            """
            Per                  | 8 11:00  | done
            Write a card by hand | 8 11:00  | owner   | letter by 15, done 14 10:00
            Founder's call       | 22 10:00 | manager | call by 29, done 25 10:00
            """,
        )

    def test_event(self):
        """One step after the other; reminder and thanks are a service, whatever the limits."""
        self.assertLived(
            "event",
            """
            Evi                          | 8 12:00  | done
            Invite personally            | 8 12:00  | owner | call by 15, done 10 10:00
            Remind two days before       | 10 10:00 | owner | wechat by 17, done 16 10:00
            Note who came; thank and ask | 16 10:00 | owner | wechat by 24, done 24 10:00
            """,
        )
