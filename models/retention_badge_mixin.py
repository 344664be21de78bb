from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import USER, _of_profile


class RetentionBadgeMixin(models.AbstractModel):
    """Where the customer of a document stands today: to be shown, filtered and grouped by.

    For models with ``partner_id`` and ``company_id``; without a company the current one counts.
    Joined in SQL, never stored on the document.
    """

    _name = "retention.badge.mixin"
    _description = "Standing of a Document's Customer"

    retention_profile_id = fields.Many2one(
        "retention.profile",
        compute="_compute_retention_profile_id",
        search="_search_retention_profile_id",
        compute_sudo=True,
        groups=USER,
    )
    retention_tier_id = _of_profile(fields.Many2one, "tier_id", "Customer Tier")
    retention_tier_color = _of_profile(fields.Integer, "tier_color", "Color of the Tier")
    retention_segment_id = _of_profile(fields.Many2one, "segment_id", "Customer Segment")
    retention_segment_color = _of_profile(fields.Integer, "segment_color", "Color of the Segment")
    retention_light = _of_profile(fields.Selection, "light", "Customer Health")

    @api.depends("partner_id", "company_id")
    @api.depends_context("company")
    def _compute_retention_profile_id(self):
        kept = {company: company._retention_company().id for company in self._retention_homes()}
        found = self.env["retention.profile"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", list(kept.values())),
            ],
            ["partner_id", "company_id"],
        )
        by_customer = {(profile.partner_id.id, profile.company_id.id): profile for profile in found}
        for record in self:
            customer = record.partner_id.commercial_partner_id._origin.id
            home = kept[record.company_id or self.env.company]
            record.retention_profile_id = by_customer.get((customer, home), False)

    def _retention_homes(self):
        return self.company_id | self.env.company

    def _search_retention_profile_id(self, operator, value):
        def having(condition):
            def to_sql(model, alias, query):
                # Checked here because core takes an error of a search method for "cannot
                # search" and tries another way. The profile is this field's; what lies behind
                # it asks for the caller's own rights.
                model._check_field_access(model._fields["retention_profile_id"], "read")
                found = model.env["retention.profile"]._search(condition, bypass_access=True)
                if found.is_empty():
                    return SQL("FALSE")
                found.add_where(model._is_profile_of(found.table, alias, query))
                return SQL("EXISTS (%s)", found.select(SQL("1")))

            return Domain.custom(to_sql=to_sql)

        if operator in ("any", "any!"):
            return having(Domain(value))
        if operator == "in":
            ids = [found for found in value if found]
            found = having(Domain("id", "in", ids)) if ids else Domain.FALSE
            return found | ~having(Domain.TRUE) if False in value else found
        return NotImplemented

    def _field_to_sql(self, alias, field_expr, query=None):
        field = self._fields.get(field_expr)
        if (
            field
            and not field.store
            and "retention_profile_id"
            in (
                field_expr,
                (field.related or "").split(".")[0],
            )
        ):
            # Core follows a related field without looking at its groups.
            self._check_field_access(field, "read")
        if field_expr == "retention_profile_id" and query is not None:
            link = query.make_alias(alias, "retention_link")
            query.add_join(
                "LEFT JOIN", link, "retention_profile", self._is_profile_of(link, alias, query)
            )
            profile = self.env["retention.profile"]._fields
            return SQL(
                "%s",
                SQL.identifier(link, "id"),
                to_flush=(profile["partner_id"], profile["company_id"]),
            )
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _is_profile_of(self, profile, alias, query):
        """Return SQL: the alias ``profile`` is of the customer of the document ``alias``."""
        customer = query.make_alias(alias, "retention_customer")
        query.add_join(
            "LEFT JOIN",
            customer,
            "res_partner",
            SQL(
                "%s = %s",
                SQL.identifier(customer, "id"),
                self._field_to_sql(alias, "partner_id", query),
            ),
        )
        return SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(profile, "partner_id"),
            SQL.identifier(
                customer,
                "commercial_partner_id",
                to_flush=self.env["res.partner"]._fields["commercial_partner_id"],
            ),
            SQL.identifier(profile, "company_id"),
            self._kept_company(self._field_to_sql(alias, "company_id", query)),
        )

    @api.model
    def _kept_company(self, column):
        """Return SQL: the company that keeps the customers of the company in ``column``."""
        column = SQL("COALESCE(%s, %s)", column, self.env.company.id)
        # Companies are few.  pylint: disable-next=no-search-all
        companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
        branches = [
            SQL("WHEN %s THEN %s", company.id, kept.id)
            for company in companies
            if (kept := company._retention_company()) != company
        ]
        if not branches:
            return column
        return SQL("CASE %s %s ELSE %s END", column, SQL(" ").join(branches), column)
