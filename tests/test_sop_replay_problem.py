"""What happens after complaints and unhappy words, hour by hour, as worked out by hand.

The first day is Monday, 1 June 2026; 18 to 20 are off. Service works on weekends, and minds only
the quiet hours from 21 to 8.
"""

from odoo.tests import tagged

from .sop_replay import ReplayCase

ANSWER, SOLVE = "Apologise and ask", "Solve it, make good, tell the customer"
CHECK = "Check after 24 hours"


@tagged("post_install", "-at_install")
class TestSopReplayProblem(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("complaint", "complaint_serious", "complaint_severe", "detractor"):
            cls.take(code)
        cls.complained()
        cls.complained_seriously()
        cls.complained_severely()
        cls.unhappy()
        cls.live(200, nights=[0, 2, 8, 30, 31, 100, 200])

    @classmethod
    def complained(cls):
        com, con = cls.someone("complaint", "Com", -50), cls.someone("complaint", "Con", -50)
        cls.adds(3, 16, "complaint", com)
        cls.does(4, 18, "leader", com, ANSWER)
        cls.does(8, 11, "owner", com, SOLVE)
        cls.does(9, 15, "owner", com, CHECK)
        cls.adds(4, 20.5, "complaint", con)
        cls.does(5, 9, "owner", con, ANSWER)
        cls.does(6, 22, "owner", con, SOLVE)
        cls.does(8, 9, "owner", con, CHECK)

    @classmethod
    def complained_seriously(cls):
        sid = cls.someone("complaint_serious", "Sid", -50)
        cls.adds(7, 9, "complaint_serious", sid)
        cls.does(7, 18, "leader", sid, ANSWER)
        cls.does(8, 10, "owner", sid, SOLVE)
        cls.does(9, 12, "owner", sid, CHECK)
        cls.adds(150, 23, "complaint_serious", cls.someone("complaint_serious", "Sal", -50))

    @classmethod
    def complained_severely(cls):
        sev = cls.someone("complaint_severe", "Sev", -50)
        sue = cls.someone("complaint_severe", "Sue", -50)
        cls.adds(7, 22.5, "complaint_severe", sev)
        cls.does(8, 10.5, "manager", sev, ANSWER)
        cls.does(8, 17, "leader", sev, SOLVE)
        cls.adds(9, 10, "complaint_severe", sue)
        cls.does(9, 11, "leader", sue, ANSWER)
        cls.does(9, 16, "leader", sue, SOLVE)
        cls.does(10, 17, "leader", sue, CHECK)

    @classmethod
    def unhappy(cls):
        dee = cls.someone("detractor", "Dee", -50)
        for day in (1, 5, 30):
            cls.talks(day, 15, dee, sentiment="negative")
        cls.does(2, 10, "leader", dee, "Call and listen")
        cls.does(10, 10, "owner", dee, "Ask whether it has become better")

    # ------------------------------------------------------------ tables
    def test_complaint(self):
        """Com is not answered within 24 hours: the leader has it. Con complains on Friday
        evening and is answered on Saturday; what was solved on Sunday at 22 is checked when the
        quiet hours of Monday are over."""
        self.assertLived(
            "complaint",
            """
            Com                                    | 3 16:00  | done
            Say that we look after it              | 3 16:00  | owner  | mail
            Apologise and ask                      | 3 16:00  | leader | call by 3, done 4 18:00
            Not answered in time: pass it on       | 4 16:00  | leader | passed on
            Solve it, make good, tell the customer | 4 16:00  | owner  | call by 8, done 8 11:00
            Check after 24 hours                   | 9 11:00  | owner  | call by 9, done 9 15:00
            Ask again on day 5                     | 13 10:00 | owner  | mail
            Con                                    | 4 20:30  | done
            Say that we look after it              | 4 20:30  | owner  | mail
            Apologise and ask                      | 4 20:30  | owner  | call by 4, done 5 9:00
            Not answered in time: pass it on       | 5 20:30  |        | nothing left
            Solve it, make good, tell the customer | 5 20:30  | owner  | call by 8, done 6 22:00
            Check after 24 hours                   | 8 8:00   | owner  | call by 8, done 8 9:00
            Ask again on day 5                     | 12 10:00 | owner  | mail
            """,
        )

    def test_complaint_serious(self):
        """Eight hours from the task. Sal complains in the night: the task waits for the
        morning of 151, and the owner has the whole day."""
        self.assertLived(
            "complaint_serious",
            """
            Sid                                    | 7 9:00    | done
            Say that we look after it              | 7 9:00    | owner  | mail
            Apologise and ask                      | 7 9:00    | leader | call by 7, done 7 18:00
            Not answered in time: pass it on       | 7 17:00   | leader | passed on
            Solve it, make good, tell the customer | 7 17:00   | owner  | call by 8, done 8 10:00
            Check after 24 hours                   | 9 10:00   | owner  | call by 9, done 9 12:00
            Ask again on day 5                     | 13 10:00  | owner  | mail
            Sal                                    | 150 23:00 | running
            Say that we look after it              | 151 8:00  | owner  | mail
            Apologise and ask                      | 151 8:00  | leader | call by 151
            Not answered in time: pass it on       | 151 16:00 | leader | passed on
            Solve it, make good, tell the customer | 151 16:00 | owner  | call by 154
            """,
        )

    def test_complaint_severe(self):
        """Management is told at any hour; the customer is not called at night, and the leader
        has two hours from the morning on before management takes over."""
        self.assertLived(
            "complaint_severe",
            """
            Sev                                    | 7 22:30  | running
            A severe complaint has come in         | 7 22:30  | manager | told
            Say that we look after it              | 8 8:00   | owner   | mail
            Apologise and ask                      | 8 8:00   | manager | call by 8, done 8 10:30
            Not answered in time: pass it on       | 8 10:00  | manager | passed on
            Solve it, make good, tell the customer | 8 10:00  | leader  | call by 8, done 8 17:00
            Check after 24 hours                   | 9 17:00  | leader  | call by 9
            Ask again on day 5                     | 13 10:00 | owner   | mail
            Sue                                    | 9 10:00  | done
            A severe complaint has come in         | 9 10:00  | manager | told
            Say that we look after it              | 9 10:00  | owner   | mail
            Apologise and ask                      | 9 10:00  | leader  | call by 9, done 9 11:00
            Not answered in time: pass it on       | 9 12:00  |         | nothing left
            Solve it, make good, tell the customer | 9 12:00  | leader  | call by 9, done 9 16:00
            Check after 24 hours                   | 10 16:00 | leader  | call by 10, done 10 17:00
            Ask again on day 5                     | 14 10:00 | owner   | mail
            """,
        )

    def test_detractor(self):
        """Called by the leader, thanked two hours later. The word of 5 comes while it runs,
        that of 30 after the rest of two weeks."""
        self.assertLived(
            "detractor",
            """
            Dee                              | 1 15:00  | done
            Call and listen                  | 1 15:00  | leader | call by 2, done 2 10:00
            Thank them for being frank       | 2 12:00  | owner  | mail
            Ask whether it has become better | 9 10:00  | owner  | call by 11, done 10 10:00
            Dee                              | 30 15:00 | running
            Call and listen                  | 30 15:00 | leader | call by 31
            """,
        )
