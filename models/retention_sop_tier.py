from odoo import api, fields, models
from odoo.tools import SQL

from .retention_sop_trigger import TriggerType


class RetentionSop(models.Model):
    """Occasions that tiers give: one was entered, or is about to end."""

    _inherit = "retention.sop"

    trigger_tier_ids = fields.Many2many(
        "retention.tier",
        "retention_sop_trigger_tier_rel",
        string="Tiers",
        help="Empty: every tier.",
    )

    def _trigger_types(self):
        return {
            **super()._trigger_types(),
            "tier": TriggerType(self.env._("Tier entered"), needs=("trigger_tier_ids",)),
            "tier_grace": TriggerType(
                self.env._("Days before a tier ends"), needs=("trigger_days",)
            ),
        }

    def _occasions_tier(self, span):
        """Moves up into one of the tiers; a first load or new rules are no occasion."""
        condition = SQL("profile.tier_id = ANY(%s)", self.trigger_tier_ids.ids)
        if not self.include_existing:
            condition = SQL(
                """%s AND EXISTS (
                       SELECT FROM retention_change change
                       WHERE change.profile_id = profile.id AND change.what = 'tier'
                       AND change.date = profile.tier_since
                       AND change.new_value = profile.tier_id::varchar
                       AND change.cause != 'rescore' AND change.evidence ->> 'why' = 'up')""",
                condition,
            )
        return self._from_profile(span, SQL("profile.tier_since"), condition)

    def _occasions_tier_grace(self, span):
        """Customers in grace, ``trigger_days`` before its end."""
        anchor = SQL("(profile.tier_grace_until - %s)", self.trigger_days)
        condition = SQL("TRUE")
        if self.trigger_tier_ids:
            condition = SQL("profile.tier_id = ANY(%s)", self.trigger_tier_ids.ids)
        return self._from_profile(span, anchor, condition)

    @api.depends("trigger_tier_ids")
    def _compute_summary_text(self):
        return super()._compute_summary_text()

    def _when_tier(self):
        return self.env._("When somebody rises to %s", self._names(self.trigger_tier_ids) or "…")

    def _when_tier_grace(self):
        return self.env._("%s days before somebody loses a tier", self.trigger_days)
