"""What was decided in a review: who does it until when, and what became of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

TYPE = "customer_retention.activity_type_review_decision"
REPEATED = {"name", "due_date", "user_id"}


class RetentionReviewDecision(models.Model):
    """A decision; its owner has an activity on the review, and the decision follows it."""

    _name = "retention.review.decision"
    _description = "Decision of a Review"
    _order = "due_date, id"
    _allow_sudo_commands = False

    review_id = fields.Many2one(
        "retention.review",
        "From Review",
        required=True,
        index=True,
        ondelete="cascade",
        help="The review in which it was decided.",
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    name = fields.Char("Decision", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=lambda self: self.env["retention.file.record"]._owner_domain(),
    )
    due_date = fields.Date(
        "Due", required=True, help="Until this day it is carried out; its owner gets an activity."
    )
    state = fields.Selection(
        [
            ("open", "Decision open"),
            ("done", "Decision carried out"),
            ("dropped", "Decision dropped"),
        ],
        required=True,
        default="open",
        index=True,
        copy=False,
    )
    result = fields.Text(
        "What Came of It",
        copy=False,
        help="What was done and what came of it; the next review shows it.",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        waiting = self.filtered(lambda decision: decision.state == "open")
        self.env["retention.review"]._check_people(waiting)

    @api.constrains("activity_id")
    def _check_activity(self):
        for decision in self:
            decision.activity_id._check_hangs_on(decision.review_id)

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions._refuse_finished()
        decisions._sync_activity()
        return decisions

    def write(self, vals):
        if {"name", "review_id"} & vals.keys():
            self._refuse_finished()
        result = super().write(vals)
        if "state" in vals:
            self._end_activity()
        if (REPEATED | {"state"}) & vals.keys():
            self._sync_activity()
        return result

    def unlink(self):
        self._refuse_finished()
        activities = self.activity_id.sudo()
        result = super().unlink()
        activities.filtered("active").unlink()
        return result

    def _refuse_finished(self):
        """What was decided stays as it is; who does it until when may change."""
        if any(decision.review_id.state == "done" for decision in self):
            raise UserError(self.env._("A finished review stays as it is."))

    # ---------------------------------------------------------------- activity
    def _sync_activity(self):
        """Have the activity of open decisions say what they say."""
        for decision in self.filtered(lambda decision: decision.state == "open"):
            wanted = {
                "summary": decision.name,
                "date_deadline": decision.due_date,
                "user_id": decision.user_id.id,
            }
            activity = decision.activity_id.sudo().filtered("active")
            if not activity:
                made = decision.review_id.activity_schedule(TYPE, automated=False, **wanted)
                decision.activity_id = made
                continue
            told = {
                "summary": activity.summary,
                "date_deadline": activity.date_deadline,
                "user_id": activity.user_id.id,
            }
            if told != wanted:
                activity.write(wanted)

    def _end_activity(self):
        """Finish the activity of what was carried out; of what was dropped there is none."""
        for decision in self:
            activity = decision.activity_id.sudo().filtered("active")
            if decision.state == "done":
                activity.action_feedback(feedback=decision.result or False)
            elif decision.state == "dropped":
                activity.unlink()

    # ---------------------------------------------------------------- actions
    def action_carried_out(self):
        self.check_access("write")
        self.write({"state": "done"})
        return True

    def action_drop(self):
        self.check_access("write")
        self.write({"state": "dropped"})
        return True

    def action_reopen(self):
        self.check_access("write")
        self.write({"state": "open"})
        return True


class RetentionReview(models.Model):
    _inherit = "retention.review"

    decision_ids = fields.One2many("retention.review.decision", "review_id", "Decisions")
    carried_ids = fields.Many2many(
        "retention.review.decision",
        "retention_review_carried_rel",
        "review_id",
        "decision_id",
        "From Earlier Reviews",
        readonly=True,
        copy=False,
        help="Decisions of the last review, and what is still open of those before it.",
    )

    def _carry_over(self):
        """Take over what the last review decided, and what older ones left open."""
        self.ensure_one()
        earlier = Domain("company_id", "=", self.company_id.id) & Domain("first", "<", self.first)
        last = self.search(earlier & Domain("kind", "=", self.kind), limit=1)
        older = self.env["retention.review.decision"].search(
            Domain("review_id", "any", earlier)
            & (Domain("state", "=", "open") | Domain("review_id", "=", last.id))
        )
        self.write({"carried_ids": [Command.set(older.ids)]})

    def _decision_rows(self, decisions):
        """Return decisions as they are now, fit for JSON."""
        return [
            {
                "name": decision.name,
                "owner": decision.user_id.sudo().name,
                "due": str(decision.due_date),
                "state": decision.state,
                "review": decision.review_id.name,
            }
            for decision in decisions
        ]

    def _shown_decisions(self, code, decisions):
        """Return decisions as texts: of a finished review as they were then."""
        kept = (self.figures or {}).get(code) if self.state == "done" else None
        rows = self._decision_rows(decisions) if kept is None else kept
        states = self.env["retention.review.decision"]._fields["state"]
        labels = dict(states._description_selection(self.env))
        return [
            {**row, "due": self._format(row["due"], "day"), "state": labels[row["state"]]}
            for row in rows
        ]


class MailActivity(models.Model):
    """What the owner does in the activity menu, the decision follows."""

    _inherit = "mail.activity"

    def _retention_decisions(self):
        """Return the open decisions, with the engine's rights, whose activity is among these."""
        decisions = self.env["retention.review.decision"].sudo()
        if not any(activity.res_model == "retention.review" for activity in self.sudo()):
            return decisions
        return decisions.search([("activity_id", "in", self.ids), ("state", "=", "open")])

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id") or vals.get("date_deadline"):
            for decision in self._retention_decisions():
                activity = decision.activity_id
                if (decision.user_id, decision.due_date) != (
                    activity.user_id,
                    activity.date_deadline,
                ):
                    decision.write(
                        {"user_id": activity.user_id.id, "due_date": activity.date_deadline}
                    )
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        decisions = self._retention_decisions()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if decisions:
            said = {"result": feedback} if (feedback or "").strip() else {}
            decisions.write({"state": "done", **said})
        return result

    def unlink(self):
        decisions = self._retention_decisions()
        result = super().unlink()
        if decisions and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            decisions.exists().write({"state": "dropped"})
        return result
