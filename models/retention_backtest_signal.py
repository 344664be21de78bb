"""The changed rules of a back-test, and how they go live."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..analytics import risk
from .retention_backtest import SETTINGS


class RetentionBacktestSignal(models.Model):
    """A signal as a back-test tries it."""

    _name = "retention.backtest.signal"
    _description = "Signal of a Back-Test"
    _order = "backtest_id, id"
    _rec_name = "signal_id"
    _allow_sudo_commands = False

    backtest_id = fields.Many2one(
        "retention.backtest", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backtest_id.company_id", store=True, index=True)
    signal_id = fields.Many2one(
        "retention.signal",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', '=', company_id)]",
        help="The signal whose rules are changed for the try.",
    )
    group = fields.Selection(related="signal_id.group")
    unit = fields.Selection(related="signal_id.unit")
    threshold_count = fields.Integer(related="signal_id.threshold_count")
    replayable = fields.Boolean(related="signal_id.replayable")
    active = fields.Boolean("In Use", default=True)
    points = fields.Integer(
        "Maximum Points", help="What the signal adds to the risk score at most."
    )
    threshold_1 = fields.Float(
        "Above", digits=(10, 1), help="Above this value the signal gives its first points."
    )
    threshold_2 = fields.Float("Above (2)", digits=(10, 1), help="Above this value it gives more.")
    threshold_3 = fields.Float(
        "Above (3)", digits=(10, 1), help="Above this value it gives all its points."
    )
    opens_alert = fields.Boolean(
        "Opens an Alert", help="The signal opens an alert by itself, whatever the score."
    )
    alert_from = fields.Float(
        "Alert Above",
        digits=(10, 1),
        help="From this value on the signal opens an alert by itself, whatever the score.",
    )
    only_high_value = fields.Boolean(
        "Only High-Value Customers", help="The signal opens alerts of high-value customers only."
    )
    is_changed = fields.Boolean(
        "Changed",
        compute="_compute_is_changed",
        help="The rules of the signal differ from those in use.",
    )

    _signal_uniq = models.Constraint(
        "UNIQUE (backtest_id, signal_id)", "A back-test has each signal once."
    )

    @api.depends(*SETTINGS, *(f"signal_id.{name}" for name in SETTINGS), "backtest_id.result_ids")
    def _compute_is_changed(self):
        """Compare with the rules as they are; once started, with what was replayed."""
        for test, lines in self.grouped("backtest_id").items():
            present = test.result_ids.filtered(lambda result: result.side == "present")
            rows = {row["id"]: row for row in (present.config or {}).get("signals", ())}
            for line in lines:
                now = rows.get(line.signal_id.id) or line.signal_id._settings()
                line.is_changed = any(now[name] != line[name] for name in SETTINGS)

    def _settings(self):
        return {name: self[name] for name in SETTINGS}

    def _points_more(self):
        """Return how many points more the company's card would have."""
        now = self.signal_id
        return (self.points if self.active else 0) - (now.points if now.active else 0)

    def write(self, vals):
        if any(line.backtest_id.state != "draft" for line in self):
            raise UserError(
                self.env._("A back-test that was started is kept as it is. Duplicate it instead.")
            )
        return super().write(vals)


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    def _settings(self):
        """Return what a company decides about this signal, {field: value}."""
        self.ensure_one()
        return {name: self[name] for name in SETTINGS}

    @api.model
    def _all_of_company(self, company):
        """Return the company's signals, also those not in use, in card order."""
        self._of_company(company)  # adds those it lacks
        order = {code: position for position, code in enumerate(self._signal_types())}
        found = self.sudo().with_context(active_test=False)
        found = found.search([("company_id", "=", company.id), ("type", "in", list(order))])
        return found.sorted(lambda signal: order[signal.type])

    @api.model
    def _replayed(self, config):
        """Return unsaved signals as a configuration of a back-test has them, in card order."""
        found = self.browse(row["id"] for row in config["signals"]).exists()
        known = self._signal_types()
        place = {code: position for position, code in enumerate(known)}
        rows = {row["id"]: row for row in config["signals"] if row["active"]}
        used = found.filtered(lambda s: s.id in rows and s.type in known)
        return self.concat(
            *(
                self.new({name: rows[signal.id][name] for name in SETTINGS}, origin=signal)
                for signal in used.sorted(lambda signal: place[signal.type])
            )
        )

    @api.onchange(*SETTINGS)
    def _onchange_settings(self):
        """Ask for a back-test before a changed rule goes live."""
        if not self.env.user.has_group("customer_retention.group_advanced"):
            return None
        return {
            "warning": {
                "type": "notification",
                "title": self.env._("Back-test it first?"),
                "message": self.env._(
                    "Changes apply with the next run. To see what they would have done in the "
                    'last 24 months, discard this and press "Back-Test a Change".'
                ),
            }
        }

    @api.model
    def action_backtest(self):
        """Open a back-test with a copy of the signals, to be changed there."""
        return self.env["retention.backtest"].action_new()


class RetentionRiskCard(models.Model):
    _inherit = "retention.risk.card"

    def action_backtest(self):
        """Open a back-test of this card, before it is used."""
        self.ensure_one()
        self.check_access("read")
        test = self.env["retention.backtest"].create(
            {
                "company_id": self.company_id.id,
                "name": self.display_name,
                "card_choice": "fitted",
                "card_id": self.id,
            }
        )
        return test._open()


class RetentionBacktest(models.Model):
    _inherit = "retention.backtest"

    def _check_draft(self):
        """Check the changed rules as the signals would.

        :raises ValidationError: saying which is wrong
        """
        if self.card_choice == "fitted" and not self.card_id:
            raise ValidationError(self.env._("Choose the card whose fitted points are tried."))
        lines = self.signal_ids
        signals = self.env["retention.signal"]
        groups = dict(signals._fields["group"]._description_selection(self.env))
        for group, most in risk.GROUP_MAXIMA.items():
            total = sum(x.points for x in lines if x.group == group and x.active)
            if total > most:
                raise ValidationError(
                    self.env._(
                        "%(group)s: the signals have %(total)s points together, at most "
                        "%(most)s are allowed. Lower another signal of this group first.",
                        group=groups[group],
                        total=total,
                        most=most,
                    )
                )
        if any(line.points < 0 for line in lines):
            raise ValidationError(self.env._("Points cannot be below zero."))
        for line in lines:
            signals.new(line._settings(), origin=line.signal_id)._check_thresholds()

    def action_take_over(self):
        """Write the changed rules to the company's signals; they apply with the next run."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "done" or not self.has_changes:
            raise UserError(self.env._("Only changed rules that were replayed can be taken over."))
        lines = self.signal_ids.filtered(lambda x: x._settings() != x.signal_id._settings())
        # Less first: at no time has a group more points than it may.
        for line in lines.sorted(lambda line: line._points_more()):
            line.signal_id.write(line._settings())
        if self.card_choice == "fitted" and self.card_id.state != "active":
            self.card_id.action_use()
        elif self.card_choice == "expert" and self.company_id.retention_risk_card_id:
            self.company_id.retention_risk_card_id.action_back_to_expert()
        today = self.company_id._retention_today()
        self.sudo().write({"taken_by_id": self.env.user.id, "taken_on": today})
        return True
