"""What follows customers' answers, hour by hour, as worked out by hand.

The first day is Monday, 1 June 2026.
"""

from datetime import timedelta

from odoo.tests import tagged

from .sop_replay import ReplayCase


@tagged("post_install", "-at_install")
class TestSopReplayVoice(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("nps_promoter", "nps_detractor"):
            cls.take(code)
        cls.happy()
        cls.unhappy()
        cls.live(40, nights=[0, 2, 9, 30])

    @classmethod
    def answers(cls, day, hour, partner, score, kind="nps"):
        def deed():
            cls.env["retention.feedback"].create(
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "date": cls.first + timedelta(days=day),
                    "kind": kind,
                    "score": score,
                }
            )

        cls.at_hour(day, hour, deed)

    @classmethod
    def happy(cls):
        pia, pat = (cls.someone("nps_promoter", name, -50) for name in ("Pia", "Pat"))
        cls.answers(1, 15, pia, 10)
        cls.answers(3, 15, pia, 9)  # within the rest of half a year
        cls.answers(1, 15, pat, 8)  # passive
        cls.answers(2, 15, pat, 5, "csat")  # happy, and no word of recommending

    @classmethod
    def unhappy(cls):
        dot = cls.someone("nps_detractor", "Dot", -50)
        cls.answers(1, 15, dot, 2)
        cls.does(2, 10, "leader", dot, "Call and find out why")
        cls.does(10, 11, "owner", dot, "Tell them what came of it")
        cls.answers(30, 15, dot, 1, "csat")

    # ------------------------------------------------------------ tables
    def test_nps_promoter(self):
        """Thanked once, however often they answer within half a year; passives are left alone,
        and so is who was only asked whether they are satisfied."""
        self.assertLived(
            "nps_promoter",
            """
            Pia                        | 1 15:00 | done
            Thank them for the answer  | 2 10:00 | owner | mail
            Ask whom we could help     | 9 10:00 | owner | mail
            """,
        )

    def test_nps_detractor(self):
        """Called by the leader at once; what came of it is told three working days later, and
        asked two weeks after that. Another unhappy answer meanwhile begins nothing new."""
        self.assertLived(
            "nps_detractor",
            """
            Dot                              | 1 15:00  | running
            Call and find out why            | 1 15:00  | leader | call by 2, done 2 10:00
            Tell them what came of it        | 7 10:00  | owner  | call by 9, done 10 11:00
            Ask whether it has become better | 24 10:00 | owner  | call by 28
            """,
        )
