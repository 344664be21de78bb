from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .retention_sop_words import NO_HOLDOUT, PURPOSES

# What a person may change while a procedure is running; all the rest makes the next version.
FREE_FIELDS = {"state", "started_on", "priority", "root_id", "replaced_by_id", "error"}
MOST_HELD_OUT = 50  # percent


class RetentionSop(models.Model):
    """A standard procedure: who enters it when, which steps follow, what ends it.

    Fields, checks and versions. Who enters is in ``retention_sop_trigger.py`` and
    ``retention_sop_enter.py``, what happens then in ``retention_sop_runner.py``.
    """

    _name = "retention.sop"
    _description = "Standard Procedure"
    _order = "purpose_rank desc, priority, name, version desc, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True, translate=True)
    code = fields.Char(readonly=True, copy=False, help="Names an entry of the library.")
    description = fields.Text(
        "What It Is For", translate=True, help="What a colleague should know before using it."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
        help="Empty: an entry of the library, which never runs itself.",
    )
    is_library = fields.Boolean(
        "Library Entry", compute="_compute_is_library", search="_search_is_library"
    )
    library_id = fields.Many2one(
        "retention.sop", "Taken From", readonly=True, copy=False, index="btree_not_null"
    )
    touchpoint = fields.Selection(
        [
            ("start", "Getting started"),
            ("keep", "Keeping in touch"),
            ("grow", "Growing together"),
            ("problem", "When something went wrong"),
            ("leaving", "When somebody drifts away"),
        ],
        "Moment in the Relationship",
        default="keep",
        required=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Switched on"),
            ("paused", "Paused"),
            ("archived", "Archived"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    version = fields.Integer(
        default=1, readonly=True, copy=False, aggregator=None, help="Each change makes a new one."
    )
    root_id = fields.Many2one(
        "retention.sop", "First Version", readonly=True, copy=False, index=True, ondelete="cascade"
    )
    replaced_by_id = fields.Many2one(
        "retention.sop", "Next Version", readonly=True, copy=False, index="btree_not_null"
    )
    error = fields.Text(readonly=True, copy=False, help="Why nobody could be taken in.")
    started_on = fields.Date(readonly=True, copy=False, help="Since when it is switched on.")

    # ---------------------------------------------------------------- who enters
    trigger = fields.Selection(
        "_selection_trigger", required=True, default="manual", help="What makes a customer enter."
    )
    trigger_days = fields.Integer(
        "Days", help="Days since what the trigger speaks of; before a date: negative."
    )
    trigger_segment_ids = fields.Many2many(
        "retention.segment",
        "retention_sop_trigger_segment_rel",
        string="Segments Entered",
        help="Customers who come into one of these segments.",
    )
    trigger_stage = fields.Selection(
        "_selection_stage", "Stage Entered", help="Customers who come into this stage."
    )
    trigger_level = fields.Selection(
        [("watch", "From watch on"), ("high", "From high on"), ("critical", "From critical on")],
        "Level Reached",
        help="From which risk level on customers enter.",
    )
    trigger_tag_ids = fields.Many2many(
        "retention.intent.tag",
        "retention_sop_trigger_tag_rel",
        string="Intent Tags Noted",
        help="Talks in which one of these was noted.",
    )
    trigger_sentiment = fields.Selection(
        [("promoter", "A happy word"), ("detractor", "An unhappy word")],
        "What Was Said",
        help="Talks in which the customer felt so.",
    )
    trigger_product_ids = fields.Many2many(
        "product.product",
        "retention_sop_trigger_product_rel",
        string="Products Bought",
        help="Only purchases of these products; empty: any.",
    )
    trigger_category_ids = fields.Many2many(
        "product.category",
        "retention_sop_trigger_category_rel",
        string="Product Categories",
        help="Only purchases from these categories; empty: any.",
    )
    trigger_key_date = fields.Selection(
        selection="_selection_key_date",
        string="Which Day",
        help="The kind of key date whose day it is.",
    )
    trigger_festival_id = fields.Many2one(
        "retention.festival", "Festival or Member Day", help="Empty: every festival."
    )
    trigger_field_id = fields.Many2one(
        "ir.model.fields",
        "Date",
        ondelete="cascade",
        domain="[('ttype', 'in', ('date', 'datetime')), ('store', '=', True),"
        " ('model_id.transient', '=', False)]",
        help="A date of the contact, or of any document that names its contact.",
    )
    trigger_domain = fields.Char(
        "Only Documents", default="[]", help="Which documents of the date count."
    )
    trigger_model = fields.Char(related="trigger_field_id.model", string="Document")
    include_existing = fields.Boolean(
        "Also Those Who Are There Already",
        help="Otherwise only occasions from the day on which it is switched on.",
    )
    audience_domain = fields.Char(
        "Suitable Customers", default="[]", help="By segment, stage, risk or any other figure."
    )
    per_day = fields.Integer(
        "At Most per Day", help="How many may enter on one day; 0: as many as there are."
    )

    # ---------------------------------------------------------------- how it runs
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        default="care",
        help="Decides which limits, quiet hours and opt-outs hold.",
    )
    purpose_rank = fields.Integer(
        compute="_compute_purpose_rank",
        store=True,
        aggregator=None,
        export_string_translation=False,
    )
    priority = fields.Integer(
        default=10, aggregator=None, help="Among procedures of one purpose: 1 goes before 10."
    )
    owner_rule = fields.Selection(
        selection="_selection_responsible",
        string="Who Looks After It",
        required=True,
        default="manager",
        help="Who gets the tasks of an enrollment, unless a step says otherwise.",
    )
    owner_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", help="Looks after all in this procedure."
    )
    reentry = fields.Selection(
        [
            ("each", "On every occasion"),
            ("gap", "Again after a rest"),
            ("once", "Once for each customer"),
        ],
        "Taking Part Again",
        required=True,
        default="each",
        help="Whether somebody who went through it can enter again.",
    )
    reentry_days = fields.Integer(
        "Days of Rest", default=90, help="So many days after the end somebody can enter again."
    )
    holdout = fields.Integer(
        "Control Group (%)",
        help="So many of a hundred customers are only watched, so that the effect can be proven.",
        aggregator=None,
    )

    # ---------------------------------------------------------------- what ends it
    goal = fields.Selection(
        [
            ("none", "No goal"),
            ("purchase", "Buys"),
            ("reply", "Answers"),
            ("talk", "Is talked to"),
        ],
        required=True,
        default="purchase",
        help="By what you see that it worked; the effect is measured by it.",
    )
    goal_days = fields.Integer(
        "Goal Window (days)",
        default=30,
        required=True,
        help="So many days after entering the goal can be reached.",
    )
    exit_on_goal = fields.Boolean(
        "Ends at the Goal", default=True, help="Steps that are left are not done any more."
    )
    exit_on_purchase = fields.Boolean(
        "Ends at a Purchase", help="A purchase ends it, whatever its goal is."
    )
    exit_on_leave = fields.Boolean(
        "Ends When No Longer Suitable", help="When the customer leaves the suitable customers."
    )
    step_ids = fields.One2many("retention.sop.step", "sop_id", "Steps", copy=True)

    _version_uniq = models.Constraint(
        "UNIQUE (root_id, version)", "A procedure has each version once."
    )
    _holdout_range = models.Constraint(
        f"CHECK (holdout BETWEEN 0 AND {MOST_HELD_OUT})",
        "Between 0 and 50 of a hundred customers can be held out.",
    )
    _days_positive = models.Constraint(
        "CHECK (goal_days > 0 AND reentry_days >= 0 AND per_day >= 0)",
        "The days of the goal must be above zero, the other numbers not below it.",
    )

    # ---------------------------------------------------------------- computed values
    @api.depends("company_id")
    def _compute_is_library(self):
        for sop in self:
            sop.is_library = not sop.company_id

    def _search_is_library(self, operator, value):
        if operator != "in":
            return NotImplemented
        library = Domain("company_id", "=", False)
        return Domain.OR(library if wanted else ~library for wanted in value)

    @api.depends("purpose")
    def _compute_purpose_rank(self):
        order = [purpose for purpose, _label in PURPOSES]
        for sop in self:
            sop.purpose_rank = order.index(sop.purpose) if sop.purpose else 0

    @api.depends("name", "version")
    def _compute_display_name(self):
        for sop in self:
            sop.display_name = f"{sop.name} ({sop.version})" if sop.version > 1 else sop.name

    @api.model
    def _selection_trigger(self):
        return [(code, kind.label) for code, kind in self._trigger_types().items()]

    @api.model
    def _selection_stage(self):
        return self.env["retention.profile"]._fields["stage"]._description_selection(self.env)

    @api.model
    def _selection_key_date(self):
        return self.env["retention.key.date"]._fields["kind"]._description_selection(self.env)

    @api.model
    def _selection_responsible(self):
        roles = self.env["retention.sop.step"]._responsible_rules()
        return [(code, label) for code, label in roles.items() if code != "owner"]

    # ---------------------------------------------------------------- checks
    @api.constrains("holdout", "purpose")
    def _check_holdout(self):
        for sop in self:
            if sop.holdout and sop.purpose in NO_HOLDOUT:
                raise ValidationError(
                    self.env._(
                        "Nobody is held out of %s: who needs help gets it.", sop.display_name
                    )
                )

    @api.constrains("audience_domain", "trigger_domain", "trigger_field_id")
    def _check_domains(self):
        for sop in self:
            # No condition asks nothing.
            if audience := sop._audience():
                sop._check_own_rights(audience, "retention.profile")
            if sop.trigger_field_id:
                model, _name, domain = sop._trigger_documents()
                sop._check_own_rights(domain, model._name)

    @api.constrains("owner_rule", "owner_id")
    def _check_owner(self):
        for sop in self:
            if sop.owner_rule == "user" and not sop.owner_id and not sop.is_library:
                raise ValidationError(self.env._("Say who looks after %s.", sop.display_name))

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        sops = super().create(vals_list)
        for sop in sops.filtered(lambda s: not s.root_id):
            sop.root_id = sop
        return sops

    def write(self, vals):
        if not self.env.context.get("retention_sop_engine") and vals.keys() - FREE_FIELDS:
            self._check_changeable()
        return super().write(vals)

    def _check_changeable(self):
        """Refuse to change what customers are passing through: the next version may."""
        running = self.filtered(lambda sop: sop.state in ("active", "archived"))
        if running and not self.env.context.get("install_mode"):
            raise UserError(
                self.env._(
                    "%s is in use. Press Change: that prepares its next version, and customers "
                    "who are under way keep the present one.",
                    running[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["retention.enrollment"].sudo().search_count([("sop_id", "in", self.ids)]):
            raise UserError(
                self.env._("Customers have taken part in it. Archive the procedure instead.")
            )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "form",
            "res_id": self[:1].id,
        }
