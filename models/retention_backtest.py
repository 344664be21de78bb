import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date

from .retention_signal import WEIGHING_FIELDS

_logger = logging.getLogger(__name__)
SETTINGS = tuple(sorted(WEIGHING_FIELDS))


class RetentionBacktest(models.Model):
    """Past month ends replayed with the rules as they are, and as they might be.

    Nothing of the customers is written. Each month end is a transaction of its own; killed at
    any point, the next call goes on after the last month that was committed.
    """

    _name = "retention.backtest"
    _description = "Back-Test"
    _order = "id desc"
    _allow_sudo_commands = False

    name = fields.Char("What Is Tried", help="For the people who read the result later.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    state = fields.Selection(
        [
            ("draft", "Not replayed yet"),
            ("waiting", "Waiting to be replayed"),
            ("running", "Being replayed"),
            ("done", "Replayed"),
            ("failed", "Replay failed"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
    )
    months = fields.Integer(
        "Month Ends",
        required=True,
        default=24,
        help="How many month ends are replayed, the latest ones first.",
    )
    as_of = fields.Date(
        "Purchases up to", readonly=True, copy=False, help="Later purchases were not looked at."
    )
    horizon_days = fields.Integer(
        "Window (days)",
        readonly=True,
        copy=False,
        help="Who buys nothing for this long, or for 1.5 times the own usual gap if that is "
        "longer, has left.",
    )
    card_choice = fields.Selection(
        [
            ("present", "The card as it is now"),
            ("expert", "Expert points"),
            ("fitted", "Fitted points of"),
        ],
        "Points by",
        required=True,
        default="present",
        help="Which points the changed rules use for the risk score.",
    )
    card_id = fields.Many2one(
        "retention.risk.card",
        "Fitted Points of",
        domain="[('company_id', '=', company_id), ('state', '!=', 'refused')]",
        check_company=True,
        help="The learned card whose points are tried.",
    )
    signal_ids = fields.One2many(
        "retention.backtest.signal",
        "backtest_id",
        "Signals",
        copy=True,
        context={"active_test": False},
    )
    skipped = fields.Json("Technical Skipped", readonly=True, copy=False)
    cursor = fields.Integer("Month Ends Done", readonly=True, copy=False)
    progress = fields.Float(
        compute="_compute_progress", aggregator=None, help="Of the month ends that are replayed."
    )
    error = fields.Text(readonly=True, copy=False)
    started_by_id = fields.Many2one("res.users", "Started by", readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    has_changes = fields.Boolean(compute="_compute_has_changes")
    taken_by_id = fields.Many2one("res.users", "Taken Over by", readonly=True, copy=False)
    taken_on = fields.Date("Taken Over on", readonly=True, copy=False)
    result_ids = fields.One2many("retention.backtest.result", "backtest_id", "Results")
    month_ids = fields.One2many("retention.backtest.month", "backtest_id", "By Month")
    decile_ids = fields.One2many("retention.backtest.decile", "backtest_id", "By Tenth")

    _months_check = models.Constraint(
        "CHECK (months BETWEEN 1 AND 60)", "A back-test replays between 1 and 60 month ends."
    )

    @api.depends("name", "create_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for test in self:
            day = format_date(self.env, test.create_date)
            unnamed = day and self.env._("Back-test of %s", day)
            test.display_name = test.name or unnamed or self.env._("New Back-Test")

    @api.depends("state", "cursor", "months")
    def _compute_progress(self):
        for test in self:
            share = test.cursor / test.months if test.months else 0
            test.progress = 100 if test.state == "done" else 100 * min(share, 1)

    @api.depends("state", "result_ids", "card_choice", "signal_ids.is_changed")
    def _compute_has_changes(self):
        for test in self:
            if test.state == "draft":
                changed = test.card_choice != "present"
                test.has_changes = changed or any(test.signal_ids.mapped("is_changed"))
            else:
                test.has_changes = "changed" in test.result_ids.mapped("side")

    # ---------------------------------------------------------------- the draft
    @api.model_create_multi
    def create(self, vals_list):
        """Give each new one an editable copy of the company's signals."""
        tests = super().create(vals_list)
        for test in tests.filtered(lambda test: not test.signal_ids):
            test.write({"signal_ids": self._signals_to_change(test.company_id)})
        return tests

    @api.onchange("company_id")
    def _onchange_company_id(self):
        """Show what can be changed before anything is saved."""
        if not self._origin:
            self.signal_ids = [Command.clear(), *self._signals_to_change(self.company_id)]

    @api.model
    def _signals_to_change(self, company):
        signals = self.env["retention.signal"]._all_of_company(company)
        return [
            Command.create({"signal_id": signal.id, **signal._settings()})
            for signal in signals.with_env(self.env)
        ]

    def write(self, vals):
        planned = {"months", "card_choice", "card_id", "signal_ids"} & vals.keys()
        if planned and any(test.state != "draft" for test in self):
            raise UserError(
                self.env._("A back-test that was started is kept as it is. Duplicate it instead.")
            )
        return super().write(vals)

    @api.model
    def action_new(self):
        """Open a new back-test of the current company's rules, to be changed there."""
        test = self.create({})
        return test._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ---------------------------------------------------------------- start
    def action_start(self):
        """Have it replayed in the background, with the rules as they are written down now."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("This back-test was started before."))
        self._check_draft()
        company = self.company_id
        last = self.env["retention.run"].sudo()._last_done(company)
        engine = self.sudo()
        # Not by commands: those are done with the rights of who asked, who may create none.
        engine.result_ids.unlink()
        engine.result_ids.create(
            [
                {"backtest_id": engine.id, "side": side, "config": config}
                for side, config in engine._configurations().items()
            ]
        )
        engine.write(
            {
                "state": "waiting",
                "as_of": last.as_of if last else company._retention_today(),
                "horizon_days": company.sudo().retention_risk_horizon_days,
                "skipped": engine._skipped_types(),
                "cursor": 0,
                "started_by_id": self.env.user.id,
                "started_at": fields.Datetime.now(),
            }
        )
        engine._wake()
        return True

    def action_go_on(self):
        """Go on after the last month that was replayed before the failure."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "failed":
            raise UserError(self.env._("Only a back-test that failed can go on."))
        self.sudo().write({"state": "waiting", "error": False})
        self.sudo()._wake()
        return True

    @api.model
    def _wake(self):
        self.env["retention.refresh.request"]._wake("customer_retention.cron_backtest")

    def _configurations(self):
        """Return {side: configuration}: the rules now, and the changed ones if any differ."""
        signals = self.env["retention.signal"]._all_of_company(self.company_id)
        present = {
            "card": self.company_id.retention_risk_card_id.id,
            "signals": [
                {"id": signal.id, **signal._settings()} for signal in signals if signal.replayable
            ],
        }
        changed = {
            "card": {"expert": False, "fitted": self.card_id.id}.get(
                self.card_choice, present["card"]
            ),
            "signals": [
                {"id": line.signal_id.id, **{name: line[name] for name in SETTINGS}}
                for line in self.signal_ids
                if line.signal_id.replayable
            ],
        }

        def compared(config):
            used = {row["id"]: row for row in config["signals"] if row["active"]}
            return config["card"], used

        same = compared(present) == compared(changed)
        return {"present": present} if same else {"present": present, "changed": changed}

    def _skipped_types(self):
        """Return the types of signals in use whose past values nobody can tell."""
        signals = self.env["retention.signal"]._of_company(self.company_id)
        return [signal.type for signal in signals if not signal.replayable]

    # ---------------------------------------------------------------- scheduled action
    @api.model
    def _cron_replay(self):
        """Replay what waits, the oldest first, a month end per transaction."""
        cron, failed = self.env["ir.cron"], None
        while test := self.search([("state", "in", ("waiting", "running"))], order="id", limit=1):
            left = test.months - test.cursor
            if not cron._commit_progress(remaining=max(left, 1)):
                return
            try:
                if not test._advance():
                    return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                return
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Back-test %s failed", test.id)
                test.write({"state": "failed", "error": str(error)})
                failed = error
            if not cron._commit_progress(1, remaining=max(left - 1, 0)):
                return
        if failed:
            raise failed

    def _advance(self):
        """Replay the next month end; say no while somebody else is at it.

        It writes nothing but its own records, so it waits for no run and none waits for it.
        """
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        self._step()
        return True
