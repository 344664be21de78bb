from odoo import api, models
from odoo.tools import format_date


class RetentionTierPortal(models.AbstractModel):
    """What customers see of their own tier: plain values, and of nobody else."""

    _name = "retention.tier.portal"
    _description = "Own Tier of a Customer"

    @api.model
    def _data(self):
        """Return the tier of the user's own customer in the current company, or None.

        The customer is the company the user's contact belongs to. None while the company does
        not show tiers, has none, or the customer has none.

        :return: dict of texts and numbers: ``company``, ``tier``, ``color``, ``since``,
            ``valid_until`` (texts or False), ``grace`` (bool), ``benefits`` (sentences),
            ``next`` (False, or dict ``tier``, ``gap``, ``progress``, ``benefits``)
        """
        user = self.env.user
        company = self.env.company._retention_company().sudo()
        shown = company.retention_tier_portal and company.retention_tiers_started
        if user._is_public() or not shown:
            return None
        profile = (
            self.env["retention.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", user.partner_id.commercial_partner_id.id),
                    ("company_id", "=", company.id),
                ]
            )
        )
        tier = profile.tier_id
        if not tier:
            return None
        aim = profile.tier_next_id
        return {
            "company": company.name,
            "tier": tier.name,
            "color": tier.color,
            "since": self._day(profile.tier_since),
            "valid_until": self._day(profile.tier_valid_until),
            "grace": bool(profile.tier_grace_until),
            "benefits": self._benefits(tier),
            "next": aim
            and {
                "tier": aim.name,
                "gap": profile.tier_gap_text,
                "progress": profile.tier_progress,
                "benefits": self._benefits(aim) if aim != tier else [],
            },
        }

    @api.model
    def _day(self, day):
        return bool(day) and format_date(self.env, day)

    @api.model
    def _benefits(self, tier):
        """Return the sentences of what the tier's customers get; others are internal."""
        rights = self.env["retention.tier.benefit"].sudo()._rights(tier.company_id)
        shown = rights[tier.id].filtered("active")
        return [words for benefit in shown if (words := benefit._promise())]
