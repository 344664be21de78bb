from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class RetentionTierPortal(CustomerPortal):
    """Customers see their own tier, where the company shows it."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "retention_tier_count" in counters:
            shown = request.env["retention.tier.portal"]._data() is not None
            values["retention_tier_count"] = int(shown)
        return values

    @http.route("/my/tier", type="http", auth="user", website=True, readonly=True)
    def portal_my_retention_tier(self, **kwargs):
        data = request.env["retention.tier.portal"]._data()
        if data is None:
            raise request.not_found()
        values = self._prepare_portal_layout_values()
        return request.render(
            "customer_retention.portal_my_tier", {**values, "page_name": "tier", "mine": data}
        )
