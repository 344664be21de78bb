"""What happens with cases, hour by hour, as worked out by hand.

The first day is Monday, 1 June 2026; 18 to 20 are off.
"""

from odoo.tests import tagged

from .sop_replay import ReplayCase

ANSWER, ASK = "Apologise and answer", "Ask whether it is really solved"


@tagged("post_install", "-at_install")
class TestSopReplayCase(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.take("case_complaint")
        cls.take("case_aftercare")
        cls.late, cls.quick = (cls.someone("case_complaint", n, -50) for n in ("Lea", "Qui"))
        cls.opens(7, 9, "very", cls.late, severity="3")
        cls.opens(7, 9, "medium", cls.quick)
        cls.does(7, 10, "owner", cls.quick, ANSWER)
        cls.closes(8, 16, "medium")
        cls.well = cls.someone("case_aftercare", "Wel", -50)
        cls.back = cls.someone("case_aftercare", "Bac", -50)
        for name, customer in (("well", cls.well), ("back", cls.back)):
            cls.opens(0, 9, name, customer)
            cls.closes(2, 16, name)
        cls.does(3, 17, "owner", cls.well, ASK)
        cls.does(3, 17, "owner", cls.back, ASK)
        cls.at_hour(4, 9, lambda: cls.known["back"].action_reopen())
        cls.live(30, nights=[0, 2, 8, 30])

    known = {}

    @classmethod
    def opens(cls, day, hour, name, customer, **values):
        def deed():
            cls.known[name] = cls.env["retention.case"].create(
                {
                    "name": "It broke",
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    **values,
                }
            )

        cls.at_hour(day, hour, deed)

    @classmethod
    def closes(cls, day, hour, name):
        words = {"state": "solved", "resolution": "A new one was sent"}
        cls.at_hour(day, hour, lambda: cls.known[name].write(words))

    def test_case_complaint(self):
        """Lea's case is very grave and nobody answers: the leader after 2 hours, management
        after 8. Qui is answered in an hour, and the case is solved the day after, when the 24
        hours are over and nothing was left to pass on."""
        self.assertLived(
            "case_complaint",
            """
            Lea                      | 7 9:00  | running
            Apologise and answer     | 7 9:00  | manager | call by 7
            Very high severity?      | 7 9:00  |         | Condition met
            No answer after 2 hours  | 7 11:00 | leader  | passed on
            High severity?           | 7 11:00 |         | Condition met
            No answer after 8 hours  | 7 17:00 | manager | passed on
            No answer after 24 hours | 8 9:00  | manager | passed on
            Qui                      | 7 9:00  | done
            Apologise and answer     | 7 9:00  | owner   | call by 7, done 7 10:00
            Very high severity?      | 7 9:00  |         | Condition not met
            High severity?           | 7 9:00  |         | Condition not met
            No answer after 24 hours | 8 9:00  |         | nothing left
            """,
        )

    def test_case_aftercare(self):
        """A day after it was solved somebody asks. Bac's case is opened again the morning
        after the call."""
        self.assertLived(
            "case_aftercare",
            """
            Wel                             | 2 16:00 | done
            Ask whether it is really solved | 3 16:00 | owner | call by 3, done 3 17:00
            Ask once more on day 5          | 7 10:00 | owner | mail
            Bac                             | 2 16:00 | left: Case opened again
            Ask whether it is really solved | 3 16:00 | owner | call by 3, done 3 17:00
            Ask once more on day 5          | 7 10:00 |       | called off
            """,
        )
