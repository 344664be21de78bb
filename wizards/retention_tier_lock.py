from odoo import api, fields, models
from odoo.exceptions import UserError


class RetentionTierLock(models.TransientModel):
    """Asks until when, and why, a customer's tier is to stay as it is."""

    _name = "retention.tier.lock"
    _description = "Lock of a Tier"
    _allow_sudo_commands = False

    profile_ids = fields.Many2many("retention.profile", string="Customers", required=True)
    until = fields.Date("Last Day", required=True)
    reason = fields.Char(required=True, help="Why, in your own words; kept with the customer.")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if "until" in names and not values.get("until"):
            today = self.env.company._retention_company()._retention_today()
            values["until"] = today.replace(month=12, day=31)
        return values

    def action_apply(self):
        self.ensure_one()
        self.profile_ids.check_access("read")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the tier is locked."))
        for company in self.profile_ids.company_id:
            if self.until < company._retention_today():
                raise UserError(self.env._("Choose a day that is not over yet."))
        if without := self.profile_ids.filtered(lambda profile: not profile.tier_id):
            raise UserError(
                self.env._(
                    "%(customer)s has no tier to be locked.",
                    customer=", ".join(without.partner_id.mapped("display_name")),
                )
            )
        self.profile_ids._lock_tier(self.until, self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
