"""What the lists show of an alert besides its own fields, and what is done from them."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import format_date

from .retention_alert import TASK_TYPES
from .retention_profile_lists import one_line

MANAGER = "customer_retention.group_manager"
LONGEST_TALK = 160
SHOWN_CAUSES = 2
# A cause that tells what a reason of this other type would tell again.
TELLS_TOO = {"core_silent": "recency"}


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    light = fields.Selection(related="profile_id.light", string="Health Now")
    stage = fields.Selection(related="profile_id.stage", string="Life-cycle Stage")
    reason_ids = fields.One2many(related="profile_id.reason_ids")
    # Texts, because lists wrap those.
    why = fields.Text("Reasons in Short", compute="_compute_why")
    phone = fields.Char(
        compute="_compute_phone", help="The customer's own, else that of its first contact."
    )
    last_talk = fields.Text(
        "Last Said",
        compute="_compute_last_talk",
        help="What the newest follow-up record says.",
    )
    script = fields.Html("Script and Checklist", compute="_compute_script")

    # ---------------------------------------------------------------- computed values
    @api.depends("line_ids.state", "line_ids.sentence", "reason_ids.sentence")
    @api.depends_context("lang")
    def _compute_why(self):
        """Causes that are signals first; a level is explained by its heaviest reasons."""
        for alert in self:
            # Lists, not filtered(): that would word the sentences of one alert at a time.
            signals = [line for line in alert.line_ids if line.signal_id]
            lines = [line for line in signals if line.state == "active"] or signals
            told = {line.signal_id.type for line in lines}
            told |= {TELLS_TOO.get(kind) for kind in told}
            reasons = sorted(
                (r for r in alert.reason_ids if r.points and r.signal_id.type not in told),
                key=lambda reason: (-reason.points, reason.id),
            )
            sentences = [cause.sentence for cause in [*lines, *reasons][:SHOWN_CAUSES]]
            alert.why = one_line(self.env, sentences) or alert.sentence_summary

    @api.depends("partner_id.phone")
    def _compute_phone(self):
        phones = self.env["retention.metrics"]._contact_phones(self.partner_id.ids)
        for alert in self:
            alert.phone = phones.get(alert.partner_id.id, False)

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "tz")
    def _compute_last_talk(self):
        said = self.env["retention.interaction"]._last_said(
            {(alert.partner_id.id, alert.company_id.id) for alert in self}
        )
        for alert in self:
            alert.last_talk = said.get((alert.partner_id.id, alert.company_id.id), False)

    @api.depends("action", "task_id.note")
    @api.depends_context("lang")
    def _compute_script(self):
        """What the task says; before there is one, what it will say."""
        scripts = {
            action: self.env.ref(xmlid).sudo().default_note for action, xmlid in TASK_TYPES.items()
        }
        for alert in self:
            # Of the task it has: an unsaved form may name any.
            alert.script = alert._origin.sudo().task_id.note or scripts.get(alert.action)

    # ---------------------------------------------------------------- actions
    def action_open_customer(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
            "context": {"retention_page": True},
        }

    def action_log_talk(self):
        """Open the quick form for the customers of these alerts: one record each."""
        self.check_access("read")
        company = {"company_id": self.company_id.id} if len(self.company_id) == 1 else {}
        return self.env["retention.interaction"]._action_log(self.partner_id, **company)

    def action_ask_outcome(self):
        """Open the dialog that asks what came of these alerts.

        A button that stands for one answer says so by ``default_outcome`` in its context.
        """
        outcome = self.env.context.get("default_outcome")
        if outcome:
            return self.action_close_with(outcome)
        self.check_access("write")
        self._check_not_closed()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_alert_outcome"
        )
        return {**action, "context": {"default_alert_ids": [Command.set(self.ids)]}}

    def action_close_with(self, outcome):
        """Say which view it is, for those who open the dialog from a script."""
        action = super().action_close_with(outcome)
        view = self.env.ref("customer_retention.view_alert_outcome_form")
        return {**action, "views": [[view.id, "form"]]}

    def action_ask_snooze(self):
        """Open the dialog that lets these alerts rest for some days."""
        self.check_access("write")
        self._check_not_closed()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_alert_snooze"
        )
        return {**action, "context": {"default_alert_ids": [Command.set(self.ids)]}}

    @api.model
    def action_would_open(self):
        """List who would get an alert and why, beside the button that starts them."""
        action = super().action_would_open()
        view = self.env.ref("customer_retention.view_profile_preview_list")
        search = self.env.ref("customer_retention.view_profile_search_plain")
        return {
            **action,
            "view_mode": "list",
            "views": [[view.id, "list"]],
            "search_view_id": [search.id, "search"],
            "context": {},
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>")
            % (
                self.env._("Nobody would get an alert today"),
                self.env._(
                    "Start them all the same: from then on every night's run opens alerts for "
                    "customers in danger, as many as people can handle."
                ),
            ),
        }

    @api.model
    def action_start_alerts(self):
        """Start alerts, and show what the caller is to do today."""
        super().action_start_alerts()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_alert")
        return {**action, "target": "main", "context": {"search_default_live": 1}}

    # ---------------------------------------------------------------- above the list
    @api.model
    @api.readonly
    def action_today_status(self):
        """Return what stands above the list of today's calls, for the caller.

        Numbers of what else there is to do: alerts without outcome, waiting ones, customers
        nobody looks after; and whether alerts have been started in the current company.
        """
        if not self.has_access("read"):
            raise AccessError(self.env._("Alerts are for users of Retention."))
        company = self.env.company._retention_company()
        mine = [("user_id", "=", self.env.uid), ("company_id", "=", company.id)]
        counts = dict(
            self._read_group(
                [*mine, ("state", "in", ("queued", "missing", "snoozed"))], ["state"], ["__count"]
            )
        )
        profiles = self.env["retention.profile"]
        return {
            "started": company.sudo().retention_alerts_started,
            "can_start": self.env.user.has_group(MANAGER),
            "missing": counts.get("missing", 0),
            "queued": counts.get("queued", 0),
            "snoozed": counts.get("snoozed", 0),
            "unowned": profiles.search_count(
                [*profiles._unowned_domain(), ("company_id", "=", company.id)], limit=1000
            ),
            "untouched": profiles.search_count(
                [
                    *profiles._untouched_domain(),
                    ("company_id", "=", company.id),
                    ("owner_id", "=", self.env.uid),
                ],
                limit=1000,
            ),
        }


class RetentionAlertLine(models.Model):
    _inherit = "retention.alert.line"

    outcome = fields.Selection(related="alert_id.outcome", string="Outcome of the Alert")
    close_reason = fields.Selection(related="alert_id.close_reason")
    owner_id = fields.Many2one(related="alert_id.user_id", string="Owner")


class RetentionInteraction(models.Model):
    _inherit = "retention.interaction"

    @api.model
    def _last_said(self, pairs):
        """Return {(customer id, company id): what the newest record says, in one line}.

        Only of records that the caller may read.
        """
        ids = self.env["retention.metrics"]._newest_records(pairs)
        told = {
            talk.id: talk._one_line() for talk in self.browse(ids.values())._filtered_access("read")
        }
        return {pair: told[talk_id] for pair, talk_id in ids.items() if talk_id in told}

    def _one_line(self):
        """Return day, kind, outcome and what was said, short enough for a list."""
        self.ensure_one()
        kinds, outcomes = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "outcome")
        )
        day = fields.Datetime.context_timestamp(self, self.date).date()
        head = [format_date(self.env, day), kinds.get(self.kind)]
        if self.outcome != "reached":
            head.append(outcomes.get(self.outcome))
        said = " ".join(filter(None, (self.topic, " ".join((self.note or "").split()))))
        text = ": ".join(filter(None, (" · ".join(filter(None, head)), said)))
        return text if len(text) <= LONGEST_TALK else text[: LONGEST_TALK - 1] + "…"


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.depends("type")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """In words wherever signals are grouped: the type is a code."""
        labels = dict(self._selection_type())
        for signal in self:
            signal.display_name = labels.get(signal.type) or signal.type


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_would_open(self):
        """See who would get an alert, from the settings."""
        return self.env["retention.alert"].action_would_open()
