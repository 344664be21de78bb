from odoo import api, fields, models
from odoo.tools import format_date

from ..analytics import tier


class RetentionProfile(models.Model):
    """What a customer still lacks for the next tier, or for keeping this one. Never stored."""

    _inherit = "retention.profile"

    tier_next_id = fields.Many2one(
        "retention.tier",
        "Tier to Reach",
        compute="_compute_tier_next",
        help="The next one; in the grace, the one to keep.",
    )
    tier_gap_amount = fields.Monetary("Amount Missing", compute="_compute_tier_next")
    tier_gap_orders = fields.Integer(
        "Purchases Missing", compute="_compute_tier_next", aggregator=None
    )
    tier_gap_by = fields.Date("Until", compute="_compute_tier_next")
    tier_progress = fields.Integer("Progress (%)", compute="_compute_tier_next", aggregator=None)
    tier_gap_text = fields.Char("What Is Missing", compute="_compute_tier_gap_text")

    @api.depends(
        "tier_id.level",
        "tier_spend",
        "tier_orders",
        "tier_grace_until",
        "tier_locked_until",
        "company_id.retention_tier_window",
        "company_id.retention_tiers_started",
    )
    def _compute_tier_next(self):
        ladders = self.env["retention.tier"]._ladders(self.company_id)
        today = {company: company._retention_today() for company in self.company_id}
        for profile in self:
            company = profile.company_id
            aim = profile._tier_aim(ladders.get(company, ()), today[company])
            level = aim.sudo()._level_of() if aim else None
            cents = round(profile.tier_spend * 100)
            missing = tier.gap(level, cents, profile.tier_orders) if aim else (0, 0)
            profile.tier_next_id = aim
            profile.tier_gap_amount = int(missing[0]) / 100
            profile.tier_gap_orders = int(missing[1])
            profile.tier_progress = tier_progress(level, cents, profile.tier_orders) if aim else 0
            profile.tier_gap_by = aim and profile._tier_gap_day(today[company])

    def _tier_aim(self, ladder, today):
        """Return the tier to keep or to reach next by buying, or an empty one."""
        self.ensure_one()
        tiers = self.env["retention.tier"]
        if self.tier_locked_until and self.tier_locked_until >= today:
            return tiers
        if self.tier_grace_until:
            return self.tier_id if self.tier_id._can_be_bought() else tiers
        own = self.tier_id.level if self.tier_id else -1
        return next((t for t in ladder if t.level > own and t._can_be_bought()), tiers)

    def _tier_gap_day(self, today):
        """Return the last day that counts; None while the window moves on with every day."""
        if self.tier_grace_until:
            return self.tier_grace_until
        calendar = self.company_id.sudo().retention_tier_window == "calendar"
        return today.replace(month=12, day=31) if calendar else False

    @api.depends("tier_next_id", "tier_gap_amount", "tier_gap_orders", "tier_gap_by")
    @api.depends_context("lang")
    def _compute_tier_gap_text(self):
        for profile in self:
            aim = profile.tier_next_id.sudo()
            profile.tier_gap_text = bool(aim) and profile._tier_gap_sentence(aim)

    def _tier_gap_sentence(self, aim):
        """Say what is missing for ``aim``, and by when."""
        values = {"gap": self._gap_words(aim), "tier": aim.name}
        if not self.tier_gap_amount and not self.tier_gap_orders:
            return self.env._("%(tier)s is reached", tier=aim.name)
        if not self.tier_gap_by:
            return self.env._("%(gap)s for %(tier)s", **values)
        values["day"] = format_date(self.env, self.tier_gap_by)
        if self.tier_grace_until:
            return self.env._("%(gap)s by %(day)s to keep %(tier)s", **values)
        return self.env._("%(gap)s by %(day)s for %(tier)s", **values)

    def _tier_tip(self):
        """Return what a person wants to know of the tier at a glance."""
        self.ensure_one()
        lines = [
            self.env._(
                "%(tier)s since %(day)s",
                tier=self.tier_id.name,
                day=format_date(self.env, self.tier_since),
            )
            if self.tier_since
            else self.tier_id.name
        ]
        if self.tier_locked_until:
            lines.append(
                self.env._(
                    "Locked until %(day)s: %(reason)s",
                    day=format_date(self.env, self.tier_locked_until),
                    reason=self.tier_lock_reason or "",
                )
            )
        elif self.tier_valid_until and not self.tier_grace_until:
            lines.append(
                self.env._("Valid until %(day)s", day=format_date(self.env, self.tier_valid_until))
            )
        return "\n".join([*lines, *filter(None, [self.tier_gap_text])])


def tier_progress(level, cents, count):
    """Return how far the figures are on the way to ``level``, in whole percent, down."""
    parts = [
        min(max(have, 0) * 100 // need, 100)
        for have, need in ((cents, level.cents), (count, level.count))
        if need
    ]
    if not parts:
        return 0
    return int(max(parts) if level.match == "any" else min(parts))
