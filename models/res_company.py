from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from .res_company_health import STANDARD_FIELDS
from .retention_scoring import SCORING_FIELDS

RESCORE_FIELDS = {
    *SCORING_FIELDS,
    *STANDARD_FIELDS,
    "retention_tz",
    "retention_cutover_date",
    "retention_separate_branch",
    "parent_id",
}


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "retention.scoring"]

    retention_tz = fields.Selection(
        _tz_get,
        "Retention time zone",
        help="Purchases fall on days of this time zone. Empty: the company's own, else UTC.",
    )
    retention_cutover_date = fields.Date(
        "Imported history counts before",
        help="Imported purchases count only before this day, so that nothing is counted "
        "twice. Empty: the day of the company's first document.",
    )
    retention_separate_branch = fields.Boolean(
        "Branch keeps its own customers",
        help="Normally a branch's sales count under its main company.",
    )

    @api.constrains("retention_scheme_id")
    def _check_retention_scheme(self):
        for scheme in self.retention_scheme_id:
            scheme._segment_map()

    def _retention_timezone(self):
        """Return the name of the time zone in which the company's days begin and end."""
        self.ensure_one()
        company = self.sudo()
        return company.retention_tz or company.partner_id.tz or "UTC"

    @api.constrains("retention_tz")
    def _check_retention_tz(self):
        for company in self.filtered("retention_tz"):
            if company.retention_tz not in pytz.all_timezones_set:
                raise ValidationError(self.env._("There is no time zone %s.", company.retention_tz))

    def _retention_today(self):
        """Return today's date where the company is. Only crons and buttons may call this."""
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return now.astimezone(ZoneInfo(self._retention_timezone())).date()

    def _retention_company(self):
        """Return the company under which a branch's customers are kept."""
        self.ensure_one()
        company = self.sudo()
        while company.parent_id and not company.retention_separate_branch:
            company = company.parent_id
        return company.with_env(self.env)

    def _retention_members(self):
        """Return the ids of this company and of the branches counted under it."""
        self.ensure_one()
        below = self.sudo().with_context(active_test=False).search([("id", "child_of", self.id)])
        return tuple(c.id for c in below if c._retention_company() == self)

    @api.model
    def _retention_companies(self):
        """Return the companies that keep customers of their own."""
        # Companies are few.  pylint: disable-next=no-search-all
        return self.sudo().search([]).filtered(lambda c: c._retention_company() == c)

    def _retention_scheme(self):
        """Return the scheme in force: the company's own, else the four types."""
        self.ensure_one()
        return (
            self.sudo().retention_scheme_id or self.env.ref("customer_retention.scheme_four").sudo()
        )

    def write(self, vals):
        if not RESCORE_FIELDS & vals.keys():
            return super().write(vals)
        before = {company: company._retention_signature() for company in self}
        result = super().write(vals)
        changed = self.filtered(lambda c: c._retention_signature() != before[c])
        if changed:
            self.env["retention.run"]._request_rescore(changed)
        return result

    def _retention_signature(self):
        return tuple(self[name] for name in sorted(RESCORE_FIELDS))
