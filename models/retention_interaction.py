from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from .batches import check_many

USER = "customer_retention.group_user"
AT_ONCE = 200  # contacts of one talk
NEXT_STEP_TYPE = "customer_retention.activity_type_next_step"
# Field of the follow-up record: the same thing on its activity.
NEXT_STEP_FIELDS = {
    "next_step": "summary",
    "next_step_date": "date_deadline",
    "next_step_user_id": "user_id",
}
FRESH_FIELDS = {"partner_id", "company_id", "date", "outcome"}


class RetentionInteraction(models.Model):
    """A follow-up record: one talk, visit or message, noted by the person who had it."""

    _name = "retention.interaction"
    _description = "Follow-up Record"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "topic"]
    _allow_sudo_commands = False
    # Colleagues who may read a record may discuss it and see its next step.
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="restrict"
    )
    also_partner_ids = fields.Many2many(
        "res.partner",
        string="Also For",
        store=False,
        help="Each of these contacts gets a record of its own.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users",
        "Who Talked",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    kind = fields.Selection(
        [
            ("wechat", "WeChat"),
            ("call", "Call"),
            ("visit", "Visit"),
            ("mail", "Mail"),
            ("meeting", "Meeting"),
            ("event", "Customer event"),
            ("letter", "Letter or card"),
            ("other", "Another way"),
        ],
        required=True,
        help="By which way you talked.",
    )
    direction = fields.Selection(
        [("outgoing", "We contacted them"), ("incoming", "They contacted us")],
        required=True,
        default="outgoing",
        help="Who got in touch first.",
    )
    outcome = fields.Selection(
        [
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("promised", "Promised"),
            ("refused", "Refused"),
            ("other", "Another result"),
        ],
        required=True,
        default="reached",
        help="No answer: an attempt, which does not count as a contact.",
    )
    topic = fields.Char(help="A few words that tell colleagues what it was about.")
    tag_ids = fields.Many2many("retention.intent.tag", string="Intent Tags")
    sentiment = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
        help="How the customer felt; several bad moods are a signal.",
    )
    note = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "retention_interaction_photo_rel",
        "interaction_id",
        "attachment_id",
        "Photos and Files",
        bypass_search_access=True,
        help="Business cards, shelves, machines: what says more than words.",
    )

    next_step = fields.Char(help="Becomes an activity, here on the follow-up record.")
    next_step_date = fields.Date(
        compute="_compute_next_step_date",
        store=True,
        precompute=True,
        readonly=False,
        help="On this day the next step is due.",
    )
    next_step_user_id = fields.Many2one(
        "res.users",
        "Next Step By",
        compute="_compute_next_step_user_id",
        store=True,
        precompute=True,
        readonly=False,
        domain=lambda self: self._next_step_user_domain(),
        help="Finds the next step among their activities.",
    )
    next_activity_id = fields.Many2one(
        "mail.activity",
        "Next Step Activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )
    next_step_state = fields.Selection(
        [("open", "To do"), ("done", "Step done"), ("dropped", "Step dropped")],
        compute="_compute_next_step_state",
        search="_search_next_step_state",
    )

    _customer_date_idx = models.Index("(commercial_partner_id, company_id, date)")

    # ---------------------------------------------------------------- computed values
    @api.depends("partner_id")
    def _compute_company_id(self):
        for record in self:
            company = record.partner_id.company_id or record.company_id or self.env.company
            record.company_id = company._retention_company()

    @api.depends("partner_id", "kind", "topic")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            parts = (record.partner_id.display_name, record.topic or kinds.get(record.kind))
            record.display_name = ": ".join(part for part in parts if part)

    @api.depends("next_step")
    def _compute_next_step_date(self):
        for record in self:
            if not record.next_step:
                record.next_step_date = False
            elif not record.next_step_date:
                record.next_step_date = self._default_next_step_date()

    @api.model
    def _default_next_step_date(self):
        kind = self.env.ref(NEXT_STEP_TYPE, raise_if_not_found=False)
        return kind._get_date_deadline() if kind else fields.Date.context_today(self)

    @api.depends("next_step", "next_step_date")
    def _compute_next_step_user_id(self):
        for record in self:
            if not (record.next_step or record.next_step_date):
                record.next_step_user_id = False
            elif not record.next_step_user_id:
                # An automation is nobody who could do it.
                me = self.env.user
                record.next_step_user_id = me if me.active else record.user_id

    @api.model
    def _next_step_user_domain(self):
        """People who can open the record: with our group, in a company that may see it."""
        group = self.env.ref(USER).id
        return (
            f"[('share', '=', False), ('all_group_ids', 'in', [{group}]),"
            " ('company_ids', 'child_of', company_id)]"
        )

    @api.depends("next_step", "next_step_date", "next_activity_id.active")
    def _compute_next_step_state(self):
        for record in self:
            # Of the activity it has: an unsaved form may name any.
            activity = record._origin.sudo().next_activity_id
            if activity:
                record.next_step_state = "open" if activity.active else "done"
            else:
                planned = record.next_step or record.next_step_date
                record.next_step_state = "dropped" if planned else False

    def _search_next_step_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = Domain("next_step_date", "!=", False)
        none = Domain("next_activity_id", "=", False)
        found = {
            "open": Domain("next_activity_id.active", "=", True),
            "done": Domain("next_activity_id.active", "=", False) & ~none,
            "dropped": none & planned,
            False: none & ~planned,
        }
        return Domain.OR(found[state] for state in value if state in found)

    # ---------------------------------------------------------------- checks
    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        for record in self:
            owner = record.partner_id.company_id
            if owner and owner._retention_company() != record.company_id._retention_company():
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to another company than this follow-up record.",
                        contact=record.partner_id.display_name,
                    )
                )

    @api.constrains("next_step_user_id", "company_id")
    def _check_next_step_user(self):
        for record in self.filtered("next_step_user_id"):
            user = record.next_step_user_id
            members = set(record.company_id._retention_company()._retention_members())
            if not (user.active and user.has_group(USER) and members & set(user.company_ids.ids)):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot open this follow-up record. Give the next step to "
                        "a user of Retention in the same company.",
                        user=user.name,
                    )
                )

    @api.constrains("next_activity_id")
    def _check_next_activity(self):
        for record in self:
            record.next_activity_id._check_hangs_on(record)

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        spread, asked = [], []
        for vals in vals_list:
            asked.append(len(spread))
            spread += self._one_per_contact(dict(vals))
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        records = super(RetentionInteraction, quiet).create(spread).with_env(self.env)
        records._claim_photos()
        records.filtered(lambda r: r.next_step or r.next_step_date)._sync_next_step()
        records._ask_retention_refresh()
        # Who creates one record is given one, whatever else was made.
        return self.browse(records[position].id for position in asked)

    @api.model
    def _one_per_contact(self, vals):
        """Return ``vals`` for its contact and for each contact of ``also_partner_ids``."""
        commands = vals.pop("also_partner_ids", None)
        if not commands:
            return [vals]
        others = self.new({"also_partner_ids": commands}).also_partner_ids
        return [vals] + [
            {**vals, "partner_id": partner_id}
            for partner_id in others.ids
            if partner_id != vals.get("partner_id")
        ]

    def write(self, vals):
        asked = bool(FRESH_FIELDS & vals.keys())
        if asked:
            self._ask_retention_refresh()
        result = super().write(vals)
        if asked:
            self._ask_retention_refresh()
        if "photo_ids" in vals:
            self._claim_photos()
        if NEXT_STEP_FIELDS.keys() & vals.keys():
            self._sync_next_step()
        return result

    def unlink(self):
        self._ask_retention_refresh()
        return super().unlink()

    def _ask_retention_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(record.partner_id.id, record.company_id.id) for record in self}
        )

    def _claim_photos(self):
        """Let everybody who may read the record see what its author uploaded for it."""
        for record in self.filtered("photo_ids"):
            new = record.photo_ids.filtered(lambda file: not file.res_id)
            new.write({"res_model": self._name, "res_id": record.id})

    def _sync_next_step(self):
        """Have one open activity say what the next step says; done activities are kept."""
        missing = self.browse()
        for record in self:
            activity = record.next_activity_id.sudo().filtered("active")
            if not (record.next_step or record.next_step_date):
                activity.unlink()
            elif not activity:
                missing |= record
            else:
                wanted = record._next_activity_values()
                changed = {
                    name: value
                    for name, value in wanted.items()
                    if activity._fields[name].convert_to_write(activity[name], activity) != value
                }
                if changed:
                    activity.write(changed)
        for record in missing:
            values = record._next_activity_values()
            record.next_activity_id = record.activity_schedule(
                NEXT_STEP_TYPE, automated=False, **values
            )

    def _next_activity_values(self):
        self.ensure_one()
        return {
            "summary": self.next_step or False,
            "date_deadline": self.next_step_date or self._default_next_step_date(),
            "user_id": (self.next_step_user_id or self.user_id).id,
        }

    # ---------------------------------------------------------------- mail
    def _mail_get_partner_fields(self, introspect_fields=False):
        # A discussion among colleagues: the customer is never proposed as a recipient.
        return []

    # ---------------------------------------------------------------- actions
    @api.model
    def _action_log(self, partners, **defaults):
        """Return the action that opens the quick form for one contact or several."""
        self.check_access("create")
        check_many(partners, AT_ONCE)
        context = {f"default_{name}": value for name, value in defaults.items()}
        context["default_partner_id"] = partners[:1].id
        if len(partners) > 1:
            context["default_also_partner_ids"] = [Command.set(partners[1:].ids)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a Talk"),
            "res_model": self._name,
            "views": [[self.env.ref("customer_retention.view_interaction_quick").id, "form"]],
            "target": "new",
            "context": context,
        }

    @api.model
    def _action_list(self, partner):
        """Return the action that lists the records of a contact, or of all of a customer."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_interaction"
        )
        action["domain"] = self._of_partner_domain(partner)
        action["context"] = {"default_partner_id": partner.id}
        return action

    @api.model
    def _of_partner_domain(self, partner):
        customer = partner.commercial_partner_id == partner
        return [("commercial_partner_id" if customer else "partner_id", "=", partner.id)]

    def action_next_step_done(self):
        """Mark the next step as done, as the activity menu does."""
        self.check_access("read")
        self.next_activity_id.filtered("active").action_feedback()
        return True

    def action_log_talk(self):
        """Note another talk with the same contacts."""
        return self._action_log(self.partner_id)
