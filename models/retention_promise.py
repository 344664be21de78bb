from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain


class RetentionPromise(models.Model):
    """What somebody promised a customer; its owner keeps it, and says what proves it."""

    _name = "retention.promise"
    _description = "Promise"
    _inherit = ["retention.file.reminder"]
    _order = "due_date, id"
    _rec_names_search = ["name", "partner_id"]
    _allow_sudo_commands = False
    _reminder_type = "customer_retention.activity_type_promise"
    _reminder_fields = frozenset({"name", "due_date", "user_id", "state"})

    name = fields.Char("Promise", required=True, help="What was promised.")
    due_date = fields.Date(
        "Due", required=True, index=True, help="Until this day it is kept; its owner is reminded."
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._owner_domain(),
    )
    state = fields.Selection(
        [
            ("open", "Promise open"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("dropped", "Withdrawn"),
        ],
        required=True,
        default="open",
        copy=False,
        index=True,
        group_expand=True,
    )
    closed_on = fields.Date(readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    proof = fields.Text(copy=False, help="What shows that it was kept: needed to close it.")
    proof_file_ids = fields.Many2many(
        "ir.attachment",
        "retention_promise_proof_rel",
        "promise_id",
        "attachment_id",
        "Proof Files",
        copy=False,
        bypass_search_access=True,
        help="A delivery note or a mail: what shows that it was kept.",
    )
    explanation = fields.Text(copy=False, help="Why it was broken: what the customer was told.")
    compensation = fields.Text(copy=False, help="What the customer gets for it.")
    interaction_id = fields.Many2one(
        "retention.interaction",
        "Made In",
        index="btree_not_null",
        ondelete="set null",
        help="The talk in which it was promised.",
    )
    order_id = fields.Many2one(
        "sale.order",
        "Quotation or Order",
        index="btree_not_null",
        ondelete="set null",
        help="The quotation or order that the promise is about.",
    )

    _open_idx = models.Index("(user_id, due_date) WHERE state = 'open'")

    # ---------------------------------------------------------------- overdue
    @api.depends("state", "due_date", "company_id")
    def _compute_is_overdue(self):
        today = {company: company._retention_today() for company in self.company_id}
        for promise in self:
            promise.is_overdue = bool(
                promise.state == "open"
                and promise.due_date
                and promise.due_date < today[promise.company_id]
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_date", "<", company._retention_today())
            for company in self.env["res.company"]._retention_companies()
        ) & Domain("state", "=", "open")
        found = Domain.FALSE
        if True in value:
            found |= overdue
        if False in value:
            found |= ~overdue
        return found

    # ---------------------------------------------------------------- checks
    @api.constrains("state", "proof", "proof_file_ids", "explanation", "compensation")
    def _check_closed(self):
        for promise in self:
            if promise.state == "kept" and not (
                (promise.proof or "").strip() or promise.proof_file_ids
            ):
                raise ValidationError(
                    self.env._("Say or attach what proves that the promise was kept.")
                )
            if promise.state == "broken" and not (
                (promise.explanation or "").strip() and (promise.compensation or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "A broken promise needs the explanation given to the customer and "
                        "what they get for it."
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        self.filtered(lambda promise: promise.state == "open")._check_owner_access()

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._claim_files("proof_file_ids")
        promises._date_closing()
        return promises

    def write(self, vals):
        was_open = self.filtered(lambda promise: promise.state == "open")
        result = super().write(vals)
        if "proof_file_ids" in vals:
            self._claim_files("proof_file_ids")
        if "state" in vals:
            self._date_closing()
            was_open._finish_reminder()
        return result

    def _date_closing(self):
        for company, promises in self.grouped("company_id").items():
            opened = promises.filtered(lambda p: p.state == "open" and p.closed_on)
            opened.closed_on = False
            closed = promises.filtered(lambda p: p.state != "open" and not p.closed_on)
            if closed:
                closed.closed_on = company._retention_today()

    # ---------------------------------------------------------------- reminder
    def _reminder_values(self):
        self.ensure_one()
        if self.state != "open":
            # Kept and broken finish their activity, see _finish_reminder.
            return None
        return {"summary": self.name, "date_deadline": self.due_date, "user_id": self.user_id.id}

    def _sync_reminder(self):
        withdrawn = self.filtered(lambda promise: promise.state in ("open", "dropped"))
        return super(RetentionPromise, withdrawn)._sync_reminder()

    def _finish_reminder(self):
        for promise in self.filtered(lambda promise: promise.state in ("kept", "broken")):
            activity = promise.reminder_id.sudo().filtered("active")
            activity.action_feedback(feedback=promise.proof or promise.explanation)

    def _reminder_done(self, feedback, attachment_ids):
        """With words or files: kept, and they are the proof. Without: ask for them.

        Whoever clicks "Done" means that it is done, so nothing is refused: the promise stays
        open and its activity comes back for the same day, asking for the proof.
        """
        for promise in self.filtered(lambda promise: promise.state == "open"):
            if (feedback or "").strip() or attachment_ids:
                promise.write(
                    {
                        "state": "kept",
                        "proof": feedback or promise.proof,
                        "proof_file_ids": [Command.link(i) for i in attachment_ids or []],
                    }
                )
            else:
                values = promise._reminder_values()
                values["summary"] = self.env._("Kept? Note the proof: %s", promise.name)
                promise._schedule_reminder(values)

    # ---------------------------------------------------------------- actions
    def action_kept(self):
        """Ask for the proof, then mark as kept."""
        return self._action_close("kept")

    def action_broken(self):
        """Ask for explanation and compensation, then mark as broken."""
        return self._action_close("broken")

    def _action_close(self, result):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.promise.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_id": self.id, "default_result": result},
            "name": self.env._("Promise Kept")
            if result == "kept"
            else self.env._("Promise Broken"),
        }

    def action_withdraw(self):
        """The customer no longer wants it, or it was noted by mistake."""
        self.check_access("write")
        self.write({"state": "dropped"})
        return True

    def action_reopen(self):
        self.check_access("write")
        self.write({"state": "open"})
        return True
