from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class RetentionUnsubscribe(http.Controller):
    """One click ends one purpose for one contact; the signed link is all it takes."""

    @http.route(
        "/retention/unsubscribe/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,  # mail programs post here without a session; the token proves the request
        save_session=False,
        sitemap=False,
    )
    def unsubscribe(self, token, action=None, **kwargs):
        """Show what the link ends; on POST end it, or take that back (``action`` is resume).

        Looking at the page changes nothing: mail scanners follow links.
        """
        optouts = request.env["retention.optout"]
        found = optouts._read_token(token)
        if not found:
            return self._page("unknown", status=404)
        contact, company, purpose = found
        request.update_context(lang=get_lang(request.env, contact.lang).code)
        if request.httprequest.method == "POST":
            if action == "resume":
                optouts._opt_in(contact, company, purpose)
            else:
                optouts._opt_out(contact, company, purpose, "unsubscribe")
        state = "out" if optouts._of(contact, company, purpose) else "in"
        return self._page(state, company, purpose)

    def _page(self, state, company=None, purpose=None, status=200):
        response = request.render(
            "customer_retention.unsubscribe_page",
            {
                "state": state,
                "company": company and company.name,
                "words": request.env["retention.optout"]._page_words(state, company, purpose),
                "language": get_lang(request.env).code.replace("_", "-"),
            },
            headers=HEADERS,
            status=status,
        )
        response.flatten()  # in the contact's language, before the context is left
        return response
