from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics.standard import reply_due

REACH = timedelta(days=120)  # how far ahead working days are looked up


class RetentionCase(models.Model):
    """Within which time a case has to be answered, and whether it was."""

    _inherit = "retention.case"

    # As it was promised when the case came: a new setting holds for new cases.
    reply_due_at = fields.Datetime(
        "Answer Due", compute="_compute_reply_due_at", store=True, index=True
    )
    reply_missed = fields.Boolean(
        "Answered Too Late",
        compute="_compute_reply_missed",
        search="_search_reply_missed",
        help="The response standard was not kept: answered after it, or not at all so far.",
    )

    _waiting_idx = models.Index("(reply_due_at) WHERE state = 'new'")

    @api.depends("opened_at", "severity", "company_id")
    def _compute_reply_due_at(self):
        for company, cases in self.grouped("company_id").items():
            dated = cases.filtered("opened_at")
            (cases - dated).reply_due_at = False
            if not dated:
                continue
            rests = ()
            if company.sudo().retention_case_workdays:
                first, last = min(dated.mapped("opened_at")), max(dated.mapped("opened_at"))
                days = (first - timedelta(days=1)).date(), (last + REACH).date()
                rests = company._retention_rest_days(*days)
            zone = company._retention_timezone()
            for case in dated:
                hours = company._retention_case_hours(case.severity or "1")
                case.reply_due_at = reply_due(case.opened_at, hours, zone, rests)

    @api.depends("reply_due_at", "first_reply_at", "closed_at")
    def _compute_reply_missed(self):
        now = fields.Datetime.now()
        for case in self:
            answered = case.first_reply_at or case.closed_at or now
            case.reply_missed = bool(case.reply_due_at and answered > case.reply_due_at)

    @api.model
    def _search_reply_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, found = fields.Datetime.now(), Domain.FALSE
        if True in value:
            found |= self._missed_domain(now)
        if False in value:
            found |= ~self._missed_domain(now)
        return found

    @api.model
    def _missed_domain(self, now):
        """Return the domain of cases that were, or are at ``now``, answered too late."""

        def to_sql(model, alias, query):
            model.flush_model(["first_reply_at", "closed_at", "reply_due_at"])
            return SQL("COALESCE(%s, FALSE)", self._missed_sql(alias, now))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _missed_sql(self, alias, now):
        return SQL(
            "COALESCE(%s, %s, %s) > %s",
            SQL.identifier(alias, "first_reply_at"),
            SQL.identifier(alias, "closed_at"),
            now,
            SQL.identifier(alias, "reply_due_at"),
        )
