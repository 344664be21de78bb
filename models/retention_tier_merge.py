from odoo import models

# What a tier's state consists of; the higher tier's goes on.
TIER_STATE = (
    "tier_id",
    "tier_since",
    "tier_valid_until",
    "tier_grace_until",
    "tier_locked_until",
    "tier_lock_reason",
    "tier_earned_on",
    "tier_missed_on",
    "tier_rule_version",
    "tier_before_id",
    "tier_before_until",
    "tier_before_on",
    "tier_notice",
)


class RetentionProfile(models.Model):
    """Merging contacts: the higher tier is kept, and the benefits of both are joined."""

    _inherit = "retention.profile"

    def _absorb(self, others):
        self.ensure_one()
        joined = self._join_tiers(others)
        self.env["retention.tier.grant"]._join_grants(self, others)
        result = super()._absorb(others)
        if joined:
            company = self.company_id
            self.env["retention.tier.benefit"]._follow_moves(
                company, joined, company._retention_today(), False
            )
        return result

    def _join_tiers(self, others):
        """Take over the highest tier; return the moves that lead to it."""
        ranked = [p for p in (self | others) if p.tier_id]
        if not others.tier_id:
            return []
        # The first of equals is the one that is kept.
        best = max(ranked, key=lambda p: p.tier_id.level)
        old, new = self.tier_id, best.tier_id
        left = [p.tier_id for p in ranked if p.tier_id != new]
        if best != self:
            self.write({name: best[name] for name in TIER_STATE})
        if old != new:
            self.env["retention.change"].create(
                {
                    "profile_id": self.id,
                    "company_id": self.company_id.id,
                    "date": self.company_id._retention_today(),
                    "what": "tier",
                    "old_value": str(old.id) if old else False,
                    "new_value": str(new.id),
                    "cause": "joined",
                    "evidence": {"why": "joined"},
                }
            )
        return [
            {"profile_id": self.id, "old": tier.id, "new": new.id, "cause": "joined"}
            for tier in dict.fromkeys(left)
        ]
