from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
RISK = _lt("Risk level, or by hand")


class RetentionAlertReport(models.Model):
    """One row per alert with what can be summed: results per person, cause, competitor.

    How far it came is a funnel: who counts in a stage counts in all before it.

    Averages leave out alerts that have no such figure yet, such as days to a contact that
    never happened.
    """

    _name = "retention.alert.report"
    _description = "Alert Results"
    _auto = False
    _order = "opened_on desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "retention.alert": [
            "partner_id",
            "company_id",
            "user_id",
            "team_id",
            "state",
            "outcome",
            "root_cause",
            "competitor_id",
            "risk_level",
            "is_high_value",
            "opened_on",
            "closed_on",
            "first_touch_on",
            "date_deadline",
            "value_at_stake",
            "recovered_amount",
            "verification",
        ],
        "retention.alert.line": ["alert_id", "signal_id", "opened_on"],
        "res.company": ["currency_id"],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    state = fields.Selection(lambda self: self._same_selection("state"), readonly=True)
    outcome = fields.Selection(lambda self: self._same_selection("outcome"), readonly=True)
    root_cause = fields.Selection(lambda self: self._same_selection("root_cause"), readonly=True)
    risk_level = fields.Selection(lambda self: self._same_selection("risk_level"), readonly=True)
    competitor_id = fields.Many2one("retention.competitor", readonly=True)
    is_high_value = fields.Boolean("High-Value Customer", readonly=True)
    opened_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    signal_id = fields.Many2one(
        "retention.signal",
        "First Signal",
        readonly=True,
        falsy_value_label=RISK,
        help="The signal that opened the alert, or came first.",
    )
    opened = fields.Integer("Alerts Opened", readonly=True)
    taken_up = fields.Integer(
        "Alerts Taken Up",
        readonly=True,
        help="Left the queue: came to somebody with a day by which to contact the customer, or "
        "was worked on before.",
    )
    contacted = fields.Integer(
        "Contact Attempted",
        readonly=True,
        help="A call, visit or message to the customer was noted after the alert was opened, "
        "whether anybody answered or not.",
    )
    ended = fields.Integer(
        "Outcome Given",
        readonly=True,
        help="Closed as saved, gone or unreachable. False alarms, and alerts whose causes went "
        "away by themselves, are not among them.",
    )
    saved = fields.Integer(
        "Saves", readonly=True, help="Closed as saved: what the person who closed it says."
    )
    verified = fields.Integer(
        "Saves That Bought Again",
        readonly=True,
        help="Bought within 90 days of closing. Later alerts may still have time for it.",
    )
    lost = fields.Integer("Losses", readonly=True)
    save_rate = fields.Float(
        "Save Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Saved among those that were saved or gone.",
    )
    days_to_touch = fields.Float(
        "Days to First Contact",
        readonly=True,
        aggregator="avg",
        digits=(10, 1),
        help="Of the alerts whose customer was contacted.",
    )
    days_to_close = fields.Float("Days to Outcome", readonly=True, aggregator="avg", digits=(10, 1))
    value_at_stake = fields.Monetary(readonly=True)
    value_lost = fields.Monetary(
        readonly=True, help="Value that was at stake with customers who are gone."
    )
    recovered_amount = fields.Monetary("Recovered", readonly=True)

    def _same_selection(self, name):
        return self.env["retention.alert"]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL(
            """SELECT alert.id, alert.partner_id, alert.company_id, company.currency_id,
                      alert.user_id, alert.team_id, alert.state, alert.outcome,
                      alert.root_cause, alert.risk_level, alert.competitor_id,
                      alert.is_high_value, alert.opened_on, alert.closed_on,
                      first_line.signal_id, 1 AS opened,
                      (alert.state IN ('open', 'snoozed', 'missing')
                       OR alert.date_deadline IS NOT NULL OR alert.first_touch_on IS NOT NULL
                       OR alert.outcome IS NOT NULL)::int AS taken_up,
                      (alert.first_touch_on IS NOT NULL)::int AS contacted,
                      (alert.first_touch_on IS NOT NULL
                       AND alert.outcome IN ('saved', 'gone', 'unreachable'))::int AS ended,
                      (alert.outcome = 'saved')::int AS saved,
                      (alert.verification = 'verified')::int AS verified,
                      (alert.outcome = 'gone')::int AS lost,
                      CASE alert.outcome WHEN 'saved' THEN 100.0 WHEN 'gone' THEN 0.0 END
                          AS save_rate,
                      (alert.first_touch_on - alert.opened_on)::float AS days_to_touch,
                      CASE WHEN alert.outcome IS NOT NULL
                           THEN (alert.closed_on - alert.opened_on)::float END
                          AS days_to_close,
                      alert.value_at_stake,
                      CASE WHEN alert.outcome = 'gone' THEN alert.value_at_stake END
                          AS value_lost,
                      alert.recovered_amount
               FROM retention_alert alert
               JOIN res_company company ON company.id = alert.company_id
               LEFT JOIN LATERAL (SELECT line.signal_id FROM retention_alert_line line
                                  WHERE line.alert_id = alert.id
                                  ORDER BY line.signal_id IS NULL, line.opened_on, line.id
                                  LIMIT 1) first_line ON TRUE"""
        )
