import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..analytics.kpi_tables import JOINED, LEFT
from .retention_metrics_kpi import MONTH, QUOTIENTS
from .retention_metrics_kpi_more import BEHIND
from .retention_metrics_kpi_tables import FUNNEL

ENDS = ("numerator", "denominator")
BRIDGE = ("start", "lost", "new", "back", "end")
RISK_LEVELS = ("critical", "high", "watch", "low", None)
MOST_MONTHS = 1200


class RetentionDashboard(models.AbstractModel):
    """From a number to the customers behind it.

    A part names a number, as in ["card", "churn", "numerator"]. It travels as text in a domain
    on contacts, so it is looked at as strictly as a call from outside.
    """

    _inherit = "retention.dashboard"

    @api.model
    @api.readonly
    def action_customers(self, options, part, label=None):
        """Return the action that shows the customers, or the alerts, behind ``part``.

        :raises UserError: for a part that there is not
        """
        span = self._asked(options)
        if not span.first:
            raise UserError(self.env._("No month is closed yet."))
        kind = self._part_kind(part)
        name = label if isinstance(label, str) and label else self.env._("Customers")
        if kind == "funnel":
            return self._action_alerts(span, part, name)
        told = {"first": str(span.first), "last": str(span.last), "company_id": span.company.id}
        if span.domain:
            told["domain"] = list(span.domain)
        if options.get("cumulative"):
            told["cumulative"] = True
        told["part"] = part
        self._behind(told)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": [["retention_figure", "=", json.dumps(told)]],
            # Archived customers are in figures as well.
            "context": {"active_test": False, "retention_page": True},
            "target": "current",
        }

    @api.model
    def _action_alerts(self, span, part, name):
        if len(part) != 2 or not isinstance(part[1], str) or part[1] not in FUNNEL:
            raise self._unknown(part)
        domain = Domain("company_id", "=", span.company.id) & FUNNEL[part[1]]
        domain &= Domain("opened_on", ">=", str(span.first))
        domain &= Domain("opened_on", "<=", str(span.last_day))
        if span.domain:
            told = {"first": str(span.first), "last": str(span.last)}
            told |= {"company_id": span.company.id, "domain": list(span.domain), "part": ["all"]}
            domain &= Domain("partner_id.retention_figure", "=", json.dumps(told))
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "retention.alert",
            "view_mode": "list,kanban,form",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": list(domain),
            "context": {"active_test": False},
            "target": "current",
        }

    # ---------------------------------------------------------------- strictly
    @api.model
    def _behind(self, told):
        """Return the customers behind ``told``, options with a ``part``.

        :return: SQL of ids, or a function that returns ids, where that takes time
        :raises UserError: for whatever is not exactly as it should be
        """
        span = self._asked(told)
        part = told.get("part")
        kind = self._part_kind(part)
        method, sizes = self._parts().get(kind, (None, ()))
        if len(part) - 1 not in sizes:
            raise self._unknown(part)
        if not span.first:
            return list
        found = method(span, told, *part[1:])
        if found is None:
            raise self._unknown(part)
        return found

    @api.model
    def _parts(self):
        """Return {kind of part: (method, how many words follow)}.

        Methods take the span, the options and those words; they return what :meth:`_behind`
        does, or None for words that mean nothing.
        """
        return {
            "all": (self._behind_all, (0,)),
            "card": (self._behind_card, (2,)),
            "bridge": (self._behind_bridge, (1,)),
            "grid": (self._behind_grid, (2,)),
            "risk": (self._behind_risk, (2,)),
            "cohort": (self._behind_cohort, (1, 2)),
            "flow": (self._behind_flow, (3,)),
        }

    @api.model
    def _part_kind(self, part):
        if not (isinstance(part, (list, tuple)) and part and isinstance(part[0], str)):
            raise self._unknown(part)
        return part[0]

    @api.model
    def _unknown(self, part):
        return UserError(self.env._("The dashboard has no part called %s.", part))

    # ---------------------------------------------------------------- part by part
    @api.model
    def _behind_all(self, span, _options):
        return self.env["retention.metrics"]._meant_customers(span)

    @api.model
    def _behind_card(self, span, _options, code, end):
        if end not in ENDS or not isinstance(code, str):
            return None
        number, metrics = ENDS.index(end), self.env["retention.metrics"]
        if code in QUOTIENTS:
            return metrics._set_of_customers(span, QUOTIENTS[code].behind[number])
        if code == "resolution":
            return metrics._solved_customers(span) or list
        if code in BEHIND:
            return metrics._set_behind(span, code, number)
        kpis = self.env["retention.kpi"]
        if code not in kpis._kpi_definitions():
            return None

        def compute():
            [found] = kpis._spans_figures([span], [code])
            return sorted(found[code].base if number else found[code].customers)

        return compute

    @api.model
    def _behind_bridge(self, span, _options, name):
        if name not in BRIDGE:
            return None
        return self.env["retention.metrics"]._set_of_customers(span, name)

    @api.model
    def _behind_grid(self, span, _options, r, f):
        if not all(type(score) is int and 1 <= score <= 5 for score in (r, f)):
            return None
        scores = Domain("rfm_r", "=", r) & Domain("rfm_f", "=", f)
        return self.env["retention.metrics"]._profile_customers(span, scores)

    @api.model
    def _behind_risk(self, span, _options, core, level):
        if type(core) is not bool or level not in RISK_LEVELS:
            return None
        cell = Domain("is_core", "=", core) & Domain("risk_level", "=", level or False)
        cell &= Domain("stage", "!=", "lost")
        return self.env["retention.metrics"]._profile_customers(span, cell)

    @api.model
    def _behind_cohort(self, span, options, month, age=None):
        cohort = self._asked_month(month)
        if not cohort or not (age is None or type(age) is int and 0 <= age <= MOST_MONTHS):
            return None
        first = last = None
        if age is not None:
            last = cohort + age * MONTH
            first = cohort + MONTH if age and options.get("cumulative") else last
            if last > span.last:
                return list
        return self.env["retention.metrics"]._cohort_customers(span, cohort, first, last)

    @api.model
    def _behind_flow(self, span, _options, axis, old, new):
        field = self.env["retention.ledger"]._fields[self._asked_axis(axis)]
        kind = str if field.type == "selection" else int
        for value, outside in ((old, JOINED), (new, LEFT)):
            if not (value is None or value == outside or type(value) is kind):
                return None
        return self.env["retention.metrics"]._moved_customers(span, axis, old, new)
