"""Two hundred days of the procedures for customers who drift away, as worked out by hand.

The first day is Monday, 1 June 2026. Off are 18 to 20 (Friday, 19 June to Sunday) and 122 to 128
(1 to 7 October); 111, a Sunday, and 131, a Saturday, are worked on.

Risk is scored by the days since the last purchase alone: with one purchase day 26 of 60 points,
that is 43, from day 61 on; with two 24, that is 40, from day 76 on. A customer at low risk becomes
one to watch in the second night with 40 or more.
"""

from odoo.tests import tagged

from .sop_replay import ReplayCase


@tagged("post_install", "-at_install")
class TestSopReplayLeaving(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        signals = cls.env["retention.signal"]._of_company(cls.company)
        signals.filtered(lambda signal: signal.type != "recency").active = False
        cls.take("care_plan")
        cls.take("low_activity")
        for code in ("wake_up", "rescue", "high_value", "leave_intent", "door_open"):
            cls.take(code)
        cls.quiet()
        cls.lapsed()
        cls.valuable()
        cls.leaving()
        cls.live(200, nights=[0, 1, 4, 5, 6, 7, 9, 10, 21, 22, 23, 24, 42, 109, 110, 111, 190, 200])

    @classmethod
    def quiet(cls):
        cls.someone("care_plan", "Cora", -40)
        cls.someone("care_plan", "Carl", -400, -54)
        cls.someone("low_activity", "Lou", -55)
        lia = cls.someone("low_activity", "Lia", -300, -55)
        cls.buys(9, 11, lia)

    @classmethod
    def lapsed(cls):
        wim, wanda, walt = (
            cls.someone("wake_up", name, -500, -85) for name in ("Wim", "Wanda", "Walt")
        )
        cls.does(38, 11, "owner", wim, "Call before the voucher lapses")
        cls.buys(20, 15, wanda)
        walt.email = False
        values = {"partner_id": walt.id, "company_id": cls.company.id, "purpose": "care"}
        cls.at_hour(15, 9, lambda: cls.env["retention.optout"].create(values))
        ros, _ron = (cls.someone("rescue", name, -175) for name in ("Ros", "Ron"))
        cls.closes(10, 15, ros)
        cls.does(24, 10, "owner", ros, "Send a card by hand")

    @classmethod
    def valuable(cls):
        hal, hera = (cls.someone("high_value", name, -20, amount=20000) for name in ("Hal", "Hera"))
        cls.closes(14, 16, hal)
        cls.does(17, 10, "leader", hal, "Carry out the solution: training or more service")
        cls.buys(12, 10, hera)

    @classmethod
    def leaving(cls):
        len_, liz = (cls.someone("leave_intent", name, -200) for name in ("Len", "Liz"))
        for customer in (len_, liz):
            cls.talks(8, 16, customer, tag="intent_leave")
        cls.closes(8, 19, len_)
        cls.does(10, 17, "manager", len_, "Solution and compensation in writing")
        cls.does(21, 11, "manager", len_, "Ask whether they stay")
        cls.closes(11, 10, liz)
        dora, dirk = (cls.someone("door_open", name, -361) for name in ("Dora", "Dirk"))
        cls.does(68, 10, "owner", dora, "Send a card by hand")
        cls.buys(50, 12, dirk)

    @classmethod
    def closes(cls, day, hour, customer):
        """Have the customer's alert closed by its owner, through the dialog."""

        def deed():
            alert = cls.env["retention.alert"].search(
                [("partner_id", "=", customer.id), ("live", "=", True)]
            )
            mine = alert.with_user(alert.user_id).with_context(allowed_company_ids=cls.company.ids)
            action = mine.action_close_with("saved")
            dialog = mine.env[action["res_model"]].with_context(**action["context"])
            dialog.create({"root_cause": "price", "attempt": "Talked"}).action_apply()

        cls.at_hour(day, hour, deed)

    # ------------------------------------------------------------ tables
    def test_care_plan(self):
        """Cora bought 40 days before: 61 on day 21, watched from the night of 22. Carl, 54 days:
        76 on 22, watched from 23; a customer for long, he is touched twice in 30 days, so the
        third waits until 54, a Saturday, and so for Monday at nine."""
        self.assertLived(
            "care_plan",
            """
            Cora                            | 22 1:00  | running
            Send something useful           | 23 10:00 | owner | mail
            Ask how things are going        | 30 10:00 | owner | call by 32
            Offer a first look              | 44 10:00 | owner | mail
            Look at what it has brought     | 58 9:00  | owner | task by 63
            Carl                            | 23 1:00  | running
            Send something useful           | 24 10:00 | owner | mail
            Ask how things are going        | 31 10:00 | owner | call by 35
            Offer a first look              | 56 9:00  | owner | mail
            Look at what it has brought     | 70 9:00  | owner | task by 73
            """,
        )

    def test_low_activity(self):
        """Sixty days without a contact on 5, a Saturday: written to on Monday, called five
        working days later; who buys is left alone."""
        self.assertLived(
            "low_activity",
            """
            Lou                         | 5 1:00   | running
            Ask whether all is well     | 7 10:00  | owner | mail
            Call if there was no answer | 14 10:00 | owner | call by 17
            Lia                         | 5 1:00   | left: Has bought
            Ask whether all is well     | 7 10:00  | owner | mail
            Call if there was no answer | 14 10:00 |       | called off
            """,
        )

    def test_wake_up(self):
        """Ninety days after the purchase is 5. The call is the third touch in exactly 30 days,
        and before the three weeks of the voucher are over. Wanda buys on 20 and leaves; 90 days
        later, on 110, she enters again: 111 is a working Sunday; the voucher of 125 waits until
        the holidays end with 129, and the call of 145, a Saturday, for Monday."""
        self.assertLived(
            "wake_up",
            """
            Wim                             | 5 1:00    | done
            Ask, and bring news             | 7 10:00   | owner | mail
            Offer a voucher for three weeks | 21 10:00  | owner | mail
            Call before the voucher lapses  | 37 10:00  | owner | call by 39, done 38 11:00
            Wanda                           | 5 1:00    | left: Has bought
            Ask, and bring news             | 7 10:00   | owner | mail
            Offer a voucher for three weeks | 21 10:00  |       | called off
            Walt                            | 5 1:00    | left: Does not want it
            Ask, and bring news             | 7 10:00   | owner | wechat by 7, called off
            Offer a voucher for three weeks | 21 10:00  |       | called off
            Wanda                           | 110 1:00  | running
            Ask, and bring news             | 111 10:00 | owner | mail
            Offer a voucher for three weeks | 129 9:00  | owner | mail
            Call before the voucher lapses  | 147 9:00  | owner | call by 149
            """,
        )

    def test_rescue(self):
        """Half a year without contact on 5. While Ron's alert is open, the card is part of its
        task. The card that Ros got on 24 was the last contact, so 190 is no half year."""
        self.assertLived(
            "rescue",
            """
            Ros                                     | 5 1:00  | done
            Find out why, and try to win them back  | 5 1:00  | owner | alert, done 10 15:00
            Write a personal letter                 | 8 10:00 | owner | mail
            Send a card by hand                     | 22 9:00 | owner | letter by 25, done 24 10:00
            Ron                                     | 5 1:00  | running
            Find out why, and try to win them back  | 5 1:00  | owner | alert
            Write a personal letter                 | 8 10:00 | owner | mail
            Send a card by hand                     | 22 9:00 | owner | letter joined
            """,
        )

    def test_high_value(self):
        """Thirty days on 10. The leader's interview ends with the alert, on 14; the solution
        starts at once. Hera buys on 12, and is thirty days without a purchase again on 42, when
        her alert is still open."""
        self.assertLived(
            "high_value",
            """
            Hal                                              | 10 1:00  | done
            A core customer has not bought for 30 days       | 10 1:00  | leader | told
            Senior interview: find the root cause            | 10 1:00  | leader | alert, done 14 16:00
            Carry out the solution: training or more service | 14 16:00 | leader | task by 17, done 17 10:00
            Ask whether it has reached them                  | 28 10:00 | owner  | mail
            Hera                                             | 10 1:00  | left: Has bought
            A core customer has not bought for 30 days       | 10 1:00  | leader | told
            Senior interview: find the root cause            | 10 1:00  | leader | alert, called off
            Hera                                             | 42 1:00  | running
            A core customer has not bought for 30 days       | 42 1:00  | leader | told
            Senior interview: find the root cause            | 42 1:00  | leader | alert
            """,  # noqa: E501
        )

    def test_leave_intent(self):
        """Len is talked to the same evening, and gets it in writing a day late. Liz's alert is
        open until 11, and what is to be written is part of its task; a week later is a holiday,
        when rescue rests, too."""
        self.assertLived(
            "leave_intent",
            """
            Len                                  | 8 16:00  | done
            This customer wants to leave         | 8 16:00  | manager | told
            Talk today, by somebody senior       | 8 16:00  | manager | alert, done 8 19:00
            Solution and compensation in writing | 9 9:00   | manager | other by 9, done 10 17:00
            Ask whether they stay                | 17 10:00 | manager | call by 21, done 21 11:00
            Liz                                  | 8 16:00  | running
            This customer wants to leave         | 8 16:00  | manager | told
            Talk today, by somebody senior       | 8 16:00  | manager | alert, done 11 10:00
            Solution and compensation in writing | 9 9:00   | manager | other joined, done 11 10:00
            Ask whether they stay                | 21 9:00  | manager | call by 22
            """,
        )

    def test_door_open(self):
        """Lost on the 366th day, which is 5. Thirty, sixty and ninety days on from there."""
        self.assertLived(
            "door_open",
            """
            Dora                             | 5 1:00   | done
            Thank them for the time together | 7 10:00  | owner | mail
            Share something useful           | 35 10:00 | owner | mail
            Send a card by hand              | 65 9:00  | owner | letter by 70, done 68 10:00
            Ask whether to stay in touch     | 95 10:00 | owner | mail
            Dirk                             | 5 1:00   | left: Has bought
            Thank them for the time together | 7 10:00  | owner | mail
            Share something useful           | 35 10:00 | owner | mail
            Send a card by hand              | 65 9:00  |       | called off
            """,
        )
