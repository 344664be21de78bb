import re

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq, hmac, mute_logger

# What can be ended; service and greetings belong to the business itself.
PURPOSES = [("care", "Care"), ("promotion", "Promotion")]
SCOPE = "customer_retention.unsubscribe"
TOKEN = re.compile(r"([0-9]{1,10})-([0-9]{1,10})-([a-z]+)-[0-9a-f]{64}")


class RetentionOptout(models.Model):
    """A contact does not want to hear from a company for one purpose."""

    _name = "retention.optout"
    _description = "Opt-Out"
    _inherit = ["retention.file.record"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _allow_sudo_commands = False

    partner_id = fields.Many2one(ondelete="cascade")
    purpose = fields.Selection(PURPOSES, required=True)
    date = fields.Datetime("Since", required=True, default=fields.Datetime.now)
    source = fields.Selection(
        [
            ("unsubscribe", "Unsubscribed themselves"),
            ("person", "Noted by a colleague"),
            ("import", "Imported"),
        ],
        required=True,
        default="person",
    )

    _contact_purpose_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, purpose)", "This contact has opted out of that already."
    )

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        # Whoever unsubscribes is heard, wherever the contact has been moved since.
        own = self.filtered(lambda optout: optout.source != "unsubscribe")
        return super(RetentionOptout, own)._check_partner_company()

    @api.model
    def _of(self, contact, company, purpose):
        return self.sudo().search(
            [
                ("partner_id", "=", contact.id),
                ("company_id", "=", company.id),
                ("purpose", "=", purpose),
            ]
        )

    @api.model
    def _opt_out(self, contact, company, purpose, source):
        """Note it once, whoever else does so at the same moment."""
        if self._of(contact, company, purpose):
            return
        vals = {
            "partner_id": contact.id,
            "company_id": company.id,
            "purpose": purpose,
            "source": source,
        }
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.sudo().create(vals)
        except UniqueViolation:
            # The same request came twice at once: the other one has noted it.
            self.env.invalidate_all()

    @api.model
    def _opt_in(self, contact, company, purpose):
        self._of(contact, company, purpose).unlink()

    # ---------------------------------------------------------------- links
    @api.model
    def _token(self, contact_id, company_id, purpose):
        """Return the signed name of what a contact may end: whoever has it may do so.

        :raises ValueError: for a purpose that cannot be ended
        """
        if purpose not in dict(PURPOSES):
            raise ValueError(f"not a purpose to unsubscribe from: {purpose}")
        key = (contact_id, company_id, purpose)
        return "-".join((*map(str, key), hmac(self.env(su=True), SCOPE, key)))

    @api.model
    def _read_token(self, token):
        """Return (contact, company, purpose) of a link we have made, else None.

        Nothing is read before the signature is right, so links cannot be used to find out who
        is a contact.
        """
        parts = TOKEN.fullmatch(token)
        if not parts or parts[3] not in dict(PURPOSES):
            return None
        contact_id, company_id = int(parts[1]), int(parts[2])
        if not consteq(token, self._token(contact_id, company_id, parts[3])):
            return None
        contact = self.env["retention.merged.contact"]._contact(contact_id)
        company = self.env["res.company"].sudo().browse(company_id).exists()
        return (contact, company, parts[3]) if contact and company else None

    @api.model
    def _page_words(self, state, company, purpose):
        """Return the sentence of the unsubscribe page; ``state``: in, out or unknown."""
        if state == "unknown":
            return self.env._("This link is not valid. Please use the one in our latest message.")
        name = company.name
        if purpose == "promotion":
            if state == "out":
                return self.env._("You will receive no more offers from %s.", name)
            return self.env._("Do you want to receive no more offers from %s?", name)
        if state == "out":
            return self.env._("You will receive no more tips and greetings from %s.", name)
        return self.env._("Do you want to receive no more tips and greetings from %s?", name)

    # ---------------------------------------------------------------- contacts that are merged
    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        """Keep one row per company and purpose: what one of them refused stays refused."""
        result = super()._merge_partners(src_partners, dst_partner)
        everybody = self.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="id"
        )
        for rows in everybody.grouped(lambda row: (row.company_id, row.purpose)).values():
            kept = rows.filtered(lambda row: row.partner_id == dst_partner)[:1] or rows[0]
            (rows - kept).unlink()
        self.env.flush_all()
        return result


class RetentionPreference(models.Model):
    """Opt-outs where people look first: in the contact's preferences."""

    _inherit = "retention.preference"

    no_care = fields.Boolean(
        "No care", compute="_compute_optouts", inverse="_inverse_no_care", help="Opted out of care."
    )
    no_promotion = fields.Boolean(
        "No promotion",
        compute="_compute_optouts",
        inverse="_inverse_no_promotion",
        help="Opted out of promotion.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_optouts(self):
        found = self.env["retention.optout"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        refused = {(row.partner_id, row.company_id, row.purpose) for row in found}
        for record in self:
            key = record.partner_id._origin, record.company_id._origin
            record.no_care = (*key, "care") in refused
            record.no_promotion = (*key, "promotion") in refused

    def _inverse_no_care(self):
        self._note_optouts("care", "no_care")

    def _inverse_no_promotion(self):
        self._note_optouts("promotion", "no_promotion")

    def _note_optouts(self, purpose, name):
        """Opt out, or take back what a colleague noted.

        :raises AccessError: for a plain user who would undo the contact's own word
        """
        optouts = self.env["retention.optout"]
        for record in self:
            found = optouts._of(record.partner_id, record.company_id, purpose)
            if record[name] and not found:
                optouts.create(
                    {
                        "partner_id": record.partner_id.id,
                        "company_id": record.company_id.id,
                        "purpose": purpose,
                    }
                )
            elif found and not record[name]:
                if found.source != "person" and not optouts.has_access("unlink"):
                    raise AccessError(
                        self.env._(
                            "%(contact)s has said so personally. Only a manager can take it back.",
                            contact=record.partner_id.display_name,
                        )
                    )
                found.unlink()
