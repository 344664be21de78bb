from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class RetentionReason(models.Model):
    """What one signal says of one customer: its points, its sentence and its records.

    Written by the engine when the points change; the sentence is worded on reading, from the
    measure that was taken then and the profile as it is.
    """

    _name = "retention.reason"
    _description = "Churn Reason"
    _order = "points desc, id"
    _rec_name = "signal_id"
    _allow_sudo_commands = False

    profile_id = fields.Many2one(
        "retention.profile", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Contact")
    signal_id = fields.Many2one("retention.signal", required=True, index=True, ondelete="cascade")
    points = fields.Integer(readonly=True, help="Its part of the risk score.")
    earned = fields.Integer(
        "Points Earned", readonly=True, help="Before signals without data are left out."
    )
    fires = fields.Boolean("Opens an Alert", readonly=True, help="Whatever the score says.")
    since = fields.Date(readonly=True, help="The day these points were first given.")
    evidence = fields.Json(readonly=True)
    sentence = fields.Char("Reason", compute="_compute_sentence")
    remedy = fields.Char("What Would Lower It", compute="_compute_sentence")

    _profile_signal_uniq = models.Constraint(
        "UNIQUE (profile_id, signal_id)", "A signal speaks once of a customer."
    )

    @api.depends("evidence", "signal_id", "since", "profile_id.last_order_date")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for reason in self:
            signal = reason.signal_id
            code = signal.type
            word = getattr(signal, f"_sentence_{code}", signal._sentence)
            heal = getattr(signal, f"_remedy_{code}", signal._remedy)
            reason.sentence = word(reason)
            reason.remedy = heal(reason)

    def _measure(self):
        """Return what was measured when the points were given."""
        return (self.evidence or {}).get("measure", 0)

    def _anchor(self):
        """Return the day a measure of days counts from, as users write dates."""
        on = fields.Date.to_date((self.evidence or {}).get("on")) or self.since
        return format_date(self.env, on - timedelta(days=int(self._measure())))

    def action_open_records(self):
        """Open the records this reason speaks of."""
        self.ensure_one()
        self.check_access("read")
        signal = self.signal_id
        return getattr(signal, f"_records_{signal.type}", signal._records)(self)
