"""The customer file on contacts: size of the company, who referred it, what can be noted."""

from odoo import api, fields, models
from odoo.fields import Domain

USER = "customer_retention.group_user"
FILE_ACTIONS = {
    "retention.promise": "customer_retention.action_promise",
    "retention.need": "customer_retention.action_need",
    "retention.agreement": "customer_retention.action_agreement",
    "retention.key.date": "customer_retention.action_key_date",
    "retention.competitor.note": "customer_retention.action_competitor_note",
    "retention.plan": "customer_retention.action_plan",
    "retention.referral": "customer_retention.action_referral",
    "retention.optout": "customer_retention.action_optout",
    "retention.case": "customer_retention.action_case",
    "retention.feedback": "customer_retention.action_feedback",
    "retention.compensation": "customer_retention.action_compensation",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    company_size = fields.Selection(
        [
            ("1", "1–10 people"),
            ("11", "11–50 people"),
            ("51", "51–200 people"),
            ("201", "201–1000 people"),
            ("1001", "More than 1000 people"),
        ],
        groups=USER,
        copy=False,  # who may not read it duplicates contacts, too
        help="How many people work there.",
    )
    referred_by = fields.Many2one(
        "res.partner",
        compute="_compute_referred_by",
        inverse="_inverse_referred_by",
        search="_search_referred_by",
        groups=USER,
        help="Who brought this customer to the current company.",
    )

    def _retention_referrals(self):
        """Return {customer: its referral in the current company}."""
        company = self.env.company._retention_company()
        found = self.env["retention.referral"].search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company.id),
            ]
        )
        # Noted on a contact that joined a company later: the company's own comes first.
        found = found.sorted(lambda r: (r.partner_id != r.commercial_partner_id, r.id))
        referrals = {}
        for referral in found:
            referrals.setdefault(referral.commercial_partner_id, referral)
        return referrals

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_referred_by(self):
        referrals = self._retention_referrals()
        none = self.env["retention.referral"]
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.referred_by = referrals.get(customer, none).referred_by_id

    def _inverse_referred_by(self):
        company = self.env.company._retention_company()
        referrals = self._retention_referrals()
        for partner in self:
            customer = partner.commercial_partner_id
            referral = referrals.get(customer)
            if not partner.referred_by:
                if referral:
                    # Taking back a mistake is editing, and users may edit referrals.
                    referral.check_access("write")
                    referral.sudo().unlink()
            elif referral:
                referral.referred_by_id = partner.referred_by
            else:
                self.env["retention.referral"].create(
                    {
                        "partner_id": customer.id,
                        "referred_by_id": partner.referred_by.id,
                        "company_id": company.id,
                    }
                )

    def _search_referred_by(self, operator, value):
        def customers(condition):
            # As ids: referred customers are few.
            return self.env["retention.referral"].search(mine & condition).commercial_partner_id.ids

        mine = Domain("company_id", "=", self.env.company._retention_company().id)
        if operator in ("any", "any!"):
            found = customers(Domain("referred_by_id", operator, value))
            return Domain("commercial_partner_id", "in", found)
        if operator != "in":
            return NotImplemented
        found = customers(Domain("referred_by_id", "in", [v for v in value if v]))
        domain = Domain("commercial_partner_id", "in", found)
        if False in value:
            domain |= Domain("commercial_partner_id", "not in", customers(Domain.TRUE))
        return domain

    # ---------------------------------------------------------------- actions
    def action_retention_preference(self):
        """Open the contact's preferences in the current company, or a form for new ones."""
        self.ensure_one()
        preferences = self.env["retention.preference"]
        preferences.check_access("read")
        company = self.env.company._retention_company()
        found = preferences.search(
            [("partner_id", "=", self.id), ("company_id", "=", company.id)], limit=1
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.preference",
            "res_id": found.id,
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
            "name": self.env._("Preferences"),
        }

    def action_retention_file(self, model):
        """List the contact's records of one model of the customer file.

        :param model: one of FILE_ACTIONS
        """
        self.ensure_one()
        self.check_access("read")
        if model not in FILE_ACTIONS:
            raise ValueError(f"not a list of the customer file: {model}")
        records = self.env[model]
        records.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(FILE_ACTIONS[model])
        action["domain"] = records._of_partner_domain(self)
        action["context"] = {"default_partner_id": self.id}
        return action
