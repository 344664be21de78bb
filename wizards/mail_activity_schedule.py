from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..analytics.gate import Ask
from ..analytics.schedule import to_utc

USER = "customer_retention.group_user"
SHOWN = 5
# How an activity reaches the customer: by its type's category, else by its icon.
CATEGORIES = {"phonecall": "call", "meeting": "visit"}
ICONS = {
    "fa-phone": "call",
    "fa-envelope": "mail",
    "fa-envelope-o": "mail",
    "fa-users": "visit",
    "fa-handshake-o": "visit",
    "fa-car": "visit",
    "fa-weixin": "wechat",
    "fa-wechat": "wechat",
    "fa-commenting": "sms",
}
# What somebody who plans by hand should know; the rest is theirs to judge.
RULES = ("opted_out", "never", "outranked", "cap")


class MailActivitySchedule(models.TransientModel):
    """A word of warning when a customer would be contacted too often or at a bad moment."""

    _inherit = "mail.activity.schedule"

    retention_warning = fields.Text(
        "Better Not Now", compute="_compute_retention_warning", groups=USER
    )

    @api.depends("res_model", "res_ids", "activity_type_id", "date_deadline", "plan_id")
    def _compute_retention_warning(self):
        for scheduler in self:
            scheduler.retention_warning = "\n".join(scheduler._retention_warnings()) or False

    def _retention_warnings(self):
        """Return sentences on the customers whom this activity should spare; it goes through."""
        self.ensure_one()
        kind = self.activity_type_id
        channel = CATEGORIES.get(kind.category) or ICONS.get(kind.icon)
        documents = self.env["retention.metrics"]._activity_documents()
        if not channel or self.plan_id or self.res_model not in documents:
            return []
        records = self._get_applied_on_records()._filtered_access("read")
        contacts = records if records._name == "res.partner" else records.partner_id
        if not contacts:
            return []
        company = (self.company_id or self.env.company)._retention_company()
        verdicts = self._retention_verdicts(company, contacts, channel)
        problems = self.env["retention.touch"]._problem_partners(
            company, contacts.commercial_partner_id.ids
        )
        found = []
        for contact in contacts:
            found += self._retention_sentences(contact, problems, verdicts[contact.id])
        more = len(found) - SHOWN
        return found[:SHOWN] + ([self.env._("… and %s more", more)] if more > 0 else [])

    def _retention_verdicts(self, company, contacts, channel):
        """Return {contact: Verdict} for care on the day it is due, now if that is today."""
        now, zone = fields.Datetime.now(), company._retention_timezone()
        rules, moment = (*RULES, "quiet_hours"), now
        if self.date_deadline and self.date_deadline > company._retention_today():
            # On another day its hour is not known yet.
            rules, moment = RULES, to_utc(datetime.combine(self.date_deadline, time(12)), zone)
        asks = [
            Ask(
                contact.id,
                contact.commercial_partner_id.id,
                contact.id,
                channel,
                "care",
                moment,
                automatic=False,
            )
            for contact in contacts
        ]
        return self.env["retention.touch"]._gate(company, asks, now, only=rules)

    def _retention_sentences(self, contact, problems, verdict):
        reasons = self.env["retention.touch"]._gate_rules()
        name = contact.display_name
        found = []
        if contact.commercial_partner_id.id in problems:
            found.append(
                self.env._("%(contact)s: %(reason)s", contact=name, reason=reasons["open_problem"])
            )
        if verdict.state == "defer":
            found.append(
                self.env._(
                    "%(contact)s: %(reason)s; better from %(until)s on",
                    contact=name,
                    reason=reasons[verdict.reason],
                    until=format_datetime(self.env, verdict.until, dt_format="short"),
                )
            )
        elif verdict.state == "skip":
            found.append(
                self.env._("%(contact)s: %(reason)s", contact=name, reason=reasons[verdict.reason])
            )
        return found
