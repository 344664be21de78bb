from odoo import api, models

from .retention_tier_follow import Taken


class RetentionProfile(models.Model):
    """Merging contacts: one customer has each benefit once, with the history of both."""

    _inherit = "retention.profile"

    def _absorb(self, others):
        """Leave one live grant of each benefit; the other's effect is the same customer's.

        What no tier of the joined customer gives is taken back by the next night.
        """
        company = self.company_id
        grants = self.env["retention.tier.grant"]._engine(company)
        live = grants.search([("profile_id", "in", (self | others).ids), ("live", "=", True)])
        today = company._retention_today()
        for same in live.grouped("benefit_id").values():
            kept = same.filtered(lambda grant: grant.profile_id == self) or same.sorted("id")[:1]
            double = same - kept
            double._note_end_causes({}, "merged")
            double._close_tasks(self.env._("Contacts merged"))
            double._end(dict.fromkeys(double.ids, Taken("kept")), today)
        return super()._absorb(others)

    @api.model
    def _profile_children(self):
        return [*super()._profile_children(), ("retention_tier_grant", "profile_id")]
