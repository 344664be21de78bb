"""Procedures of a company in Shanghai for people in three time zones, over changes of clocks.

Entering is told by the company's clock, steps by that of the contact.
"""

from datetime import date, timedelta

from odoo.tests import tagged

from .sop_replay import ReplayCase

ZONES = {"Shan": "Asia/Shanghai", "Bo": "Europe/Berlin", "Nan": "America/New_York"}


class ZonesCase(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("welcome", "complaint", "birthday"):
            cls.take(code)

    @classmethod
    def new(cls, name):
        return cls.someone("welcome", name, tz=ZONES[name])

    @classmethod
    def angry(cls, day, hour, name):
        customer = cls.someone("complaint", name, -50, tz=ZONES[name])
        cls.adds(day, hour, "complaint", customer)
        return customer


@tagged("post_install", "-at_install")
class TestSopReplayAutumn(ZonesCase):
    """The first day is Monday, 19 October 2026. Berlin sets its clocks back on 6, a Sunday, New
    York on 13: it is seven, then six hours behind Shanghai, and twelve, then thirteen."""

    first = date(2026, 10, 19)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ZONES:
            cls.buys(3, 10, cls.new(name))
        cls.does(8, 15, "owner", cls.angry(6, 2, "Bo"), "Solve it, make good, tell the customer")
        cls.angry(13, 8, "Nan")
        firm = cls.someone("birthday", "Firm", -50)
        for name, zone in ZONES.items():
            cls.env["retention.key.date"].create(
                {
                    "partner_id": cls.person(firm, name, tz=zone).id,
                    "company_id": cls.company.id,
                    "month": 11,
                    "day": 4,
                }
            )
        cls.live(40, nights=[0, 4, 10, 11, 12])

    def test_welcome(self):
        """Bought at ten, when it is four in Berlin and 22 of the day before in New York: both
        are thanked when their quiet hours end. Two weeks on, at ten, clocks have changed."""
        self.assertLived(
            "welcome",
            """
            Shan                           | 3 10:00  | running
            Thank them and send the guides | 3 11:00  | owner | mail
            Ask whether everything arrived | 10 10:00 | owner | call by 14
            Ask how it is going            | 17 10:00 | owner | mail
            Bo                             | 3 10:00  | running
            Thank them and send the guides | 3 8:00   | owner | mail
            Ask whether everything arrived | 10 10:00 | owner | call by 14
            Ask how it is going            | 17 10:00 | owner | mail
            Nan                            | 3 10:00  | running
            Thank them and send the guides | 3 8:00   | owner | mail
            Ask whether everything arrived | 10 10:00 | owner | call by 14
            Ask how it is going            | 16 10:00 | owner | mail
            """,
        )

    def test_thanked_within_a_day(self):
        welcomed = self.of(self.taken["welcome"])
        self.assertTrue(welcomed)
        for enrollment in welcomed:
            late = enrollment.run_ids[0].done_at - enrollment.entered_at
            self.assertLess(late, timedelta(hours=24))

    def test_complaint(self):
        """Both complain on Saturday at eight in the evening; 24 hours later it is seven, as one
        hour has come twice. What is solved at eight (15 in Shanghai) is checked at eight."""
        self.assertLived(
            "complaint",
            """
            Bo                                     | 6 2:00   | running
            Say that we look after it              | 5 20:00  | owner  | mail
            Apologise and ask                      | 5 20:00  | leader | call by 7
            Not answered in time: pass it on       | 6 19:00  | leader | passed on
            Solve it, make good, tell the customer | 6 19:00  | owner  | call by 8, done 8 15:00
            Check after 24 hours                   | 9 8:00   | owner  | call by 9
            Ask again on day 5                     | 13 10:00 | owner  | mail
            Nan                                    | 13 8:00  | running
            Say that we look after it              | 12 20:00 | owner  | mail
            Apologise and ask                      | 12 20:00 | leader | call by 14
            Not answered in time: pass it on       | 13 19:00 | leader | passed on
            Solve it, make good, tell the customer | 13 19:00 | owner  | call by 15
            """,
        )

    def test_birthday(self):
        """Three colleagues, each at nine of their own morning of 16."""
        self.assertLived(
            "birthday",
            """
            Shan                     | 11 1:00 | running
            Prepare a gift or a card | 11 9:00 | owner | task by 16
            Congratulate             | 16 9:00 | owner | mail
            Bo                       | 11 1:00 | running
            Prepare a gift or a card | 11 9:00 | owner | task by 16
            Congratulate             | 16 9:00 | owner | mail
            Nan                      | 11 1:00 | running
            Prepare a gift or a card | 11 9:00 | owner | task by 16
            Congratulate             | 16 9:00 | owner | mail
            """,
        )
        greeted = self.of(self.taken["birthday"]).run_ids.filtered("mail_id").mapped("done_at")
        hours = [(moment.day, moment.hour) for moment in greeted]
        self.assertEqual(sorted(hours), [(4, 1), (4, 8), (4, 14)])


@tagged("post_install", "-at_install")
class TestSopReplaySpring(ZonesCase):
    """The first day is Monday, 2 March 2026. New York sets its clocks forward on 6, a Sunday,
    Berlin on 27; China's Qingming is 33 to 35."""

    first = date(2026, 3, 2)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buys(4, 18, cls.new("Shan"))
        cls.buys(4, 18, cls.new("Nan"))
        cls.buys(22, 18, cls.new("Bo"))
        cls.angry(6, 9, "Nan")
        cls.angry(27, 3, "Bo")
        cls.live(40, nights=[0, 5, 23, 24])

    def test_welcome(self):
        """Friday at 18 is five in the morning in New York, and eleven in Berlin."""
        self.assertLived(
            "welcome",
            """
            Shan                           | 4 18:00  | running
            Thank them and send the guides | 4 19:00  | owner | mail
            Ask whether everything arrived | 11 10:00 | owner | call by 15
            Ask how it is going            | 18 10:00 | owner | mail
            Nan                            | 4 18:00  | running
            Thank them and send the guides | 4 8:00   | owner | mail
            Ask whether everything arrived | 11 10:00 | owner | call by 15
            Ask how it is going            | 18 10:00 | owner | mail
            Bo                             | 22 18:00 | running
            Thank them and send the guides | 22 12:00 | owner | mail
            Ask whether everything arrived | 29 10:00 | owner | call by 31
            Ask how it is going            | 36 10:00 | owner | mail
            """,
        )

    def test_complaint(self):
        """Both complain on Saturday at eight in the evening; 24 hours later it is nine, when
        nobody is called any more: the solution waits for Monday at eight."""
        self.assertLived(
            "complaint",
            """
            Nan                                    | 6 9:00   | running
            Say that we look after it              | 5 20:00  | owner  | mail
            Apologise and ask                      | 5 20:00  | leader | call by 7
            Not answered in time: pass it on       | 6 21:00  | leader | passed on
            Solve it, make good, tell the customer | 7 8:00   | owner  | call by 9
            Bo                                     | 27 3:00  | running
            Say that we look after it              | 26 20:00 | owner  | mail
            Apologise and ask                      | 26 20:00 | leader | call by 28
            Not answered in time: pass it on       | 27 21:00 | leader | passed on
            Solve it, make good, tell the customer | 28 8:00  | owner  | call by 30
            """,
        )


@tagged("post_install", "-at_install")
class TestSopReplayYears(ReplayCase):
    """The Mid-Autumn Festival of ten years, and a birthday five days after it: 8/20."""

    first = date(2026, 9, 1)
    FULL_MOONS = (
        date(2026, 9, 25),
        date(2027, 9, 15),
        date(2028, 10, 3),
        date(2029, 9, 22),
        date(2030, 9, 12),
        date(2031, 10, 1),
        date(2032, 9, 19),
        date(2033, 9, 8),
        date(2034, 9, 27),
        date(2035, 9, 16),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever year this runs in.
        cls.env["retention.festival"]._fill_days(2026, 2035)
        for code in ("mid_autumn", "birthday"):
            # Also for who is lost after so many years without a purchase.
            cls.take(code, only=False, audience_domain=f"[('partner_id.ref', '=', '{code}')]")
            cls.someone(code, f"Friend of {code}", -50)
        cls.env["retention.key.date"].create(
            {
                "partner_id": cls.env["res.partner"].search([("ref", "=", "birthday")]).id,
                "company_id": cls.company.id,
                "calendar": "lunar",
                "month": 8,
                "day": 20,
            }
        )
        found = [(moon - cls.first).days for moon in cls.FULL_MOONS]
        nights = [day + shift for day in found for shift in (-15, -14, -1, 0)]
        cls.live(found[-1] + 10, nights, again=False)

    def moments(self, code, step):
        """Return [(day of entering, day of the step, its hour)] of all passes of an entry."""
        found = []
        for enrollment in self.of(self.taken[code]):
            run = enrollment.run_ids.filtered(lambda run: run.step_id.name == step)
            self.assertEqual(run.state, "done")
            day, hour = self.clock(run.done_at)
            found.append((enrollment.entered_on, self.first + timedelta(days=day), hour))
        return found

    def test_mid_autumn(self):
        """Two weeks and a day before, on whatever day of the week: in 2032 and 2035 on a
        Saturday."""
        wanted = [
            (moon - timedelta(days=14), moon - timedelta(days=1), 10) for moon in self.FULL_MOONS
        ]
        self.assertEqual(self.moments("mid_autumn", "Send the greeting"), wanted)
        self.assertEqual({day.weekday() for _on, day, _hour in wanted}, {0, 1, 2, 3, 4, 5})

    def test_birthday(self):
        wanted = [(moon, moon + timedelta(days=5), 9) for moon in self.FULL_MOONS]
        self.assertEqual(self.moments("birthday", "Congratulate"), wanted)
