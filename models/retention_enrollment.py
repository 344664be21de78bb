from odoo import api, fields, models
from odoo.exceptions import AccessError

from .batches import check_many
from .own_fields import LiveFlag


class RetentionEnrollment(models.Model):
    """One pass of one customer through a procedure.

    Written by the engine and by actions only. A mail of a procedure belongs to its enrollment,
    so an answer arrives here, under the company's rule, not on the shared contact.
    """

    _name = "retention.enrollment"
    _description = "Enrollment in a Procedure"
    _inherit = ["mail.thread", "mail.activity.mixin", "retention.message.context"]
    _order = "entered_at desc, id desc"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id", "contact_id"]
    _allow_sudo_commands = False
    # Colleagues who may read an enrollment may discuss it and see its tasks.
    _mail_post_access = "read"

    sop_id = fields.Many2one(
        "retention.sop", "Procedure", required=True, index=True, readonly=True, ondelete="restrict"
    )
    root_id = fields.Many2one(
        "retention.sop",
        "Procedure, Any Version",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    purpose = fields.Selection(related="sop_id.purpose", store=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, readonly=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="Who is addressed; the customer itself when it is nobody in particular.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    profile_id = fields.Many2one(
        "retention.profile", "Figures", index="btree_not_null", readonly=True, ondelete="set null"
    )
    anchor_date = fields.Date(
        "Date It Is About", required=True, readonly=True, help="Of the purchase, birthday, change …"
    )
    number = fields.Integer(
        default=1, readonly=True, aggregator=None, help="More than 1: added by hand once more."
    )
    arm = fields.Selection(
        [("treated", "Taking part"), ("control", "Watched only")],
        required=True,
        default="treated",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("running", "Under way"),
            ("stuck", "Needs attention"),
            ("done", "Went through"),
            ("left", "Left early"),
        ],
        required=True,
        default="running",
        readonly=True,
        index=True,
        group_expand=True,
    )
    live = LiveFlag(compute="_compute_live", store=True)
    cause = fields.Selection(
        [("event", "As it happened"), ("sweep", "At night"), ("hand", "By hand")],
        "How It Began",
        required=True,
        default="sweep",
        readonly=True,
    )
    entered_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    entered_on = fields.Date(required=True, readonly=True, help="The day this speaks of.")
    ended_at = fields.Datetime(readonly=True)
    exit_reason = fields.Selection(
        selection="_selection_exit_reason", string="Left Because", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        tracking=True,
        domain=lambda self: self.env["retention.alert"]._user_domain(),
    )
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    zone = fields.Char("Time Zone", readonly=True)
    source_model = fields.Char(readonly=True)
    source_id = fields.Many2oneReference("Occasion", model_field="source_model", readonly=True)
    run_ids = fields.One2many("retention.sop.step.run", "enrollment_id", "Steps", readonly=True)
    step_id = fields.Many2one(
        "retention.sop.step", "Next Step", compute="_compute_next", search="_search_step_id"
    )
    next_at = fields.Datetime(compute="_compute_next")
    error = fields.Text(compute="_compute_error")

    orders_before = fields.Integer(
        "Purchases Before", readonly=True, aggregator=None, export_string_translation=False
    )
    goal_on = fields.Date("Goal Reached On", readonly=True)
    replied_on = fields.Date("Answered On", readonly=True)
    purchased_on = fields.Date("Bought On", readonly=True)
    revenue = fields.Monetary(
        readonly=True, help="Net purchases within the goal window, without tax."
    )
    measured_until = fields.Date(readonly=True, help="Purchases up to this day are counted.")
    cost = fields.Monetary(readonly=True, help="Work and other cost of the steps done.")

    # Event and sweep meet here: whoever comes second finds the first.
    _occasion_uniq = models.Constraint(
        "UNIQUE (root_id, partner_id, contact_id, company_id, anchor_date, number)",
        "A customer enters a procedure once for each occasion.",
    )
    _live_check = models.Constraint(
        "CHECK ((live IS TRUE) = (state IN ('running', 'stuck')))",
        "An enrollment is live until it ends.",
    )
    _live_idx = models.Index("(company_id, partner_id) WHERE live IS TRUE")

    # ---------------------------------------------------------------- computed values
    @api.model
    def _exit_reasons(self):
        """Return {code: label} of why an enrollment ends early. Hook for bridges."""
        return {
            "goal": self.env._("Reached the goal"),
            "purchase": self.env._("Has bought"),
            "unsuitable": self.env._("No longer suitable"),
            "opted_out": self.env._("Does not want it"),
            "gone": self.env._("Contact no longer there"),
            "joined": self.env._("Joined with another contact"),
            "replaced": self.env._("Something more urgent began"),
            "refused": self.env._("Not approved"),
            "condition": self.env._("Condition not met"),
            "sop_ended": self.env._("Procedure archived"),
            "hand": self.env._("Taken out by hand"),
        }

    @api.model
    def _selection_exit_reason(self):
        return list(self._exit_reasons().items())

    @api.depends("state")
    def _compute_live(self):
        for enrollment in self:
            enrollment.live = enrollment.state in ("running", "stuck")

    @api.depends("run_ids.state", "run_ids.due_at")
    def _compute_next(self):
        for enrollment in self:
            run = enrollment.run_ids.filtered(lambda r: r.state in ("waiting", "open", "failed"))[
                :1
            ]
            enrollment.step_id = run.step_id
            enrollment.next_at = run.due_at

    def _search_step_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            (
                "run_ids",
                "any",
                [("state", "in", ("waiting", "open", "failed")), ("step_id", "in", list(value))],
            )
        ]

    @api.depends("run_ids.error", "run_ids.state")
    def _compute_error(self):
        for enrollment in self:
            failed = enrollment.run_ids.filtered("error")[-1:]
            enrollment.error = failed.error if failed.state in ("failed", "waiting") else False

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [{**vals, "live": True} for vals in vals_list]
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(RetentionEnrollment, quiet).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not self.env.su and vals.keys() - {"user_id", "team_id"} - self._thread_fields():
            raise AccessError(self.env._("An enrollment can only be changed by its buttons."))
        return super().write(vals)

    @api.model
    def _thread_fields(self):
        return {name for name in self._fields if name.startswith(("message_", "activity_"))}

    def _engine(self):
        """Return these for the engine's work: its rights, nobody told of each task."""
        return self.sudo().with_context(
            mail_activity_quick_update=True,
            tracking_disable=True,
            mail_create_nosubscribe=True,
            retention_sop_engine=True,
        )

    # ---------------------------------------------------------------- mail
    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"] if self.env.context.get("retention_to_customer") else []

    def message_update(self, msg_dict, update_vals=None):
        """An answer arrived; a colleague's is none. Core's gateway calls it with all rights."""
        self.check_access("write")
        author = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or ())
        if author.partner_share or not author:
            self._engine()._replied(fields.Date.to_date(msg_dict.get("date")))
        return super().message_update(msg_dict, update_vals)

    # ---------------------------------------------------------------- actions
    def action_leave(self):
        """Take these customers out of the procedure; their open tasks are closed."""
        self.check_access("write")
        check_many(self)
        self._engine()._leave("hand", fields.Datetime.now())
        return True

    def action_retry(self):
        """Try the failed step again with the next run."""
        self.check_access("write")
        check_many(self)
        self._engine()._retry(fields.Datetime.now())
        return True

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
            "context": {"retention_page": True},
        }
