from odoo import api, fields, models


class RetentionReason(models.Model):
    """What one signal says of one customer: its points, its sentence and its records.

    Written by the engine when the points change; the sentence is worded on reading, from the
    anchors (days, amounts, dates) that were measured then.
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
    signal_id = fields.Many2one(
        "retention.signal", "Signal", required=True, index=True, ondelete="cascade"
    )
    points = fields.Integer(readonly=True, help="Its part of the risk score.")
    fires = fields.Boolean("Opens an Alert", readonly=True, help="Whatever the score says.")
    since = fields.Date(readonly=True, help="The day these points were first given.")
    evidence = fields.Json(readonly=True)
    sentence = fields.Char("Reason", compute="_compute_sentence")

    _profile_signal_uniq = models.Constraint(
        "UNIQUE (profile_id, signal_id)", "A signal speaks once of a customer."
    )

    @api.depends("evidence", "signal_id", "since")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for reason in self:
            reason.sentence = reason.signal_id.display_name
