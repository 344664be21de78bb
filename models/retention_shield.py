"""Nobody sells into an open wound: what a salesperson is told before offering anything."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import format_date

from .res_partner import USER
from .retention_metrics_request import SEVERE

ALERT = "retention.alert"
SHOWN = 3


class Problem(NamedTuple):
    """An open case, ticket or critical alert. ``since``: a date where the company is."""

    res_model: str
    res_id: int
    since: object
    severe: bool
    kind: str  # complaint, request or alert
    product: int | None = None


class Shield(NamedTuple):
    """A warning. ``lines``: (sentence, model or False, id or False), what may be opened with
    both; ``grave``: a severe problem is about a product of the document."""

    title: str
    lines: list
    grave: bool

    @property
    def text(self):
        return "\n".join(line[0] for line in self.lines)


class RetentionShield(models.AbstractModel):
    """Open problems of customers, in words for each reader.

    Users of Retention are told of every problem, with number and title as far as they may read
    the record. Everybody else is told of cases and tickets that they may read anyway, and of
    nothing that the addon has found out.
    """

    _name = "retention.shield"
    _description = "Service Shield"

    @api.model
    def _problems(self, company, partner_ids):
        """Return {customer: [Problem]} of open requests and critical alerts, gravest first."""
        company = company._retention_company()
        zone, found = ZoneInfo(company._retention_timezone()), {}
        for request in self.env["retention.metrics"]._open_requests(company, partner_ids):
            since = request.opened_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
            problem = Problem(
                request.res_model,
                request.res_id,
                since,
                request.severity >= SEVERE,
                "complaint" if request.complaint else "request",
                request.product,
            )
            found.setdefault(request.customer, []).append(problem)
        alerts = self.env[ALERT].sudo()
        for alert in alerts.search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(partner_ids)),
                ("live", "=", True),
                ("risk_level", "=", "critical"),
            ],
            ["partner_id", "opened_on"],
        ):
            problem = Problem(ALERT, alert.id, alert.opened_on, True, "alert")
            found.setdefault(alert.partner_id.id, []).append(problem)
        return {key: sorted(mine, key=lambda p: not p.severe) for key, mine in found.items()}

    @api.model
    def _shields(self, asks):
        """Return {key: Shield} of the documents whose customer has an open problem.

        That is a severe one, or one with a product of the document. The number of queries
        depends on how many companies and kinds of records there are only.

        :param asks: {key: (company, customer id, ids of products)}; of a contact that is not
            saved yet nothing is known
        """
        asks = {key: ask for key, ask in asks.items() if ask[1]}
        homes = {company: company._retention_company() for company, *_rest in asks.values()}
        problems = {
            home: self._problems(
                home,
                {customer for company, customer, _p in asks.values() if homes[company] == home},
            )
            for home in set(homes.values())
        }
        readable = self._readable(p for by in problems.values() for ps in by.values() for p in ps)
        found = {}
        for key, (company, customer, products) in asks.items():
            mine = problems[homes[company]].get(customer, ())
            shield = self._shield(self._told(mine, readable), products, readable)
            if shield:
                found[key] = shield
        return found

    @api.model
    def _told(self, problems, readable):
        """Return those of ``problems`` that the reader is told of."""
        if self.env.user.has_group(USER):
            return list(problems)
        if self.env.user.share:  # customers read their own quotations
            return []
        return [p for p in problems if p.kind != "alert" and (p.res_model, p.res_id) in readable]

    @api.model
    def _readable(self, problems):
        """Return {(model, id): record} of what the reader may open, one read per model."""
        ids = {}
        for problem in problems:
            ids.setdefault(problem.res_model, []).append(problem.res_id)
        return {
            (model, record.id): record
            for model, found in sorted(ids.items())
            for record in self.env[model].browse(found)._filtered_access("read")
        }

    @api.model
    def _shield(self, problems, products, readable):
        here = {p for p in problems if p.product and p.product in products}
        shown = sorted(
            (p for p in problems if p.severe or p in here),
            key=lambda p: (not p.severe, p not in here),
        )
        if not shown:
            return None
        lines = [self._line(problem, readable, problem in here) for problem in shown[:SHOWN]]
        if len(shown) > SHOWN:
            lines.append((self.env._("and %s more", len(shown) - SHOWN), False, False))
        title = (
            self.env._("Do not sell: open problem")
            if shown[0].severe
            else self.env._("Open request about a product on this quotation")
        )
        return Shield(title, lines, any(p.severe for p in here))

    @api.model
    def _line(self, problem, readable, here=False):
        record = readable.get((problem.res_model, problem.res_id))
        words = self._sentence(problem, record)
        product = problem.product and (here or record)
        if product:
            name = self.env["product.product"].sudo().browse(problem.product).display_name
            words = (
                self.env._(
                    "%(problem)s – about %(product)s, which is on this quotation",
                    problem=words,
                    product=name,
                )
                if here
                else self.env._("%(problem)s – about %(product)s", problem=words, product=name)
            )
        return words, bool(record) and record._name, bool(record) and record.id

    @api.model
    def _sentence(self, problem, record=None):
        """Return what is open since when; ``record``: it, where the reader may read it."""
        day = format_date(self.env, problem.since)
        if problem.kind == "alert":
            why = record and record.sentence_summary
            return (
                self.env._("Critical churn risk since %(day)s: %(why)s", day=day, why=why)
                if why
                else self.env._("Critical churn risk since %s", day)
            )
        if record:
            name = record.display_name
            return self.env._("%(request)s, open since %(day)s", request=name, day=day)
        if problem.kind == "complaint":
            return self.env._("An open complaint since %s", day)
        return self.env._("An open request since %s", day)
