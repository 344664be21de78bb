from odoo import fields, models
from odoo.tools import formatLang

from ..models.amounts import amount_text
from ..models.retention_metrics_kpi import Span

COSTS = ("retention_cost", "acquisition_cost", "cost_ratio")


class RetentionKeeping(models.TransientModel):
    """What keeping a customer costs, against winning a new one."""

    _name = "retention.keeping"
    _description = "Keeping against Winning"
    _inherit = "retention.analysis.mixin"
    _allow_sudo_commands = False

    kept = fields.Integer(
        "Customers Kept", readonly=True, help="Customers at the start who still were at the end."
    )
    kept_spent = fields.Monetary(
        "Cost of Keeping Customers",
        readonly=True,
        help="Cost of procedures and budgets whose aim is keeping customers.",
    )
    kept_cost = fields.Monetary(
        "Cost per Customer Kept",
        readonly=True,
        help="Cost of keeping customers divided by customers kept.",
    )
    won = fields.Integer(
        "New Customers",
        readonly=True,
        help="Customers who bought for the first time in these months.",
    )
    won_spent = fields.Monetary(
        "Cost of Winning Customers",
        readonly=True,
        help="What winning customers cost, as somebody entered it.",
    )
    won_cost = fields.Monetary(
        "Cost per New Customer",
        readonly=True,
        help="Cost of winning customers divided by new customers.",
    )
    ratio = fields.Float(
        "Keeping against Winning",
        readonly=True,
        help="Cost per customer kept divided by cost per new customer.",
    )
    kept_revenue = fields.Monetary(
        "Revenue per Customer Kept",
        readonly=True,
        help="Revenue of the customers kept divided by their number.",
    )
    won_revenue = fields.Monetary(
        "Revenue per New Customer",
        readonly=True,
        help="Revenue of new customers divided by their number.",
    )
    done = fields.Boolean(readonly=True)

    def _months_before(self):
        return 11

    def action_compare(self):
        """Work out both costs over the period."""
        first, last = self._period()
        span = Span(self.company_id, first, last)
        [figures] = self.env["retention.kpi"]._spans_figures([span], COSTS)
        kept, new, ratio = (figures[code] for code in COSTS)
        stayed, of_kept, won, of_won = self.env["retention.metrics"]._kept_and_won(span)
        spent = None if new.value is None else new.numerator
        values = {
            "first": first,
            "last": last,
            "done": True,
            "kept": stayed,
            "kept_spent": kept.numerator,
            "kept_cost": kept.value or 0,
            "won": won,
            "won_spent": spent or 0,
            "won_cost": new.value or 0,
            "ratio": ratio.value or 0,
            "kept_revenue": of_kept / stayed if stayed else 0,
            "won_revenue": of_won / won if won else 0,
            "sentence": self._words(kept.value, spent, won, ratio.value),
        }
        self.write(values)
        return True

    def _words(self, kept, spent, won, ratio):
        if kept is None:
            return self.env._(
                "What keeping customers costs is not known for these months: the ledger has no "
                "cost of procedures for them."
            )
        each = amount_text(self.env, kept, self.currency_id)
        if not spent or not won:
            return self.env._(
                "Keeping a customer cost %s. What winning a new one costs is not known: nobody has "
                "entered it.",
                each,
            )
        words = {
            "kept": each,
            "won": amount_text(self.env, spent / won, self.currency_id),
        }
        if not ratio:
            return self.env._(
                "Keeping a customer cost %(kept)s, winning a new one %(won)s.", **words
            )
        if ratio < 1:
            return self.env._(
                "Keeping a customer cost %(kept)s, winning a new one %(won)s, %(times)s times as "
                "much: look after those you have before you look for more.",
                times=formatLang(self.env, 1 / ratio, digits=1),
                **words,
            )
        return self.env._(
            "Keeping a customer cost %(kept)s, winning a new one only %(won)s: see under “What "
            "Works” which procedures cost more than they bring.",
            **words,
        )
