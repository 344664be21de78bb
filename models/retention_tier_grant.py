from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .own_fields import LiveFlag

# What a manager may put right by hand; all else is written by the engine and the buttons.
BY_HAND = {"cost", "proof"}


class RetentionTierGrant(models.Model):
    """Who got which benefit, when and why, and when it was taken back. Written by the engine.

    Tasks of a benefit hang here, under the company's rule, not on the shared contact.
    """

    _name = "retention.tier.grant"
    _description = "Granted Benefit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "earned_on desc, id desc"
    _rec_names_search = ["partner_id", "benefit_id"]
    _allow_sudo_commands = False
    # Colleagues who may read a grant may discuss it and do its task.
    _mail_post_access = "read"

    profile_id = fields.Many2one(
        "retention.profile",
        "Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="profile_id.partner_id", string="Contact", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    tier_id = fields.Many2one(
        "retention.tier",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="The tier that the customer had entered.",
    )
    benefit_id = fields.Many2one(
        "retention.tier.benefit", required=True, index=True, readonly=True, ondelete="restrict"
    )
    type = fields.Selection(related="benefit_id.type", string="Kind of Benefit")
    state = fields.Selection(
        [
            ("waiting", "To be given"),
            ("given", "Given"),
            ("failed", "Could not be given"),
            ("taken_back", "Taken back"),
            ("kept", "Left with the customer"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    live = LiveFlag(default=True, readonly=True, help="Set until it is taken back.")
    held = fields.Boolean(
        "Waits for a Decision",
        readonly=True,
        help="The tier was only found out, not earned just now, or the task was deleted.",
    )
    earned_on = fields.Date(readonly=True, required=True)
    given_on = fields.Date(readonly=True)
    taken_back_on = fields.Date("Ended On", readonly=True)
    take_back_due = fields.Boolean(
        "To Be Taken Back", readonly=True, help="It could not be taken back yet."
    )
    cause = fields.Char("Technical Cause", readonly=True)
    end_cause = fields.Char("Technical Cause of the End", readonly=True)
    why = fields.Char("Given Because", compute="_compute_why")
    end_why = fields.Char("Ended Because", compute="_compute_why")
    evidence = fields.Json(readonly=True)
    before = fields.Json(readonly=True, help="What was there before, to be put back.")
    result = fields.Char("What Came of It", readonly=True)
    error = fields.Text("What Went Wrong", readonly=True)
    tries = fields.Integer(readonly=True, aggregator=None)
    activity_id = fields.Many2one(
        "mail.activity", "Task", readonly=True, index="btree_not_null", ondelete="set null"
    )
    enrollment_id = fields.Many2one(
        "retention.enrollment",
        "Procedure Started",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    cost = fields.Monetary(help="What it cost, without tax.")
    proof = fields.Char(help="What was given, where and by whom.")

    # Seen by the contact merge, and the last word on "once" whatever runs twice.
    _live_uniq = models.Constraint(
        "UNIQUE (profile_id, benefit_id, live)",
        "A benefit is given once for each stay in the tier.",
    )
    _ended_check = models.Constraint(
        "CHECK ((live IS TRUE) = (state IN ('waiting', 'given', 'failed')))",
        "A benefit is live until it is taken back or left with the customer.",
    )

    # ---------------------------------------------------------------- computed values
    @api.model
    def _causes(self):
        """Return {cause: words}. Hook."""
        return {
            "up": self.env._("Moved up"),
            "down": self.env._("Moved down"),
            "grace": self.env._("The grace is over"),
            "kept": self.env._("Tier reviewed"),
            "reviewed": self.env._("Tier reviewed"),
            "reversed": self.env._("The purchase that earned it was cancelled"),
            "locked": self.env._("Tier fixed by hand"),
            "hand": self.env._("By hand"),
            "manual": self.env._("Tier given by hand"),
            "first": self.env._("Tiers introduced"),
            "rules": self.env._("Rules changed"),
            "all": self.env._("Given to everybody in the tier"),
            "lost": self.env._("No longer in the tier"),
            "joined": self.env._("Contacts merged"),
            "leaving": self.env._("Taken back before uninstalling"),
        }

    @api.depends("cause", "end_cause")
    @api.depends_context("lang")
    def _compute_why(self):
        words = self._causes()
        for grant in self:
            grant.why = words.get(grant.cause, grant.cause)
            grant.end_why = words.get(grant.end_cause, grant.end_cause)

    @api.depends("benefit_id", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for grant in self:
            names = (grant.benefit_id.name, grant.partner_id.sudo().display_name)
            grant.display_name = " · ".join(name for name in names if name)

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(RetentionTierGrant, quiet).create(vals_list).with_env(self.env)

    def write(self, vals):
        thread = {name for name in vals if name.startswith(("message_", "activity_"))}
        if not self.env.su and vals.keys() - BY_HAND - (thread - {"activity_id"}):
            raise AccessError(self.env._("A granted benefit can only be changed by its buttons."))
        return super().write(vals)

    def _engine(self, company):
        """Return these for the engine's work in ``company``: its rights, nobody told."""
        return (
            self.sudo()
            .with_company(company)
            .with_context(
                mail_activity_quick_update=True,
                tracking_disable=True,
                mail_create_nosubscribe=True,
                retention_sop_engine=True,
            )
        )

    # ---------------------------------------------------------------- actions
    def _locked(self):
        """Yield (company, as of, now, these grants of it) for buttons, under its lock.

        :raises UserError: while the figures are being computed
        """
        self.check_access("write")
        now = fields.Datetime.now()
        for company, grants in self.grouped("company_id").items():
            if not self.env["retention.metrics"].sudo()._try_lock(company.id):
                raise UserError(
                    self.env._("The figures are being computed just now. Try again in a minute.")
                )
            yield company, company._retention_today(), now, grants._engine(company)

    def action_give(self):
        """Give what was held back or could not be given, now."""
        benefits = self.env["retention.tier.benefit"]
        for company, as_of, now, grants in self._locked():
            wanted = grants.filtered(
                lambda g: g.live and (g.state == "failed" or g.state == "waiting" and g.held)
            )
            benefits._engine(company)._grant(wanted, as_of, now)
        return True

    def action_mark_given(self):
        """Note that it was given without doing its task; the task is closed."""
        for _company, as_of, _now, grants in self._locked():
            wanted = grants.filtered(lambda g: g.state in ("waiting", "failed"))
            wanted._note_given(as_of)
            wanted._close_tasks(self.env._("Given"))
        return True

    def action_take_back(self):
        """Take these back now; they come back when the customer enters the tier again."""
        benefits = self.env["retention.tier.benefit"]
        for company, as_of, now, grants in self._locked():
            engine = benefits._engine(company)
            engine._take_back(grants.filtered("live"), as_of, now, {}, "hand")
        return True

    def action_open_partner(self):
        self.ensure_one()
        return self.profile_id.action_open_partner()

    # ---------------------------------------------------------------- tasks
    def _note_given(self, as_of, proofs=None):
        """A person gave these.

        :param proofs: {grant id: what was said of it}
        """
        for grant in self:
            values = {"state": "given", "given_on": as_of, "held": False, "error": False}
            if said := (proofs or {}).get(grant.id):
                values["proof"] = said
            grant.write({**values, "cost": grant.cost or grant.benefit_id.cost})

    def _close_tasks(self, why):
        tasks = self.activity_id.filtered("active")
        tasks.with_context(retention_grant_closed=True).write({"active": False, "feedback": why})
