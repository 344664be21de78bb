from odoo import api, models

from .retention_tier_follow import Taken


class RetentionTierGrant(models.Model):
    """Merging contacts: one customer has each benefit once, with the history of both."""

    _inherit = "retention.tier.grant"

    @api.model
    def _join_grants(self, kept, others):
        """Move the grants of ``others`` to ``kept``; of two of one benefit one stays live.

        The effect of the other one is the same customer's now, so nothing is undone.
        """
        company = kept.company_id
        grants = self._engine(company).search(
            [("profile_id", "in", (kept | others).ids)], order="id"
        )
        for same in grants.filtered("live").grouped("benefit_id").values():
            double = same - (same.filtered(lambda grant: grant.profile_id == kept) or same[:1])
            double._note_end_causes({}, "joined")
            double._close_tasks(self.env._("Contacts merged"))
            double._end(dict.fromkeys(double.ids, Taken("kept")), company._retention_today())
        grants.filtered(lambda grant: grant.profile_id != kept).write({"profile_id": kept.id})
        self.env.flush_all()
