from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Command

from ..analytics import review as rules

# What was decided in the review before the last one: days until it is due, who, what, and what
# a colleague who writes Chinese would have written.
DECISIONS = (
    (14, "mara", "Call every silent high-value customer once this month", ""),
    (21, "ruixue", "Show sleeping customers the new catalogue first", "新品目录先发给沉睡客户"),
    (10, "owen", "Ask every gold customer who left for the reason", ""),
)


class RetentionDemo(models.AbstractModel):
    """Two reviews of the demo company: a finished one with decisions, and a draft."""

    _inherit = "retention.demo"

    @api.model
    def _compute_figures(self, plan, partners, users, months):
        result = super()._compute_figures(plan, partners, users, months)
        company = self.env.company._retention_company()
        reviews = self.env["retention.review"]
        draft = rules.over("monthly", plan.as_of)
        until = reviews._closed_until(company)
        if not until or until < draft.last:
            return result
        boss = users.get("mara", self.env.user)
        for span in (draft.back(1), draft):
            review = reviews.create(
                {"company_id": company.id, "first": span.first, "user_id": boss.id}
            )
            if span != draft:
                review.decision_ids = [
                    Command.create(
                        {
                            "name": (self._speaks_chinese() and chinese) or english,
                            "user_id": users.get(login, boss).id,
                            "due_date": draft.first + relativedelta(days=days),
                        }
                    )
                    for days, login, english, chinese in DECISIONS
                ]
                review.decision_ids[0].action_carried_out()
                review.action_done()
        company.sudo().retention_review_until = draft.first
        return result
