"""The company of twelve with all months closed, and somebody who reviews them."""

from datetime import date

from .ledger_common import LedgerCase, month_start

OURS = "customer_retention"


class ReviewCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviews = cls.env["retention.review"]
        cls.boss = cls.make_user(
            "r_boss", f"{OURS}.group_manager", email="boss@example.com", name="Bea Boss"
        )
        cls.user = cls.make_user("r_seller", f"{OURS}.group_user", name="Sam Seller")

    @classmethod
    def as_boss(cls, model="retention.review"):
        return cls.env[model].with_user(cls.boss).with_company(cls.company)

    @classmethod
    def review(cls, number=8, kind="monthly", **values):
        """Make a review of 2025 as its manager."""
        return cls.as_boss().create({"kind": kind, "first": month_start(number), **values})

    @classmethod
    def decide(cls, review, name="Call them", **values):
        return cls.as_boss("retention.review.decision").create(
            {
                "review_id": review.id,
                "name": name,
                "user_id": cls.user.id,
                "due_date": date(2025, 9, 20),
                **values,
            }
        )

    @classmethod
    def fading(cls):
        """Make 24 customers of whom half are lost in February 2025."""
        cls.company.write(
            {
                "retention_silent_days": 40,
                "retention_at_risk_days": 50,
                "retention_lost_days": 60,
            }
        )
        for number in range(24):
            partner = cls.customer(f"Customer {number}")
            cls.order(partner, date(2024, 12, 10), 50)
            if number % 2:
                cls.order(partner, date(2025, 1, 20), 70)
        cls.night(date(2025, 3, 1))


class TwelveCase(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
