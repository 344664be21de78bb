"""Who looks after a customer, and the lists that make sure that somebody does."""

from odoo import api, fields, models
from odoo.fields import Domain

from .joining import sentences_text

UNTOUCHED_DAYS = 60
SHOWN_REASONS = 3


def one_line(env, sentences):
    """Join sentences for a list: without the full stops that would stand in its middle."""
    return sentences_text(env, [(sentence or "").rstrip(".。") for sentence in sentences])


class ResCompany(models.Model):
    _inherit = "res.company"

    def _retention_colleagues(self):
        """Return the active internal users who work in this company or its branches."""
        self.ensure_one()
        return (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("company_ids", "in", self._retention_members())])
        )


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    owner_id = fields.Many2one(
        "res.users",
        "Looked After By",
        compute="_compute_owner_id",
        search="_search_owner_id",
        compute_sudo=True,
        help="The account manager; without one, the contact's salesperson. Only people who "
        "still work in this company.",
    )

    reason_summary = fields.Char("Why", compute="_compute_reason_summary")
    last_talk = fields.Char("Last Said", compute="_compute_last_talk")

    @api.depends("reason_ids.sentence", "reason_ids.points")
    @api.depends_context("lang")
    def _compute_reason_summary(self):
        """The heaviest reasons, in words."""
        for profile in self:
            # A list, not sorted(): that would word the sentences of one customer at a time.
            reasons = sorted(profile.reason_ids, key=lambda r: (not r.fires, -r.points, r.id))
            profile.reason_summary = one_line(
                self.env, (r.sentence for r in reasons[:SHOWN_REASONS])
            )

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "tz")
    def _compute_last_talk(self):
        said = self.env["retention.interaction"]._last_said(
            {(profile.partner_id.id, profile.company_id.id) for profile in self}
        )
        for profile in self:
            profile.last_talk = said.get((profile.partner_id.id, profile.company_id.id), False)

    @api.depends("user_id.active", "partner_id.user_id.active", "company_id")
    def _compute_owner_id(self):
        colleagues = {company: company._retention_colleagues() for company in self.company_id}
        for profile in self:
            people = profile.user_id, profile.partner_id.user_id
            here = colleagues.get(profile.company_id, self.env["res.users"])
            profile.owner_id = next((user for user in people if user and user in here), False)

    def _search_owner_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = []
        for company in self.env["res.company"]._retention_companies():
            here = company._retention_colleagues().ids
            wanted = [user_id for user_id in value if user_id in here]
            # Not by a path: its negation would be a NOT IN over all contacts.
            without = Domain("user_id", "not in", here)
            condition = Domain("user_id", "in", wanted) | (
                without & Domain("partner_id", "any!", [("user_id", "in", wanted)])
            )
            if False in value:
                condition |= without & Domain("partner_id", "any!", [("user_id", "not in", here)])
            found.append(Domain("company_id", "=", company.id) & condition)
        return Domain.OR(found)

    @api.model
    def _customer_domain(self):
        """Customers one still works for: with purchases, not archived."""
        return [("first_order_date", "!=", False), ("partner_id.active", "=", True)]

    @api.model
    def _unowned_domain(self):
        return [*self._customer_domain(), ("owner_id", "=", False)]

    @api.model
    def _untouched_domain(self):
        return [
            *self._customer_domain(),
            ("stage", "not in", ("lost",)),
            "|",
            ("last_interaction_date", "=", False),
            ("last_interaction_date", "<", f"today -{UNTOUCHED_DAYS}d"),
        ]

    # ---------------------------------------------------------------- actions
    def action_start_alerts(self):
        """Start alerts from the list of those who would get one."""
        return self.env["retention.alert"].action_start_alerts()
