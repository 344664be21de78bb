from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from .batches import check_many

MANAGER = "customer_retention.group_manager"


class RetentionProfile(models.Model):
    """Tiers by hand: given and kept for a time, with a reason."""

    _inherit = "retention.profile"

    def _lock_tier(self, tier, until, reason):
        """Give these customers ``tier`` and keep it there until ``until``.

        :param until: the last day of the lock; None only for tiers given by hand only
        :raises AccessError: for who is no manager of Retention
        :raises UserError: without a reason, or with an end that lies in the past
        """
        self._check_tier_manager()
        check_many(self)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the tier is locked."))
        if not until and not tier.manual_only:
            raise UserError(self.env._("Say until when the tier is locked."))
        for company, profiles in self.sudo().grouped("company_id").items():
            if tier.company_id != company:
                raise UserError(
                    self.env._(
                        "%(tier)s is no tier of %(company)s.", tier=tier.name, company=company.name
                    )
                )
            today = company._retention_today()
            if until and until < today:
                raise UserError(self.env._("The lock must not end in the past."))
            moving = profiles.filtered(lambda p: p.tier_id != tier)
            moving._move_by_hand(company, tier, today, reason)
            profiles.write(
                {
                    "tier_locked_until": until,
                    "tier_lock_reason": reason.strip(),
                    "tier_grace_until": False,
                    "tier_notice": 0,
                    "tier_pending": False,
                    "tier_pending_on": False,
                }
            )

    def _move_by_hand(self, company, tier, today, reason):
        """Give these customers ``tier`` from ``today`` on, note it and let benefits follow."""
        moves = [
            {
                "profile_id": profile.id,
                "old": old.id,
                "new": tier.id,
                "cause": "manual",
                "evidence": {
                    "why": "up" if not old or old.level < tier.level else "down",
                    "reason": reason,
                    "user": self.env.uid,
                    "rule_version": company.sudo().retention_tier_rule_version,
                },
            }
            for profile in self
            for old in [profile.tier_id]
        ]
        self._move_tiers(company, today, moves, "manual")
        self.write(
            {
                "tier_valid_until": False,
                "tier_earned_on": False,
                "tier_missed_on": False,
                "tier_before_id": False,
                "tier_before_until": False,
                "tier_before_on": False,
            }
        )
        if moves:
            self.env["retention.tier.benefit"]._follow_moves(company, moves, today, False)

    def _check_tier_manager(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Retention give and lock tiers."))

    def action_lock_tier(self):
        """Ask for tier, end and reason."""
        self._check_tier_manager()
        check_many(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give or Lock Tier"),
            "res_model": "retention.tier.lock",
            "view_mode": "form",
            "target": "new",
            "context": {"default_profile_ids": self.ids},
        }

    def action_unlock_tier(self):
        """Let the rules decide again: a tier that is not earned enters its grace."""
        self._check_tier_manager()
        check_many(self)
        profiles = self.sudo()
        by_hand = profiles.filtered(lambda p: p.tier_id.manual_only and not p.tier_locked_until)
        for company, found in by_hand.grouped("company_id").items():
            # As after a lock that ended yesterday.
            day = company._retention_today() - timedelta(days=1)
            found.write({"tier_locked_until": day})
        (profiles - by_hand).write({"tier_locked_until": False})
        profiles.write({"tier_lock_reason": False})
        for company, found in profiles.grouped("company_id").items():
            self.env["retention.refresh.request"].sudo()._ask_pairs(
                (partner.id, company.id) for partner in found.partner_id
            )
        return True
