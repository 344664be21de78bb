"""Open problems on the customer page, and lists that bridges add to it."""

from odoo import api, models

LIMIT = 4


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _data(self, partner, as_of):
        data = super()._data(partner, as_of)
        company = self.env.company._retention_company()
        customer = partner.commercial_partner_id
        shields = self.env["retention.shield"]
        problems = shields._problems(company, customer.ids).get(customer.id, [])
        readable = shields._readable(problems)
        shield = shields._shield(problems, (), readable)
        data["shield"] = shield and {
            "title": shield.title,
            "lines": [
                {"text": text, "res_model": model, "res_id": res_id}
                for text, model, res_id in shield.lines
            ],
        }
        data["lists"] = self._lists(customer, company, problems, readable)
        return data

    @api.model
    def _lists(self, customer, company, problems, readable):
        """Return lists of records for the page, empty ones left out. Hook for bridges.

        A list: ``key``, ``label``, ``count``, ``entries`` (``key``, ``title``, ``note``,
        ``badge``, ``tone``, ``res_model`` and ``res_id``, False for what is not to be opened).
        """
        cases = self.env["retention.case"]
        # Where cases are kept they are a block of the customer file, to be added to.
        shown = {"retention.alert"} if cases._kept_elsewhere() else {"retention.alert", cases._name}
        requests = [problem for problem in problems if problem.res_model not in shown]
        if not requests:
            return []
        entries = [self._request_entry(problem, readable) for problem in requests[:LIMIT]]
        label = self.env._("Open requests")
        return [{"key": "service", "label": label, "count": len(requests), "entries": entries}]

    @api.model
    def _request_entry(self, problem, readable):
        words, res_model, res_id = self.env["retention.shield"]._line(problem, readable)
        return {
            "key": f"{problem.res_model}-{problem.res_id}",
            "title": words,
            "note": "",
            "badge": self.env._("Severe") if problem.severe else "",
            "tone": "text-bg-danger",
            "res_model": res_model,
            "res_id": res_id,
        }
