"""Won and lost by competitor, and customers who left for one."""

from odoo.tests import freeze_time, tagged

from .file_common import NOON, CustomerFileCase, days

SUMS = ("won", "lost", "amount_won", "amount_lost", "in_use", "customers_lost", "yearly_lost")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCompetitorReport(CustomerFileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.cheap = cls.env["retention.competitor"].create(
            [{"name": "Rival"}, {"name": "Cheap"}]
        )
        # Ann left a year and a half ago, Bob buys.
        cls.orders(cls.ann, 550, 560, amount=100)
        cls.orders(cls.bob, 5, amount=70)
        cls.refresh()

    def note(self, partner, competitor, days_ago=1, **values):
        return self.env["retention.competitor.note"].create(
            {
                "partner_id": partner.id,
                "competitor_id": competitor.id,
                "company_id": self.company.id,
                "date": days(-days_ago),
                **values,
            }
        )

    def sums(self, competitor, user=None):
        report = self.as_user("retention.competitor.report", user)
        [row] = report._read_group(
            [("competitor_id", "=", competitor.id)], [], [f"{name}:sum" for name in SUMS]
        )
        return {name: value for name, value in zip(SUMS, row, strict=True) if value}

    def test_deals(self):
        self.note(self.bob, self.rival, result="won", amount=300)
        self.note(self.bob, self.rival, result="lost", amount=50)
        self.note(self.bob, self.rival, result="lost", amount=25)
        self.note(self.bob, self.rival)
        self.assertEqual(
            self.sums(self.rival), {"won": 1, "lost": 2, "amount_won": 300, "amount_lost": 75}
        )
        report = self.as_user("retention.competitor.report")
        [[rate]] = report._read_group([("competitor_id", "=", self.rival.id)], [], ["win_rate:avg"])
        self.assertAlmostEqual(rate, 100 / 3)

    def test_a_lost_customer_counts_once_for_the_last_one_said_to_have_them(self):
        self.assertEqual(self.profile(self.ann).stage, "lost")
        self.note(self.ann, self.cheap, 90, in_use=True)
        self.note(self.ann, self.rival, 60, result="lost")
        self.note(self.ann, self.rival, 50, in_use=True)
        self.note(self.ann, self.cheap, 10)  # only heard of
        self.assertEqual(
            self.sums(self.rival),
            {"lost": 1, "in_use": 1, "customers_lost": 1, "yearly_lost": 200},
        )
        self.assertEqual(self.sums(self.cheap), {})
        self.note(self.ann, self.cheap, 5, in_use=True)
        self.assertEqual(
            self.sums(self.cheap), {"in_use": 1, "customers_lost": 1, "yearly_lost": 200}
        )
        self.assertEqual(self.sums(self.rival), {"lost": 1, "in_use": 1})

    def test_a_customer_who_still_buys_is_not_lost(self):
        self.note(self.bob, self.rival, in_use=True)
        self.assertEqual(self.sums(self.rival), {"in_use": 1})

    def test_own_companies_only(self):
        self.note(self.ann, self.rival, in_use=True, company_id=self.other.id)
        self.assertEqual(self.sums(self.rival), {})
        self.assertEqual(self.sums(self.rival, self.stranger), {"in_use": 1})
