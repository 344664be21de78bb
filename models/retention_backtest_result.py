"""What a back-test found: one row per rules tried, and theirs by month, tenth and alert."""

from odoo import api, fields, models

SIDES = [("present", "Rules as they were"), ("changed", "Changed rules")]


class RetentionBacktestRow(models.AbstractModel):
    """Something that one set of rules led to."""

    _name = "retention.backtest.row"
    _description = "Row of a Back-Test"
    _allow_sudo_commands = False

    backtest_id = fields.Many2one(
        "retention.backtest", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backtest_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    side = fields.Selection(SIDES, "Rules", required=True, readonly=True)


class RetentionBacktestResult(models.Model):
    """The figures of one set of rules."""

    _name = "retention.backtest.result"
    _description = "Result of a Back-Test"
    _inherit = "retention.backtest.row"
    _order = "backtest_id desc, side desc"
    _rec_name = "side"

    config = fields.Json("Technical Rules", readonly=True)
    memory = fields.Binary("Technical Memory", attachment=False, readonly=True)
    alerts = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Alerts the rules would have opened in all months together.",
    )
    judged = fields.Integer(
        "Alerts Judged", readonly=True, aggregator=None, help="Their window is over."
    )
    right = fields.Integer(
        "Right Alerts",
        readonly=True,
        aggregator=None,
        help="The customer bought nothing within the window.",
    )
    precision = fields.Float(
        "Right (%)", compute="_compute_shares", digits=(5, 1), help="Of the alerts judged."
    )
    left = fields.Integer(
        "Times Somebody Left",
        readonly=True,
        aggregator=None,
        help="Nothing bought within the window after a month end; each time without a purchase "
        "counts once.",
    )
    found = fields.Integer(
        "Found in Time", readonly=True, aggregator=None, help="An alert was open, not lost yet."
    )
    recall = fields.Float(
        "Found (%)", compute="_compute_shares", digits=(5, 1), help="Of those who left."
    )
    lead_days = fields.Float(
        "Days Ahead",
        readonly=True,
        digits=(8, 1),
        aggregator=None,
        help="Median from the alert to the day the customer was lost, of those who were.",
    )
    lead_count = fields.Integer("Lost after an Alert", readonly=True, aggregator=None)
    owners = fields.Integer(
        readonly=True, aggregator=None, help="People who would have got alerts."
    )
    weekly = fields.Float(
        "Alerts a Week",
        readonly=True,
        digits=(8, 1),
        aggregator=None,
        help="After the first month end, which finds what has gathered before.",
    )
    owner_weekly = fields.Float(
        "A Week per Owner", compute="_compute_shares", digits=(8, 1), help="On average."
    )
    value = fields.Monetary(
        "Value at Stake",
        readonly=True,
        aggregator=None,
        help="Value at stake of the alerts when they were opened.",
    )
    value_right = fields.Monetary(
        "Of Right Alerts", readonly=True, aggregator=None, help="Value at stake when they opened."
    )
    sentence = fields.Char("What It Means", compute="_compute_sentence")

    _side_uniq = models.Constraint(
        "UNIQUE (backtest_id, side)", "A back-test has each set of rules once."
    )

    @api.depends("judged", "right", "left", "found", "weekly", "owners")
    def _compute_shares(self):
        for result in self:
            result.precision = 100 * result.right / result.judged if result.judged else 0
            result.recall = 100 * result.found / result.left if result.left else 0
            result.owner_weekly = result.weekly / result.owners if result.owners else 0

    def action_alerts(self):
        """List the alerts these rules would have opened."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_backtest_alert"
        )
        action["domain"] = [("backtest_id", "=", self.backtest_id.id), ("side", "=", self.side)]
        return action


class RetentionBacktestMonth(models.Model):
    """One month end under one set of rules."""

    _name = "retention.backtest.month"
    _description = "Month of a Back-Test"
    _inherit = "retention.backtest.row"
    _order = "backtest_id desc, month, side desc"
    _rec_name = "month"

    month = fields.Date("Month End", required=True, readonly=True)
    alerts = fields.Integer(
        "Alerts Opened", readonly=True, help="Alerts the rules would have opened in the month."
    )
    live = fields.Integer(
        "Open at the End",
        readonly=True,
        aggregator=None,
        help="Alerts that would be open at the end of the month.",
    )
    judged = fields.Integer(
        "Alerts Judged", readonly=True, help="Alerts whose time to be watched is over."
    )
    right = fields.Integer("Right Alerts", readonly=True, help="Alerts whose customer did leave.")
    left = fields.Integer(
        "Times Somebody Left",
        readonly=True,
        help="How often customers left in the months that followed.",
    )
    found = fields.Integer(
        "Found in Time", readonly=True, help="Customers who left and had an alert before."
    )
    value = fields.Monetary(
        "Value at Stake", readonly=True, help="Value at stake of the alerts when they were opened."
    )


class RetentionBacktestDecile(models.Model):
    """A tenth of the customers by score, under one set of rules."""

    _name = "retention.backtest.decile"
    _description = "Tenth of a Back-Test"
    _inherit = "retention.backtest.row"
    _order = "backtest_id desc, number, side desc"
    _rec_name = "number"

    number = fields.Integer(
        "Tenth", readonly=True, aggregator=None, help="1: the highest scores of each month end."
    )
    customers = fields.Integer("Customers Judged", readonly=True)
    left = fields.Integer(
        "Left Afterwards",
        readonly=True,
        help="Customers of this tenth who left within the time watched.",
    )
    share = fields.Float(
        "Left Afterwards (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Of the customers of this tenth who could be judged.",
    )
    lift = fields.Float(
        digits=(5, 2),
        readonly=True,
        aggregator="avg",
        help="Times as many left as among all customers. Equal scores are never in two tenths.",
    )


class RetentionBacktest(models.Model):
    _inherit = "retention.backtest"

    def action_tenths(self):
        """Show the lift by tenth of both rules as a graph."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_backtest_decile"
        )
        action["domain"] = [("backtest_id", "=", self.id)]
        return action


class RetentionBacktestAlert(models.Model):
    """An alert that would have opened."""

    _name = "retention.backtest.alert"
    _description = "Alert of a Back-Test"
    _inherit = "retention.backtest.row"
    _order = "backtest_id desc, opened_on, value desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Owner", readonly=True, help="Who would take it today.")
    opened_on = fields.Date("Opened", required=True, readonly=True)
    closed_on = fields.Date("Cause Gone", readonly=True)
    lost_on = fields.Date("Customer Lost", readonly=True)
    outcome = fields.Selection(
        [
            ("right", "Bought nothing within the window"),
            ("wrong", "Bought within the window"),
            ("open", "Window not over"),
        ],
        "What Came After",
        required=True,
        readonly=True,
    )
    value = fields.Monetary("Value at Stake", readonly=True)
