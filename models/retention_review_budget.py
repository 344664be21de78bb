from odoo import api, models
from odoo.fields import Domain

from .kpi_definitions import MONEY
from .retention_budget_line import COST_KINDS, GOALS
from .review_part import MONTH, NAME, WORD, Column, Part


class RetentionReview(models.Model):
    """What retention was to cost, and what it cost."""

    _inherit = "retention.review"

    def _review_parts(self):
        return {
            **super()._review_parts(),
            "budget": Part(
                self.env._("Budgets"),
                {
                    "name": Column(self.env._("What For"), NAME),
                    "goal": Column(self.env._("Aim"), WORD),
                    "kind": Column(self.env._("Kind of Cost"), WORD),
                    "until": Column(self.env._("Actual Amounts Until"), MONTH, paper=False),
                    "planned": Column(self.env._("Planned Amount"), MONEY),
                    "actual": Column(self.env._("Actual Amount"), MONEY),
                    "difference": Column(self.env._("Difference"), MONEY),
                },
                self._budget_rows,
                self.env._("Approved budgets with months of this period, each as a whole."),
                optional=True,
            ),
        }

    @api.model
    def _review_words(self):
        lines = self.env["retention.budget.line"]._fields
        return {
            **super()._review_words(),
            **dict(lines["goal"]._description_selection(self.env)),
            **dict(lines["kind"]._description_selection(self.env)),
        }

    @api.model
    def _budget_rows(self, numbers):
        """Return a row for each line of a budget that takes in months of the review."""
        here = Domain("company_id", "=", numbers.company.id) & Domain("state", "!=", "draft")
        meets = Domain("date_from", "<=", numbers.span.end) & Domain(
            "date_to", ">=", numbers.span.first
        )
        budgets = numbers.env["retention.budget"].search(here & meets, order="date_from, id")
        order = [[code for code, _label in codes] for codes in (GOALS, COST_KINDS)]
        lines = budgets.line_ids.sorted(
            lambda line: (order[0].index(line.goal), order[1].index(line.kind), line.id)
        )
        return [
            {
                "key": line.id,
                "name": {"en_US": line.name},
                "goal": line.goal,
                "kind": line.kind,
                "until": self._month_of(line.budget_id.actual_until),
                "planned": line.planned,
                "actual": line.actual,
                "difference": line.difference,
            }
            for line in lines
        ]

    @api.model
    def _month_of(self, day):
        return str(day.replace(day=1)) if day else None
