from odoo import api, fields, models
from odoo.tools import SQL

ENOUGH = 10  # answered alerts before a signal is called noisy
MANAGER = "customer_retention.group_manager"


class RetentionSignal(models.Model):
    """How much a signal's alerts were worth."""

    _inherit = "retention.signal"

    alert_count = fields.Integer(
        "Alerts",
        compute="_compute_statistics",
        groups=MANAGER,
        help="Alerts it opened or joined.",
    )
    real_count = fields.Integer(
        "Real",
        compute="_compute_statistics",
        groups=MANAGER,
        help="Closed as saved or gone: there was something.",
    )
    false_count = fields.Integer("False Alarms", compute="_compute_statistics", groups=MANAGER)
    real_share = fields.Float(
        "Real (%)",
        compute="_compute_statistics",
        groups=MANAGER,
        digits=(5, 1),
        help="Of those that were real or false alarms.",
    )
    lead_days = fields.Integer(
        "Lead Time (days)",
        compute="_compute_statistics",
        groups=MANAGER,
        help="Median days from the warning to the day the customer counted as lost.",
    )
    is_noisy = fields.Boolean(
        "Noisy",
        compute="_compute_statistics",
        groups=MANAGER,
        help="At least ten answers, more than half of them false alarms.",
    )

    def _compute_statistics(self):
        found = self.env["retention.metrics"]._signal_statistics(self.ids)
        for signal in self:
            alerts, real, false, lead = found.get(signal.id, (0, 0, 0, None))
            signal.alert_count = alerts
            signal.real_count = real
            signal.false_count = false
            signal.real_share = 100 * real / (real + false) if real + false else 0
            signal.lead_days = round(lead) if lead is not None else 0
            signal.is_noisy = real + false >= ENOUGH and false > real


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _signal_statistics(self, signal_ids):
        """Return {signal id: (alerts, real ones, false alarms, median lead days or None)}."""
        self._flush_alerts()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.signal_id, COUNT(DISTINCT alert.id),
                          COUNT(DISTINCT alert.id)
                              FILTER (WHERE alert.outcome IN ('saved', 'gone')),
                          COUNT(DISTINCT alert.id)
                              FILTER (WHERE alert.outcome = 'false_alarm'),
                          PERCENTILE_CONT(0.5) WITHIN GROUP
                              (ORDER BY profile.churned_on - line.opened_on)
                              FILTER (WHERE alert.outcome = 'gone'
                                      AND profile.churned_on >= line.opened_on)
                   FROM retention_alert_line line
                   JOIN retention_alert alert ON alert.id = line.alert_id
                   LEFT JOIN retention_profile profile ON profile.id = alert.profile_id
                   WHERE line.signal_id = ANY(%s)
                   AND alert.close_reason IS DISTINCT FROM 'merged'
                   GROUP BY line.signal_id""",
                list(signal_ids),
            )
        )
        return {signal_id: tuple(figures) for signal_id, *figures in rows}
