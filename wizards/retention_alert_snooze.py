from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class RetentionAlertSnooze(models.TransientModel):
    """Asks for how long, and why, alerts are to rest."""

    _name = "retention.alert.snooze"
    _description = "Rest of a Churn Alert"

    alert_ids = fields.Many2many("retention.alert", string="Alerts", required=True)
    days = fields.Selection(
        [("7", "A week"), ("14", "Two weeks"), ("30", "A month")],
        "For",
        default="7",
        help="From today on; or choose a day.",
    )
    until = fields.Date(
        compute="_compute_until",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Until this day the alert rests and asks nobody.",
    )
    reason = fields.Char(required=True, help="Why it may rest, in your own words.")

    @api.depends("days", "alert_ids")
    def _compute_until(self):
        for wizard in self:
            company = wizard.alert_ids.company_id[:1] or self.env.company
            if wizard.days:
                today = company._retention_today()
                wizard.until = today + timedelta(days=int(wizard.days))

    def action_apply(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why it may rest."))
        self.alert_ids.action_snooze(until=self.until, reason=self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
