from dataclasses import replace

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_company_health import DAY_FIELDS

# The tier's own days: the limit of analytics.stage they stand for.
STAGE_DAYS = {"silent_days": "silent", "at_risk_days": "at_risk", "lost_days": "lost"}
# Type of signal: the days after which it opens an alert for customers of the tier.
ALERT_DAYS = {
    "core_silent": "alert_purchase_days",
    "untouched": "alert_contact_days",
    "quiet_login": "alert_login_days",
}
LIMIT_FIELDS = (*STAGE_DAYS, *ALERT_DAYS.values())
# What the engine looks at after the tier is known.
JUDGED_BY = {*LIMIT_FIELDS, "is_high_value"}


class RetentionTier(models.Model):
    """When customers of a tier are silent, at risk or lost, and when to sound the alarm."""

    _inherit = "retention.tier"

    silent_days = fields.Integer(
        "Silent after (days)", aggregator=None, help="0: as for everybody else."
    )
    at_risk_days = fields.Integer(
        "At risk after (days)", aggregator=None, help="0: as for everybody else."
    )
    lost_days = fields.Integer(
        "Lost after (days)", aggregator=None, help="0: as for everybody else."
    )
    alert_purchase_days = fields.Integer(
        "Alert without purchase (days)",
        aggregator=None,
        help="An alert opens for customers of this tier who have not bought for longer, high-value "
        "or not. 0: as for everybody else.",
    )
    alert_contact_days = fields.Integer(
        "Alert without contact (days)",
        aggregator=None,
        help="An alert opens for customers of this tier with whom nobody was in touch for longer. "
        "0: as for everybody else.",
    )
    alert_login_days = fields.Integer(
        "Alert without login (days)",
        aggregator=None,
        help="An alert opens for customers of this tier who have not used the portal for longer, "
        "high-value or not. 0: as for everybody else.",
    )

    _days_check = models.Constraint(
        "CHECK (LEAST(silent_days, at_risk_days, lost_days, alert_purchase_days, "
        "alert_contact_days, alert_login_days) >= 0)",
        "The days of a tier are not below zero.",
    )

    @api.constrains(*STAGE_DAYS, "company_id")
    def _check_days(self):
        for tier in self.filtered(lambda found: found._own_days()):
            limits = tier._limits(tier.company_id._retention_limits())
            if not (limits.silent < limits.lost and limits.at_risk <= limits.lost):
                raise ValidationError(
                    self.env._(
                        "%(tier)s: a customer must be silent before being lost, and at risk no "
                        "later than lost: now %(silent)s, %(at_risk)s and %(lost)s days.",
                        tier=tier.name,
                        silent=limits.silent,
                        at_risk=limits.at_risk,
                        lost=limits.lost,
                    )
                )

    def _own_days(self):
        """Return the tier's own days by limit of :mod:`analytics.stage`."""
        self.ensure_one()
        return {limit: self[name] for name, limit in STAGE_DAYS.items() if self[name]}

    def _limits(self, company_limits):
        return replace(company_limits, **self._own_days())

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        if any(JUDGED_BY & vals.keys() for vals in vals_list):
            tiers._judge_again()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if JUDGED_BY & vals.keys():
            self._judge_again()
        return result

    def _judge_again(self):
        """Have everybody judged again soon, once tiers have begun."""
        begun = self.company_id.sudo().filtered("retention_tiers_started")
        if begun:
            self.env["retention.run"].sudo()._request_rescore(begun)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains(*DAY_FIELDS[:3])
    def _check_days_of_tiers(self):
        self.env["retention.tier"].search([("company_id", "in", self.ids)])._check_days()


class RetentionSignal(models.Model):
    """Some alerts open sooner or later by tier."""

    _inherit = "retention.signal"

    def _days_of_tiers(self):
        """Return {tier id: days} of the tiers with days of their own for this signal's alert."""
        self.ensure_one()
        name, company = ALERT_DAYS.get(self.type), self.company_id.sudo()
        if not name or not company.retention_tiers_started:
            return {}
        found = self.env["retention.tier"].sudo()
        found = found.search([("company_id", "=", company.id), (name, ">", 0)])
        return {tier.id: tier[name] for tier in found}

    def _alert_days(self, days, chunk):
        """Return above which measure the alert opens, for each customer: by tier, else ``days``."""
        own = self._days_of_tiers()
        return chunk.snap.customers["tier"].map(own).fillna(days).to_numpy() if own else days

    def _tier_asks(self, chunk):
        """Say whose tier has days of its own: they count whether or not it is of high value."""
        tiers = chunk.snap.customers["tier"].to_numpy()
        return np.isin(tiers, list(self._days_of_tiers()))
