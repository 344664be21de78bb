from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from .retention_sop_words import CHANNELS, PURPOSES


class RetentionTouch(models.Model):
    """One outgoing contact that asked the gate: done, held back, or given up.

    One row per request, written by :meth:`_record` only. The gate itself is in
    ``retention_gate.py``.
    """

    _name = "retention.touch"
    _description = "Touch"
    _order = "asked_at desc, id desc"
    _rec_names_search = ["partner_id", "contact_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The person it is for; the customer itself where there is nobody in particular.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    state = fields.Selection(
        [
            ("deferred", "Deferred"),
            ("done", "Touched"),
            ("skipped", "Not touched"),
            ("failed", "Could not be sent"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        "_selection_reason", readonly=True, help="The rule that holds it back or ended it."
    )
    asked_at = fields.Datetime(
        "Asked First", required=True, readonly=True, help="When it was first to happen."
    )
    date = fields.Datetime("Touched At", readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    tries = fields.Integer(
        "Held Back", readonly=True, aggregator="avg", help="How often it was held back."
    )
    log = fields.Text(readonly=True, help="One line each time: moment, rule, next try.")
    log_text = fields.Text("What Was Held Back", compute="_compute_log_text")
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, index="btree_not_null")
    automatic = fields.Boolean(readonly=True, help="Sent by itself, not by a person.")
    minutes = fields.Float("Minutes Spent", readonly=True, help="Minutes somebody spent on it.")
    cost = fields.Monetary(readonly=True, help="Work and channel together.")
    mail_id = fields.Many2one(
        "mail.mail",
        "Outgoing Mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    res_model = fields.Char("Origin Model", readonly=True)
    res_id = fields.Many2oneReference("Origin", model_field="res_model", readonly=True)
    note = fields.Text(readonly=True)

    _customer_idx = models.Index("(company_id, partner_id, date) WHERE state = 'done'")
    _waiting_idx = models.Index("(company_id, next_try_at) WHERE state = 'deferred'")
    _mail_idx = models.Index("(company_id, date) WHERE state = 'done' AND channel = 'mail'")
    _done_check = models.Constraint(
        "CHECK ((state = 'done') = (date IS NOT NULL))", "A touch has a date once it has happened."
    )
    _deferred_check = models.Constraint(
        "CHECK ((state = 'deferred') = (next_try_at IS NOT NULL))",
        "A touch that is deferred has a next try, others have none.",
    )

    @api.model
    def _selection_reason(self):
        return list(self._gate_rules().items())

    @api.depends("channel", "purpose", "contact_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        for touch in self:
            words = (
                channels.get(touch.channel),
                purposes.get(touch.purpose),
                touch.contact_id.sudo().display_name,
            )
            touch.display_name = " · ".join(word for word in words if word)

    # ---------------------------------------------------------------- the log
    @api.model
    def _log_line(self, moment, code, more):
        """Return a line of the log; ``more``: the next try, or what went wrong."""
        if isinstance(more, datetime):
            more = more.isoformat(timespec="seconds")
        words = " ".join((more or "").split())
        return f"{moment.isoformat(timespec='seconds')} {code} {words}".rstrip()

    @api.depends("log")
    @api.depends_context("lang", "tz")
    def _compute_log_text(self):
        reasons = self._gate_rules()
        for touch in self:
            lines = (touch.log or "").splitlines()
            touch.log_text = "\n".join(self._log_words(line, reasons) for line in lines)

    @api.model
    def _log_words(self, line, reasons):
        """Return a line of the log as its reader understands it."""
        moment, code, more = (*line.split(" ", 2), "")[:3]
        shown = self._shown_moment(moment)
        if code == "failed":
            return self.env._("%(moment)s: not sent: %(why)s", moment=shown, why=more)
        reason = reasons.get(code, code)
        if not more:
            return self.env._("%(moment)s: given up: %(reason)s", moment=shown, reason=reason)
        return self.env._(
            "%(moment)s: %(reason)s, next try %(until)s",
            moment=shown,
            reason=reason,
            until=self._shown_moment(more),
        )

    @api.model
    def _shown_moment(self, text):
        return format_datetime(self.env, datetime.fromisoformat(text), dt_format="short")

    # ---------------------------------------------------------------- writing
    @api.model
    def _record(self, company, asks, verdicts, values=None):
        """Keep what the gate decided, one touch per request.

        :param asks: :class:`analytics.gate.Ask` that were judged
        :param verdicts: {key: Verdict}, as ``_gate`` returns them
        :param values: {key: further values of the touch}; ``touch_id`` among them is the touch
            of the same request that was deferred before
        :return: {key: touch}
        """
        values = values or {}
        kept, new = {}, {}
        earlier = {ask.key: values.get(ask.key, {}).get("touch_id") for ask in asks}
        touches = self.browse(filter(None, earlier.values()))  # read at once
        known = {touch.id: touch for touch in touches}
        for ask in asks:
            extra = {k: v for k, v in values.get(ask.key, {}).items() if k != "touch_id"}
            touch = known.get(earlier[ask.key], self.browse())
            vals = {**extra, **self._verdict_values(ask, verdicts[ask.key], touch)}
            if touch:
                touch.write(vals)
                kept[ask.key] = touch
                continue
            new[ask.key] = {
                "partner_id": ask.partner_id,
                "contact_id": ask.contact_id or ask.partner_id,
                "company_id": company._retention_company().id,
                "channel": ask.channel,
                "purpose": ask.purpose,
                "automatic": ask.automatic,
                "asked_at": ask.first_moment or ask.moment,
                **vals,
            }
        return {**kept, **dict(zip(new, self.create(list(new.values()))))}

    @api.model
    def _verdict_values(self, ask, verdict, touch):
        """Return what a verdict says of a touch; an empty one is new."""
        moment = verdict.moment or ask.moment
        if verdict.state == "go":
            return {"state": "done", "reason": False, "date": moment, "next_try_at": False}
        line = self._log_line(moment, verdict.reason, verdict.until)
        vals = {
            "reason": verdict.reason,
            "date": False,
            "next_try_at": False,
            "log": "\n".join(filter(None, (touch.log, line))),
        }
        if verdict.state == "skip":
            return {**vals, "state": "skipped"}
        return {
            **vals,
            "state": "deferred",
            "next_try_at": verdict.until,
            "tries": (touch.tries or 0) + 1,
        }

    @api.model
    def _touch_failed(self, touches, why):
        """Note that ``touches`` which were let through did not reach the customer.

        They no longer count. A later request with the same ``touch_id`` tries again.

        :param why: the sentence to show
        """
        for touch in touches:
            line = self._log_line(touch.date or touch.asked_at, "failed", why)
            touch.write(
                {
                    "state": "failed",
                    "date": False,
                    "next_try_at": False,
                    "reason": False,
                    "log": "\n".join(filter(None, (touch.log, line))),
                }
            )

    # ---------------------------------------------------------------- contacts that are merged
    @api.model
    def _merge_touches(self, src_partners, dst_partner):
        """Give the sources' touches to the destination's customer; core moves the contacts."""
        self.flush_model(["partner_id", "contact_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE retention_touch SET partner_id = %s
                   WHERE partner_id = ANY(%s) OR contact_id = ANY(%s)""",
                dst_partner.commercial_partner_id.id,
                src_partners.ids,
                src_partners.ids,
            )
        )
        self.invalidate_model(["partner_id"])


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        result = super()._merge_profiles(src_partners, dst_partner)
        self.env["retention.touch"].sudo()._merge_touches(src_partners, dst_partner)
        return result
