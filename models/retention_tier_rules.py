from odoo import api, fields, models
from odoo.exceptions import UserError

from .joining import names_text

RULE_FIELDS = (
    "company_id",
    "level",
    "min_amount",
    "min_count",
    "segment_ids",
    "match",
    "manual_only",
)
AT_ONCE = 2000  # customers that are computed while the user waits


class RetentionTier(models.Model):
    """Rules of tiers that have begun change only in the dialog that shows what follows."""

    _inherit = "retention.tier"

    asks_for = fields.Char(compute="_compute_asks_for")

    @api.depends("level", "min_amount", "min_count", "segment_ids", "match", "manual_only")
    @api.depends_context("lang")
    def _compute_asks_for(self):
        for record in self:
            record.asks_for = record._asks_for()

    def _asks_for(self):
        self.ensure_one()
        if self.manual_only:
            return self.env._("Given by hand only")
        if not self.level:
            return self.env._("Every customer with a purchase")
        parts = []
        if self.min_amount:
            parts.append(
                self.env._("from %(amount)s", amount=self.currency_id.format(self.min_amount))
            )
        if self.min_count:
            parts.append(self.env._("from %(count)s purchase(s)", count=self.min_count))
        if self.segment_ids:
            parts.append(names_text(self.env, self.segment_ids.mapped("name")))
        between = self.env._(" or ") if self.match == "any" else self.env._(" and ")
        return between.join(parts)

    # ---------------------------------------------------------------- guard
    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._refuse_silent_change()
        tiers.company_id._retention_rules_changed()
        return tiers

    def write(self, vals):
        changed = [
            name
            for name in RULE_FIELDS
            if name in vals and any(record._differs(name, vals[name]) for record in self)
        ]
        if not changed:
            return super().write(vals)
        self._refuse_silent_change()
        companies = self.company_id
        result = super().write(vals)
        (companies | self.company_id)._retention_rules_changed()
        return result

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        companies._retention_rules_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_refuse_in_use(self):
        if used := self.filtered("customer_count"):
            raise UserError(
                self.env._(
                    "%(tier)s has customers. Change what it asks for instead, so that they move "
                    "to other tiers first.",
                    tier=names_text(self.env, used.mapped("name")),
                )
            )
        self._refuse_silent_change()

    def _differs(self, name, value):
        field = self._fields[name]
        if field.type == "many2many":
            return True
        return field.convert_to_write(self[name], self) != value

    def _refuse_silent_change(self):
        """Refuse rules of tiers that have begun to change, but for the dialog's own doing.

        :raises UserError: with the way to the dialog
        """
        if self.env.su or not self.company_id.sudo().filtered("retention_tiers_started"):
            return
        raise UserError(
            self.env._(
                "The tiers have begun: what they ask for moves customers. Use “Change the rules” "
                "in the list of tiers, which shows first who would move and which benefits "
                "would be given or taken back."
            )
        )

    # ---------------------------------------------------------------- reading
    @api.model
    def _ladders(self, companies):
        """Return {company: its tiers, lowest first}."""
        tiers = self.sudo().search([("company_id", "in", companies.ids)], order="level")
        return {
            company: found.sudo(False) for company, found in tiers.grouped("company_id").items()
        }

    def _can_be_bought(self):
        """Tell whether purchases lead to this tier: an amount or a number of them."""
        record = self.sudo()
        return not record.manual_only and bool(record.min_amount or record.min_count)

    # ---------------------------------------------------------------- applying
    @api.model
    def _rules_as_of(self, company):
        """Return the day whose figures there are: of the last run, else today."""
        last = self.env["retention.run"].sudo()._last_done(company)
        return last.as_of or company._retention_today()

    @api.model
    def _regrade_now(self, company):
        """Give everybody what the new rules say: few customers at once, many in the background.

        The background has been asked already by whoever changed the rules.
        """
        profiles = self.env["retention.profile"].sudo()
        count = profiles.search_count([("company_id", "=", company.id)], limit=AT_ONCE + 1)
        if count <= AT_ONCE and self.env["retention.metrics"].sudo()._try_lock(company.id):
            profiles._refresh(company, self._rules_as_of(company))
            if company.sudo().retention_tier_regrade:
                # That was a run under way, which had passed the tiers already.
                profiles._refresh(company, self._rules_as_of(company))

    # ---------------------------------------------------------------- actions
    def action_change_rules(self):
        """Open the dialog that shows what follows from other rules before they apply."""
        return self.env["retention.tier.preview"].action_of_company()

    def action_customers(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_tier_board"
        )
        return {**action, "domain": [("tier_id", "=", self.id)], "context": {}}
