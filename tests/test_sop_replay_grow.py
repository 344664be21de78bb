"""Two hundred days of the procedures that let business grow, as worked out by hand.

The first day is Monday, 1 June 2026. Off are 18 to 20 (Friday, 19 June to Sunday) and 122 to 128
(1 to 7 October); 111, a Sunday, and 131, a Saturday, are worked on.
"""

from datetime import timedelta

from odoo.tests import tagged

from .sop_replay import ReplayCase


@tagged("post_install", "-at_install")
class TestSopReplayGrow(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("vip", "next_product", "category_offer", "referral", "renewal"):
            cls.take(code)
        cls.upgraded()
        cls.bought()
        cls.praised()
        cls.under_contract()
        cls.live(200, nights=[0, 1, 4, 5, 6, 12, 36, 51, 95, 96, 110, 112, 200])

    @classmethod
    def upgraded(cls):
        val = cls.someone("vip", "Val", -200)
        cls.adds(3, 14, "vip", val)
        cls.does(4, 9, "owner", val, "Choose and send the present")
        cls.does(11, 15, "owner", val, "Explain what we do for them now")

    @classmethod
    def bought(cls):
        cls.buys(1, 11, cls.someone("next_product", "Nic", -30))
        nel = cls.someone("next_product", "Nel", -30)
        for day in (1, 20, 111):
            cls.buys(day, 11, nel)
        cleo, cy = cls.someone("category_offer", "Cleo"), cls.someone("category_offer", "Cy", -200)
        cls.buys(2, 10, cleo)
        cls.buys(2, 11, cy)
        cls.buys(30, 11, cleo)

    @classmethod
    def praised(cls):
        rita, rob = cls.someone("referral", "Rita", -50), cls.someone("referral", "Rob", -50)
        for person in (rita, rob):
            cls.talks(7, 15, person, sentiment="positive")
        cls.does(28, 10, "owner", rita, "Note referrals and thank for them")
        cls.talks(60, 15, rita, sentiment="positive")
        values = {"partner_id": rob.id, "company_id": cls.company.id, "purpose": "promotion"}
        cls.at_hour(10, 12, lambda: cls.env["retention.optout"].create(values))

    @classmethod
    def under_contract(cls):
        rex, rae = cls.someone("renewal", "Rex", -200), cls.someone("renewal", "Rae", -200)
        values = {
            "name": "Service",
            "company_id": cls.company.id,
            "user_id": cls.owner.id,
            "signed_on": cls.first - timedelta(days=200),
            "start": cls.first - timedelta(days=200),
            "end": cls.first + timedelta(days=95),
        }
        agreements = cls.env["retention.agreement"].create(
            [{**values, "partner_id": customer.id} for customer in (rex, rae)]
        )
        cls.does(14, 10, "owner", rex, "Talk about the past term")
        cls.does(52, 9.5, "leader", rex, "60 days: open the negotiation")
        cls.does(72, 10, "leader", rex, "30 days: bring it to a decision")
        cls.does(37, 11, "owner", rae, "60 days: open the negotiation")
        cls.at_hour(40, 14, lambda: agreements[1].write({"renewal": "renew"}))

    # ------------------------------------------------------------ tables
    def test_vip(self):
        """Added on a Thursday. One working day, then four, with a weekend between."""
        self.assertLived(
            "vip",
            """
            Val                             | 3 14:00  | done
            Choose and send the present     | 3 14:00  | owner | task by 7, done 4 9:00
            Thank them                      | 4 10:00  | owner | mail
            Explain what we do for them now | 10 10:00 | owner | call by 15, done 11 15:00
            """,
        )

    def test_next_product(self):
        """Nel buys while she waits and leaves; 20 + 90 is the first day that counts again, so
        111 does. The question of 125 falls into the October holidays and waits for 129, nine
        o'clock; the recommendation of 139, a Sunday, for Monday."""
        self.assertLived(
            "next_product",
            """
            Nic                        | 1 11:00   | done
            Ask how it has proved itself | 15 10:00  | owner | mail
            Recommend what goes with it  | 25 10:00  | owner | mail
            Nel                        | 1 11:00   | left: Has bought
            Ask how it has proved itself | 15 10:00  | owner | mail
            Recommend what goes with it  | 25 10:00  |       | called off
            Nel                        | 111 11:00 | done
            Ask how it has proved itself | 129 9:00  | owner | mail
            Recommend what goes with it  | 140 9:00  | owner | mail
            """,
        )

    def test_category_offer(self):
        """New customers are touched once a week, and at least that lies between steps. Cy is a
        customer for 200 days: two touches in 30 days, so the call waits until 9 + 30."""
        self.assertLived(
            "category_offer",
            """
            Cleo                  | 2 10:00  | left: Has bought
            Share a useful tip    | 9 10:00  | owner | mail
            Make a personal offer | 16 10:00 | owner | mail
            Ask what they need    | 29 10:00 | owner | call by 32, called off
            Cy                    | 2 11:00  | running
            Share a useful tip    | 9 10:00  | owner | mail
            Make a personal offer | 16 10:00 | owner | mail
            Ask what they need    | 39 10:00 | owner | call by 44
            """,
        )

    def test_referral(self):
        """Rob does not want promotion: what asks for something ends it. A second kind word
        within the rest of 180 days is no occasion."""
        self.assertLived(
            "referral",
            """
            Rita                              | 7 15:00  | done
            Thank them for their words        | 8 10:00  | owner | mail
            Ask for a referral                | 15 10:00 | owner | mail
            Note referrals and thank for them | 25 9:00  | owner | task by 30, done 28 10:00
            Rob                               | 7 15:00  | left: Does not want it
            Thank them for their words        | 8 10:00  | owner | mail
            Ask for a referral                | 15 10:00 |       | skipped: Opted out
            """,
        )

    def test_renewal(self):
        """Both agreements end on 95. The ninetieth day before is a Saturday, on which service
        works. Rae's is renewed on 40: what is open is called off at once."""
        self.assertLived(
            "renewal",
            """
            Rex                                  | 5 1:00   | done
            90 days: ask what it has been worth  | 5 10:00  | owner  | mail
            Talk about the past term             | 12 10:00 | owner  | call by 21, done 14 10:00
            60 days: open the negotiation        | 35 9:00  | leader | visit by 42, done 52 9:30
            Not opened yet: to the team leader   | 50 9:00  | leader | passed on
            30 days: ask what stands in the way  | 65 10:00 | owner  | mail
            30 days: bring it to a decision      | 70 9:00  | leader | task by 77, done 72 10:00
            Rae                                  | 5 1:00   | left: Condition not met
            90 days: ask what it has been worth  | 5 10:00  | owner  | mail
            Talk about the past term             | 12 10:00 | owner  | call by 21, called off
            60 days: open the negotiation        | 35 9:00  | owner  | visit by 42, done 37 11:00
            Not opened yet: to the team leader   | 50 9:00  |        | called off
            """,
        )
