from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

NEGATED = {"not in": "in", "not any": "any", "not any!": "any!", "not ilike": "ilike"}


class RetentionProfile(models.Model):
    """Audiences: who has bought something, and who has not."""

    _inherit = "retention.profile"

    bought_category_ids = fields.Many2many(
        "product.category",
        string="Bought From Category",
        compute="_compute_bought_category_ids",
        search="_search_bought_category_ids",
        help="Categories of all products the customer has ever bought on a confirmed order.",
    )
    bought_product_ids = fields.Many2many(
        "product.product",
        compute="_compute_bought_product_ids",
        search="_search_bought_product_ids",
        help="All products the customer has ever bought on a confirmed order.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_bought_category_ids(self):
        self._assign_bought("bought_category_ids", SQL("template.categ_id"))

    @api.depends("partner_id", "company_id")
    def _compute_bought_product_ids(self):
        self._assign_bought("bought_product_ids", SQL("product.id"))

    def _assign_bought(self, name, column):
        bought = self.env["retention.metrics"]._bought_by(self.ids, column)
        for profile in self:
            profile[name] = bought.get(profile._origin.id, [])

    def _search_bought_category_ids(self, operator, value):
        return self._search_bought("product.category", SQL("template.categ_id"), operator, value)

    def _search_bought_product_ids(self, operator, value):
        return self._search_bought("product.product", SQL("product.id"), operator, value)

    @api.model
    def _search_bought(self, comodel, column, operator, value):
        """Return the domain of who has bought such a thing, as EXISTS or NOT EXISTS.

        Not left to the ORM to negate: its IS NOT TRUE would keep PostgreSQL from making an
        anti-join.
        """
        positive = NEGATED.get(operator, operator)
        model = self.env[comodel].with_context(active_test=False)
        nothing = False
        if positive == "in":
            nothing = False in value
            ids = tuple(found for found in value if found)
            wanted = SQL("%s", ids) if ids else None
        elif positive in ("any", "any!"):
            query = model.sudo(positive == "any!" or self.env.su)._search(value)
            wanted = query.subselect()
        elif positive == "child_of" and comodel == "product.category":
            wanted = model._search(Domain("id", "child_of", value)).subselect()
        elif positive == "ilike":
            wanted = model._search(Domain("display_name", "ilike", value)).subselect()
        else:
            return NotImplemented

        def to_sql(_model, alias, _query):
            bought = self.env["retention.metrics"]._bought_condition
            found = [bought(alias, column, wanted)] if wanted else []
            if nothing:
                found.append(SQL("NOT %s", bought(alias, column)))
            condition = SQL(" OR ").join(found) if found else SQL("FALSE")
            return SQL("(%s)" if positive == operator else "NOT (%s)", condition)

        return Domain.custom(to_sql=to_sql)
