from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..models.batches import check_many
from ..models.joining import names_text

USER = "customer_retention.group_user"
MANAGER = "customer_retention.group_manager"
NAMED = 20  # customers named in the message


class HandoverPart(NamedTuple):
    """Work that moves along with a customer.

    ``label``: translated, plural; ``model``: with ``company_id``; ``user_field``: whose it is;
    ``customer_field``: path to the commercial partner; ``domain``: what is still open.
    """

    label: str
    model: str
    user_field: str
    customer_field: str
    domain: list


class RetentionHandover(models.TransientModel):
    """Gives customers, and the open work on them, to a colleague."""

    _name = "retention.handover"
    _description = "Hand-over of Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company._retention_company()
    )
    is_manager = fields.Boolean(compute="_compute_is_manager")
    everything = fields.Boolean(help="All customers and all open work of one person.")
    from_user_id = fields.Many2one(
        "res.users",
        "Of",
        context={"active_test": False},
        domain="[('share', '=', False)]",
        help="Who hands over; also somebody who has left.",
    )
    profile_ids = fields.Many2many(
        "retention.profile",
        string="Customers",
        help="The customers that change hands, with all that is open.",
    )
    to_user_id = fields.Many2one(
        "res.users",
        "New Account Manager",
        domain=lambda self: self._to_user_domain(),
        help="Gets the customers, their open work and a brief of each.",
    )
    brief = fields.Text("Hand-over Note", help="What the new account manager should know.")
    line_ids = fields.One2many(
        "retention.handover.line", "wizard_id", "What Moves", compute="_compute_line_ids"
    )
    nothing = fields.Boolean(compute="_compute_line_ids")

    # ---------------------------------------------------------------- what moves
    @api.model
    def _handover_parts(self):
        """Return the HandoverParts: what is open and has an owner. Hook."""
        return [
            HandoverPart(
                self.env._("Open alerts"),
                "retention.alert",
                "user_id",
                "partner_id",
                [("live", "=", True)],
            ),
            HandoverPart(
                self.env._("Open next steps"),
                "retention.interaction",
                "next_step_user_id",
                "commercial_partner_id",
                [("next_step_state", "=", "open")],
            ),
            HandoverPart(
                self.env._("Open promises"),
                "retention.promise",
                "user_id",
                "commercial_partner_id",
                [("state", "=", "open")],
            ),
            HandoverPart(
                self.env._("Agreements"),
                "retention.agreement",
                "user_id",
                "commercial_partner_id",
                [],
            ),
            HandoverPart(
                self.env._("Joint plans"),
                "retention.plan",
                "user_id",
                "commercial_partner_id",
                [("active", "=", True)],
            ),
        ]

    def _moving_profiles(self):
        """Return the customers that change hands, in the company's own rights."""
        profiles = self.env["retention.profile"].sudo()
        if self.everything:
            # By both names: the search by owner knows only who still works here.
            giver = self.from_user_id.id
            found = (
                profiles.search(
                    [
                        ("company_id", "=", self.company_id.id),
                        "|",
                        ("user_id", "=", giver),
                        "&",
                        ("user_id", "=", False),
                        ("partner_id.user_id", "=", giver),
                    ]
                )
                if giver
                else profiles
            )
        else:
            found = self.profile_ids._origin.sudo()
        taker = self.to_user_id
        return found.filtered(lambda profile: not taker or profile.user_id != taker)

    def _giver(self, profile):
        """Return who looks after a customer until now, even when that person has left."""
        return profile.user_id or profile.partner_id.user_id

    def _moving_records(self, part, profiles):
        """Return the open records of ``part`` that belong to who hands over."""
        records = self.env[part.model].sudo()
        here = Domain("company_id", "=", self.company_id.id) & Domain(part.domain)
        if self.everything:
            whose = Domain(part.user_field, "=", self.from_user_id.id)
        else:
            whose = Domain.OR(
                Domain(part.user_field, "=", giver.id)
                & Domain(part.customer_field, "in", given.partner_id.ids)
                for giver, given in profiles.grouped(self._giver).items()
                if giver
            )
        return records.search(here & whose & Domain(part.user_field, "!=", self.to_user_id.id))

    @api.depends("everything", "from_user_id", "profile_ids", "to_user_id", "company_id")
    def _compute_line_ids(self):
        for wizard in self:
            if (wizard.everything and not wizard.from_user_id) or not wizard._may_look():
                wizard.line_ids, wizard.nothing = False, True
                continue
            profiles = wizard._moving_profiles()
            counts = [(self.env._("Customers"), len(profiles))] + [
                (part.label, len(wizard._moving_records(part, profiles)))
                for part in self._handover_parts()
            ]
            wizard.nothing = not any(count for _name, count in counts)
            wizard.line_ids = [
                Command.create({"name": name, "count": count}) for name, count in counts
            ]

    # ---------------------------------------------------------------- who may
    @api.depends_context("uid")
    def _compute_is_manager(self):
        self.is_manager = self.env.user.has_group(MANAGER)

    @api.model
    def _to_user_domain(self):
        group = self.env.ref(USER).id
        return (
            f"[('share', '=', False), ('all_group_ids', 'in', [{group}]),"
            " ('company_ids', 'child_of', company_id)]"
        )

    def _may_look(self):
        """Counts of a colleague's work are for managers, of customers that they may read."""
        me, chosen = self.env.user, self.profile_ids._origin
        if self.company_id not in self._allowed_companies() or not chosen.has_access("read"):
            return False
        if me.has_group(MANAGER):
            return True
        if self.everything:
            return self.from_user_id == me
        return not self.profile_ids.owner_id - me

    def _check_allowed(self, profiles):
        """Refuse what the caller may not hand over, or somebody who could not take it.

        :raises AccessError: for customers of colleagues, unless by a manager
        :raises ValidationError: when the new account manager could not open them
        """
        self.env["retention.profile"].check_access("read")
        if self.company_id not in self._allowed_companies():
            raise AccessError(self.env._("You do not work in this company."))
        if self.to_user_id not in self.env["retention.alert"]._eligible_users(self.company_id):
            raise ValidationError(
                self.env._(
                    "%(user)s cannot take customers. Choose an active user of Retention in the "
                    "same company.",
                    user=self.to_user_id.sudo().name,
                )
            )
        if profiles.company_id - self.company_id:
            raise ValidationError(self.env._("Hand over customers of one company at a time."))
        if self.env.user.has_group(MANAGER):
            return
        me = self.env.user
        if self.everything and self.from_user_id != me:
            raise AccessError(self.env._("Only managers hand over the customers of others."))
        for profile in profiles:
            owner = profile.owner_id
            if owner == me or (not owner and self.to_user_id == me):
                continue
            raise AccessError(
                self.env._(
                    "You can take customers nobody looks after, and hand over your own. "
                    "%(customer)s is neither: ask a manager.",
                    customer=profile.partner_id.display_name,
                )
            )

    @api.model
    def _allowed_companies(self):
        return self.env["res.company"].concat(
            *(company._retention_company() for company in self.env.companies)
        )

    # ---------------------------------------------------------------- doing it
    @api.model
    def _check_count(self, profiles):
        check_many(
            profiles,
            hint=self.env._("For more, hand over everything that a colleague looks after."),
        )

    def action_apply(self):
        """Move the customers and the open work on them. Doing it twice moves nothing more."""
        self.ensure_one()
        if not self.to_user_id or (self.everything and not self.from_user_id):
            raise UserError(self.env._("Say who takes the customers, and from whom."))
        if not self.everything:
            self._check_count(self.profile_ids)
            self.profile_ids.check_access("read")
        profiles = self._moving_profiles()
        self._check_allowed(profiles)
        moving = [(part, self._moving_records(part, profiles)) for part in self._handover_parts()]
        profiles.user_id = self.to_user_id
        for part, records in moving:
            # One message tells of everything: none for each record.
            quiet = records.with_context(mail_activity_quick_update=True, tracking_disable=True)
            quiet.write({part.user_field: self.to_user_id.id})
        alerts = self._after_alerts(moving)
        self._tell(profiles, moving, alerts)
        return {"type": "ir.actions.act_window_close"}

    def _after_alerts(self, moving):
        """Note the brief on the alerts that moved, and keep to everybody's capacity."""
        alerts = self.env["retention.alert"].concat(
            *(records for part, records in moving if part.model == "retention.alert")
        )
        if not alerts:
            return alerts
        brief = (self.brief or "").strip()
        alerts._log_batch(
            lambda alert: "\n".join(
                filter(
                    None,
                    [
                        alert.env._(
                            "Handed over by %(giver)s to %(taker)s.",
                            giver=self.env.user.name,
                            taker=self.to_user_id.name,
                        ),
                        brief,
                    ],
                )
            )
        )
        engine = alerts._engine(self.company_id)
        engine._keep_capacity(self.company_id, self.to_user_id)
        engine._fill_slots(self.company_id, self.company_id._retention_today())
        return alerts

    def _tell(self, profiles, moving, alerts):
        """Tell the new account manager, in one message, what has moved."""
        if self.to_user_id == self.env.user or not (profiles or any(r for _p, r in moving)):
            return
        taker = self.to_user_id
        told = self.with_context(lang=taker.lang or self.env.lang)
        labels = {part.model: part.label for part in told._handover_parts()}
        lines = [(told.env._("Customers"), len(profiles))]
        lines += [(labels[part.model], len(records)) for part, records in moving]
        customers = profiles.partner_id or alerts.partner_id
        names = customers[:NAMED].mapped("display_name")
        more = len(customers) - len(names)
        body = Markup("<p>%s</p><ul>%s</ul><p>%s</p>%s") % (
            told.env._("%s hands these over to you:", self.env.user.name),
            Markup().join(
                Markup("<li>%s: %s</li>") % (label, count) for label, count in lines if count
            ),
            names_text(told.env, names) + (told.env._(" and %s more", more) if more else ""),
            Markup("<p>%s</p>") % self.brief.strip() if (self.brief or "").strip() else "",
        )
        # Not on a contact: those are shared by all companies.
        self.env["mail.thread"].message_notify(
            partner_ids=taker.partner_id.ids,
            subject=told.env._("Customers handed over to you"),
            body=body,
        )


class RetentionHandoverLine(models.TransientModel):
    _name = "retention.handover.line"
    _description = "What a Hand-over Moves"

    wizard_id = fields.Many2one("retention.handover", required=True, index=True, ondelete="cascade")
    name = fields.Char("What Moves", readonly=True)
    count = fields.Integer("How Many", readonly=True)


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    def action_handover(self):
        """Open the dialog that gives these customers to a colleague, or takes them."""
        self.check_access("read")
        companies = self.company_id
        if len(companies) > 1:
            raise UserError(self.env._("Hand over customers of one company at a time."))
        self.env["retention.handover"]._check_count(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_handover")
        context = {"default_profile_ids": [Command.set(self.ids)]}
        if companies:
            context["default_company_id"] = companies.id
        if not any(profile.owner_id for profile in self):
            context["default_to_user_id"] = self.env.uid
        return {**action, "context": context}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_retention_handover(self):
        """Open the same dialog for the customers these contacts belong to."""
        self.check_access("read")
        profiles = self.mapped("retention_profile_id")
        if not profiles:
            raise UserError(
                self.env._("These contacts have no retention profile in this company yet.")
            )
        return profiles.action_handover()
