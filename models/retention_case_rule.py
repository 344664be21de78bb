from collections import Counter

from odoo import api, fields, models

from .retention_case import OPEN


class RetentionCaseRule(models.Model):
    """Who takes which cases; the first rule that fits decides."""

    _name = "retention.case.rule"
    _description = "Assignment Rule of Cases"
    _order = "sequence, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    kind = fields.Selection(
        selection=lambda self: self._kinds(), string="Only This Kind", help="Empty: any kind."
    )
    severity = fields.Selection(
        [
            ("1", "Medium severity and above"),
            ("2", "High severity and above"),
            ("3", "Very high severity only"),
        ],
        help="Empty: any severity.",
    )
    product_ids = fields.Many2many("product.product", string="Products")
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With those below them. With products: one of both is enough.",
    )
    theme_ids = fields.Many2many("retention.theme", string="Themes", help="Empty: any theme.")
    user_ids = fields.Many2many(
        "res.users",
        string="Goes To",
        required=True,
        help="Of several, the one with the fewest open cases.",
        domain=lambda self: self.env["retention.case"]._owner_domain(),
    )

    @api.model
    def _kinds(self):
        return self.env["retention.case"]._fields["kind"]._description_selection(self.env)

    def _fits(self, case):
        """Return whether the rule is for the case. No query where the rules were read."""
        self.ensure_one()
        category = case.product_id.categ_id.parent_path or ""
        about = not (self.product_ids or self.category_ids) or (
            case.product_id in self.product_ids
            or any(f"/{found.id}/" in f"/{category}" for found in self.category_ids)
        )
        return (
            about
            and self.kind in (False, case.kind)
            and case.severity >= (self.severity or "0")
            and (not self.theme_ids or case.theme_id in self.theme_ids)
        )


class RetentionCase(models.Model):
    """Who takes a case: an active internal user who may open it."""

    _inherit = "retention.case"

    def _assign(self, replace=False):
        """Give cases without an owner to somebody; with ``replace`` others, too.

        The first rule that fits, else the account manager, else the rescue team, managers and
        administrators in turn. A constant number of queries for each company.
        """
        for company, cases in self.grouped("company_id").items():
            waiting = cases if replace else cases.filtered(lambda case: not case.user_id)
            if not waiting:
                continue
            chosen = waiting._choose_owners(company._retention_company())
            for owner, found in waiting.grouped(chosen.get).items():
                found.user_id = owner.id

    def _choose_owners(self, company):
        """Return {case: user}."""
        alerts = self.env["retention.alert"]
        eligible = alerts._eligible_users(company)
        pools = alerts._owner_pools(company, eligible)
        loads = self._owner_loads(company)
        managers = self._account_managers(company, eligible)
        rules = self.env["retention.case.rule"].sudo().search([("company_id", "=", company.id)])
        owners = {}
        for case in self.sudo():
            people = next(
                (r.user_ids & eligible for r in rules if r._fits(case) and r.user_ids & eligible),
                self.env["res.users"],
            )
            if people:
                owner = min(people, key=lambda user: (loads[user.id], user.id))
            else:
                owner = alerts._first_owner(managers.get(case.id), pools, loads, False)
            loads[owner.id] += 1
            owners[self.browse(case.id)] = owner
        return owners

    @api.model
    def _owner_loads(self, company):
        """Return {user id: number of open cases}."""
        found = self.sudo()._read_group(
            [
                ("company_id", "in", company._retention_members()),
                ("state", "in", OPEN),
                ("user_id", "!=", False),
            ],
            ["user_id"],
            ["__count"],
        )
        return Counter({user.id: count for user, count in found})

    def _account_managers(self, company, eligible):
        """Return {case id: account manager}, where there is one who may open the case."""
        profiles = (
            self.env["retention.profile"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "in", self.sudo().commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                ],
                ["partner_id", "user_id"],
            )
        )
        by_figures = {profile.partner_id: profile.user_id for profile in profiles}
        found = {}
        for case in self.sudo():
            customer = case.commercial_partner_id
            chain = (by_figures.get(customer), customer.user_id, case.partner_id.user_id)
            found[case.id] = next((user for user in chain if user and user in eligible), None)
        return found
