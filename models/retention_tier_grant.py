from odoo import fields, models

from .own_fields import LiveFlag


class RetentionTierGrant(models.Model):
    """Who got which benefit, when and why, and when it was taken back. Written by the engine."""

    _name = "retention.tier.grant"
    _description = "Granted Benefit"
    _order = "given_on desc, id desc"
    _allow_sudo_commands = False

    profile_id = fields.Many2one(
        "retention.profile", "Customer", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Contact", store=True)
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    tier_id = fields.Many2one("retention.tier", required=True, index=True, ondelete="restrict")
    benefit_id = fields.Many2one(
        "retention.tier.benefit", required=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("waiting", "To be given"),
            ("given", "Given"),
            ("failed", "Could not be given"),
            ("taken_back", "Taken back"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    live = LiveFlag(default=True, readonly=True, help="Set until it is taken back.")
    given_on = fields.Date(readonly=True)
    taken_back_on = fields.Date(readonly=True)
    cause = fields.Char(readonly=True)
    evidence = fields.Json(readonly=True)
    before = fields.Json(readonly=True, help="What was there before, to be put back.")
    cost = fields.Monetary()
    proof = fields.Char()

    _live_uniq = models.Constraint(
        "UNIQUE (profile_id, benefit_id, live)",
        "A benefit is given once for each stay in the tier.",
    )
