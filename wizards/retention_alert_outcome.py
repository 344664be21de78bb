from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RetentionAlertOutcome(models.TransientModel):
    """Asks what came of one alert or several, and closes them."""

    _name = "retention.alert.outcome"
    _description = "Outcome of a Churn Alert"

    alert_ids = fields.Many2many("retention.alert", string="Alerts", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    outcome = fields.Selection(
        selection="_selection_outcome",
        required=True,
        help="Saved is checked against the purchases of the 90 days that follow.",
    )
    root_cause = fields.Selection(
        selection="_selection_root_cause",
        required=True,
        help="Why the customer left, or wanted to.",
    )
    competitor_id = fields.Many2one("retention.competitor")
    offer = fields.Char("Offer Made", help="What was offered to make the customer stay.")
    attempt = fields.Text(
        "What Was Tried",
        compute="_compute_attempt",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Calls, visits and offers made to keep the customer.",
    )
    next_step = fields.Char(help="Becomes an activity on the closed alert.")
    next_step_date = fields.Date(help="On this day the next step is due for its owner.")

    @api.model
    def _selection_outcome(self):
        return self.env["retention.alert"]._fields["outcome"]._description_selection(self.env)

    @api.model
    def _selection_root_cause(self):
        return self.env["retention.alert"]._fields["root_cause"]._description_selection(self.env)

    @api.depends("alert_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.alert_ids.company_id[:1]

    @api.depends("alert_ids")
    def _compute_attempt(self):
        """What was kept of the task's feedback, else the last talk since the opening."""
        for wizard in self:
            # An unsaved form may name any alert: only one that the caller may read.
            found = wizard.alert_ids._origin.sudo(False)._filtered_access("read").sudo()
            alert = found if len(found) == len(wizard.alert_ids) == 1 else None
            if wizard.attempt or not alert:
                wizard.attempt = wizard.attempt or False
                continue
            wizard.attempt = alert.attempt or alert._last_talk_text()

    @api.constrains("root_cause", "competitor_id")
    def _check_competitor(self):
        for wizard in self:
            if wizard.root_cause == "competitor" and not wizard.competitor_id:
                raise ValidationError(self.env._("Say which competitor."))

    def action_apply(self):
        """Close the alerts with what was answered."""
        self.ensure_one()
        if not (self.attempt or "").strip():
            raise UserError(self.env._("Say what was tried."))
        self.alert_ids._close_by_person(
            {
                "outcome": self.outcome,
                "root_cause": self.root_cause,
                "competitor_id": self.competitor_id.id,
                "offer": self.offer,
                "attempt": self.attempt.strip(),
            }
        )
        if self.next_step or self.next_step_date:
            self.alert_ids._plan_next_step(self.next_step, self.next_step_date)
        return {"type": "ir.actions.act_window_close"}
