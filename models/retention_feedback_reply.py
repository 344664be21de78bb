"""The closed loop: who is unhappy or asks for it gets an answer, and we know that they did."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..analytics import voice


class RetentionFeedback(models.Model):
    _inherit = "retention.feedback"

    wants_contact = fields.Boolean(
        "Asks to Be Contacted",
        compute="_compute_wants_contact",
        store=True,
        precompute=True,
        readonly=False,
        help="The customer asked for an answer; somebody is told.",
    )
    needs_reply = fields.Boolean(
        "Needs an Answer",
        compute="_compute_needs_reply",
        store=True,
        precompute=True,
        readonly=False,
        help="Unhappy answers, and those that ask for it.",
    )
    answered_on = fields.Date("Customer Told On", readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", "Told By", readonly=True, copy=False)
    reply = fields.Text("What the Customer Was Told", copy=False)
    reply_state = fields.Selection(
        [
            ("none", "Nothing to answer"),
            ("open", "Waiting for our answer"),
            ("told", "Customer was told"),
        ],
        "Our Answer",
        compute="_compute_reply_state",
        search="_search_reply_state",
    )

    @api.depends("comment")
    def _compute_wants_contact(self):
        for answer in self:
            answer.wants_contact = voice.asks_for_contact(answer.comment)

    @api.depends("answer_class", "wants_contact", "partner_id")
    def _compute_needs_reply(self):
        for answer in self:
            unhappy = answer.answer_class == "bad" or answer.wants_contact
            answer.needs_reply = bool(answer.partner_id) and unhappy

    @api.depends("needs_reply", "answered_on")
    def _compute_reply_state(self):
        for answer in self:
            waiting = "open" if answer.needs_reply else "none"
            answer.reply_state = "told" if answer.answered_on else waiting

    def _search_reply_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        told = Domain("answered_on", "!=", False)
        needed = Domain("needs_reply", "=", True)
        found = {"told": told, "open": ~told & needed, "none": ~told & ~needed}
        return Domain.OR(found[state] for state in value if state in found)

    def action_told(self):
        """The customer knows what came of it."""
        self.check_access("write")
        for company, answers in self.grouped("company_id").items():
            answers.filtered(lambda one: not one.answered_on).write(
                {"answered_on": company._retention_today(), "answered_by_id": self.env.uid}
            )
        return True

    def action_not_told(self):
        self.check_access("write")
        self.write({"answered_on": False, "answered_by_id": False})
        return True
