from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..analytics.gate_rules import RANKS
from ..models.batches import check_many
from ..models.retention_sop_words import REFUSED_PURPOSES

MANAGER = "customer_retention.group_manager"
SHOWN = 200  # contacts that do not enter, one by one
AT_ONCE = 2000  # contacts added in one go
NAMED = 5  # contacts that enter, by name


class Known(NamedTuple):
    """What is known of the chosen contacts, read once for all of them.

    ``profiles``: {customer: profile}; ``suitable``: profile ids; ``live``: {(customer, contact)}
    under way; ``rescued``: customers in something more urgent; ``refused``: {contact: purposes};
    ``members``: ids of the company and its branches; ``prospects``: whether they may enter.
    """

    profiles: dict
    suitable: set
    live: set
    rescued: set
    refused: dict
    members: tuple
    prospects: bool


class RetentionSopEnroll(models.TransientModel):
    """Adds chosen contacts to a procedure, after showing who enters and who does not, and why."""

    _name = "retention.sop.enroll"
    _description = "Adding Customers to a Procedure"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company._retention_company()
    )
    sop_id = fields.Many2one(
        "retention.sop",
        "Procedure",
        domain="[('company_id', '=', company_id), ('state', '=', 'active')]",
        ondelete="cascade",
    )
    summary_text = fields.Char(related="sop_id.summary_text", related_sudo=False)
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        context={"active_test": False},
        help="Contacts who are to enter.",
    )
    contact_count = fields.Integer(
        "Contacts Chosen",
        compute="_compute_contact_count",
        help="Contacts that were ticked in the list.",
    )
    enter_count = fields.Integer("Will Enter", compute="_compute_line_ids")
    enter_text = fields.Char("Who", compute="_compute_line_ids")
    control_count = fields.Integer("Only Watched", compute="_compute_line_ids")
    out_count = fields.Integer("Will Not Enter", compute="_compute_line_ids")
    line_ids = fields.One2many(
        "retention.sop.enroll.line", "wizard_id", "Who Does Not", compute="_compute_line_ids"
    )

    @api.depends("partner_ids")
    def _compute_contact_count(self):
        for wizard in self:
            wizard.contact_count = len(wizard.partner_ids)

    @api.depends("sop_id", "partner_ids")
    def _compute_line_ids(self):
        for wizard in self:
            rows, out = wizard._sort_out() if wizard._may_look() else ([], [])
            sop = wizard.sop_id._origin
            wizard.enter_count, wizard.out_count = len(rows), len(out)
            wizard.control_count = sum(sop._arm(row["partner_id"]) == "control" for row in rows)
            named = [row["contact_id"] for row in rows[:NAMED]]
            names = self.env["res.partner"].browse(named).mapped("display_name")
            wizard.enter_text = " · ".join(names + ["…"] * (len(rows) > NAMED))
            wizard.line_ids = [
                Command.create({"partner_id": partner.id, "reason": reason})
                for partner, reason in out[:SHOWN]
            ] or False

    # ---------------------------------------------------------------- who, and why not
    def _may_look(self):
        """Tell whether the caller sees the procedure and the contacts: ids come from anywhere."""
        sop, contacts = self.sop_id._origin, self.partner_ids._origin
        few = len(contacts) <= AT_ONCE
        return few and bool(sop) and sop.has_access("read") and contacts.has_access("read")

    def _sort_out(self):
        """Return (rows of those who enter, as ``_enroll`` takes them, [(contact, why not)])."""
        self.ensure_one()
        sop = self.sop_id._origin.sudo()
        contacts = self.partner_ids._origin
        known = self._known(sop, contacts)
        numbers = self._numbers(sop, contacts)
        today, reasons = sop.company_id._retention_today(), self._reasons()
        rows, out = [], []
        for contact in contacts:
            customer = contact.commercial_partner_id
            if code := self._why_not(sop, contact, known):
                out.append((contact, reasons[code]))
                continue
            rows.append(
                {
                    "partner_id": customer.id,
                    "contact_id": contact.id,
                    "anchor_date": today,
                    "source_model": None,
                    "source_id": None,
                    "profile_id": known.profiles.get(customer.id, self.env["retention.profile"]).id,
                    "number": numbers.get((customer.id, contact.id), 0) + 1,
                }
            )
        return rows, out

    @api.model
    def _known(self, sop, contacts):
        company, customers = sop.company_id, contacts.commercial_partner_id
        profiles = self.env["retention.profile"].sudo()
        found = profiles.search(
            [("company_id", "=", company.id), ("partner_id", "in", customers.ids)]
        )
        suitable = profiles.search([("id", "in", found.ids), *sop._audience()])
        enrollments = self.env["retention.enrollment"].sudo()
        live = enrollments.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
                ("live", "=", True),
            ]
        )
        lower = RANKS.get(sop.purpose, RANKS["rescue"]) < RANKS["rescue"]
        rescues = live.filtered(lambda e: (e.purpose, e.arm) == ("rescue", "treated"))
        return Known(
            profiles={profile.partner_id.id: profile for profile in found},
            suitable=set(suitable.ids),
            live={(e.partner_id, e.contact_id) for e in live if e.root_id == sop.root_id},
            rescued=set(rescues.partner_id) if lower else set(),
            refused=self.env["retention.touch"]._known_optouts(company, contacts.ids),
            members=company._retention_members(),
            prospects=sop._audience_query()[1],
        )

    def _why_not(self, sop, contact, known):
        """Return the code of why ``contact`` does not enter; None when it does."""
        customer = contact.commercial_partner_id
        profile = known.profiles.get(customer.id)
        reasons = {
            "archived": not (contact.active and customer.active),
            "elsewhere": contact.company_id and contact.company_id.id not in known.members,
            "foreign": not self._mine(customer, profile),
            "objects": sop.purpose in REFUSED_PURPOSES and contact._refuses_profiling(),
            "unknown": not profile and not known.prospects,
            "live": (customer, contact) in known.live,
            "rescued": customer in known.rescued,
            "refused": sop.purpose in known.refused.get(contact.id, ()),
            "unsuitable": profile and profile.id not in known.suitable,
        }
        return next((code for code, holds in reasons.items() if holds), None)

    @api.model
    def _reasons(self):
        """Return {code: why a contact does not enter}, the first that holds is told."""
        return {
            "archived": self.env._("Archived"),
            "elsewhere": self.env._("Belongs to another company"),
            "foreign": self.env._("Not your customer: ask a manager"),
            "objects": self.env._("Objects to profiling"),
            "unknown": self.env._("No customer of this company yet"),
            "live": self.env._("Already under way"),
            "rescued": self.env._("Something more urgent is under way"),
            "refused": self.env._("Has opted out"),
            "unsuitable": self.env._("Not among the suitable customers"),
        }

    @api.model
    def _mine(self, customer, profile):
        """Return whether the caller may add this customer: one's own, or as a manager any."""
        if self.env.user.has_group(MANAGER):
            return True
        return self.env.user == (profile.owner_id if profile else customer.sudo().user_id)

    @api.model
    def _numbers(self, sop, contacts):
        """Return {(customer, contact): the last number used today}."""
        found = (
            self.env["retention.enrollment"]
            .sudo()
            ._read_group(
                [
                    ("root_id", "=", sop.root_id.id),
                    ("contact_id", "in", contacts.ids),
                    ("anchor_date", "=", sop.company_id._retention_today()),
                ],
                ["partner_id", "contact_id"],
                ["number:max"],
            )
        )
        return {(customer.id, contact.id): number for customer, contact, number in found}

    # ---------------------------------------------------------------- doing it
    @api.model
    def _check_count(self, contacts):
        hint = self.env._("For more, let the procedure find its customers itself: its trigger.")
        check_many(contacts, AT_ONCE, hint)

    def action_apply(self):
        """Take them in, and list them.

        :raises UserError: when nobody enters, or the figures are being computed
        """
        self.ensure_one()
        sop = self.sop_id
        if not sop:
            raise UserError(self.env._("Choose a procedure."))
        sop.check_access("read")
        self.partner_ids.check_access("read")
        self._check_count(self.partner_ids)
        if not self.env["retention.metrics"].sudo()._try_lock(sop.company_id.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        if sop.state != "active":
            raise UserError(self.env._("%s is not switched on.", sop.display_name))
        rows, _out = self._sort_out()
        if not rows:
            raise UserError(self.env._("Nobody of these contacts enters."))
        today, now = sop.company_id._retention_today(), fields.Datetime.now()
        made = sop._engine_env()._enroll(rows, today, now, "hand")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_enrollment"
        )
        title = self.env._("Added to %s", sop.name)
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": [("id", "in", made.ids)],
            "context": {},
        }


class RetentionSopEnrollLine(models.TransientModel):
    _name = "retention.sop.enroll.line"
    _description = "Contact That Does Not Enter"

    wizard_id = fields.Many2one(
        "retention.sop.enroll", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    reason = fields.Char("Why Not", readonly=True)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_retention_enroll(self):
        """Open the dialog that adds these contacts to a procedure."""
        self.check_access("read")
        self.env["retention.sop.enroll"].check_access("create")
        self.env["retention.sop.enroll"]._check_count(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_sop_enroll"
        )
        return {**action, "context": {"default_partner_ids": [Command.set(self.ids)]}}


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    def action_enroll(self):
        """Open the same dialog for the customers of these profiles."""
        self.check_access("read")
        return self.partner_id.action_retention_enroll()
