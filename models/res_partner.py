from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .own_fields import FromProfile, ProfileInteger, ProfileMonetary
from .retention_profile import NOW

USER = "customer_retention.group_user"
CUSTOMER_FIELDS = {"parent_id", "is_company", "active", "company_name"}


def _of_profile(kind, name, string=None, **options):
    """Return a field shown from the customer's profile in the current company."""
    if string:
        options["string"] = string
    return kind(related=f"retention_profile_id.{name}", groups=USER, **options)


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_profile_ids = fields.One2many(
        "retention.profile", "partner_id", "Retention Profiles", groups=USER
    )
    retention_profile_id = fields.Many2one(
        "retention.profile",
        compute="_compute_retention_profile_id",
        search="_search_retention_profile_id",
        compute_sudo=True,
        groups=USER,
        help="The figures of this customer, or of the company it belongs to, in the current "
        "company.",
    )
    retention_currency_id = _of_profile(fields.Many2one, "currency_id", "Retention Currency")
    first_order_date = _of_profile(fields.Date, "first_order_date")
    last_order_date = _of_profile(fields.Date, "last_order_date")
    last_interaction_date = _of_profile(fields.Date, "last_interaction_date")
    next_order_date = _of_profile(fields.Date, "next_order_date")
    expected_gap_days = _of_profile(ProfileInteger, "expected_gap_days", aggregator="avg")
    retention_order_count = _of_profile(ProfileInteger, "order_count", "Purchase Count")
    avg_order_value = _of_profile(
        ProfileMonetary,
        "avg_order_value",
        currency_field="retention_currency_id",
        aggregator="avg",
    )
    revenue_total = _of_profile(
        ProfileMonetary, "revenue_total", "Total Revenue", currency_field="retention_currency_id"
    )
    rfm_recency_days = _of_profile(ProfileInteger, "rfm_recency_days", aggregator="avg")
    rfm_frequency = _of_profile(ProfileInteger, "rfm_frequency", aggregator="avg")
    rfm_monetary = _of_profile(
        ProfileMonetary, "rfm_monetary", currency_field="retention_currency_id"
    )
    rfm_r = _of_profile(ProfileInteger, "rfm_r", aggregator="avg")
    rfm_f = _of_profile(ProfileInteger, "rfm_f", aggregator="avg")
    rfm_m = _of_profile(ProfileInteger, "rfm_m", aggregator="avg")
    rfm_score = _of_profile(fields.Char, "rfm_score")
    is_core_customer = _of_profile(fields.Boolean, "is_core", "Core Customer")
    retention_segment_id = _of_profile(fields.Many2one, "segment_id", "Segment")
    retention_segment_color = _of_profile(ProfileInteger, "segment_color", "Segment Color")
    retention_segment_since = _of_profile(fields.Date, "segment_since")
    retention_previous_segment_id = _of_profile(fields.Many2one, "previous_segment_id")
    retention_treatment = _of_profile(fields.Text, "treatment", "Next Best Action")
    retention_overlay_ids = _of_profile(fields.Many2many, "overlay_ids")
    retention_stage = _of_profile(fields.Selection, "stage", "Life-cycle Stage")
    retention_stage_since = _of_profile(fields.Date, "stage_since")
    retention_light = _of_profile(fields.Selection, "light", "Health")
    retention_risk_score = _of_profile(ProfileInteger, "risk_score", aggregator="avg")
    retention_risk_level = _of_profile(fields.Selection, "risk_level", "Risk Level")
    retention_risk_coverage = _of_profile(ProfileInteger, "risk_coverage", aggregator="avg")
    retention_value_at_stake = _of_profile(
        ProfileMonetary, "value_at_stake", currency_field="retention_currency_id"
    )
    retention_reason_ids = _of_profile(fields.One2many, "reason_ids", "Churn Reasons")
    retention_user_id = _of_profile(fields.Many2one, "user_id", "Account Manager")
    retention_change_ids = _of_profile(fields.One2many, "change_ids", "Retention Changes")
    retention_computed_at = _of_profile(fields.Datetime, "computed_at")
    retention_refresh_pending = _of_profile(fields.Boolean, "refresh_pending")
    customer_number = _of_profile(fields.Char, "customer_number")

    # ---------------------------------------------------------------- profile of the company
    @api.depends("commercial_partner_id", "retention_profile_ids.company_id")
    @api.depends_context("company")
    def _compute_retention_profile_id(self):
        company = self.env.company._retention_company()
        found = self.env["retention.profile"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company.id),
            ],
            ["partner_id"],
        )
        by_partner = {profile.partner_id.id: profile for profile in found}
        for partner in self:
            partner.retention_profile_id = by_partner.get(
                partner.commercial_partner_id._origin.id, False
            )

    def _search_retention_profile_id(self, operator, value):
        mine = Domain("company_id", "=", self.env.company._retention_company().id)

        def having(condition):
            def to_sql(model, alias, query):
                # Checked here because core takes an error of a search method for "cannot
                # search" and tries another way.
                model._check_field_access(model._fields["retention_profile_id"], "read")
                # Straight from customer to profile: half the time of "any", which goes
                # through the contact's and its company's rows. EXISTS, because "!=" negates
                # it, and NOT IN is unusable once the set outgrows work_mem. Without the rights
                # on profiles, which are this field's, but with those on what lies behind them.
                found = model.env["retention.profile"]._search(mine & condition, bypass_access=True)
                if found.is_empty():
                    return SQL("FALSE")
                customer = model._field_to_sql(alias, "commercial_partner_id", query)
                found.add_where(SQL("%s = %s", SQL.identifier(found.table, "partner_id"), customer))
                return SQL("EXISTS (%s)", found.select(SQL("1")))

            return Domain.custom(to_sql=to_sql)

        if operator in ("any", "any!"):
            return having(Domain(value))
        if operator == "in":
            ids = [v for v in value if v]
            found = having(Domain("id", "in", ids)) if ids else Domain.FALSE
            if False in value:
                none = Domain("retention_profile_ids", "not any!", mine)
                found |= Domain("commercial_partner_id", "any!", none)
            return found
        return NotImplemented

    def _field_to_sql(self, alias, field_expr, query=None):
        field = self._fields.get(field_expr)
        if field and field.related and field.groups and not field.store:
            # Core follows a related field without looking at its groups: order-by, group-by
            # and sums would show the values to everybody.
            self._check_field_access(field, "read")
        if field_expr == "retention_profile_id" and query is not None:
            self._check_field_access(field, "read")
            profile = self.env["retention.profile"]._fields
            link = query.make_alias(alias, "retention_link")
            query.add_join(
                "LEFT JOIN",
                link,
                "retention_profile",
                SQL(
                    "%s = %s AND %s = %s",
                    SQL.identifier(link, "partner_id"),
                    SQL.identifier(alias, "commercial_partner_id"),
                    SQL.identifier(link, "company_id"),
                    self.env.company._retention_company().id,
                ),
            )
            return SQL(
                "%s",
                SQL.identifier(link, "id"),
                to_flush=(
                    profile["partner_id"],
                    profile["company_id"],
                    self._fields["commercial_partner_id"],
                ),
            )
        return super()._field_to_sql(alias, field_expr, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        field = self._fields.get(field_name)
        if field and (field.related or "").startswith("retention_profile_id.") and not nulls:
            # Contacts without figures come last in either direction.
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_select(self, aggregate_spec, query):
        name, _dot, function = aggregate_spec.partition(":")
        sql = super()._read_group_select(aggregate_spec, query)
        if function in ("sum", "avg", "sum_currency") and isinstance(
            self._fields.get(name), FromProfile
        ):
            # A company's figures are shown on all its contacts, and count once.
            sql = SQL(
                "%s FILTER (WHERE %s = %s)",
                sql,
                SQL.identifier(self._table, "commercial_partner_id"),
                SQL.identifier(self._table, "id"),
            )
        return sql

    # ---------------------------------------------------------------- keeping figures fresh
    def write(self, vals):
        watched = bool(CUSTOMER_FIELDS & vals.keys())
        if watched:
            self._ask_retention_refresh()
        result = super().write(vals)
        if watched:
            self._ask_retention_refresh()
        return result

    def _ask_retention_refresh(self):
        """Ask for these partners and the customers they belong to now."""
        self.env["retention.refresh.request"]._ask(
            "res.partner", {*self.ids, *self.sudo().commercial_partner_id.ids}
        )

    # ---------------------------------------------------------------- actions
    def action_retention_refresh(self):
        """Compute the figures of these customers in the current company now."""
        self.check_access("read")
        self.env["retention.profile"].check_access("read")
        company = self.env.company._retention_company()
        if len(self) > NOW:
            pairs = {(partner.id, company.id) for partner in self.commercial_partner_id}
            return self.env["retention.profile"]._refresh_later(pairs)
        self.env["retention.profile"].sudo()._refresh(
            company, company._retention_today(), self.commercial_partner_id.ids
        )
        return True
