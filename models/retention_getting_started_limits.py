"""Getting Started: what other limits would say of today's customers, before they are saved."""

from odoo import api, models
from odoo.exceptions import UserError

from ..analytics import first_limits
from .res_company_getting_started import LIMIT_FIELDS
from .res_company_health import STANDARD_FIELDS
from .retention_scoring import SCORING_FIELDS

EDGES = LIMIT_FIELDS[3:]


class RetentionGettingStarted(models.AbstractModel):
    _inherit = "retention.getting.started"

    @api.model
    @api.readonly
    def get_limits(self, values=None):
        """Return what limits make of today's customers.

        :param values: {field: days} to try; what is left out is as in the company
        :return: {values, by_edges, problem, stages: [{code, label, customers}], scores,
            customers, gap, suggested}. ``problem`` says what is wrong with the values, and then
            nothing is counted; ``scores``: customers with R5, R4 … R1, empty where recency is
            cut from own data; ``gap``: days after which customers usually buy again, None
            where unknown; ``suggested``: {field: days} that would fit, None where nothing does
        """
        company = self._asked().sudo()
        names = (*STANDARD_FIELDS, *SCORING_FIELDS)
        # Without an origin: two trials of one company would be the same record.
        tried = company.new({name: company[name] for name in names} | self._asked_limits(values))
        problem = tried._retention_standard_problem() or tried._retention_scoring_problem()
        gap = self.env["retention.run"].sudo()._last_done(company).company_gap or None
        told = {
            "values": {name: tried[name] for name in LIMIT_FIELDS},
            "by_edges": company.retention_r_method == "edges",
            "problem": problem or None,
            "stages": [],
            "scores": [],
            "customers": 0,
            "gap": gap,
            "suggested": self._suggested_limits(tried, gap),
        }
        return told if problem else {**told, **self._limit_counts(company, tried)}

    @api.model
    def _asked_limits(self, values):
        values = values or {}
        if not isinstance(values, dict) or set(values) - set(LIMIT_FIELDS):
            raise UserError(self.env._("These are no limits."))
        if any(isinstance(days, bool) or not isinstance(days, int) for days in values.values()):
            raise UserError(self.env._("Limits are whole numbers of days."))
        if any(abs(days) > 100_000 for days in values.values()):
            raise UserError(self.env._("Limits are at most 100000 days."))
        return values

    @api.model
    def _suggested_limits(self, tried, gap):
        found = first_limits.suggested(gap, tried._retention_limits())
        if found is None:
            return None
        names = LIMIT_FIELDS[: len(first_limits.SHOWN)]
        days = dict(zip(names, (found.silent, found.at_risk, found.lost), strict=True))
        return None if all(tried[name] == days[name] for name in names) else days

    @api.model
    def _limit_counts(self, company, tried):
        """Return the counts that ``tried``, a company with other limits, makes."""
        metrics, profiles = self.env["retention.metrics"].sudo(), self.env["retention.profile"]
        today = company._retention_today()
        scope = metrics._scope(company, today)
        customers = metrics._customer_dates(scope)
        limits = tried._retention_limits()
        agreement, _end = profiles.sudo()._agreements(scope, customers.index)
        counts = first_limits.stage_counts(
            customers,
            today,
            limits,
            company._retention_tier_limits(limits),
            company._retention_closed(),
            company.retention_standard,
            agreement,
        )
        labels = dict(profiles._fields["stage"]._description_selection(self.env))
        scores = []
        if company.retention_r_method == "edges":
            edges = [tried[name] for name in EDGES]
            scores = first_limits.recency_counts(customers["last_day"], today, edges)
        return {
            "stages": [
                {"code": code, "label": labels[code], "customers": count}
                for code, count in counts.items()
            ],
            "scores": scores,
            "customers": len(customers),
        }

    @api.model
    def action_save_limits(self, values):
        """Keep these limits; everybody is computed again if they are new."""
        company = self._asked()
        company.sudo().write(
            {
                **self._asked_limits(values),
                "retention_limits_checked_on": company._retention_today(),
            }
        )
        return True
