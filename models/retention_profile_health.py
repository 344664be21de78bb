from odoo import api, fields, models

LIGHTS = {"low": "green", "watch": "yellow", "high": "red", "critical": "red"}


class RetentionProfile(models.Model):
    """Stage and health of a customer: fields. The engine's part is retention_health.py."""

    _inherit = "retention.profile"

    stage = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("new", "Onboarding"),
            ("active", "Active customer"),
            ("silent", "Silent"),
            ("at_risk", "At risk"),
            ("lost", "Lost"),
            ("won_back", "Won back"),
        ],
        readonly=True,
        group_expand=True,
        help="Life-cycle stage, from the days since the last purchase and the last contact.",
    )
    stage_since = fields.Date("In Stage Since", readonly=True)
    churned_on = fields.Date(
        readonly=True, help="The day the customer counted as lost; empty again after a return."
    )
    won_back_on = fields.Date(
        readonly=True, help="The last purchase that ended a time at risk or lost."
    )
    is_falling = fields.Boolean(
        "Falling", readonly=True, help="R, F and M were lower at each of several month ends."
    )
    expected_date = fields.Date(
        "Expected by Hand",
        readonly=True,
        help="Set by a person; counts until the next purchase.",
    )
    expected_date_set_on = fields.Date(readonly=True)
    pause_until = fields.Date("Warnings Paused Until", readonly=True)
    pause_reason = fields.Char(readonly=True)

    risk_score = fields.Integer(readonly=True, aggregator="avg", help="0 to 100, higher is worse.")
    risk_level = fields.Selection(
        [("low", "Low"), ("watch", "Watch"), ("high", "High"), ("critical", "Critical")],
        readonly=True,
        group_expand=True,
    )
    risk_level_since = fields.Date(readonly=True)
    risk_pending = fields.Integer(
        "Level Change Pending",
        readonly=True,
        aggregator=None,
        help="−1 or 1: about to leave the level, down or up.",
    )
    risk_pending_on = fields.Date(readonly=True)
    risk_coverage = fields.Integer(
        "Data Coverage (%)",
        readonly=True,
        aggregator="avg",
        help="How much of the risk card has data.",
    )
    risk_after_purchase = fields.Integer(
        "Score After a Purchase", readonly=True, aggregator="avg", help="If they bought today."
    )
    light = fields.Selection(
        [("green", "Healthy"), ("yellow", "Keep an eye on"), ("red", "In danger")],
        "Health",
        compute="_compute_light",
        search="_search_light",
    )
    amount_before_last = fields.Monetary(
        "Yearly Amount",
        readonly=True,
        help="Net amount of the 12 months up to the last purchase.",
    )
    value_at_stake = fields.Monetary(
        readonly=True, help="Yearly amount × the share usually lost at this risk level."
    )
    signal_points = fields.Char(readonly=True, help="Points by signal; tells what changed.")
    reason_ids = fields.One2many("retention.reason", "profile_id", "Reasons")

    @api.depends("risk_level")
    def _compute_light(self):
        for profile in self:
            profile.light = LIGHTS.get(profile.risk_level, False)

    def _search_light(self, operator, value):
        if operator != "in":
            return NotImplemented
        levels = [level for level, light in LIGHTS.items() if light in value]
        return [("risk_level", "in", [*levels, *([False] if False in value else [])])]
