from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import _of_profile


class RetentionProfile(models.Model):
    """What happened to a customer's tier this month, or holds today: by each company's calendar."""

    _inherit = "retention.profile"

    tier_entered_lately = fields.Boolean(
        "Entered Tier This Month",
        compute="_compute_tier_lately",
        search="_search_tier_entered_lately",
        help="Moved into a tier above the lowest; not by the first load.",
    )
    tier_locked_now = fields.Boolean(
        compute="_compute_tier_lately", search="_search_tier_locked_now"
    )
    won_back_lately = fields.Boolean(
        "Won Back This Month", compute="_compute_tier_lately", search="_search_won_back_lately"
    )

    @api.depends("tier_since", "tier_locked_until", "won_back_on")
    def _compute_tier_lately(self):
        entered, locked, won_back = (
            self.filtered_domain(find("in", [True]))
            for find in (
                self._search_tier_entered_lately,
                self._search_tier_locked_now,
                self._search_won_back_lately,
            )
        )
        for profile in self:
            profile.tier_entered_lately = profile in entered
            profile.tier_locked_now = profile in locked
            profile.won_back_lately = profile in won_back

    def _search_tier_entered_lately(self, operator, value):
        def this_month(first, _today):
            noted = Domain("what", "=", "tier") & Domain("date", ">=", first)
            return Domain("tier_since", ">=", first) & Domain("change_ids", "any", noted)

        return self._by_calendar(operator, value, this_month, Domain("tier_id.level", ">", 0))

    def _search_tier_locked_now(self, operator, value):
        return self._by_calendar(
            operator, value, lambda _first, today: Domain("tier_locked_until", ">=", today)
        )

    def _search_won_back_lately(self, operator, value):
        return self._by_calendar(
            operator, value, lambda first, _today: Domain("won_back_on", ">=", first)
        )

    @api.model
    def _by_calendar(self, operator, value, condition, everywhere=Domain.TRUE):
        """Return the domain of a yes-or-no field that depends on the day.

        :param condition: function of the first day of the month and of today, as each company
            has them
        """
        if operator != "in":
            return NotImplemented
        found = []
        for company in self.env["res.company"]._retention_companies():
            today = company._retention_today()
            mine = Domain("company_id", "=", company.id)
            found.append(mine & condition(today.replace(day=1), today))
        yes = everywhere & Domain.OR(found)
        wanted = set(map(bool, value))
        return Domain.TRUE if len(wanted) == 2 else yes if wanted == {True} else ~yes


class ResPartner(models.Model):
    """The smart button: what the customer's tier brought."""

    _inherit = "res.partner"

    retention_grant_count = _of_profile(fields.Integer, "grant_count", "Benefits Given")

    def action_retention_grants(self):
        """List what this contact's company got from its tiers, when and why."""
        self.ensure_one()
        self.check_access("read")
        return self.retention_profile_id.action_open_grants()
