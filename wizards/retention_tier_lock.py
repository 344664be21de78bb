from odoo import api, fields, models


class RetentionTierLock(models.TransientModel):
    """Give customers a tier by hand, or keep theirs, until a day and for a reason."""

    _name = "retention.tier.lock"
    _description = "Lock of a Tier"

    profile_ids = fields.Many2many(
        "retention.profile",
        string="Customers",
        required=True,
        help="Customers whose tier is set by hand.",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    tier_id = fields.Many2one(
        "retention.tier",
        required=True,
        domain="[('company_id', '=', company_id)]",
        compute="_compute_tier_id",
        store=True,
        readonly=False,
    )
    manual_only = fields.Boolean(related="tier_id.manual_only")
    until = fields.Date("Locked Until", help="The last day on which only people change the tier.")
    reason = fields.Char(required=True)

    @api.depends("profile_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.profile_ids.company_id[:1]

    @api.depends("profile_ids")
    def _compute_tier_id(self):
        for wizard in self:
            # With the caller's rights: an unsaved form may name any customer.
            tiers = wizard.profile_ids._origin.sudo(False)._filtered_access("read").tier_id
            wizard.tier_id = len(tiers) == 1 and tiers

    def action_lock(self):
        self.ensure_one()
        self.profile_ids._lock_tier(self.tier_id, self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
