from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from ..analytics import schedule
from ..models.retention_sop_words import CHANNELS

MANAGER = "customer_retention.group_manager"
SHOWN = 200


class Going(NamedTuple):
    """A message that the machine would send: of ``run``, by ``channel``, at ``moment`` (UTC)."""

    run: object
    channel: str
    moment: datetime


class RetentionSendSwitch(models.TransientModel):
    """Lets messages of procedures leave by themselves, beside what would leave today."""

    _name = "retention.send.switch"
    _description = "Send to Customers"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company._retention_company()
    )
    is_on = fields.Boolean("Send to Customers", related="company_id.retention_send")
    no_server = fields.Boolean(compute="_compute_no_server")
    count = fields.Integer("Messages Until Midnight", compute="_compute_line_ids")
    line_ids = fields.One2many(
        "retention.send.switch.line", "wizard_id", "What Goes Out", compute="_compute_line_ids"
    )

    def _compute_no_server(self):
        self.no_server = not self.env["retention.sop.step"]._mail_works()

    @api.depends("company_id")
    def _compute_line_ids(self):
        runs = self.env["retention.sop.step.run"]
        for wizard in self:
            here = wizard._is_allowed()
            going = runs._going_out(wizard.company_id, fields.Datetime.now()) if here else []
            wizard.count = len(going)
            wizard.line_ids = [
                Command.create(
                    {
                        "partner_id": item.run.partner_id.id,
                        "contact_id": item.run.contact_id.id,
                        "sop_id": item.run.sop_id.id,
                        "step_id": item.run.step_id.id,
                        "channel": item.channel,
                        "moment": item.moment,
                    }
                )
                for item in going[:SHOWN]
            ] or False

    def action_switch_on(self):
        """From now on messages leave by themselves; what waited for it is due now."""
        self._switch(True)
        runs = self.env["retention.sop.step.run"]._held_by_switch(self.company_id)
        runs.write({"due_at": fields.Datetime.now()})
        self.env["retention.sop"]._wake_runner()
        return {"type": "ir.actions.act_window_close"}

    def action_switch_off(self):
        """From now on nothing leaves by itself; it waits."""
        self._switch(False)
        return {"type": "ir.actions.act_window_close"}

    def _is_allowed(self):
        mine = [company._retention_company() for company in self.env.companies]
        return self.env.user.has_group(MANAGER) and self.company_id in mine

    def _switch(self, on):
        self.ensure_one()
        self.check_access("write")
        if not self._is_allowed():
            raise AccessError(self.env._("Only managers of the company decide that."))
        self.company_id.sudo().retention_send = on


class RetentionSendSwitchLine(models.TransientModel):
    _name = "retention.send.switch.line"
    _description = "Message That Would Go Out"

    wizard_id = fields.Many2one(
        "retention.send.switch", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    sop_id = fields.Many2one("retention.sop", "Procedure", readonly=True)
    step_id = fields.Many2one("retention.sop.step", readonly=True)
    channel = fields.Selection(CHANNELS, "Way", readonly=True)
    moment = fields.Datetime("When", readonly=True)


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    @api.model
    def _held_by_switch(self, company):
        """Return, with the engine's rights, what only waits for "Send to customers"."""
        return (
            self.env["retention.enrollment"]
            ._engine()
            .env[self._name]
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "waiting"),
                    ("touch_id.state", "=", "deferred"),
                    ("touch_id.reason", "=", "sending_off"),
                ]
            )
        )

    @api.model
    def _going_out(self, company, now):
        """Return the Goings until midnight, as if sending were switched on, first ones first.

        The gate is asked for each, but nothing of what it says is kept.
        """
        zone = company._retention_timezone()
        tomorrow = schedule.local(now, zone).date() + timedelta(days=1)
        midnight = schedule.day_start(tomorrow, zone)
        held = self._held_by_switch(company)
        due = Domain(self._due_domain(midnight)) & Domain("company_id", "=", company.id)
        runs = (held | held.search(due)).with_context(retention_as_if_sending=True)
        asks = {}
        for step, mine in runs.grouped("step_id").items():
            asks |= step._asks(mine, now)
        asks = [
            # What is due later is asked for then; what waited for the switch, at once.
            ask._replace(moment=now if run in held else max(now, run.due_at))
            for key, ask in asks.items()
            if ask.automatic and (run := self.browse(key).with_env(runs.env))
        ]
        touches = self.env["retention.touch"].sudo()
        rules = set(touches._gate_rules()) - {"sending_off"}
        verdicts = touches._gate(company, asks, now, only=rules)
        going = []
        for ask in asks:
            verdict = verdicts[ask.key]
            moment = verdict.until if verdict.state == "defer" else ask.moment
            if verdict.state != "skip" and moment < midnight:
                going.append(Going(self.browse(ask.key).sudo(), ask.channel, moment))
        return sorted(going, key=lambda item: (item.moment, item.run.id))


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    def _sends(self):
        return self.env.context.get("retention_as_if_sending") or super()._sends()


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.model
    @api.readonly
    def action_send_status(self):
        """Return what stands above the procedures: whether messages leave by themselves.

        ``off``: procedures are switched on that write to customers, and must not yet;
        ``can_switch``: whether the caller decides that.
        """
        self.check_access("read")
        company = self.env.company._retention_company()
        kinds = self.env["retention.sop.step"]._contacting_types()
        running = [
            ("company_id", "=", company.id),
            ("state", "=", "active"),
            ("step_ids.type", "in", kinds),
        ]
        off = not company.sudo().retention_send
        return {
            "off": off and bool(self.search_count(running, limit=1)),
            "can_switch": self.env.user.has_group(MANAGER),
        }
