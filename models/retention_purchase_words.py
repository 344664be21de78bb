from odoo import api, fields, models
from odoo.tools import formatLang

from ..analytics import clv_fit
from .amounts import amount_text


class RetentionPurchaseModel(models.Model):
    """What a fit says in words: what it found, what to mind, what is missing."""

    _inherit = "retention.purchase.model"

    message = fields.Text("In Words", compute="_compute_message")

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_message(self):
        for fit in self:
            fit.message = "\n".join(getattr(fit, f"_say_{fit.state}")()) if fit.state else False

    def _say_unavailable(self):
        return [
            self.env._(
                "Install the Python package %(package)s on the server (pip install %(package)s) "
                "and restart Odoo; the next nightly run fits the model. Everything else works "
                "without it.",
                package=self.package,
            )
        ]

    def _say_refused(self):
        return [
            self.env._(
                "The model needs %(least)s customers, of whom %(least_again)s bought again on "
                "another day. There are %(customers)s and %(again)s: %(missing)s and "
                "%(missing_again)s are missing. Until then, segments and risk say what can be "
                "said.",
                least=clv_fit.MIN_CUSTOMERS,
                least_again=clv_fit.MIN_REPEATERS,
                customers=self.customers,
                again=self.repeaters,
                missing=max(clv_fit.MIN_CUSTOMERS - self.customers, 0),
                missing_again=max(clv_fit.MIN_REPEATERS - self.repeaters, 0),
            )
        ]

    def _say_failed(self):
        return [self.env._("The fit ended with an error: %s", self.error)]

    def _say_fitted(self):
        said = []
        if self.kind == "week":
            said.append(
                self.env._(
                    "A customer won today is expected to buy %(purchases)s more times within 12 "
                    "months, worth %(value)s: winning one should cost less.",
                    purchases=formatLang(self.env, self.new_purchases, digits=2),
                    value=amount_text(self.env, self.new_value, self.currency_id),
                )
            )
        return said + [text for name, text in self._flag_texts().items() if self[name]]

    def _flag_texts(self):
        return {
            "is_flat": self.env._(
                "Hardly anybody leaves for good, or too little is known of who does: other "
                "parameters fit as well. Forecasts hold, the parameters a and b mean nothing."
            ),
            "is_heavy_tail": self.env._(
                "A few customers outweigh all others, so no average of everybody exists. Each "
                "customer's own average counts, up to the cap."
            ),
            "has_few_amounts": self.env._(
                "Too few repeat buyers have an amount above zero. Each customer's own average "
                "counts, up to the cap."
            ),
            "is_constant": self.env._("All customers spend nearly the same each time."),
            "is_correlated": self.env._(
                "Who buys often spends much more, or much less, each time, which the model does "
                "not know: trust its numbers of purchases more than its values."
            ),
        }
