"""Where other parts see benefits: figures, contacts, rules of visits, service."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import _of_profile

HAVE = Domain("live", "=", True) & Domain("state", "=", "given")


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    benefit_ids = fields.Many2many(
        "retention.tier.benefit",
        string="Benefits",
        compute="_compute_benefit_ids",
        search="_search_benefit_ids",
        help="What this customer has now because of the tier.",
    )
    grant_count = fields.Integer("Benefits Given", compute="_compute_benefit_ids")

    @api.depends("grant_ids.state", "grant_ids.live")
    def _compute_benefit_ids(self):
        found = self.env["retention.tier.grant"].search(
            [("profile_id", "in", self.ids), *HAVE], order="id"
        )
        by_profile = found.grouped("profile_id")
        for profile in self:
            grants = by_profile.get(profile._origin, found.browse())
            profile.benefit_ids = grants.benefit_id.sorted()
            profile.grant_count = len(grants)

    def _search_benefit_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "any":
            return [("grant_ids", "any", HAVE & Domain("benefit_id", "any", value))]
        some = Domain("benefit_id", "in", [key for key in value if key])
        found = Domain("grant_ids", "any", HAVE & some)
        return found | Domain("grant_ids", "not any", HAVE) if False in value else found

    def action_open_grants(self):
        """List what this customer got, when and why, and what was taken back."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_grant")
        return {**action, "domain": [("profile_id", "=", self.id)], "context": {}}


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_benefit_ids = _of_profile(fields.Many2many, "benefit_ids", "Benefits")
    retention_grant_ids = _of_profile(fields.One2many, "grant_ids", "Granted Benefits")


class RetentionTierGrant(models.Model):
    _inherit = "retention.tier.grant"

    @api.model
    def _service_levels(self, company, partner_ids):
        """Return {customer: "1", "2" or "3"}: with what priority their tickets begin.

        Customers without a raised level are left out. For bridges to helpdesks.
        """
        found = self.sudo().search(
            [
                ("company_id", "=", company._retention_company().id),
                ("partner_id", "in", list(partner_ids)),
                ("benefit_id.type", "=", "service"),
                *HAVE,
            ]
        )
        return {
            partner.id: max(grants.benefit_id.mapped("service_priority"))
            for partner, grants in found.grouped("partner_id").items()
        }


class RetentionCadence(models.Model):
    """Visits and contacts by tier, and as a benefit."""

    _inherit = "retention.cadence"

    tier_ids = fields.Many2many(
        "retention.tier",
        "retention_cadence_tier_rel",
        string="Only Tiers",
        domain="[('company_id', '=', company_id)]",
        help="Empty: customers of all tiers.",
    )
    benefit_ids = fields.One2many(
        "retention.tier.benefit",
        "cadence_id",
        readonly=True,
        context={"active_test": False},
        help="The rule then counts for customers who have it only.",
    )


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _cadence_tiers(self, rule):
        """Return conditions (SQL) of one rule of visits on tier and benefits."""
        found = []
        if rule.tier_ids:
            found.append(SQL("profile.tier_id = ANY(%s)", rule.tier_ids.ids))
        benefits = rule.with_context(active_test=False).benefit_ids
        if benefits:
            self.env["retention.tier.grant"].flush_model()
            found.append(
                SQL(
                    """EXISTS (SELECT 1 FROM retention_tier_grant granted
                               WHERE granted.profile_id = profile.id AND granted.live IS TRUE
                               AND granted.state = 'given' AND granted.benefit_id = ANY(%s))""",
                    benefits.ids,
                )
            )
        return found
