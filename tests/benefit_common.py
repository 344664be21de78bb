"""Tiers with benefits, and customers who move between them."""

from .sop_common import START, SopCase

__all__ = ["START", "BenefitCase"]


class BenefitCase(SopCase):
    """A company with four tiers; customers are moved by hand, as the engine would move them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.benefits = cls.env["retention.tier.benefit"]
        cls.grants = cls.env["retention.tier.grant"]
        cls.base, cls.silver, cls.gold, cls.vip = cls.make_tiers(cls.company)

    @classmethod
    def make_tiers(cls, company):
        return [
            cls.env["retention.tier"].create(
                {
                    "name": name,
                    "level": level,
                    "company_id": company.id,
                    "min_amount": level * 1000,
                }
            )
            for level, name in enumerate(("Standard", "Silver", "Gold", "VIP"))
        ]

    @classmethod
    def benefit(cls, tier, kind, **values):
        return cls.benefits.create(
            {"name": f"{tier.name} {kind}", "tier_id": tier.id, "type": kind, **values}
        )

    @classmethod
    def pricelist(cls, name, **values):
        return cls.env["product.pricelist"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )

    @classmethod
    def members(cls, *names):
        """Make customers of the base tier; return their profiles."""
        found = cls.profiles
        for name in names:
            partner = cls.buyer(name, START)
            found |= cls.profiles.create({"partner_id": partner.id, "company_id": cls.company.id})
        found.write({"tier_id": cls.base.id})
        return found

    @classmethod
    def moves(cls, profiles, tier, cause="up"):
        """Return the moves of ``profiles`` to ``tier``, and make them."""
        moves = [
            {"profile_id": p.id, "old": p.tier_id.id, "new": tier.id, "cause": cause}
            for p in profiles
        ]
        profiles.write({"tier_id": tier.id})
        return moves

    def follow(self, moves, days=0, quiet=False, company=None):
        with self.at(days):
            self.benefits._follow_moves(
                company or self.company, moves, self.moment(days).date(), quiet
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def move(self, profiles, tier, days=0, cause="up", quiet=False):
        moves = self.moves(profiles, tier, cause)
        self.follow(moves, days, quiet)
        return moves

    def tidy(self, days=1):
        with self.at(days):
            now = self.moment(days)
            self.benefits._tidy(self.company, now.date(), now)
        self.env.flush_all()
        self.env.invalidate_all()

    def ledger(self, profiles):
        """Return [(benefit, state)] in the order in which they were given."""
        found = self.grants.search([("profile_id", "in", profiles.ids)], order="id")
        return [(grant.benefit_id.name, grant.state) for grant in found]

    def price(self, profile, company=None):
        partner = profile.partner_id.with_company(company or self.company)
        return partner.specific_property_product_pricelist
