from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang

from .main import HEADERS

FIELDS = ("kind", "name", "email", "phone", "product", "message")
GIVEN = "retention_case_number"


class RetentionCaseForm(http.Controller):
    """Customers open a case without logging in. It never tells what is known about anybody."""

    @http.route(
        "/retention/case/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        sitemap=False,
    )
    def case_form(self, token, lang=None, **posted):
        """Show the form; on POST open the case, then show its number."""
        self._choose_language(lang)
        cases = request.env["retention.case"]
        company = cases._form_company(token)
        if not company:
            return self._page("unknown", status=404)
        if request.httprequest.method == "GET":
            return self._page("form", company, values={"kind": "complaint"})
        values = {name: str(posted.get(name) or "").strip() for name in FIELDS}
        if posted.get("website"):  # seen by machines only
            return self._thanks(token, None)
        problems = cases._form_problems(values)
        if problems:
            return self._page("form", company, values=values, problems=problems, status=422)
        sender = cases._form_digest(company, request.httprequest.remote_addr)
        if cases._form_flooded(company, sender):
            return self._page("later", company, status=429)
        return self._thanks(token, cases._form_open(company, values, sender).number)

    def _thanks(self, token, number):
        request.session[GIVEN] = number
        lang = request.env.context.get("lang") or ""
        return request.redirect(f"/retention/case/{token}/thanks?lang={lang}", code=303)

    @http.route(
        "/retention/case/<string:token>/thanks",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def case_thanks(self, token, lang=None, **kwargs):
        """Show the number of the case that this visitor has just opened."""
        self._choose_language(lang)
        company = request.env["retention.case"]._form_company(token)
        if not company:
            return self._page("unknown", status=404)
        return self._page("thanks", company, number=request.session.get(GIVEN))

    # ---------------------------------------------------------------- pages
    def _choose_language(self, lang):
        installed = dict(request.env["res.lang"].get_installed())
        if lang in installed:
            request.update_context(lang=lang)

    def _page(self, state, company=None, values=None, problems=None, number=None, status=200):
        code = get_lang(request.env).code
        response = request.render(
            "customer_retention.case_form_page",
            {
                "state": state,
                "company": company and company.name,
                "kinds": request.env["retention.case"]._form_kinds(),
                "values": values or {},
                "problems": problems or {},
                "number": number,
                "language": code.replace("_", "-"),
                "languages": [
                    (other, name)
                    for other, name in request.env["res.lang"].get_installed()
                    if other != code
                ],
            },
            headers=HEADERS,
            status=status,
        )
        response.flatten()  # in the language chosen, before the context is left
        return response
