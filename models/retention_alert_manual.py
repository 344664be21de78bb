from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .retention_alert import KEPT_FIELDS

# What a manager says of an alert opened by hand; the rest is the profile's.
GIVEN = {"partner_id", "company_id"}


class RetentionAlert(models.Model):
    """Alerts that a manager opens by hand: without a cause, closed by a person only."""

    _inherit = "retention.alert"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        self.check_access("create")
        alerts = super().create([self._by_hand(vals) for vals in vals_list])
        for company, mine in alerts._quietly().grouped("company_id").items():
            mine._fill_slots(company, company._retention_today())
        return alerts

    @api.model
    def _by_hand(self, vals):
        """Return ``vals`` completed from the customer's profile, for the caller's company."""
        company = self.env.company._retention_company()
        kept = {name for name in (KEPT_FIELDS - GIVEN) & vals.keys() if vals[name]}
        if kept - set(self.default_get(list(kept))):
            raise AccessError(
                self.env._("An alert's %s can only be set by the engine.", ", ".join(sorted(kept)))
            )
        if vals.get("company_id", company.id) != company.id:
            raise AccessError(self.env._("Open alerts in the company you are working in."))
        given = self.new({"partner_id": vals.get("partner_id")})
        partner = given.partner_id.commercial_partner_id
        profile = self.env["retention.profile"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        )
        if partner._refuses_profiling():
            raise UserError(self.env._("%s objects to profiling.", partner.display_name))
        if not profile:
            raise UserError(
                self.env._("%s is not a customer of this company yet.", partner.display_name)
            )
        live = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        if self.search_count([*live, ("live", "=", True)]):
            raise UserError(self.env._("%s already has an open alert.", partner.display_name))
        owner, team = self.sudo()._choose_owners(company, profile.sudo())[profile.sudo()]
        user_id = vals.get("user_id") or owner.id
        mine = {name: value for name, value in vals.items() if name not in KEPT_FIELDS}
        return {
            **mine,
            **profile.sudo()._alert_values(),
            "user_id": user_id,
            "original_user_id": user_id,
            "team_id": vals.get("team_id") or team.id,
            "opened_on": company._retention_today(),
        }


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    def _alert_values(self):
        """Return what an alert of this customer keeps of the profile."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "profile_id": self.id,
            "risk_level": self.risk_level,
            "risk_score": self.risk_score,
            "value_at_stake": self.value_at_stake,
            "yearly_amount": self.amount_before_last,
            "is_high_value": self.is_core or self.tier_id.is_high_value,
        }
