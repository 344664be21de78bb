from odoo import api, fields, models


class RetentionAlertLine(models.Model):
    """One cause of an alert: a signal that opens alerts, or the risk level."""

    _name = "retention.alert.line"
    _description = "Cause of a Churn Alert"
    _order = "opened_on, id"
    _rec_name = "sentence"
    _allow_sudo_commands = False

    alert_id = fields.Many2one("retention.alert", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="alert_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="alert_id.partner_id", string="Customer")
    signal_id = fields.Many2one(
        "retention.signal", index="btree_not_null", ondelete="cascade", readonly=True
    )
    level = fields.Selection(
        selection="_selection_level", readonly=True, help="Where the risk level is the cause."
    )
    opened_on = fields.Date("Since", required=True, readonly=True)
    gone_on = fields.Date(readonly=True, help="The first night on which the cause was gone.")
    state = fields.Selection(
        [
            ("active", "Cause lasts"),
            ("resolved", "Cause gone"),
            ("answered", "Answered"),
        ],
        required=True,
        default="active",
        readonly=True,
        help="Answered: closed by a person while the cause lasted.",
    )
    holds = fields.Boolean(
        readonly=True, help="Answered: the same cause opens no new alert while it lasts."
    )
    hold_until = fields.Date(readonly=True, help="From this day on the cause may open one again.")
    evidence = fields.Json(readonly=True)
    sentence = fields.Char("Cause", compute="_compute_sentence")

    _cause_check = models.Constraint(
        "CHECK ((signal_id IS NULL) != (level IS NULL))", "A cause is a signal or a risk level."
    )
    _holds_idx = models.Index("(company_id) WHERE holds IS TRUE")
    _active_idx = models.Index("(company_id) WHERE state = 'active'")

    @api.model
    def _selection_level(self):
        levels = self.env["retention.alert"]._selection_risk_level()
        return [(code, label) for code, label in levels if code in ("high", "critical")]

    @api.depends("signal_id", "level", "evidence", "alert_id.profile_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        """Word the cause in the reader's language, from what was measured."""
        reasons = self.env["retention.reason"]
        by_signal = self.filtered("signal_id")
        current = {
            (reason.profile_id, reason.signal_id): reason
            for reason in reasons.search(
                [
                    ("profile_id", "in", by_signal.alert_id.profile_id.ids),
                    ("signal_id", "in", by_signal.signal_id.ids),
                ]
            )
        }
        levels = dict(self._selection_level())
        for line in self:
            if line.level:
                line.sentence = self.env._(
                    "Risk %(level)s, %(score)s of 100 points",
                    level=levels[line.level],
                    score=(line.evidence or {}).get("risk_score", 0),
                )
                continue
            reason = current.get((line.alert_id.profile_id, line.signal_id))
            if line.state != "active" or not reason:
                reason = reasons.new(
                    {
                        "profile_id": line.alert_id.profile_id.id,
                        "signal_id": line.signal_id.id,
                        "since": line.opened_on,
                        "evidence": line.evidence,
                    }
                )
            line.sentence = reason.sentence
