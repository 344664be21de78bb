from odoo import api, fields, models
from odoo.tools import formatLang

from .retention_tier_benefit_shown import HAVE

USER = "customer_retention.group_user"


class SaleOrder(models.Model):
    """What the customer's tier promises is seen while the quotation is made."""

    _inherit = "sale.order"

    retention_benefit_text = fields.Text(
        "Benefits of the Tier",
        compute="_compute_retention_benefit_text",
        compute_sudo=True,
        groups=USER,
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_retention_benefit_text(self):
        homes = {company: company._retention_company().id for company in self.company_id}
        found = self.env["retention.tier.grant"].search(
            [
                ("company_id", "in", list(homes.values())),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("benefit_id.type", "=", "discount"),
                *HAVE,
            ]
        )
        by_customer = found.grouped(lambda grant: (grant.company_id.id, grant.partner_id.id))
        for order in self:
            key = homes.get(order.company_id), order.partner_id.commercial_partner_id.id
            grants = by_customer.get(key, found.browse())
            benefits = grants.benefit_id.sorted("discount", reverse=True)
            order.retention_benefit_text = "\n".join(b._hint() for b in benefits) or False


class RetentionTierBenefit(models.Model):
    _inherit = "retention.tier.benefit"

    def _hint(self):
        """Return what a seller has to know of this discount."""
        self.ensure_one()
        if not self.discount:
            return self.env._("%(tier)s: %(what)s", tier=self.tier_id.name, what=self.description)
        return self.env._(
            "%(tier)s: %(percent)s %% – %(what)s",
            tier=self.tier_id.name,
            percent=self._percent(),
            what=self.description,
        )

    def _percent(self):
        return formatLang(self.env, self.discount, digits=2).rstrip("0").rstrip(".,")

    def _promise(self):
        """Return what the customer may read of this benefit; nothing of what is internal."""
        self.ensure_one()
        if self.type == "discount" and self.discount and self.description:
            words = {"percent": self._percent(), "what": self.description}
            return self.env._("%(percent)s %% – %(what)s", **words)
        return self.description or False
