from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

CODES = ("customers", "lost", "retention")
RATE = "kpi_retention_rate"


class DigestDigest(models.Model):
    """Three figures of the last month that was closed when a digest's time ended."""

    _inherit = "digest.digest"

    kpi_retention_customers = fields.Boolean(
        "Customers, Last Closed Month",
        help="How many customers there were at the end of the last month that was closed.",
    )
    kpi_retention_customers_value = fields.Integer(compute="_compute_kpi_retention")
    kpi_retention_lost = fields.Boolean(
        "Customers Lost, Last Closed Month",
        help="Customers at the start of the last closed month who were none any more at its end.",
    )
    kpi_retention_lost_value = fields.Integer(compute="_compute_kpi_retention")
    kpi_retention_rate = fields.Boolean(
        "Retention Rate, Last Closed Month",
        help="Of the customers at the start of the last closed month, how many still were at its"
        " end.",
    )
    kpi_retention_rate_value = fields.Float(compute="_compute_kpi_retention")
    retention_rate_text = fields.Char(compute="_compute_kpi_retention")

    # A digest asks for several times and readers one after the other.
    @api.depends_context("start_datetime", "end_datetime", "uid", "allowed_company_ids")
    def _compute_kpi_retention(self):
        if not self.env.user.has_group("customer_retention.group_user"):
            raise AccessError(self.env._("Key figures are for users of Retention."))
        figures = {}
        for digest in self:
            company = digest.company_id or self.env.company
            if company not in figures:
                figures[company] = self._retention_figures(company)
            found = figures[company]
            rate = found["retention"].value
            digest.kpi_retention_customers_value = found["customers"].value
            digest.kpi_retention_lost_value = found["lost"].value
            digest.kpi_retention_rate_value = 100 * (rate or 0)
            digest.retention_rate_text = "–" if rate is None else f"{100 * rate:.1f}%"

    def _retention_figures(self, company):
        """Return the figures of the last month closed that was over as the digest's time ended.

        :raises AccessError: for people who do not work for the company: no part of their digest
        """
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("Key figures are for people of the company."))
        # A digest may be of another company than the reader's own.
        env = self.with_context(allowed_company_ids=company.ids).env
        company = company.with_env(env)._retention_company()
        end = env.context.get("end_datetime") or datetime.now()
        first = (end - relativedelta(months=1)).date().replace(day=1)
        months = env["retention.ledger.month"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "closed"),
                ("month", "<=", first),
            ],
            limit=1,
        )
        # Before the first month there is nobody, and no rate.
        return env["retention.kpi"]._month_figures(company, months.month or first, CODES)

    def _compute_kpis(self, company, user):
        """Show the rate as a share, and none where there was nobody to keep."""
        found = super()._compute_kpis(company, user)
        rates = [kpi for kpi in found if kpi["kpi_name"] == RATE]
        if rates:
            for number, (_name, (now, _before)) in enumerate(self._compute_timeframes(company), 1):
                digest = self.with_context(start_datetime=now[0], end_datetime=now[1])
                digest = digest.with_user(user).with_company(company)
                rates[0][f"kpi_col{number}"]["value"] = digest.retention_rate_text
        return found

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("customer_retention.menu_root").id
        for name, action in (
            ("kpi_retention_customers", "action_retention_profile"),
            ("kpi_retention_lost", "action_ledger_report"),
            (RATE, "action_ledger_report"),
        ):
            actions[name] = f"customer_retention.{action}?menu_id={menu}"
        return actions
