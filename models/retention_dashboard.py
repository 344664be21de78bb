import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..analytics.effect import Tally, percent
from .joining import paragraph_text
from .retention_metrics_kpi import MONTH, QUOTIENTS, Span

USER = "customer_retention.group_user"
MANAGER = "customer_retention.group_manager"
TREND_MONTHS = 13
PERIOD_MONTHS = 3


class RetentionDashboard(models.AbstractModel):
    """What the dashboard shows, as plain values that go over the wire.

    Options of all methods: ``first`` and ``last``, first days of months (else the last three
    that are closed); ``domain`` over ``retention.ledger`` fields but ``month``; ``company_id``
    (else the current one). Months and days are texts as in 2026-08-01. Everything is read by the
    caller's own rights.
    """

    _name = "retention.dashboard"
    _description = "Retention Dashboard"

    # ---------------------------------------------------------------- what is asked
    @api.model
    def _asked(self, options, months=None):
        """Return the :class:`Span` of ``options``, in which ``first`` is None before any month.

        :param months: what :meth:`_months` says, where that is known already
        :raises AccessError: without our group, or for a company that is not the caller's
        :raises UserError: for months or a domain that cannot be
        """
        company = self._asked_company(options)
        last = self._asked_month(options.get("last"))
        last = last or (months or self._months(company))["known_last"]
        first = self._asked_month(options.get("first"))
        first = first or last and last - (PERIOD_MONTHS - 1) * MONTH
        if first and first > last:
            raise UserError(self.env._("The period ends before it begins."))
        return Span(company, first, last, self._asked_domain(options.get("domain")))

    @api.model
    def _asked_company(self, options):
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only users of Retention see the dashboard."))
        if not isinstance(options, dict):
            raise UserError(self.env._("The dashboard cannot be asked in this way."))
        company_id = options.get("company_id")
        if not company_id:
            return self.env.company._retention_company()
        allowed = {company._retention_company() for company in self.env.companies}
        for company in allowed:
            if company_id == company.id and not isinstance(company_id, bool):
                return company
        raise AccessError(self.env._("This company is not among those you work in."))

    @api.model
    def _asked_month(self, value):
        if not value:
            return None
        try:
            month = fields.Date.to_date(value)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This is no month: %s", value)) from error
        if not month or month.day != 1:
            raise UserError(self.env._("This is not the first day of a month: %s", value))
        return month

    @api.model
    def _asked_domain(self, value):
        if not value:
            return None
        try:
            domain = Domain(value)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This filter cannot be read: %s", value)) from error
        known = self.env["retention.ledger"]._fields
        for leaf in domain.iter_conditions():
            name = leaf.field_expr.partition(".")[0]
            if name not in known or name == "month":
                raise UserError(self.env._("Customers cannot be filtered by %s here.", name))
        return None if domain.is_true() else domain

    @api.model
    def _months(self, company):
        """Return which months are known, as first days, how many wait, and the last run."""
        names = ("known_first", "known_last", "months", "waiting", "computed_at")
        found = self.env["retention.metrics"]._known_months(company)
        return dict(zip(names, found, strict=True))

    # ---------------------------------------------------------------- the dashboard
    @api.model
    @api.readonly
    def get_overview(self, options):
        """Return what the dashboard shows at first sight; the query count never depends on data.

        :return: {company, period, fresh, empty, cards, bridge, grid, risk, funnel, sops}
        """
        months = self._months(self._asked_company(options))
        span = self._asked(options, months)
        overview = {
            "company": {
                "id": span.company.id,
                "name": span.company.sudo().name,
                "currency_id": span.company.sudo().currency_id.id,
                "alerts": span.company.sudo().retention_alerts_started,
            },
            "period": self._told_period(span, months),
            "fresh": self._fresh(months),
            "empty": None,
        }
        overview["empty"] = self._why_empty(span, overview["fresh"])
        if not span.first:
            nothing = {"cards": [], "bridge": None, "grid": [], "risk": [], "funnel": []}
            return {**overview, **nothing, "sops": []}
        now, before = self.env["retention.kpi"]._totals((span, span.earlier))
        overview["cards"] = self._cards(span, now, before)
        if options.get("advanced"):
            overview["cards"] += self._advanced_cards(span)
        overview["bridge"] = {name: now[name] for name in ("start", "lost", "new", "back", "end")}
        settled = self.env["retention.metrics"]._settled(span)
        return {**overview, **self._profile_tables(settled), **self._follow_up(settled)}

    @api.model
    @api.readonly
    def get_advanced(self, options):
        """Return the cards of all key figures that are not simple."""
        span = self._asked(options)
        return self._advanced_cards(span) if span.first else []

    # ---------------------------------------------------------------- around the figures
    @api.model
    def _told_period(self, span, months):
        earlier = span.earlier if span.first else None
        return {
            "first": _text(span.first),
            "last": _text(span.last),
            "before_first": _text(earlier and earlier.first),
            "before_last": _text(earlier and earlier.last),
            "known_first": _text(months["known_first"]),
            "known_last": _text(months["known_last"]),
        }

    @api.model
    def _fresh(self, months):
        """Return when figures were computed and how far months are closed."""
        return {
            "computed_at": fields.Datetime.to_string(months["computed_at"]) or None,
            "closed_until": _text(months["known_last"]),
            "waiting": months["waiting"],
            "months": months["months"],
        }

    @api.model
    def _why_empty(self, span, fresh):
        if span.first:
            return None
        if not fresh["computed_at"]:
            return "no_run"
        bought = self.env["retention.profile"].search_count(
            [("company_id", "=", span.company.id), ("first_order_date", "!=", False)], limit=1
        )
        return "no_month" if bought else "no_purchases"

    # ---------------------------------------------------------------- cards
    @api.model
    def _cards(self, span, now, before):
        kpis, trends, found = self.env["retention.kpi"], self._trends(span), []
        simple = {code: item for code, item in kpis._kpi_definitions().items() if item.simple}
        told = {code: (kpis._told(code, now), kpis._told(code, before)) for code in simple}
        computed = self._computed(span, [code for code in simple if told[code][0] is None])
        for code, item in simple.items():
            values = computed[code] if code in computed else self._compared(*told[code])
            found.append(self._card(code, item, *values, trends.get(code, [])))
        return found

    @api.model
    def _advanced_cards(self, span):
        definitions = self.env["retention.kpi"]._kpi_definitions()
        codes = [code for code, item in definitions.items() if not item.simple]
        computed = self._computed(span, codes)
        return [self._card(code, definitions[code], *computed[code], []) for code in codes]

    @api.model
    def _computed(self, span, codes):
        """Return {code: (numerator, denominator, value, value before)} by definition."""
        if not codes:
            return {}
        kpis = self.env["retention.kpi"]
        now, before = kpis._spans_figures((span, span.earlier), codes)
        return {code: self._compared(now[code], before[code]) for code in codes}

    @api.model
    def _compared(self, now, before):
        return now.numerator, now.denominator, now.value, before.value

    @api.model
    def _card(self, code, item, numerator, denominator, value, before, trend):
        return {
            "code": code,
            "label": item.label,
            "sentence": item.sentence,
            "unit": item.unit,
            "simple": item.simple,
            "good": item.good,
            "value": _number(value),
            "before": _number(before),
            "numerator": _number(numerator),
            "denominator": _number(denominator),
            "trend": trend,
        }

    @api.model
    def _trends(self, span):
        """Return {code: [{month, value}]}, each month a period of its own, up to the last."""
        first = span.last - (TREND_MONTHS - 1) * MONTH
        rows = self.env["retention.metrics"]._monthly_figures(span._replace(first=first))
        trends = {code: [] for code in (*QUOTIENTS, "resolution")}
        for month, *values in rows:
            pairs = zip(values[::2], values[1::2], strict=True)
            for code, (part, whole) in zip(trends, pairs, strict=True):
                value = None if part is None else _divided(part, whole)
                trends[code].append({"month": _text(month), "value": value})
        return trends

    # ---------------------------------------------------------------- procedures
    @api.model
    def _sops(self, span):
        """Return what procedures brought, any version together; for managers."""
        if not self.env.user.has_group(MANAGER):
            return []
        tallies = {}
        for root, arm, tally in self._sop_tallies(span):
            arms = tallies.setdefault(root, {"treated": Tally(), "control": Tally()})
            arms[arm] += tally
        verdicts = self.env["retention.sop"]._verdicts(span.company)
        rank = {root_id: number for number, root_id in enumerate(verdicts)}
        found = [
            self._told_sop(root, verdicts.get(root.id), **arms) for root, arms in tallies.items()
        ]
        return sorted(found, key=lambda sop: (rank.get(sop["id"], len(rank)), sop["name"]))

    @api.model
    def _sop_tallies(self, span):
        domain = Domain("company_id", "=", span.company.id)
        domain &= Domain("entered_on", "<=", span.last_day)
        domain &= self.env["retention.metrics"]._domain_of_customers(span)
        rows = self.env["retention.enrollment"]._read_group(
            domain,
            ["root_id", "arm", "window_over"],
            [
                "__count",
                "responded_on:count",
                "purchased_on:count",
                "bought_before_on:count",
                "revenue:sum",
                "cost:sum",
            ],
        )
        for root, arm, over, count, responses, purchases, earlier, revenue, cost in rows:
            if over:
                judged = Tally(count, count, responses, purchases, earlier, revenue, cost, cost)
                yield root, arm, judged
            else:
                yield root, arm, Tally(entered=count, cost=cost)

    @api.model
    def _told_sop(self, sop, verdict, treated, control):
        """Return a procedure with what the last night's verdict says of all its customers."""
        verdict = verdict or {"code": "too_early", "sentence": "", "advice_sentence": ""}
        sentences = (verdict["sentence"], verdict["advice_sentence"])
        rate, other = (percent(arm.purchases, arm.judged) for arm in (treated, control))
        return {
            "id": sop.id,
            "name": sop.name,
            "purpose": sop.purpose,
            "entered": treated.entered + control.entered,
            "judged": treated.judged,
            "rate": rate and rate / 100,
            "control_rate": other and other / 100,
            "revenue": treated.revenue,
            "cost": treated.cost,
            "verdict": verdict["code"],
            "sentence": paragraph_text(self.env, sentences),
        }


def _text(day):
    return fields.Date.to_string(day) or None


def _number(value):
    """Return a plain int or float; None stays."""
    if value is None or math.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _divided(part, whole):
    return float(part) / float(whole) if whole else None
