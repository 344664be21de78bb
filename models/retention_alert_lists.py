"""What the lists show of an alert besides its own fields, and what is done from them."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .retention_alert import TASK_TYPES

MANAGER = "customer_retention.group_manager"
LONGEST_TALK = 160


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    light = fields.Selection(related="profile_id.light", string="Health Now")
    stage = fields.Selection(related="profile_id.stage", string="Life-cycle Stage")
    phone = fields.Char(
        compute="_compute_phone", help="The customer's own, else that of its first contact."
    )
    last_talk = fields.Char(
        "Last Said",
        compute="_compute_last_talk",
        help="What the newest follow-up record says.",
    )
    last_talk_date = fields.Date("Last Noted On", compute="_compute_last_talk")
    script = fields.Html("Script and Checklist", compute="_compute_script")

    # ---------------------------------------------------------------- computed values
    @api.depends("partner_id.phone")
    def _compute_phone(self):
        phones = self.env["retention.metrics"]._contact_phones(self.partner_id.ids)
        for alert in self:
            alert.phone = phones.get(alert.partner_id.id, False)

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_last_talk(self):
        ids = self.env["retention.metrics"]._last_talks(
            {(alert.partner_id.id, alert.company_id.id) for alert in self}
        )
        talks = self.env["retention.interaction"].browse(ids.values())._filtered_access("read")
        readable = set(talks.ids)
        for alert in self:
            talk_id = ids.get((alert.partner_id.id, alert.company_id.id))
            talk = talks.browse(talk_id if talk_id in readable else [])
            alert.last_talk_date = talk and fields.Datetime.context_timestamp(
                talk, talk.date
            ).date()
            alert.last_talk = talk._one_line() if talk else False

    @api.depends("action", "task_id.note")
    @api.depends_context("lang")
    def _compute_script(self):
        """What the task says; before there is one, what it will say."""
        scripts = {
            action: self.env.ref(xmlid).sudo().default_note for action, xmlid in TASK_TYPES.items()
        }
        for alert in self:
            alert.script = alert.sudo().task_id.note or scripts.get(alert.action)

    # ---------------------------------------------------------------- actions
    def action_open_customer(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }

    def action_ask_outcome(self):
        """Open the dialog that asks what came of these alerts."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.alert.outcome",
            "views": [[self.env.ref("customer_retention.view_alert_outcome_form").id, "form"]],
            "target": "new",
            "context": {"default_alert_ids": self.ids},
            "name": self.env._("What Came of It?"),
        }

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

    def _one_line(self):
        """Return kind, outcome and what was said, short enough for a list."""
        self.ensure_one()
        kinds, outcomes = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "outcome")
        )
        head = [kinds.get(self.kind)]
        if self.outcome != "reached":
            head.append(outcomes.get(self.outcome))
        said = " ".join(filter(None, (self.topic, " ".join((self.note or "").split()))))
        text = ": ".join(filter(None, (" · ".join(filter(None, head)), said)))
        return text if len(text) <= LONGEST_TALK else text[: LONGEST_TALK - 1] + "…"
