"""What tests of tiers share: a company with four tiers."""

from datetime import timedelta

from .common import RetentionCase


class TierCase(RetentionCase):
    """Standard, Silver from 1,000, Gold from 5,000 and VIP from 10,000, with Gold up as high."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard, cls.silver, cls.gold, cls.vip = cls.make_tiers(0, 1000, 5000, 10000)
        cls.changes = cls.env["retention.change"]

    @classmethod
    def make_tiers(cls, *amounts, company=None):
        names = ("Standard", "Silver", "Gold", "VIP")
        return cls.env["retention.tier"].create(
            [
                {
                    "name": name,
                    "level": level,
                    "min_amount": amount,
                    "is_high_value": level > 1,
                    "company_id": (company or cls.company).id,
                }
                for level, (name, amount) in enumerate(zip(names, amounts, strict=False))
            ]
        )

    @classmethod
    def start(cls, as_of, company=None):
        """Start tiers, as an administrator does, and let the first load run on ``as_of``."""
        (company or cls.company).retention_tiers_started = True
        cls.refresh(as_of, company=company)

    def tier_of(self, partner, company=None):
        return self.profile(partner, company).tier_id

    def told(self, partner):
        """Return the moves of a customer's tier: (day, from, to, why)."""
        moves = self.profile(partner).change_ids.filtered(lambda c: c.what == "tier")
        return [(c.date, c.old_label, c.new_label, c.evidence["why"]) for c in moves.sorted("id")]

    @staticmethod
    def days(day, count):
        return day + timedelta(days=count)
