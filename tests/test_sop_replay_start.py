"""Two hundred days of the procedures that begin a relationship, as worked out by hand.

The first day is Monday, 1 June 2026; the company keeps China's official holidays: 18 to 20
(Friday, 19 June to Sunday) are off.
"""

from datetime import timedelta

from odoo.tests import tagged

from .sop_replay import ReplayCase


@tagged("post_install", "-at_install")
class TestSopReplayStart(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("welcome", "welcome_call", "onboarding", "usage_guides", "training"):
            cls.take(code)
        cls.take("prospect", only=False)
        cls.welcomed()
        cls.signed()
        cls.bought_again()
        cls.talked_to()
        cls.live(200, nights=[0, 1, 4, 5, 9, 10, 11, 18, 21, 47, 51, 100, 200])

    @classmethod
    def welcomed(cls):
        ann = cls.someone("welcome", "Ann")
        cls.buys(4, 18, ann)
        cls.does(14, 11, "owner", ann, "Ask whether everything arrived")
        bob = cls.someone("welcome", "Bob", email=False)
        cls.buys(0, 10, bob)
        cls.at_hour(0, 15, lambda: cls.sends(bob, "Thank them and send the guides"))
        eve, dan = (cls.someone("welcome_call", name) for name in ("Eve", "Dan"))
        cls.buys(2, 9, eve)
        cls.does(3, 16, "owner", eve, "Call and welcome them")
        cls.buys(2, 11, dan)
        cls.does(7, 11, "leader", dan, "Call and welcome them")

    @classmethod
    def sends(cls, customer, step):
        task = cls.open_run(customer, step).activity_id
        task.with_user(cls.owner).action_retention_sent()

    @classmethod
    def signed(cls):
        carl = cls.someone("onboarding", "Carl", -300)
        agreement = {
            "name": "Service",
            "partner_id": carl.id,
            "company_id": cls.company.id,
            "user_id": cls.owner.id,
            "signed_on": cls.first + timedelta(days=9),
            "start": cls.first + timedelta(days=9),
        }
        cls.at_hour(9, 15, lambda: cls.env["retention.agreement"].create(agreement))
        cls.does(11, 14, "owner", carl, "Hand over from sales")
        cls.does(14, 10, "leader", carl, "Customer service: prepare the service")
        cls.does(23, 9, "manager", carl, "Technician: prepare the set-up")
        cls.does(24, 9, "manager", carl, "Hold the kick-off meeting")

    @classmethod
    def bought_again(cls):
        gus = cls.someone("usage_guides", "Gus", -100)
        for day in (16, 46, 50):
            cls.buys(day, 11, gus)
        cls.buys(16, 11, cls.someone("usage_guides", "New"))

    @classmethod
    def talked_to(cls):
        pat, pia = cls.someone("prospect", "Pat"), cls.someone("prospect", "Pia")
        cls.talks(8, 15, pat)
        cls.does(15, 9, "owner", pat, "Call as announced")
        cls.talks(8, 16, pia)
        cls.buys(20, 12, pia)
        tim = cls.someone("training", "Tim", -40)
        cls.talks(10, 14, tim, tag="intent_usage")
        cls.does(22, 15, "owner", tim, "Agree on a date and hold the training")
        cls.does(31, 10, "owner", tim, "Note the feedback and settle what is open")

    # ------------------------------------------------------------ tables
    def test_welcome(self):
        """Thanked on Friday evening an hour after buying. Five working days on is Friday, 11;
        two weeks on is a holiday, when care rests: Monday, 21, at nine.
        Bob has no mail address: all become tasks."""
        self.assertLived(
            "welcome",
            """
            Bob                            | 0 10:00  | running
            Thank them and send the guides | 0 11:00  | owner | wechat by 0, done 0 15:00
            Ask whether everything arrived | 7 10:00  | owner | call by 9
            Ask how it is going            | 14 10:00 | owner | wechat by 14
            Ann                            | 4 18:00  | done
            Thank them and send the guides | 4 19:00  | owner | mail
            Ask whether everything arrived | 11 10:00 | owner | call by 15, done 14 11:00
            Ask how it is going            | 21 9:00  | owner | mail
            """,
        )

    def test_welcome_call(self):
        """Called within two working days, or the leader has it from Friday at nine."""
        self.assertLived(
            "welcome_call",
            """
            Eve                                | 2 9:00   | done
            Call and welcome them              | 2 10:00  | owner  | call by 3, done 3 16:00
            Not called yet: to the team leader | 4 9:00   |        | nothing left
            Send the guides                    | 7 10:00  | owner  | mail
            Dan                                | 2 11:00  | done
            Call and welcome them              | 2 12:00  | leader | call by 3, done 7 11:00
            Not called yet: to the team leader | 4 9:00   | leader | passed on
            Send the guides                    | 7 10:00  | owner  | mail
            """,
        )

    def test_onboarding(self):
        """Noted in the afternoon of 9, begun by night. Seven working days after 10, with three
        days of holiday, is 22; thirty days after it a Saturday, on which service works."""
        self.assertLived(
            "onboarding",
            """
            Carl                                   | 10 1:00  | done
            Send the welcome letter                | 10 9:00  | owner   | mail
            Hand over from sales                   | 10 9:00  | owner   | task by 14, done 11 14:00
            Customer service: prepare the service  | 10 9:00  | leader  | task by 15, done 14 10:00
            Technician: prepare the set-up         | 10 9:00  | manager | task by 17, done 23 9:00
            Hold the kick-off meeting              | 10 9:00  | manager | visit by 17, done 24 9:00
            What is still open goes to management  | 22 9:00  | manager | passed on
            Ask after the first month              | 40 10:00 | owner   | mail
            """,
        )

    def test_usage_guides(self):
        """Not for first orders; what is bought within 30 days of the end (17) is no occasion."""
        self.assertLived(
            "usage_guides",
            """
            Gus                             | 16 11:00 | done
            Send the guides to the product  | 17 10:00 | owner | mail
            Gus                             | 50 11:00 | done
            Send the guides to the product  | 51 10:00 | owner | mail
            """,
        )

    def test_prospect(self):
        """The call is announced for "a few days": it does not count as a touch too many. Ten
        days after 24 is a Saturday, when promotion rests. Who buys leaves at once."""
        self.assertLived(
            "prospect",
            """
            Pat                               | 8 15:00  | running
            Thank them for the talk           | 9 10:00  | owner | mail
            Call as announced                 | 14 10:00 | owner | call by 16, done 15 9:00
            Share something useful            | 24 10:00 | owner | mail
            Offer a proposal                  | 35 9:00  | owner | mail
            Decide: go on, or leave in peace  | 44 9:00  | owner | task by 49
            Pia                               | 8 16:00  | left: Has bought
            Thank them for the talk           | 9 10:00  | owner | mail
            Call as announced                 | 14 10:00 | owner | call by 16, called off
            Share something useful            | 24 10:00 |       | called off
            """,
        )

    def test_training(self):
        """Offered two hours after the talk; held in the three weeks with a long weekend."""
        self.assertLived(
            "training",
            """
            Tim                                       | 10 14:00 | done
            Offer a training                          | 10 16:00 | owner | mail
            Agree on a date and hold the training    | 10 16:00 | owner | visit by 25, done 22 15:00
            Ask how useful it was                     | 23 10:00 | owner | mail
            Note the feedback and settle what is open | 30 9:00  | owner | task by 35, done 31 10:00
            """,
        )
