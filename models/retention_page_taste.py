"""What a customer likes, how much they order at a time, and what they may buy next."""

from odoo import api, models
from odoo.tools import SQL, float_repr

from .retention_page import MONTHS

CATEGORIES = 3


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _data(self, partner, as_of):
        data = super()._data(partner, as_of)
        company = self.env.company._retention_company()
        customer = partner.commercial_partner_id
        lines = self.env["retention.affinity"]._lines(company, customer.ids, as_of)
        data["taste"] = {
            "categories": self._favourite_categories(customer, lines, as_of),
            "basket": self._typical_basket(company, customer, as_of),
            "next": self._next_product(company, customer, lines, as_of),
        }
        return data

    @api.model
    def _favourite_categories(self, customer, lines, as_of):
        """Return the names of the favourite categories that the caller may read."""
        found = self.env["retention.affinity"]._favourites_of(lines, as_of, CATEGORIES)
        categories = self.env["product.category"].browse(found.get(customer.id, ()))
        return categories._filtered_access("read").mapped("display_name")

    @api.model
    def _typical_basket(self, company, customer, as_of):
        """Return the average order in words; "" without one."""
        metrics = self.env["retention.metrics"]
        few = SQL("(SELECT %s::int AS partner_id) few", customer.id)
        orders, lines, amount = metrics._basket(metrics._scope(company, as_of, few), MONTHS)
        if not orders:
            return ""
        average = company.sudo().currency_id.format(float(amount) / orders)
        number = float_repr(lines / orders, 1).removesuffix(".0")
        if number == "1":
            return self.env._("1 product for %s", average)
        return self.env._("%(number)s products for %(amount)s", number=number, amount=average)

    @api.model
    def _next_product(self, company, customer, lines, as_of):
        """Return what the customer may buy next and why; None for nothing.

        Only of products that the caller may read.
        """
        affinity = self.env["retention.affinity"]
        found = affinity._next_of(company, lines, as_of).get(customer.id)
        if not found:
            return None
        product = self.env["product.product"].browse(found.product_id)
        other = product.browse(found.with_product_id or [])
        if len((product | other)._filtered_access("read")) < len(product | other):
            return None
        return {
            "id": product.id,
            "name": product.display_name,
            "why": self._why_next(company, found, product, other),
        }

    @api.model
    def _why_next(self, company, found, product, other):
        if found.reason == "due":
            days = round(found.figure)
            return self.env._("Ordered about every %s days so far: it may be time again.", days)
        pair = self.env["retention.affinity"].search(
            [
                ("company_id", "=", company.id),
                ("product_id", "=", other.id),
                ("other_product_id", "=", product.id),
            ],
            limit=1,
        )
        return self.env._(
            "Customers who bought %(product)s also buy it %(times)s times as often as others.",
            product=other.display_name,
            times=float_repr(pair.lift, 1),
        )
