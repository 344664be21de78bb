import hashlib
import hmac
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize

HOUR = timedelta(hours=1)
PER_SENDER, PER_COMPANY = 10, 100  # cases that the form takes in an hour
LONGEST = {"name": 100, "email": 200, "phone": 40, "product": 200, "message": 5000}
KINDS = ("complaint", "request", "suggestion")


class RetentionCase(models.Model):
    """Cases that customers open themselves, on the public form."""

    _inherit = "retention.case"

    # A keyed hash of the sender's address, so that floods can be told: no address is kept.
    form_sender = fields.Char(
        readonly=True, copy=False, index="btree_not_null", groups="base.group_system"
    )

    @api.model
    def _form_company(self, token):
        """Return the company whose form it is; none unless its form is open."""
        companies = self.env["res.company"].sudo()
        if not token or self._kept_elsewhere():
            return companies
        return companies.search(
            [("retention_case_token", "=", token), ("retention_case_form", "=", True)], limit=1
        )

    @api.model
    def _form_problems(self, values):
        """Return {name of a field: what is wrong with it}."""
        found = {}
        for name in ("name", "message"):
            if not values.get(name):
                found[name] = self.env._("Please fill this in.")
        if not (values.get("email") or values.get("phone")):
            found["email"] = self.env._("An e-mail address or a phone number, please.")
        elif values.get("email") and not email_normalize(values["email"]):
            found["email"] = self.env._("This is no e-mail address.")
        for name, longest in LONGEST.items():
            if len(values.get(name) or "") > longest:
                found[name] = self.env._("At most %s characters, please.", longest)
        if values.get("kind") not in KINDS:
            found["kind"] = self.env._("Please choose.")
        return found

    @api.model
    def _form_kinds(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return [(kind, labels[kind]) for kind in KINDS]

    @api.model
    def _form_digest(self, company, address):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        words = f"retention.case {company.id} {address}"
        return hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _form_flooded(self, company, sender):
        """Return whether this sender, or everybody together, opened too many just now."""
        domain = [
            ("company_id", "=", company._retention_company().id),
            ("form_sender", "!=", False),
            ("create_date", ">", fields.Datetime.now() - HOUR),
        ]
        cases = self.sudo()
        return (
            cases.search_count([*domain, ("form_sender", "=", sender)], limit=PER_SENDER)
            >= PER_SENDER
            or cases.search_count(domain, limit=PER_COMPANY) >= PER_COMPANY
        )

    @api.model
    def _form_open(self, company, values, sender):
        """Open a case of what was filled in, checked before. What it says proves nobody's name."""
        company = company._retention_company()
        product, message = values.get("product"), values["message"]
        if product:
            message = self.env._("Product: %s", product) + f"\n\n{message}"
        first_line = values["message"].strip().splitlines()[0]
        return (
            self.with_user(SUPERUSER_ID)
            .with_company(company)
            .create(
                {
                    "name": first_line[:80],
                    "kind": values["kind"],
                    "channel": "form",
                    "company_id": company.id,
                    "partner_id": self._form_contact(company, values.get("email")).id,
                    "contact_name": values["name"],
                    "email": values.get("email"),
                    "phone": values.get("phone"),
                    "description": message,
                    "form_sender": sender,
                }
            )
        )

    @api.model
    def _form_contact(self, company, email):
        """Return the contact of that e-mail address; none when it may be one of several firms."""
        partners = self.env["res.partner"].sudo()
        address = email_normalize(email or "")
        if not address:
            return partners
        members = company._retention_members()
        found = partners.search(
            [("email_normalized", "=", address), ("company_id", "in", [False, *members])],
            order="id",
        )
        # A person comes before the firm that has the same address.
        person = found.sorted(lambda p: (p == p.commercial_partner_id, p.id))[:1]
        return person if len(found.commercial_partner_id) == 1 else partners
